/**
 * Requests: direct conversations that a stranger began, until the other accepts. The conversation says whose word is waited
 * for, so does their membership, and their own record says it to their devices; all three change in one transaction.
 */
import type { OwnRecordOf, ReceiptMark } from '@kith/protocol';
import { KithError, limits } from '@kith/protocol';
import { sql, type Transaction } from 'kysely';
import { changeOwn } from './own.ts';
import type { ConversationRow } from './records.ts';
import type { Schema } from './schema.ts';

export const requestsMigration: readonly string[] = [
  'alter table conversations add request_to uuid',
  'alter table members add request boolean not null default false',
];

type Place = Pick<ConversationRow, 'tenant_id' | 'id'>;

/** In the transaction that makes the conversation, both people held (`blockersOfTwo`). @throws KithError forbidden when there are too many. */
export async function beginRequest(
  trx: Transaction<Schema>,
  { tenant_id: tenantId, id }: Place,
  { to, by }: { readonly to: string; readonly by: string },
): Promise<OwnRecordOf<'request'>> {
  await setRequest(trx, { tenant_id: tenantId, id }, to, true);
  const at = new Date().toISOString();
  try {
    return (await changeOwn(trx, { tenantId, userId: to }, 'request', id, () => ({ by, at }))).record;
  } catch (error) {
    if (!(error instanceof KithError) || error.code !== 'limit_reached') throw error;
    throw new KithError('forbidden', { message: 'This person takes no more requests.' });
  }
}

export interface AcceptedRequest {
  readonly record: OwnRecordOf<'request'>;
  readonly changed: boolean;
  /** How far whoever accepted had come, of which nobody was told. */
  readonly marks: readonly ReceiptMark[];
}

/** In a transaction that holds the conversation. What was noted of their reading is a receipt from now on. */
export async function endRequest(
  trx: Transaction<Schema>,
  place: Place & Pick<ConversationRow, 'request_to'>,
  userId: string,
): Promise<AcceptedRequest> {
  const { tenant_id: tenantId, id } = place;
  const marks = place.request_to === userId ? await tellMarks(trx, place, userId) : [];
  return { ...(await changeOwn(trx, { tenantId, userId }, 'request', id, () => null)), marks };
}

/**
 * One of the two is nobody any more: nothing is waited for, and what they had written is out of sight. Null: nobody need be told.
 */
export async function buryRequest(
  trx: Transaction<Schema>,
  place: Place & Pick<ConversationRow, 'request_to'>,
  deletedId: string,
): Promise<{ readonly to: string; readonly record: OwnRecordOf<'request'> } | null> {
  const { tenant_id: tenantId, id, request_to: to } = place;
  if (to === null) return null;
  await setRequest(trx, place, to, false);
  if (to === deletedId) return null;
  const { record, changed } = await changeOwn(
    trx,
    { tenantId, userId: to },
    'request',
    id,
    (before) => before && { ...before, declined: true },
  );
  return changed ? { to, record } : null;
}

async function tellMarks(trx: Transaction<Schema>, place: Place, userId: string): Promise<ReceiptMark[]> {
  await setRequest(trx, place, userId, false);
  const { rows } = await sql<{ delivered_seq: number; read_seq: number }>`
    with marks as (
      select m.tenant_id, m.conversation_id, m.user_id, m.delivered_seq,
        case when coalesce((u.settings -> 'privacy' ->> 'receipts')::boolean, true) then m.read_seq else 0 end as read_seq
      from members m join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
      where m.tenant_id = ${place.tenant_id} and m.conversation_id = ${place.id} and m.user_id = ${userId}
    ), noted as (
      insert into receipts (tenant_id, conversation_id, kind, seq, user_id, at)
      select tenant_id, conversation_id, 'delivered', delivered_seq, user_id, now() from marks where delivered_seq > 0
      union all
      select tenant_id, conversation_id, 'read', read_seq, user_id, now() from marks where read_seq > 0
      on conflict do nothing
    )
    select delivered_seq, read_seq from marks where delivered_seq > 0`.execute(trx);
  return rows.map((row) => ({ userId, deliveredSeq: row.delivered_seq, readSeq: row.read_seq }));
}

async function setRequest(
  trx: Transaction<Schema>,
  place: Place,
  userId: string,
  waits: boolean,
): Promise<void> {
  await trx
    .updateTable('conversations')
    .set({ request_to: waits ? userId : null })
    .where('tenant_id', '=', place.tenant_id)
    .where('id', '=', place.id)
    .execute();
  await trx
    .updateTable('members')
    .set({ request: waits })
    .where('tenant_id', '=', place.tenant_id)
    .where('conversation_id', '=', place.id)
    .where('user_id', '=', userId)
    .execute();
}

/** What somebody has sent so far into a request, as it reads now; deleted messages count, as they were read maybe. */
export async function sentTexts(
  trx: Transaction<Schema>,
  place: Place,
  userId: string,
): Promise<{ readonly id: string; readonly text: string }[]> {
  const rows = await trx
    .selectFrom('messages')
    .select(['id', 'text'])
    .where('tenant_id', '=', place.tenant_id)
    .where('conversation_id', '=', place.id)
    .where('author_id', '=', userId)
    .orderBy('seq')
    .limit(limits.requestMessages + 1)
    .execute();
  return rows.map(({ id, text }) => ({ id, text: text ?? '' }));
}
