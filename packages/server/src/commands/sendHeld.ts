import {
  type Content,
  KithError,
  type MessageRecord,
  type Output,
  type ParsedInput,
  type ThreadMark,
} from '@kith/protocol';
import type { HeldConversation } from '../log/change.ts';
import { shareFiles, takeFiles } from '../media/use.ts';
import { demand, judge } from '../policy/policy.ts';
import type { Services } from '../services.ts';
import { useFiles } from '../store/files.ts';
import { contentColumns, type MessageRow } from '../store/records.ts';
import { endRequest } from '../store/requests.ts';
import { type Follower, latestPeople, startFollowing, type ThreadKey } from '../store/threads.ts';
import type { Somebody } from '../store/users.ts';
import { heldMembership, heldMessage } from './access.ts';
import { allowedMentions } from './mentions.ts';
import { demandModest, tellAccepted } from './requests.ts';

type HeldInput = Omit<ParsedInput<'sendMessage'>, 'forward'> & {
  readonly content: Content;
  /** Said by somebody else first: its files are theirs, and nobody is woken. */
  readonly forwarded?: MessageRecord['forwarded'];
};

/**
 * What writes more than itself does not go by the hot path: a reply changes its root too (T1), files learn that they are used. One
 * transaction that holds the conversation writes all of it, and lets those follow who follow by themselves. So goes what is said
 * in a request: the stranger's messages are counted, and the other's first word accepts.
 */
export async function sendHeld(
  services: Services,
  caller: Somebody,
  { conversationId, messageId, content: said, files, replyTo, thread, alsoSend, forwarded }: HeldInput,
): Promise<Output<'sendMessage'>> {
  const { tenantId, userId } = caller;
  const { answer, begun, planned, accepted } = await services.conversationLog.change(
    tenantId,
    conversationId,
    async (held) => {
      const membership = await heldMembership(held, userId);
      demand(judge('send', membership));
      // S7: before anything that may have become otherwise since.
      const earlier = await held.message(messageId);
      if (earlier) {
        if (earlier.author_id !== userId)
          throw new KithError('conflict', { message: 'This message id is taken.' });
        return { answer: toAnswer(earlier), begun: [], planned: false, accepted: null };
      }
      if (membership.member?.request === 'sent')
        await demandModest(held, userId, { content: said, other: isMore({ files, thread, forwarded }) });
      const accepted =
        membership.member?.request === 'received' ? await endRequest(held.trx, held.row, userId) : null;
      const mentions = forwarded ? NO_MENTIONS : allowedMentions(membership, said);
      const root =
        thread === undefined ? null : await rootOf(held, await heldMessage(held, membership, thread));
      const quoted = replyTo === undefined ? null : await heldMessage(held, membership, replyTo);
      const { content, uses } = forwarded
        ? { content: said, uses: await shareFiles(services.files, held.trx, tenantId, conversationId, said) }
        : await takeFiles(services.files, held.trx, caller, conversationId, said, files);
      const sent = await held.appendMessage({
        id: messageId,
        author_id: userId,
        kind: 'content',
        ...contentColumns(content),
        reply_id: quoted?.id ?? null,
        reply_seq: quoted?.seq ?? null,
        mentions: mentions.userIds.length > 0 ? [...mentions.userIds] : null,
        mentions_all: mentions.all,
        ...(root && { thread_root: root.id, thread_root_seq: root.seq, thread_also: alsoSend ?? null }),
        ...(forwarded && { forwarded: JSON.stringify(forwarded) }),
      });
      const { seq, rev, createdAt } = sent;
      await useFiles(held.trx, { tenantId, conversationId, messageId }, uses, seq);
      return {
        answer: { messageId, seq, rev, createdAt },
        begun: root ? await replied(held, root, sent) : [],
        planned: await services.transcodes.plan(held.trx, tenantId, uses),
        accepted,
      };
    },
  );
  if (planned) services.transcodes.nudge();
  if (accepted) tellAccepted(services, caller, conversationId, accepted);
  // Who follows from now on is told so; those who did before see the reply itself.
  for (const { follower, mark } of begun)
    services.announcer.toUser(tenantId, follower.userId, { type: 'thread', mark });
  return answer;
}

/** A reply has come: its root tells, and people begin to follow. Returns those who did. */
async function replied(held: HeldConversation, root: MessageRow, reply: MessageRecord) {
  await held.setMessage(root, {
    reply_count: (root.reply_count ?? 0) + 1,
    reply_last_at: new Date(reply.createdAt),
    reply_last_seq: reply.seq,
    reply_users: latestPeople([reply.authorId, ...(root.reply_users ?? [])]),
  });
  const { tenant_id: tenantId, id: conversationId, rev } = held.row;
  const key = { tenantId, conversationId, rootId: root.id, rootSeq: root.seq };
  const begun = await startFollowing(held.trx, key, followersOf(root, reply));
  return begun.map((follower) => ({ follower, mark: markAfter(key, follower, reply, rev) }));
}

/** What is more than words of one's own. */
const isMore = ({ files, thread, forwarded }: Pick<HeldInput, 'files' | 'thread' | 'forwarded'>): boolean =>
  (files?.length ?? 0) > 0 || thread !== undefined || forwarded !== undefined;

const NO_MENTIONS = { userIds: [], all: false } as const;

/** Of a root itself, or of a reply: then its root, which the same people may see. */
async function rootOf(held: HeldConversation, message: MessageRow): Promise<MessageRow> {
  const root = message.thread_root === null ? message : await held.message(message.thread_root);
  if (!root) throw new KithError('not_found');
  // What was deleted keeps its thread, and begins none.
  if (root.kind === 'content' || (root.kind === 'deleted' && root.reply_count)) return root;
  throw new KithError('conflict', { message: 'There is nothing to reply to.' });
}

const toAnswer = (row: MessageRow): Output<'sendMessage'> => ({
  messageId: row.id,
  seq: row.seq,
  rev: row.created_rev,
  createdAt: row.created_at.toISOString(),
});

/** Who follows by themselves after this reply. Whoever wrote the root, or is named in it, and unfollowed, stays away. */
function followersOf(root: MessageRow, reply: MessageRecord): Follower[] {
  const before = reply.seq - 1;
  const followers = new Map<string, Follower>();
  const add = (userId: string, readSeq: number, again: boolean): void => {
    if (!followers.has(userId)) followers.set(userId, { userId, readSeq, again });
  };
  add(reply.authorId, reply.seq, true);
  for (const userId of reply.mentions ?? []) add(userId, before, true);
  add(root.author_id, before, false);
  for (const userId of root.mentions ?? []) add(userId, before, false);
  return [...followers.values()];
}

/** Whoever begins to follow has this reply unread, unless it is their own. */
function markAfter(
  { conversationId, rootId, rootSeq }: ThreadKey,
  { userId, readSeq }: Follower,
  reply: MessageRecord,
  rev: number,
): ThreadMark {
  const unread = Number(userId !== reply.authorId);
  const named = reply.mentionsAll === true || reply.mentions?.includes(userId) === true;
  return {
    conversationId,
    rootId,
    rootSeq,
    following: true,
    readSeq,
    unread,
    mentions: named ? unread : 0,
    rev,
    lastSeq: reply.seq,
    // Whoever follows from here on has heard of nobody's reading yet.
    othersReadSeq: 0,
  };
}
