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

/** People as they are, to the sockets that show them. */
export interface PeopleWatch {
  watch(socket: Subscriber, userId: string): void;
  unwatch(socket: Subscriber, userId: string): void;
  /** Tells the sockets of this node that show this person. */
  show(tenantId: number, userId: string, ephemeral: Ephemeral): void;
  close(): void;
}

export function createPeopleWatch(bus: Bus): PeopleWatch {
  const tenants = new Map<
    number,
    { readonly shown: Map<string, Set<Subscriber>>; readonly end: () => void }
  >();

  const show: PeopleWatch['show'] = (tenantId, userId, ephemeral) => {
    const sockets = tenants.get(tenantId)?.shown.get(userId);
    if (!sockets) return;
    const packet = encodeEphemeral(ephemeral);
    for (const socket of sockets) socket.sendPacket(packet);
  };

  const tenantOf = (tenantId: number) => {
    const known = tenants.get(tenantId);
    if (known) return known;
    const end = bus.subscribe(subjects.people(tenantId), (message) => {
      if (message.type !== 'ephemeral' || message.ephemeral.type !== 'profile') return;
      show(tenantId, message.ephemeral.user.id, message.ephemeral);
    });
    const tenant = { shown: new Map<string, Set<Subscriber>>(), end };
    tenants.set(tenantId, tenant);
    return tenant;
  };

  return {
    watch: (socket, userId) => {
      const { shown } = tenantOf(socket.tenantId);
      const sockets = shown.get(userId) ?? new Set();
      shown.set(userId, sockets.add(socket));
    },
    unwatch: (socket, userId) => {
      const tenant = tenants.get(socket.tenantId);
      const sockets = tenant?.shown.get(userId);
      if (!tenant || !sockets?.delete(socket) || sockets.size > 0) return;
      tenant.shown.delete(userId);
      if (tenant.shown.size > 0) return;
      tenant.end();
      tenants.delete(socket.tenantId);
    },
    show,
    close: () => {
      for (const { end } of tenants.values()) end();
    },
  };
}
