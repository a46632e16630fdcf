/** Which node writes to an upload: columns of its row in `files`. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** This node does from now on, for so long; false: another does. One that is not begun yet is nobody's. */
export async function leaseUpload(db: Db, id: string, node: string, ms: number): Promise<boolean> {
  const { rows } = await sql<{ readonly mine: boolean }>`
    with taken as (
      update files set writer = ${node}, writer_until = clock_timestamp() + ${ms}::integer * interval '1 millisecond'
      where id = ${id}::uuid and (writer is null or writer = ${node} or writer_until < clock_timestamp())
      returning 1
    )
    select exists (select from taken) or not exists (select from files where id = ${id}::uuid) as mine`.execute(
    db,
  );
  return rows[0]?.mine === true;
}

export async function freeUpload(db: Db, id: string, node: string): Promise<void> {
  await db
    .updateTable('files')
    .set({ writer: null, writer_until: null })
    .where('id', '=', id)
    .where('writer', '=', node)
    .execute();
}
