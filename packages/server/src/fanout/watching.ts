/**
 * What is on somebody's screen: typing and receipts of the conversations it shows, presence of the people it shows.
 * Nothing of this reaches sockets that do not look (S9, S10).
 */
import type { Ephemeral } from '@kith/protocol';
import type { Packet } from '../gateway/packet.ts';
import { packetOf } from '../gateway/packet.ts';
import { encodeEvent } from './announcer.ts';
import { type Bus, type BusMessage, subjects } from './bus.ts';
import type { Channel } from './channel.ts';
import type { Subscriber } from './subscriber.ts';

export const encodeEphemeral = (ephemeral: Ephemeral): Packet =>
  packetOf([JSON.stringify({ t: 'ephemeral', ephemeral })], true);

/** Ephemerals of a conversation, to those who look at it; nobody is told of their own typing. */
export function showEphemeral(channel: Channel, ephemeral: Ephemeral): void {
  if (channel.watchers.size === 0) return;
  const packet = encodeEphemeral(ephemeral);
  const by = ephemeral.type === 'typing' ? ephemeral.userId : null;
  for (const watcher of channel.onlookers()) if (watcher.userId !== by) watcher.sendPacket(packet);
}

/** A receipt may come this much later, ms, for the sake of all those that come with it. */
const RECEIPTS_EVERY_MS = 250;

/** Hands out receipts a few times a second. */
export function createReceiptTicker(everyMs = RECEIPTS_EVERY_MS) {
  const due = new Set<Channel>();
  let timer: NodeJS.Timeout | null = null;

  const tick = (): void => {
    timer = null;
    for (const channel of due) {
      const marks = channel.receipts.take();
      if (marks.length === 0 || channel.watchers.size === 0) continue;
      const packet = packetOf([
        encodeEvent({ type: 'receipts', conversationId: channel.conversationId, marks }),
      ]);
      for (const watcher of channel.onlookers()) watcher.sendPacket(packet);
    }
    due.clear();
  };

  return {
    take: (channel: Channel, message: Extract<BusMessage, { type: 'receipts' }>): void => {
      if (channel.watchers.size === 0) return;
      channel.receipts.add(message.marks, channel.memberCount);
      due.add(channel);
      timer ??= setTimeout(tick, everyMs);
    },
    close: (): void => {
      if (timer) clearTimeout(timer);
      timer = null;
      due.clear();
    },
  };
}

/** Presence of people, to the sockets that show them. One subscription to the bus for each person shown. */
export function createPeopleWatch(bus: Bus) {
  const shown = new Map<string, { readonly sockets: Set<Subscriber>; readonly end: () => void }>();

  const keyOf = (tenantId: number, userId: string): string => subjects.presence(tenantId, userId);

  return {
    watch: (socket: Subscriber, userId: string): void => {
      const subject = keyOf(socket.tenantId, userId);
      const known = shown.get(subject);
      if (known) {
        known.sockets.add(socket);
        return;
      }
      const sockets = new Set([socket]);
      const end = bus.subscribe(subject, (message) => {
        if (message.type !== 'ephemeral') return;
        const packet = encodeEphemeral(message.ephemeral);
        for (const one of sockets) one.sendPacket(packet);
      });
      shown.set(subject, { sockets, end });
    },
    unwatch: (socket: Subscriber, userId: string): void => {
      const subject = keyOf(socket.tenantId, userId);
      const known = shown.get(subject);
      if (!known) return;
      known.sockets.delete(socket);
      if (known.sockets.size > 0) return;
      known.end();
      shown.delete(subject);
    },
  };
}
