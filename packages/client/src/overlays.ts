/** Own changes to messages that the server has not confirmed: laid over its records when they are shown, never stored. */
import type { MessageRecord, PollResults, Reaction } from '@kith/protocol';
import { Emitter } from './emitter.ts';

export type Overlay =
  | { readonly type: 'edit'; readonly text: string; readonly at: string }
  | { readonly type: 'delete'; readonly at: string }
  | { readonly type: 'react'; readonly emoji: string; readonly on: boolean }
  | { readonly type: 'vote'; readonly options: readonly number[] }
  | { readonly type: 'closePoll'; readonly at: string }
  | { readonly type: 'pin'; readonly on: boolean; readonly at: string };

/** How the record will look when the server agrees. */
export function lay(record: MessageRecord, overlay: Overlay, me: string): MessageRecord {
  if (record.body.type === 'deleted') return record;
  switch (overlay.type) {
    case 'edit':
      return {
        ...record,
        body: { type: 'content', content: { ...plainOf(record), type: 'plain', text: overlay.text } },
        edited: { at: overlay.at, count: (record.edited?.count ?? 0) + 1 },
      };
    case 'delete': {
      const { type, id, conversationId, seq, rev, authorId, createdAt } = record;
      const body = { type: 'deleted' as const, at: overlay.at, by: me };
      return { type, id, conversationId, seq, rev, authorId, createdAt, body };
    }
    case 'react':
      return { ...record, reactions: react(record.reactions ?? [], overlay, me) };
    case 'vote': {
      const poll = resultsOf(record);
      return poll ? { ...record, poll: vote(poll, overlay.options, me) } : record;
    }
    case 'closePoll': {
      const poll = resultsOf(record);
      return poll ? { ...record, poll: { ...poll, closed: { at: overlay.at, by: me } } } : record;
    }
    case 'pin': {
      const { pinned: _, ...rest } = record;
      return overlay.on ? { ...rest, pinned: record.pinned ?? { at: overlay.at, by: me } } : rest;
    }
  }
}

/** What it says now: an edit keeps what the message carries. */
const plainOf = ({ body }: MessageRecord): object =>
  body.type === 'content' && body.content.type === 'plain' ? body.content : {};

function react(
  reactions: readonly Reaction[],
  { emoji, on }: { emoji: string; on: boolean },
  me: string,
): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if ((known?.mine ?? false) === on) return [...reactions];
  if (!known) return [...reactions, { emoji, count: 1, userIds: [me], mine: true }];
  const count = known.count + (on ? 1 : -1);
  const others = known.userIds.filter((id) => id !== me);
  const changed = { ...known, count, mine: on, userIds: on ? [me, ...others] : others };
  return reactions.flatMap((reaction) => (reaction !== known ? [reaction] : count > 0 ? [changed] : []));
}

/** How a poll stands, also while nobody has voted. Undefined where there is no poll. */
function resultsOf(record: MessageRecord): PollResults | undefined {
  if (record.poll) return record.poll;
  const { body } = record;
  const attachment =
    body.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;
  if (attachment?.type !== 'poll') return undefined;
  const { options, anonymous } = attachment;
  return { voters: 0, options: options.map(() => ({ count: 0, ...(!anonymous && { userIds: [] }) })) };
}

function vote(poll: PollResults, chosen: readonly number[], me: string): PollResults {
  const voted = poll.options.some((option) => option.mine);
  const options = poll.options.map((option, place) => {
    const mine = chosen.includes(place);
    if (mine === (option.mine ?? false)) return { ...option, mine };
    const others = option.userIds?.filter((id) => id !== me);
    const count = option.count + (mine ? 1 : -1);
    return { ...option, mine, count, ...(others && { userIds: mine ? [me, ...others] : others }) };
  });
  return { ...poll, options, voters: poll.voters + Number(chosen.length > 0) - Number(voted) };
}

export type OverlayEvents = { changed: [conversationId: string, messageId: string] };

export class Overlays {
  readonly events = new Emitter<OverlayEvents>();
  readonly #of = new Map<string, readonly Overlay[]>();
  /** The last result by message, so that a record that did not change stays the same object. */
  readonly #made = new WeakMap<MessageRecord, { overlays: readonly Overlay[]; result: MessageRecord }>();

  /** Shows `overlay` until `task` is settled. */
  async during<T>(
    target: { readonly conversationId: string; readonly messageId: string },
    overlay: Overlay,
    task: () => Promise<T>,
  ): Promise<T> {
    const { conversationId, messageId } = target;
    this.#of.set(messageId, [...(this.#of.get(messageId) ?? []), overlay]);
    this.events.emit('changed', conversationId, messageId);
    try {
      return await task();
    } finally {
      const left = (this.#of.get(messageId) ?? []).filter((other) => other !== overlay);
      if (left.length > 0) this.#of.set(messageId, left);
      else this.#of.delete(messageId);
      this.events.emit('changed', conversationId, messageId);
    }
  }

  apply(record: MessageRecord, me: string): MessageRecord {
    const overlays = this.#of.get(record.id);
    if (!overlays) return record;
    const made = this.#made.get(record);
    if (made?.overlays === overlays) return made.result;
    const result = overlays.reduce((shown, overlay) => lay(shown, overlay, me), record);
    this.#made.set(record, { overlays, result });
    return result;
  }
}
