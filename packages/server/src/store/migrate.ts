/**
 * Brings a database to the newest schema, over a connection of its own that waits as long as it takes: an index of ten
 * million messages is built in minutes, and other nodes write meanwhile. Each step is done as a whole or begun again: a
 * transaction with the note that it is done, or indexes, of which one that was not finished is made anew.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations as all, type SchemaStep } from './migrations.ts';
import type { Schema } from './schema.ts';

export interface Migrating {
  readonly kind: 'pglite' | 'postgres';
  /** Up to this step; absent: all. */
  readonly to?: string;
}

/** Any number that nothing else of ours locks by. */
const LOCK = 0x6b6974686d;
const ASK_MS = 200;

const migratorOf = (db: Kysely<Schema>): Migrator =>
  new Migrator({
    db,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          Object.entries(all).map(([name, step]): [string, Migration] => [
            name,
            'up' in step ? step : { up: () => Promise.resolve() },
          ]),
        ),
    },
  });

/** Whether there is nothing to do. */
export const isMigrated = async (db: Kysely<Schema>): Promise<boolean> =>
  (await migratorOf(db).getMigrations()).every(({ executedAt }) => executedAt !== undefined);

/** Safe to run from several nodes at once: one does it, the others wait. */
export const migrate = (db: Kysely<Schema>, migrating: Migrating): Promise<void> =>
  db.connection().execute(async (connection) => {
    if (migrating.kind === 'postgres') await hold(connection);
    await steps(connection, migrating);
  });

/** Until the connection is closed. Asks again and again: a statement that waits would be one that an index built meanwhile waits for. */
async function hold(db: Kysely<Schema>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_lock(${LOCK}) as held`.execute(db);
    if (rows[0]?.held) return;
    await sleep(ASK_MS);
  }
}

async function steps(db: Kysely<Schema>, { kind, to }: Migrating): Promise<void> {
  const migrator = migratorOf(db);
  for (const { name, executedAt } of await migrator.getMigrations()) {
    const step = all[name];
    if (executedAt === undefined && step) {
      if ('indexes' in step) await build(db, step.indexes, kind);
      const { error } = await migrator.migrateTo(name);
      if (error) throw error;
    }
    if (name === to) return;
  }
}

async function build(
  db: Kysely<Schema>,
  indexes: Extract<SchemaStep, { indexes: unknown }>['indexes'],
  kind: Migrating['kind'],
): Promise<void> {
  // Nobody else is there, and one that was not finished is gone.
  const concurrently = sql.raw(kind === 'postgres' ? 'concurrently' : '');
  for (const [name, definition] of Object.entries(indexes)) {
    const { rows } = await sql`
      select 1 from pg_index i
      join pg_class c on c.oid = i.indexrelid
      where c.relname = ${name} and c.relnamespace = current_schema()::regnamespace and not i.indisvalid`.execute(
      db,
    );
    if (rows.length > 0) await sql`drop index ${concurrently} if exists ${sql.ref(name)}`.execute(db);
    await sql`create index ${concurrently} if not exists ${sql.ref(name)} ${sql.raw(definition)}`.execute(db);
  }
}
