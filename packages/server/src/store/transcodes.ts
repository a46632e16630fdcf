/**
 * Films to be looked at, and made playable everywhere: a row for each that a message has (media/transcode). Whoever works on one has
 * claimed it for a while, under an id of the claim; without it, nothing that is written counts.
 */
import { newId, type Transcoding } from '@kith/protocol';
import { sql, type Updateable } from 'kysely';
import type { Db } from './database.ts';
import { type FileRow, type FilesTransaction, insertFile, type MessageKey, type NewFile } from './files.ts';
import type { TranscodeState, TranscodesTable } from './schema.ts';

export interface TranscodeClaim {
  readonly tenantId: number;
  readonly fileId: string;
  readonly claim: string;
  /** How often it was begun, this time counted. */
  readonly attempts: number;
  /** Rises with every message that has the film. */
  readonly asked: number;
  readonly madeId: string | null;
}

/**
 * In the transaction that writes a message, its files held: films among them are to be looked at; one that was before, told of to
 * this message too. Resolves to whether there is something to do.
 */
export async function planTranscodes(
  trx: FilesTransaction,
  tenantId: number,
  fileIds: readonly string[],
): Promise<boolean> {
  // Always counted up: whoever is about to end the work sees that it was asked for once more.
  const { rows } = await sql<{ state: TranscodeState }>`
    insert into transcodes as t (tenant_id, file_id)
    select tenant_id, id from files
    where tenant_id = ${tenantId} and id = any (${[...fileIds]}::uuid[])
      and not opaque and findings ->> 'mime' like 'video/%' and findings ->> 'mime' <> 'video/webm'
    order by id
    on conflict (tenant_id, file_id) do update set
      asked = t.asked + 1,
      state = case t.state when 'done' then 'waiting' else t.state end,
      attempts = case t.state when 'done' then 0 else t.attempts end
    returning state`.execute(trx);
  return rows.some(({ state }) => state === 'waiting');
}

/** The one that waits longest, for whoever asks first; the others get it after `leaseMs`. */
export async function claimTranscode(db: Db, now: number, leaseMs: number): Promise<TranscodeClaim | null> {
  const at = new Date(now);
  const { rows } = await sql<TranscodeClaim>`
    update transcodes set claimed_until = ${new Date(now + leaseMs)}, claim = ${newId()}, attempts = attempts + 1
    where (tenant_id, file_id) in (
      select tenant_id, file_id from transcodes
      where state = 'waiting' and (claimed_until is null or claimed_until <= ${at})
      order by since limit 1 for update skip locked
    )
    returning tenant_id as "tenantId", file_id as "fileId", claim, attempts, asked, made_id as "madeId"`.execute(
    db,
  );
  return rows[0] ?? null;
}

type Change = Pick<
  Updateable<TranscodesTable>,
  'state' | 'attempts' | 'progress' | 'claimed_until' | 'made_id'
>;

/** False: it is not theirs any more, or there is no such film. */
export async function setTranscode(
  db: Db,
  { tenantId, fileId, claim }: TranscodeClaim,
  change: Change,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('transcodes')
    .set(change)
    .where('tenant_id', '=', tenantId)
    .where('file_id', '=', fileId)
    .where('claim', '=', claim)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** How it stands, for those who would see the film. */
export async function transcodingOf(
  db: Db,
  tenantId: number,
  fileId: string,
  now: number,
): Promise<Transcoding> {
  const row = await db
    .selectFrom('transcodes')
    .select(['state', 'progress', 'claimed_until'])
    .where('tenant_id', '=', tenantId)
    .where('file_id', '=', fileId)
    .executeTakeFirst();
  if (!row || row.state === 'fine') return { state: 'none', progress: 0 };
  const { state, progress } = row;
  const isWorkedOn = state === 'waiting' && row.claimed_until !== null && row.claimed_until.getTime() > now;
  return { state: isWorkedOn ? 'running' : state, progress };
}

/** It is over, unless it was asked for once more since. */
export async function endTranscode(
  db: Db,
  { tenantId, fileId, claim }: TranscodeClaim,
  asked: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('transcodes')
    .set({ state: 'done', progress: 100, claimed_until: null })
    .where('tenant_id', '=', tenantId)
    .where('file_id', '=', fileId)
    .where('claim', '=', claim)
    .where('asked', '=', asked)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Null: it is not theirs any more. */
export async function askedFor(db: Db, { tenantId, fileId, claim }: TranscodeClaim): Promise<number | null> {
  const row = await db
    .selectFrom('transcodes')
    .select('asked')
    .where('tenant_id', '=', tenantId)
    .where('file_id', '=', fileId)
    .where('claim', '=', claim)
    .executeTakeFirst();
  return row?.asked ?? null;
}

/** What was made of it, a file of its own. False: nobody wants it any more. */
export function keepMade(db: Db, claim: TranscodeClaim, made: NewFile, leaseUntil: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const change = { made_id: made.id, progress: 100, claimed_until: leaseUntil };
    if (!(await setTranscode(trx, claim, change))) return false;
    await insertFile(trx, made);
    return true;
  });
}

type Place = Pick<MessageKey, 'conversationId' | 'messageId'>;

/** Messages that show this film and do not have what was made of it, in an order of their own, after the one given. */
export async function untoldMessages(
  db: Db,
  { tenantId, fileId }: Pick<TranscodeClaim, 'tenantId' | 'fileId'>,
  madeId: string,
  after: Place | null,
  atMost: number,
): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select u.conversation_id as "conversationId", u.message_id as "messageId" from file_uses u
    where u.tenant_id = ${tenantId} and u.file_id = ${fileId} and u.seq is not null and u.kind in ('video', 'round')
      and (u.conversation_id, u.message_id) > (${after?.conversationId ?? NONE}::uuid, ${after?.messageId ?? NONE}::uuid)
      and not exists (
        select from file_uses m where m.tenant_id = u.tenant_id and m.conversation_id = u.conversation_id
          and m.message_id = u.message_id and m.file_id = ${madeId}
      )
    order by u.conversation_id, u.message_id limit ${atMost}`.execute(db);
  return rows;
}

const NONE = '00000000-0000-0000-0000-000000000000';

/** What was made and no message has: its row goes at once, and whoever asked removes the bytes. */
export async function dropMade(
  db: Db,
  tenantId: number,
  madeId: string,
): Promise<Pick<FileRow, 'object'> | null> {
  const row = await db
    .deleteFrom('files')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', madeId)
    .where('made', '=', true)
    .where('used', '=', false)
    .returning('object')
    .executeTakeFirst();
  return row ?? null;
}
