/** Which node writes to an upload: columns of its row in `files`. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

/** An upload as its owner names it: somebody else's id is no row of theirs. */
export interface UploadKey extends Somebody {
  readonly id: string;
}

/** This node does from now on, for so long; false: another does. One that is not begun yet is nobody's. */
export async function leaseUpload(
  db: Db,
  { tenantId, userId, id }: UploadKey,
  node: string,
  ms: number,
): Promise<boolean> {
  const theirs = sql`tenant_id = ${tenantId}::integer and id = ${id}::uuid and owner_id = ${userId}::uuid`;
  const { rows } = await sql<{ readonly mine: boolean }>`
    with taken as (
      update files set writer = ${node}, writer_until = clock_timestamp() + ${ms}::integer * interval '1 millisecond'
      where ${theirs} and (writer is null or writer = ${node} or writer_until < clock_timestamp())
      returning 1
    )
    select exists (select from taken) or not exists (select from files where ${theirs}) as mine`.execute(db);
  return rows[0]?.mine === true;
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
