/**
 * What lies in the vault, whatever it is of: each table here knows where some of it lies (`object`) and its wrapped key
 * (`secret`). One that is missing here would lose its bytes to the sweep of orphans; a test compares this list with the schema.
 */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

export const objectTables = ['files', 'blobs'] as const satisfies readonly (keyof Schema)[];

interface KeyedObject {
  readonly object: string;
  readonly secret: Buffer;
}

/** Drivers differ in what they make of `bytea`. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const all = sql.raw(' union all ');

/** Which of these places bytes are known to lie in. */
export async function knownObjects(db: Db, objects: readonly string[]): Promise<Set<string>> {
  const parts = objectTables.map(
    (table) => sql`select object from ${sql.table(table)} where object = any (${[...objects]}::text[])`,
  );
  const { rows } = await sql<{ object: string }>`${sql.join(parts, all)}`.execute(db);
  return new Set(rows.map((row) => row.object));
}

/** A page of what has a key of its own, in order of its place: for a change of the master key. */
export async function secretsAfter(db: Db, after: string, atMost: number): Promise<KeyedObject[]> {
  const parts = objectTables.map(
    (table) => sql`(
      select object, secret from ${sql.table(table)} where object > ${after} and secret is not null
      order by object limit ${atMost}
    )`,
  );
  const { rows } = await sql<{ object: string; secret: Uint8Array }>`
    ${sql.join(parts, all)} order by object limit ${atMost}`.execute(db);
  return rows.map(({ object, secret }) => ({ object, secret: bufferOf(secret) }));
}

/** Nothing changes when it has another secret by now, or is gone. */
export async function setSecret(db: Db, object: string, before: Buffer, secret: Buffer): Promise<void> {
  for (const table of objectTables) {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} set secret = ${secret} where object = ${object} and secret = ${before}`.execute(
      db,
    );
    // A place is made up of 128 random bits: one table has it.
    if (numAffectedRows) return;
  }
}
