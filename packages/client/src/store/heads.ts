/** What a batch of changes makes of a conversation's head. Pure. */
import type { Head, MessageRecord } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import type { Batch, ConversationWindow } from './window.ts';

export interface Folded {
  readonly head: Head;
  /** The counts or the preview can no longer be told from here: ask the server. */
  readonly unsure: boolean;
  /** The preview was deleted; the newest message that is left takes its place. */
  readonly previewGone: boolean;
  /** New messages of others. */
  readonly arrived: readonly MessageRecord[];
}

const MORE = limits.unreadCap + 1;

/** T1: a reply in a thread stands in the main line only when it was sent there too. */
export const inMainLine = ({ thread }: Pick<MessageRecord, 'thread'>): boolean =>
  !thread || thread.alsoSent === true;

/** Whether a message counts as unread for `me`, its place apart. */
const counts = (message: MessageRecord, me: string): boolean =>
  message.authorId !== me && message.body.type === 'content' && inMainLine(message);

const mentionsMe = (message: MessageRecord, me: string): boolean =>
  message.mentionsAll === true || message.mentions?.includes(me) === true;

/**
 * S3, S9. `previous` gives a message as it was at `head.rev`, or undefined when that is not known for sure.
 * `batch.from` must not lie beyond `head.rev + 1`.
 */
export function foldHead(
  head: Head,
  batch: Batch,
  me: string,
  previous: (id: string) => MessageRecord | undefined,
  hides: (seq: number) => boolean = () => false,
): Folded {
  let { conversation, membership, lastSeq, unread, mentions, preview } = head;
  const { readSeq } = head;
  let unsure = false;
  let previewGone = false;
  const arrived: MessageRecord[] = [];

  for (const record of batch.records) {
    if (record.rev <= head.rev) continue;
    if (record.type === 'conversation') {
      if (record.rev > conversation.rev) conversation = record;
      continue;
    }
    if (record.type === 'member') {
      if (record.userId === me && record.rev > membership.rev) membership = record;
      continue;
    }
    // Neither counted nor shown, before and after.
    if (record.seq <= head.lastSeq && hides(record.seq)) continue;
    const counted = counts(record, me) && record.seq > readSeq;
    if (record.seq > head.lastSeq) {
      lastSeq = Math.max(lastSeq, record.seq);
      if (counted) {
        unread++;
        if (mentionsMe(record, me)) mentions++;
      }
      if (record.authorId !== me) arrived.push(record);
    } else if (record.seq > readSeq && record.authorId !== me && inMainLine(record)) {
      const before = previous(record.id);
      if (before) {
        const wasCounted = counts(before, me);
        unread += Number(counted) - Number(wasCounted);
        mentions += Number(counted && mentionsMe(record, me)) - Number(wasCounted && mentionsMe(before, me));
        // Below "more than the cap" only the server can count.
        if (
          (head.unread >= MORE || head.mentions >= MORE) &&
          (unread < head.unread || mentions < head.mentions)
        ) {
          unsure = true;
        }
      } else if (record.body.type === 'deleted' || record.edited) {
        unsure = true;
      }
    }
    if (!inMainLine(record)) continue;
    if (record.id === preview?.id) {
      if (record.body.type === 'deleted') previewGone = true;
      else {
        preview = record;
        previewGone = false;
      }
    } else if (record.body.type !== 'deleted' && record.seq > (preview?.seq ?? 0)) {
      preview = record;
      previewGone = false;
    }
  }

  arrived.sort((a, b) => a.seq - b.seq);
  return {
    head: {
      ...head,
      conversation,
      membership,
      rev: Math.max(head.rev, batch.to),
      lastSeq,
      unread: Math.max(0, Math.min(unread, MORE)),
      mentions: Math.max(0, Math.min(mentions, MORE)),
      preview,
    },
    unsure,
    previewGone,
    arrived,
  };
}

/** The run at the end of the window, when the window is as new as the head and its end is loaded. */
function loadedEnd(
  head: Head,
  window: ConversationWindow | undefined,
): { from: number; to: number } | undefined {
  if (!window || window.rev !== head.rev || window.lastSeq !== head.lastSeq) return undefined;
  const run = window.runs[window.runs.length - 1];
  return run && run.to >= head.lastSeq ? run : undefined;
}

/** Counts unread messages from what is loaded; undefined when not all of them are. */
export function recount(
  head: Head,
  window: ConversationWindow | undefined,
  me: string,
  hides: (seq: number) => boolean,
): { unread: number; mentions: number } | undefined {
  if (head.readSeq >= head.lastSeq) return { unread: 0, mentions: 0 };
  const run = loadedEnd(head, window);
  const first = Math.max(head.readSeq, head.membership.visibleAfter) + 1;
  if (!window || !run || run.from > first) return undefined;
  let unread = 0;
  let mentions = 0;
  for (const message of window.messages(first, head.lastSeq)) {
    if (!counts(message, me) || hides(message.seq)) continue;
    unread++;
    if (mentionsMe(message, me)) mentions++;
  }
  return { unread: Math.min(unread, MORE), mentions: Math.min(mentions, MORE) };
}

/** The newest message that is not deleted, from what is loaded; undefined when that does not tell. */
export function loadedPreview(
  head: Head,
  window: ConversationWindow | undefined,
  gone: (record: MessageRecord) => boolean,
): MessageRecord | null | undefined {
  const run = loadedEnd(head, window);
  if (!window || !run) return undefined;
  const first = Math.max(run.from, head.membership.visibleAfter + 1);
  for (let seq = head.lastSeq; seq >= first; seq--) {
    const message = window.at(seq);
    if (message && message.body.type !== 'deleted' && inMainLine(message) && !gone(message)) return message;
  }
  return run.from <= head.membership.visibleAfter + 1 ? null : undefined;
}

/** Whether two heads show the same. */
export const sameHead = (a: Head, b: Head): boolean =>
  a.rev === b.rev &&
  a.readSeq === b.readSeq &&
  a.unread === b.unread &&
  a.mentions === b.mentions &&
  a.lastSeq === b.lastSeq &&
  a.othersReadSeq === b.othersReadSeq &&
  a.othersDeliveredSeq === b.othersDeliveredSeq &&
  a.conversation.rev === b.conversation.rev &&
  a.conversation.memberCount === b.conversation.memberCount &&
  a.membership.rev === b.membership.rev &&
  a.membership.joinedAt === b.membership.joinedAt &&
  a.membership.visibleAfter === b.membership.visibleAfter &&
  a.preview?.id === b.preview?.id &&
  a.preview?.rev === b.preview?.rev;
