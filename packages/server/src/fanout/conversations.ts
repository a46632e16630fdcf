/**
 * The conversations that somebody on this node is in or looks at. What the bus brings of each goes out in order; what it
 * left out is read from the database (S4, S11).
 */
import type { MemberRecord } from '@kith/protocol';
import type { Flusher } from '../gateway/flusher.ts';
import type { Logger } from '../logger.ts';
import type { Changes } from '../store/changes.ts';
import { type Bus, type BusMessage, subjects } from './bus.ts';
import { Channel } from './channel.ts';
import { createRepairs } from './repairs.ts';
import { createReceiptTicker, type Estranged, showEphemeral } from './watching.ts';

export interface LocalConversations {
  /** Opens it when it is not open; whoever opens adds somebody, or lets go. */
  open(tenantId: number, conversationId: string): Channel;
  find(tenantId: number, conversationId: string): Channel | undefined;
  /** Somebody left it: a channel without anybody ends. */
  letGo(channel: Channel): void;
  /** Reads what this node has not handed out yet from the database, soon. */
  repair(channel: Channel): void;
  all(): Iterable<Channel>;
  close(): void;
}

export interface LocalConversationsOptions {
  readonly bus: Bus;
  readonly flusher: Flusher;
  readonly logger: Logger;
  readonly readChanges: (channel: Channel, since: number) => Promise<Changes | null>;
  /** A membership that a repair came upon; told before what follows it is handed out (S13). */
  readonly onMember: (channel: Channel, member: MemberRecord) => void;
  /** Reads again who of this node's people is in it. */
  readonly beforeJump: (channel: Channel) => Promise<void>;
  /** Who is not told of somebody's typing. */
  readonly estranged: Estranged;
  readonly gapMs?: number | undefined;
  readonly receiptsEveryMs?: number | undefined;
  readonly retryMs?: number | undefined;
}

interface Open {
  readonly channel: Channel;
  readonly unsubscribe: () => void;
  gapTimer: NodeJS.Timeout | null;
}

/** How long an event waits for one that should have come before it; several nodes announce independently. */
const GAP_MS = 150;

export function createLocalConversations(options: LocalConversationsOptions): LocalConversations {
  const { bus, flusher, logger, readChanges, onMember, gapMs = GAP_MS, retryMs } = options;
  const known = new Map<string, Open>();
  const receipts = createReceiptTicker(options.receiptsEveryMs);
  const repairs = createRepairs({
    readChanges,
    onMember,
    beforeJump: options.beforeJump,
    logger,
    ...(retryMs !== undefined && { pauseMs: retryMs }),
  });

  const keyOf = (tenantId: number, conversationId: string): string => `${tenantId} ${conversationId}`;

  const open = (tenantId: number, conversationId: string): Channel => {
    const key = keyOf(tenantId, conversationId);
    const one = known.get(key);
    if (one) return one.channel;
    const channel = new Channel(tenantId, conversationId, flusher);
    const unsubscribe = bus.subscribe(subjects.conversation(tenantId, conversationId), (message) => {
      const local = known.get(key);
      if (local) receive(local, message);
    });
    known.set(key, { channel, unsubscribe, gapTimer: null });
    return channel;
  };

  const close = (channel: Channel): void => {
    const key = keyOf(channel.tenantId, channel.conversationId);
    const one = known.get(key);
    if (one?.channel !== channel) return;
    known.delete(key);
    one.unsubscribe();
    if (one.gapTimer) clearTimeout(one.gapTimer);
  };

  const receive = (local: Open, message: BusMessage): void => {
    const { channel } = local;
    switch (message.type) {
      case 'records':
        if (!channel.hasPeople) return;
        if (message.acceptedAt !== undefined) flusher.noteAccepted(message.acceptedAt);
        channel.deliver(channel.order.accept(message));
        if (channel.order.hasGap) awaitGap(local);
        return;
      case 'behind':
        if (channel.hasPeople) repairs.ask(channel);
        return;
      case 'receipts':
        receipts.take(channel, message);
        return;
      case 'ephemeral':
        showEphemeral(channel, message.ephemeral, options.estranged, (err) =>
          logger.warn({ err }, 'could not tell who is typing'),
        );
        return;
    }
  };

  const awaitGap = (local: Open): void => {
    local.gapTimer ??= setTimeout(() => {
      local.gapTimer = null;
      if (local.channel.order.hasGap) repairs.ask(local.channel);
    }, gapMs);
  };

  return {
    open,
    find: (tenantId, conversationId) => known.get(keyOf(tenantId, conversationId))?.channel,
    letGo: (channel) => {
      if (channel.hasPeople) return;
      const watchers = [...channel.watchers];
      if (watchers.length === 0) return close(channel);
      // Only watchers are left: the order of what nobody receives would grow old, and the next subscriber begins at the
      // revision it read.
      if (channel.order.announced === null) return;
      close(channel);
      const fresh = open(channel.tenantId, channel.conversationId);
      for (const watcher of watchers) fresh.watchers.add(watcher);
    },
    repair: (channel) => {
      if (channel.hasPeople) repairs.ask(channel);
    },
    all: function* () {
      for (const { channel } of known.values()) yield channel;
    },
    close: () => {
      repairs.close();
      receipts.close();
      for (const one of known.values()) {
        one.unsubscribe();
        if (one.gapTimer) clearTimeout(one.gapTimer);
      }
    },
  };
}
