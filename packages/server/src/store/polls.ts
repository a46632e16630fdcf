/** Votes, and what a message record tells of them. */
import { limits, type PollAttachment, type PollResults } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { type Chosen, newestPeople } from './newestPeople.ts';

export interface MessageKey {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly messageId: string;
}

const votesOn = (db: Db, key: MessageKey) =>
  db
    .selectFrom('poll_votes')
    .where('tenant_id', '=', key.tenantId)
    .where('conversation_id', '=', key.conversationId)
    .where('message_id', '=', key.messageId);

/** What this person chose, in order. */
export async function ownVotes(db: Db, key: MessageKey, userId: string): Promise<number[]> {
  const rows = await votesOn(db, key)
    .select('option')
    .where('user_id', '=', userId)
    .orderBy('option')
    .execute();
  return rows.map((row) => row.option);
}

/** Replaces what this person chose. An option that stays keeps its time. */
export async function setVotes(
  db: Db,
  key: MessageKey,
  userId: string,
  before: readonly number[],
  after: readonly number[],
): Promise<void> {
  const gone = before.filter((option) => !after.includes(option));
  const come = after.filter((option) => !before.includes(option));
  if (gone.length > 0) {
    await db
      .deleteFrom('poll_votes')
      .where('tenant_id', '=', key.tenantId)
      .where('conversation_id', '=', key.conversationId)
      .where('message_id', '=', key.messageId)
      .where('user_id', '=', userId)
      .where('option', 'in', gone)
      .execute();
  }
  if (come.length === 0) return;
  const created_at = new Date();
  await db
    .insertInto('poll_votes')
    .values(
      come.map((option) => ({
        tenant_id: key.tenantId,
        conversation_id: key.conversationId,
        message_id: key.messageId,
        option,
        user_id: userId,
        created_at,
      })),
    )
    .execute();
}

/** A poll's votes as its record carries them. Reads all of one message. */
export async function summarizePoll(
  db: Db,
  key: MessageKey,
  { options, anonymous }: PollAttachment,
): Promise<Omit<PollResults, 'closed'>> {
  const result = await sql<{ option: number; count: number; user_ids: string[]; voters: number }>`
    select kinds.option, kinds.count, latest.user_ids, everybody.voters
    from (
      select option, count(*)::integer as count from poll_votes
      where tenant_id = ${key.tenantId} and conversation_id = ${key.conversationId} and message_id = ${key.messageId}
      group by option
    ) kinds
    cross join lateral (
      select array_agg(user_id order by created_at desc, user_id) as user_ids from (
        select user_id, created_at from poll_votes v
        where v.tenant_id = ${key.tenantId} and v.conversation_id = ${key.conversationId}
          and v.message_id = ${key.messageId} and v.option = kinds.option
        order by created_at desc, user_id limit ${limits.pollUsers}
      ) newest
    ) latest
    cross join (
      select count(distinct user_id)::integer as voters from poll_votes
      where tenant_id = ${key.tenantId} and conversation_id = ${key.conversationId} and message_id = ${key.messageId}
    ) everybody`.execute(db);
  const byOption = new Map(result.rows.map((row) => [row.option, row]));
  return {
    options: options.map((_, option) => {
      const row = byOption.get(option);
      return { count: row?.count ?? 0, ...(!anonymous && { userIds: row?.user_ids ?? [] }) };
    }),
    voters: result.rows[0]?.voters ?? 0,
  };
}

/** Who chose an option, newest first. */
export async function votePage(
  db: Db,
  key: MessageKey,
  option: number,
  cursor: string | undefined,
  limit: number,
): Promise<{ votes: Chosen[]; next: string | null }> {
  const votes = votesOn(db, key).select(['user_id', 'created_at']).where('option', '=', option);
  const { people, next } = await newestPeople(db, votes, cursor, limit);
  return { votes: people, next };
}
