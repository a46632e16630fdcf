import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Database, isDatabaseUnavailable, openDatabase } from './database.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const test = await createTestDatabase(inject('postgresUrl'));
  database = await openDatabase({ url: test.url });
  drop = test.drop;
});
afterAll(async () => {
  await database?.close();
  await drop?.();
});

it('S8: a connection that dies within a transaction, between two statements, is a failed query and no more', async () => {
  const { db } = database;
  const transaction = db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    const pid = rows[0]?.pid ?? 0;
    // Waits until it is gone.
    await sql`select pg_terminate_backend(${pid}, 5000)`.execute(db);
    // The word of it arrives while nobody asks anything.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await sql`select 1`.execute(trx);
  });
  const error: unknown = await transaction.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseUnavailable(error)).toBe(true);
  await database.ping();
});
