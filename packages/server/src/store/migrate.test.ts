import { newId } from '@kith/protocol';
import { createTestDatabase, type TestDatabase } from '@kith/tools/services/testDatabase.ts';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { migratePostgres, openDatabase } from './database.ts';
import { isMigrated } from './migrate.ts';
import { migrations } from './migrations.ts';

const INDEXES = ['messages_by_preview_picture', 'messages_expiring', 'messages_in_thread', 'messages_pinned'];
const names = Object.keys(migrations);
/** The last step before the indexes. */
const beforeIndexes = names[names.indexOf('0018_message_indexes') - 1] ?? '';

describe('a database of PostgreSQL', () => {
  let test: TestDatabase;
  let clients: pg.Client[] = [];
  beforeEach(async () => {
    test = await createTestDatabase(inject('postgresUrl'));
  });
  afterEach(async () => {
    for (const client of clients) await client.end();
    clients = [];
    await test.drop();
  });

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: test.url });
    await client.connect();
    clients.push(client);
    return client;
  };
  const open = async (statementTimeoutMs?: number) => {
    const database = await openDatabase({ url: test.url, ...(statementTimeoutMs && { statementTimeoutMs }) });
    const done = await isMigrated(database.db);
    await database.close();
    return done;
  };
  const write = (client: pg.Client, seq: number) =>
    client.query(
      `insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text)
       values (1, $1, $2, $3, $2, $2, $1, now(), 'content', 'here')`,
      ['00000000-0000-4000-8000-000000000001', seq, newId()],
    );
  const valid = async (client: pg.Client): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = 'messages'::regclass and i.indisvalid and not i.indisunique and c.relname = any ($1) order by 1`,
      [INDEXES],
    );
    return rows.map(({ name }) => name);
  };
  /** Until somebody waits with such a statement. */
  const waits = (client: pg.Client, statement: string) =>
    expect
      .poll(
        async () => {
          const { rowCount } = await client.query(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike $1`,
            [`%${statement}%`],
          );
          return rowCount;
        },
        { timeout: 10_000 },
      )
      .toBe(1);

  it('is brought up to date by several nodes at once', async () => {
    expect(await Promise.all([open(), open(), open()])).toEqual([true, true, true]);
    expect(await valid(await connect())).toEqual(INDEXES);
  });

  it('with messages of an older version is brought up to date, however long it takes', async () => {
    await migratePostgres(test.url, '0002_accounts');
    const client = await connect();
    await write(client, 1);
    await client.query('begin');
    await client.query('lock table messages in access exclusive mode');
    // Longer than a statement of the service may take, for the node that migrates and for the one that waits for it.
    const nodes = Promise.all([open(400), open(400)]);
    await waits(await connect(), 'alter table messages');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await client.query('commit');
    expect(await nodes).toEqual([true, true]);
    const { rows } = await client.query('select text, expires_at from messages');
    expect(rows).toEqual([{ text: 'here', expires_at: null }]);
    expect(await valid(client)).toEqual(INDEXES);
  });

  it('is written into while its indexes are built', async () => {
    await migratePostgres(test.url, beforeIndexes);
    const [slow, quick] = [await connect(), await connect()];
    await slow.query('begin');
    await write(slow, 1);
    const node = open();
    try {
      await waits(quick, 'create index');
      await quick.query(`set lock_timeout = '1s'`);
      await write(quick, 2);
    } finally {
      await slow.query('commit');
      expect(await node).toBe(true);
    }
    expect(await valid(quick)).toEqual(INDEXES);
  });

  it('goes on where a node died while it built an index', async () => {
    await migratePostgres(test.url, beforeIndexes);
    const client = await connect();
    await write(client, 1);
    await write(client, 2);
    await client.query('create index messages_pinned on messages (pinned_at)');
    // Not unique: PostgreSQL leaves it, and it is of no use.
    await expect(
      client.query('create unique index concurrently messages_expiring on messages (author_id)'),
    ).rejects.toThrow();
    expect(await valid(client)).toEqual(['messages_pinned']);
    expect(await open()).toBe(true);
    expect(await valid(client)).toEqual(INDEXES);
  });
});
