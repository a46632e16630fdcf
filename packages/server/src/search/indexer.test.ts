/** The index follows what was committed: after restarts, on several nodes, and through failures. H5: on both databases. */
import { limits, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { backfillConversation } from '../store/backfill.ts';
import { openDatabase } from '../store/database.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { MOST_WORDS } from './document.ts';
import { createSearchIndexer, type SearchIndexer, type SearchIndexerOptions } from './indexer.ts';
import { INDEX_VERSION, indexStep } from './indexStep.ts';

describe.each(databaseKinds)('the indexer on %s', (kind) => {
  let world: World;
  let anna: Caller;
  let open: SearchIndexer[] = [];
  beforeAll(async () => {
    world = await createWorld(kind);
    anna = await world.person('Anna');
  });
  afterEach(async () => {
    for (const indexer of open) await indexer.close();
    open = [];
  });
  afterAll(() => world?.close());

  const indexer = (options: Partial<SearchIndexerOptions> = {}): SearchIndexer => {
    const made = createSearchIndexer({ database: world.database, logger: silentLogger, ...options });
    open.push(made);
    return made;
  };
  const count = async (query: string, conversationId: string): Promise<number | null> =>
    (await world.call(anna, 'searchMessages', { query, conversationId, limit: 50 })).total;
  const eventually = (query: string, conversationId: string, expected: number) =>
    expect.poll(() => count(query, conversationId), { timeout: 8_000, interval: 50 }).toBe(expected);
  const conversation = async (messages: number, word: string): Promise<string> => {
    const group = await world.group([anna]);
    for (let i = 0; i < messages; i += 1) await world.send(anna, group, `${word} ${i}`);
    return group;
  };
  const place = (conversationId: string) => [{ tenantId: anna.tenantId, conversationId }];

  it('finds a new message within a second or two of being told', async () => {
    const running = indexer();
    await running.catchUp();
    running.start();
    const group = await conversation(3, 'fresh');
    running.note(anna.tenantId, group);
    await eventually('fresh', group, 3);
    const { messageId } = await world.send(anna, group, 'fresh again');
    running.note(anna.tenantId, group);
    await eventually('fresh', group, 4);
    await world.call(anna, 'deleteMessage', { conversationId: group, messageId });
    running.note(anna.tenantId, group);
    await eventually('fresh', group, 3);
  });

  it('finds by itself what nobody told it', async () => {
    const running = indexer({ sweepMs: 100 });
    await running.catchUp();
    running.start();
    const group = await conversation(2, 'untold');
    await eventually('untold', group, 2);
  });

  it('indexes the history of an older database', async () => {
    const id = newId();
    await backfillConversation(world.database.db, {
      tenantId: anna.tenantId,
      id,
      kind: 'group',
      visibility: 'private',
      history: 'all',
      name: 'Past',
      topic: '',
      directKey: null,
      createdAt: new Date('2020-01-01'),
      members: [{ userId: anna.userId, role: 'owner', unread: 0 }],
      messages: Array.from({ length: 95 }, (_, i) => ({
        id: newId(),
        authorId: anna.userId,
        at: new Date(Date.UTC(2020, 0, 2, 0, i)),
        body: { text: `history ${i}` },
      })),
    });
    const running = indexer();
    running.start();
    await eventually('history', id, 95);
  });

  it('goes on after a stop in the middle, and misses neither messages nor changes', async () => {
    const group = await conversation(10, 'middle');
    const { db } = world.database;
    await indexStep(db, place(group), { messages: 4 });
    // The first message says that the group was made, and is not found.
    expect(await count('middle', group)).toBe(3);
    const history = await world.call(anna, 'getHistory', { conversationId: group });
    const texts = history.messages.filter((message) => message.body.type === 'content');
    // One that is indexed, and one that is not.
    for (const message of [texts[0], texts[8]])
      await world.call(anna, 'editMessage', {
        conversationId: group,
        messageId: message?.id ?? '',
        content: { type: 'plain', text: 'edited meanwhile' },
      });
    await indexer({ messages: 3 }).catchUp();
    expect([await count('middle', group), await count('meanwhile', group)]).toEqual([8, 2]);
  });

  it('follows many changes of one conversation in several steps', async () => {
    const group = await conversation(9, 'before');
    await indexer().catchUp();
    const { messages } = await world.call(anna, 'getHistory', { conversationId: group });
    for (const message of messages.filter((one) => one.body.type === 'content'))
      await world.call(anna, 'editMessage', {
        conversationId: group,
        messageId: message.id,
        content: { type: 'plain', text: 'afterwards' },
      });
    await indexer({ messages: 2 }).catchUp();
    expect([await count('before', group), await count('afterwards', group)]).toEqual([0, 9]);
  });

  it('two nodes at once count nothing twice', async () => {
    const groups = await Promise.all([5, 7, 9].map((messages) => conversation(messages, 'together')));
    const nodes = [indexer({ messages: 2 }), indexer({ messages: 3 })];
    const writing = (async () => {
      for (let i = 0; i < 20; i += 1) await world.send(anna, groups[i % 3] ?? '', `together late ${i}`);
    })();
    await Promise.all([...nodes.map((node) => node.catchUp()), writing]);
    await Promise.all(nodes.map((node) => node.catchUp()));
    const totals = await Promise.all(groups.map((group) => count('together', group)));
    expect(totals.reduce<number>((sum, total) => sum + (total ?? 0), 0)).toBe(41);
    const word = await world.database.db
      .selectFrom('search_words')
      .select('count')
      .where('word', '=', 'together')
      .executeTakeFirst();
    expect(word?.count).toBe(41);
  });

  it('makes documents of an older version anew', async () => {
    const group = await conversation(3, 'version');
    await indexer().catchUp();
    const { db } = world.database;
    await db
      .updateTable('search_progress')
      .set({ version: INDEX_VERSION - 1 })
      .where('conversation_id', '=', group)
      .execute();
    await db.deleteFrom('search_documents').where('conversation_id', '=', group).execute();
    await indexer({ messages: 2 }).catchUp();
    expect(await count('version', group)).toBe(3);
  });

  it('goes on when the database was away', async () => {
    const group = await conversation(2, 'outage');
    let failures = 2;
    const { db } = world.database;
    const failing = new Proxy(db, {
      get: (target, key) => {
        if (key === 'transaction' && failures > 0) {
          failures -= 1;
          throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
        }
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const running = indexer({ database: { db: failing, kind } });
    running.start();
    await eventually('outage', group, 2);
    expect(failures).toBe(0);
  }, 30_000);

  it('a step ends where its text or its words end, and loses nothing', async () => {
    const { db } = world.database;
    const group = await conversation(12, 'bounded');
    const done = async () =>
      (
        await db
          .selectFrom('search_progress')
          .select('seq')
          .where('conversation_id', '=', group)
          .executeTakeFirstOrThrow()
      ).seq;
    // The first message says that the group was made. "bounded 0" are nine bytes: the one that comes to forty is the last.
    await indexStep(db, place(group), { messages: 100, text: 40 });
    expect(await done()).toBe(6);
    // A new number each, and the word, the author and the tenant, which are the same.
    await indexStep(db, place(group), { messages: 100, words: 6 });
    expect(await done()).toBe(9);
    const { messages } = await world.call(anna, 'getHistory', { conversationId: group });
    for (const message of messages.filter((one) => one.body.type === 'content'))
      await world.call(anna, 'editMessage', {
        conversationId: group,
        messageId: message.id,
        content: { type: 'plain', text: 'bounded and edited' },
      });
    for (const step of [{ text: 40 }, { words: 5 }])
      await indexStep(db, place(group), { messages: 100, ...step });
    await indexer().catchUp();
    expect([await count('bounded', group), await count('edited', group)]).toEqual([12, 12]);
  });

  it('others have their turn while long messages are indexed', async () => {
    const group = await world.group([anna]);
    const long = (message: number): string =>
      Array.from({ length: limits.textLength }, (_, i) =>
        String.fromCodePoint(0x4e00 + ((i * i * 31 + i * 17 + message * 1_009) % 20_000)),
      ).join('');
    for (let i = 0; i < 8; i += 1) await world.send(anna, group, long(i));
    // Of the processor's time: how long this process waited for one is not its doing.
    const began = process.cpuUsage();
    const spent = (): number => process.cpuUsage(began).user;
    let longest = 0;
    let last = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, spent() - last);
      last = spent();
    }, 1);
    await indexer().catchUp();
    clearInterval(timer);
    // All of it in one turn was nearly all of the time.
    expect(longest).toBeLessThan(spent() / 3);
    const { rows } = await sql<{ most: number }>`
      select max(length(words))::integer as most from search_documents where conversation_id = ${group}`.execute(
      world.database.db,
    );
    // With the author and the tenant.
    expect(rows[0]?.most).toBe(MOST_WORDS + 2);
  }, 60_000);

  it.runIf(kind === 'postgres')(
    'takes smaller steps where one takes too long, and goes past what always does',
    async () => {
      const { db } = world.database;
      await sql`create function dawdle() returns trigger language plpgsql as
      'begin perform pg_sleep(case when new.words @@ ''endless''::tsquery then 60 else 0.1 end); return new; end'`.execute(
        db,
      );
      await sql`create trigger dawdle before insert on search_documents for each row
      when (new.words @@ 'slow'::tsquery) execute function dawdle()`.execute(db);
      const impatient = await openDatabase({ url: world.url ?? '', statementTimeoutMs: 600 });
      const group = await conversation(9, 'slow');
      await world.send(anna, group, 'slow endless');
      for (let i = 0; i < 3; i += 1) await world.send(anna, group, `slow after ${i}`);
      const warned: object[] = [];
      const running = indexer({
        database: impatient,
        logger: { ...silentLogger, warn: (facts) => warned.push(facts) },
      });
      await running.catchUp();
      expect([await count('slow', group), await count('endless', group)]).toEqual([12, 0]);
      expect(warned).toHaveLength(1);
      await running.close();
      await impatient.close();
    },
    30_000,
  );

  it('goes past a message that cannot be indexed', async () => {
    const { db } = world.database;
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''refused''; end'`.execute(
      db,
    );
    await sql`create trigger refuse before insert on search_documents for each row
      when (new.words @@ 'poisonous'::tsquery) execute function refuse()`.execute(db);
    const group = await conversation(3, 'edible');
    await world.send(anna, group, 'poisonous');
    for (let i = 0; i < 3; i += 1) await world.send(anna, group, `edible after ${i}`);
    const other = await conversation(2, 'elsewhere');
    const warned: object[] = [];
    await indexer({ logger: { ...silentLogger, warn: (facts) => warned.push(facts) } }).catchUp();
    expect([await count('edible', group), await count('poisonous', group)]).toEqual([6, 0]);
    expect(await count('elsewhere', other)).toBe(2);
    expect(warned).toHaveLength(1);
  });
});
