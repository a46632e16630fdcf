/**
 * Messages → rows of the list: days, the unread line, groups of one author, runs of system events. Pure, and sparing:
 * a row whose message and neighbours did not change is the same object as before, so that its component stays asleep.
 */
import type { TimelineMessage } from '@kith/client';

export interface MessageRowData {
  readonly type: 'message';
  readonly key: string;
  readonly day: number;
  readonly message: TimelineMessage;
  readonly own: boolean;
  /** First and last of a group: one author, no more than five minutes between two messages. */
  readonly first: boolean;
  readonly last: boolean;
}

export type Row =
  | MessageRowData
  | {
      readonly type: 'system';
      readonly key: string;
      readonly day: number;
      readonly messages: readonly TimelineMessage[];
    }
  | { readonly type: 'day'; readonly key: string; readonly day: number }
  | { readonly type: 'unread'; readonly key: 'unread'; readonly day: number };

export interface RowsInput {
  readonly messages: readonly TimelineMessage[];
  readonly meId: string | undefined;
  readonly firstUnreadSeq: number | undefined;
  /** Whether nothing comes before the first message. */
  readonly atStart: boolean;
}

const GROUP_MS = 5 * 60_000;

interface When {
  readonly at: number;
  /** Midnight at its start, local time, ms. */
  readonly day: number;
}

// Dates are dear, and ten thousand rows are built anew at each change.
const whens = new WeakMap<TimelineMessage, When>();

function whenOf(message: TimelineMessage): When {
  let when = whens.get(message);
  if (!when) {
    const at = Date.parse(message.record.createdAt);
    when = { at, day: new Date(at).setHours(0, 0, 0, 0) };
    whens.set(message, when);
  }
  return when;
}

/**
 * `previous`: the rows this same list had before.
 *
 * What stands before the oldest message that is loaded is not known while there is more: it gets no day, no unread line
 * and no beginning of a group, which the next page would take away again before the eyes of whoever looks at it.
 */
export function toRows(
  { messages, meId, firstUnreadSeq, atStart }: RowsInput,
  previous: readonly Row[],
): readonly Row[] {
  const known = new Map(previous.map((row) => [row.key, row]));
  const rows: Row[] = [];
  const push = (row: Row) => {
    const before = known.get(row.key);
    rows.push(before && same(before, row) ? before : row);
  };

  let day: number | undefined;
  let unreadShown = firstUnreadSeq === undefined;
  let group: { readonly author: string; readonly at: number } | undefined;

  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!;
    const { record } = message;
    const when = whenOf(message);
    const open = i === 0 && !atStart;
    if (when.day !== day) {
      day = when.day;
      group = undefined;
      if (!open) push({ type: 'day', key: `day-${day}`, day });
    }
    if (!unreadShown && isUnread(message, firstUnreadSeq)) {
      unreadShown = true;
      group = undefined;
      if (!open || record.seq === firstUnreadSeq) push({ type: 'unread', key: 'unread', day });
    }
    if (record.body.type === 'system') {
      const run = [message];
      for (let next = messages[i + 1]; next; next = messages[i + 1]) {
        if (next.record.body.type !== 'system' || whenOf(next).day !== day) break;
        if (!unreadShown && isUnread(next, firstUnreadSeq)) break;
        run.push(next);
        i++;
      }
      group = undefined;
      push({ type: 'system', key: run[0]!.key, day, messages: run });
      continue;
    }
    const first = group ? group.author !== record.authorId || when.at - group.at > GROUP_MS : !open;
    const next = messages[i + 1];
    const last =
      !next ||
      next.record.body.type === 'system' ||
      next.record.authorId !== record.authorId ||
      whenOf(next).day !== day ||
      whenOf(next).at - when.at > GROUP_MS ||
      (!unreadShown && isUnread(next, firstUnreadSeq));
    group = { author: record.authorId, at: when.at };
    push({ type: 'message', key: message.key, day, message, own: record.authorId === meId, first, last });
  }
  return rows.length === previous.length && rows.every((row, i) => row === previous[i]) ? previous : rows;
}

const isUnread = ({ record }: TimelineMessage, firstUnreadSeq: number | undefined): boolean =>
  firstUnreadSeq !== undefined && record.seq >= firstUnreadSeq;

function same(a: Row, b: Row): boolean {
  if (a.day !== b.day) return false;
  if (a.type === 'message' && b.type === 'message') {
    return a.message === b.message && a.own === b.own && a.first === b.first && a.last === b.last;
  }
  if (a.type === 'system' && b.type === 'system') {
    return (
      a.messages.length === b.messages.length && a.messages.every((message, i) => message === b.messages[i])
    );
  }
  return a.type === b.type;
}

/** Where a message stands, system events inside a run included; -1 when nowhere. */
export function indexOfMessage(rows: readonly Row[], id: string): number {
  return rows.findIndex(
    (row) =>
      row.key === id || (row.type === 'system' && row.messages.some((message) => message.record.id === id)),
  );
}

/** The highest place in the conversation that a row shows; 0 for rows without one (dividers, what is not sent yet). */
export function seqOf(row: Row): number {
  if (row.type === 'message') return row.message.record.seq;
  return row.type === 'system' ? (row.messages.at(-1)?.record.seq ?? 0) : 0;
}
