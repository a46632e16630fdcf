/** Which node writes to an upload: columns of its row in `files`. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

/** An upload as its owner names it: somebody else's id is no row of theirs. */
export interface UploadKey extends Somebody {
  readonly id: string;
}

const theirs = ({ tenantId, userId, id }: UploadKey) =>
  sql`tenant_id = ${tenantId}::integer and id = ${id}::uuid and owner_id = ${userId}::uuid`;
const until = (ms: number) => sql`clock_timestamp() + ${ms}::integer * interval '1 millisecond'`;

/** This node does from now on, for so long; or another does; or there is no such upload, and so nothing to write down. */
export async function leaseUpload(
  db: Db,
  key: UploadKey,
  node: string,
  ms: number,
): Promise<'taken' | 'elsewhere' | 'unbegun'> {
  const { rows } = await sql<{ readonly taken: boolean; readonly begun: boolean }>`
    with taken as (
      update files set writer = ${node}, writer_until = ${until(ms)}
      where ${theirs(key)} and (writer is null or writer = ${node} or writer_until < clock_timestamp())
      returning 1
    )
    select exists (select from taken) as taken, exists (select from files where ${theirs(key)}) as begun`.execute(
    db,
  );
  if (rows[0]?.taken) return 'taken';
  return rows[0]?.begun ? 'elsewhere' : 'unbegun';
}

/** Still this node; false: it was another's since, who may be done with it. */
export async function renewUpload(db: Db, key: UploadKey, node: string, ms: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update files set writer_until = ${until(ms)} where ${theirs(key)} and writer = ${node}`.execute(db);
  return numAffectedRows > 0n;
}

export async function freeUpload(db: Db, { tenantId, userId, id }: UploadKey, node: string): Promise<void> {
  await db
    .updateTable('files')
    .set({ writer: null, writer_until: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('owner_id', '=', userId)
    .where('writer', '=', node)
    .execute();
}
