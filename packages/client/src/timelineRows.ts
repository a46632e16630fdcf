/** What the main line and a thread show alike: rows, and the view made of them. */
import type { Head, MessageRecord } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import type { Outbox, Sending } from './outbox.ts';
import type { Overlays } from './overlays.ts';
import type { Store } from './store/store.ts';
import type { ConversationWindow } from './store/window.ts';
import type { TimelineMessage, TimelineView } from './types.ts';

export const EMPTY: TimelineView = {
  status: 'loading',
  messages: [],
  atStart: false,
  atEnd: false,
  loading: null,
};

export interface RowsDeps {
  readonly store: Store;
  readonly overlays: Overlays;
  readonly outbox: Pick<Outbox, 'waits'>;
}

/** A row stays the same object while nothing of it changes, so that only what changed is drawn anew. */
export class Rows {
  readonly #store: Store;
  readonly #overlays: Overlays;
  readonly #outbox: Pick<Outbox, 'waits'>;
  #known: ReadonlyMap<string, TimelineMessage> = new Map();

  constructor({ store, overlays, outbox }: RowsDeps) {
    this.#store = store;
    this.#overlays = overlays;
    this.#outbox = outbox;
  }

  /** What is shown now, by key. */
  keep(rows: ReadonlyMap<string, TimelineMessage>): void {
    this.#known = rows;
  }

  sent(stored: MessageRecord, ownState: TimelineMessage['state']): TimelineMessage {
    const record = this.#overlays.apply(stored, this.#store.me);
    const state = stored.authorId === this.#store.me ? ownState : 'sent';
    const known = this.#known.get(record.id);
    return known?.record === record && known.state === state ? known : { key: record.id, record, state };
  }

  unsent(item: Sending): TimelineMessage {
    const known = this.#known.get(item.entry.id);
    const row = {
      ...unsentMessage(item, this.#store.me),
      ...(this.#outbox.waits(item) && { waits: true as const }),
    };
    const same =
      known?.record.rev === 0 &&
      known.state === row.state &&
      known.error === row.error &&
      known.waits === row.waits;
    return same ? known : row;
  }
}

/** An own message before the server has given it a place. */
export function unsentMessage(item: Sending, me: string): TimelineMessage {
  const { id, conversationId, content, replyTo, thread, forward, createdAt } = item.entry;
  const record: MessageRecord = {
    type: 'message',
    id,
    conversationId,
    seq: 0,
    rev: 0,
    authorId: me,
    createdAt,
    body: { type: 'content', content },
    ...(replyTo && { replyTo }),
    ...(forward && { forwarded: forward.origin }),
    ...(thread && { thread }),
  };
  const state = item.type === 'acknowledged' ? 'sent' : item.type;
  return { key: id, record, state, ...(item.type === 'failed' && { error: item.error }) };
}

export const stateOf = (seq: number, head: Head): 'sent' | 'delivered' | 'read' =>
  seq <= head.othersReadSeq ? 'read' : seq <= head.othersDeliveredSeq ? 'delivered' : 'sent';

export const sameRows = (a: readonly TimelineMessage[], b: readonly TimelineMessage[]): boolean =>
  a.length === b.length && a.every((row, index) => row === b[index]);

export const sameView = (a: TimelineView, b: TimelineView): boolean =>
  a.status === b.status &&
  a.messages === b.messages &&
  a.atStart === b.atStart &&
  a.atEnd === b.atEnd &&
  a.loading === b.loading &&
  a.error === b.error &&
  a.firstUnreadSeq === b.firstUnreadSeq;

/** The window of a conversation, out of the cache where it is not in memory. `head`: what is known of it. */
export async function windowOf(store: Store, head: Head): Promise<ConversationWindow> {
  const { id } = head.conversation;
  let window = store.windows.ensure(id, head.rev, head.lastSeq);
  while (!window) {
    await store.windows.warm(id);
    const now = store.head(id);
    if (!now) throw new KithError('not_found');
    window = store.windows.ensure(id, now.rev, now.lastSeq);
  }
  return window;
}
