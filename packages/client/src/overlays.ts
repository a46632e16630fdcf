/** Own changes to messages that the server has not confirmed: laid over its records when they are shown, never stored. */
import type { MessageRecord, Reaction } from '@kith/protocol';
import { Emitter } from './emitter.ts';

export type Overlay =
  | { readonly type: 'edit'; readonly text: string; readonly at: string }
  | { readonly type: 'delete'; readonly at: string }
  | { readonly type: 'react'; readonly emoji: string; readonly on: boolean };

/** How the record will look when the server agrees. */
export function lay(record: MessageRecord, overlay: Overlay, me: string): MessageRecord {
  if (record.body.type === 'deleted') return record;
  switch (overlay.type) {
    case 'edit':
      return {
        ...record,
        body: { type: 'content', content: { type: 'plain', text: overlay.text } },
        edited: { at: overlay.at, count: (record.edited?.count ?? 0) + 1 },
      };
    case 'delete': {
      const { reactions: _, edited: __, replyTo: ___, mentions: ____, mentionsAll: _____, ...rest } = record;
      return { ...rest, body: { type: 'deleted', at: overlay.at, by: me } };
    }
    case 'react':
      return { ...record, reactions: react(record.reactions ?? [], overlay, me) };
  }
}

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
