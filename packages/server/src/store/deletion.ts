/** The end of a person: asked for, called off, and what is taken from the rows they leave behind. */
import { randomBytes } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import { setDue } from './due.ts';
import type { Schema, UsersTable } from './schema.ts';
import type { Somebody } from './users.ts';

/** What becomes of what they wrote. */
export type MessagesAfter = NonNullable<Selectable<UsersTable>['deletion_messages']>;

export interface Deletion {
  readonly at: Date | null;
  readonly messages: MessagesAfter | null;
  /** The last conversation that nothing is left to do in. */
  readonly place: string | null;
  /** From then on they are nobody. */
  readonly deletedAt: Date | null;
}

/** Null: there is no such person. */
export async function deletionOf(db: Db, { tenantId, userId }: Somebody): Promise<Deletion | null> {
  const row = await db
    .selectFrom('users')
    .select(['deletion_at', 'deletion_messages', 'deletion_place', 'deleted_at'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
  return (
    (row && {
      at: row.deletion_at,
      messages: row.deletion_messages,
      place: row.deletion_place,
      deletedAt: row.deleted_at,
    }) ??
    null
  );
}

const dueRow = (person: Somebody) => ({
  tenantId: person.tenantId,
  userId: person.userId,
  kind: 'account_deletion' as const,
  id: person.userId,
});

/** False: it is asked for already, or done. */
export async function planDeletion(
  trx: Db,
  person: Somebody,
  { at, messages }: { readonly at: Date; readonly messages: MessagesAfter },
): Promise<boolean> {
  const { rows } = await sql`
    update users set deletion_at = ${at}, deletion_messages = ${messages}
    where tenant_id = ${person.tenantId} and id = ${person.userId}
      and deletion_at is null and deleted_at is null
    returning 1`.execute(trx);
  if (rows.length > 0) await setDue(trx, dueRow(person), at);
  return rows.length > 0;
}

/** False: nobody asked for it, or it is too late. */
export async function callOffDeletion(trx: Db, person: Somebody): Promise<boolean> {
  const { rows } = await sql`
    update users set deletion_at = null, deletion_messages = null
    where tenant_id = ${person.tenantId} and id = ${person.userId}
      and deletion_at is not null and deleted_at is null
    returning 1`.execute(trx);
  if (rows.length > 0) await setDue(trx, dueRow(person), null);
  return rows.length > 0;
}

/**
 * The person becomes a name on what they leave behind. Held against every other lock of the row, so that whoever lets them in
 * somewhere (see `letIn`) has done so before, or is refused. False: it was called off, is not due, or is done.
 */
export async function entomb(trx: Transaction<Schema>, person: Somebody, now: Date): Promise<boolean> {
  const row = await trx
    .selectFrom('users')
    .select(['deletion_at', 'deleted_at', 'avatar_id'])
    .where('tenant_id', '=', person.tenantId)
    .where('id', '=', person.userId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.deleted_at !== null || row.deletion_at === null || row.deletion_at > now) return false;
  await trx
    .updateTable('users')
    .set({
      username: `deleted-${randomBytes(6).toString('hex')}`,
      display_name: DELETED_NAME,
      role: 'member',
      avatar_id: null,
      bio: '',
      status: null,
      username_changed_at: null,
      presence: 'invisible',
      settings: '{}',
      last_seen_at: null,
      deleted_at: now,
      rev: sql`rev + 1`,
      profile_rev: sql`rev + 1`,
    })
    .where('tenant_id', '=', person.tenantId)
    .where('id', '=', person.userId)
    .execute();
  // Images of theirs that nothing uses, this one too, and uploads that were never sent go with the next sweep.
  await sql`
    update blobs set used = false, since = to_timestamp(0)
    where tenant_id = ${person.tenantId} and (
      id = ${row.avatar_id}::uuid or (owner_id = ${person.userId} and not used)
    )`.execute(trx);
  return true;
}

/** For programs: apps have words of their own. */
const DELETED_NAME = 'Deleted account';

/** What belonged to nobody else. The row of the work itself stays. */
export async function dropOwn(db: Db, { tenantId, userId }: Somebody): Promise<void> {
  const own = [
    sql`delete from own_records where tenant_id = ${tenantId} and user_id = ${userId}`,
    sql`delete from due_work where tenant_id = ${tenantId} and user_id = ${userId} and kind <> 'account_deletion'`,
    sql`delete from newcomer_deeds where tenant_id = ${tenantId} and user_id = ${userId}`,
    sql`delete from sticker_installs where tenant_id = ${tenantId} and user_id = ${userId}`,
    // Files of scheduled messages that are not to be sent any more, and those that never were in any.
    sql`update files f set used = false, since = to_timestamp(0)
      where f.tenant_id = ${tenantId} and f.owner_id = ${userId} and not exists (
        select from file_uses u where u.tenant_id = f.tenant_id and u.file_id = f.id and u.seq is not null
      )`,
    sql`delete from file_uses u using files f
      where f.tenant_id = ${tenantId} and f.owner_id = ${userId}
        and u.tenant_id = f.tenant_id and u.file_id = f.id and u.seq is null`,
  ];
  for (const statement of own) await statement.execute(db);
}

export interface Place {
  readonly conversationId: string;
  /** Of a direct conversation. */
  readonly directKey: string | null;
  readonly lastSeq: number;
}

/** Conversations that they are in, or were, by id. */
export async function placesAfter(
  db: Db,
  { tenantId, userId }: Somebody,
  after: string | null,
  limit: number,
): Promise<Place[]> {
  const rows = await db
    .selectFrom('members as m')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.tenant_id', '=', 'm.tenant_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .select(['c.id', 'c.direct_key', 'c.last_seq'])
    .where('m.tenant_id', '=', tenantId)
    .where('m.user_id', '=', userId)
    .$if(after !== null, (query) => query.where('m.conversation_id', '>', after ?? ''))
    .orderBy('m.conversation_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ conversationId: row.id, directKey: row.direct_key, lastSeq: row.last_seq }));
}

interface InPlace extends Somebody {
  readonly conversationId: string;
}

/** Ids of what they wrote at these places; no index knows authors, so it is looked for a stretch at a time. */
export async function writtenBetween(
  db: Db,
  { tenantId, userId, conversationId }: InPlace,
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .where('author_id', '=', userId)
    .where('kind', '=', 'content')
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Messages that they reacted to. */
export async function reactedTo(
  db: Db,
  { tenantId, userId, conversationId }: InPlace,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('reactions')
    .select('message_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .limit(limit)
    .execute();
  return rows.map((row) => row.message_id);
}

export async function dropReactions(
  trx: Transaction<Schema>,
  { tenantId, userId, conversationId }: InPlace,
  messageIds: readonly string[],
): Promise<void> {
  await trx
    .deleteFrom('reactions')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .where('message_id', 'in', messageIds)
    .execute();
}

/** Who owns a conversation after its owner: the admin, else the member, who has been in it for longest. Null: nobody is left. */
export async function heirOf(
  trx: Transaction<Schema>,
  { tenantId, userId, conversationId }: InPlace,
): Promise<string | null> {
  const { rows } = await sql<{ readonly user_id: string }>`
    select m.user_id from members m
    join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
    where m.tenant_id = ${tenantId} and m.conversation_id = ${conversationId} and m.state = 'joined'
      and m.user_id <> ${userId} and u.deleted_at is null
    order by u.deletion_at is not null, m.role <> 'admin', m.joined_at, m.user_id
    limit 1`.execute(trx);
  return rows[0]?.user_id ?? null;
}

/** What they followed and hid there. What their reading told others about the others' messages stays. */
export async function dropTraces(
  trx: Transaction<Schema>,
  { tenantId, userId, conversationId }: InPlace,
): Promise<void> {
  await trx
    .deleteFrom('thread_members')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .execute();
  await trx
    .updateTable('members')
    .set({ hidden: null })
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .where('hidden', 'is not', null)
    .execute();
}

/** Nothing is left to do there; or, with null, anywhere. */
export async function noteDone(
  db: Db,
  { tenantId, userId }: Somebody,
  conversationId: string | null,
): Promise<void> {
  await db
    .updateTable('users')
    .set(
      conversationId === null
        ? { deletion_at: null, deletion_messages: null, deletion_place: null }
        : { deletion_place: conversationId },
    )
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .execute();
}

/** Those of them whose accounts were deleted. Held: none of the others is, until the transaction ends. */
export async function deletedAmong(
  trx: Transaction<Schema>,
  tenantId: number,
  userIds: readonly string[],
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await trx
    .selectFrom('users')
    .select(['id', 'deleted_at'])
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${[...userIds]}::uuid[])`)
    .orderBy('id')
    .forKeyShare()
    .execute();
  return rows.flatMap((row) => (row.deleted_at === null ? [] : [row.id]));
}
