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

const NOBODY: ReadonlySet<string> = new Set();

export const encodeEphemeral = (ephemeral: Ephemeral): Packet =>
  packetOf([JSON.stringify({ t: 'ephemeral', ephemeral })], true);

/** Whom somebody blocks, and who blocks them. At once where it is known. */
export type Estranged = (
  tenantId: number,
  userId: string,
) => ReadonlySet<string> | Promise<ReadonlySet<string>>;

/** Ephemerals of a conversation, to those who look at it; nobody is told of their own typing, nor across a block. */
export function showEphemeral(
  channel: Channel,
  ephemeral: Ephemeral,
  estranged: Estranged,
  onError: (error: unknown) => void,
): void {
  if (channel.watchers.size === 0) return;
  const by = ephemeral.type === 'typing' ? ephemeral.userId : null;
  const show = (away: ReadonlySet<string>): void => {
    const packet = encodeEphemeral(ephemeral);
    for (const watcher of channel.onlookers())
      if (watcher.userId !== by && !away.has(watcher.userId)) watcher.sendPacket(packet);
  };
  const away = by === null ? NOBODY : estranged(channel.tenantId, by);
  if (away instanceof Promise) away.then(show).catch(onError);
  else show(away);
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
      let dull: Packet | null = null;
      for (const watcher of channel.onlookers()) {
        if (watcher.blind) {
          dull ??= packetOf([
            encodeEvent({
              type: 'receipts',
              conversationId: channel.conversationId,
              marks: marks.map((mark) => ({ ...mark, readSeq: 0 })),
            }),
          ]);
        }
        watcher.sendPacket(watcher.blind && dull ? dull : packet);
      }
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

/** Who may be told of somebody: at once where nothing is hidden from anybody. */
export type Audience = (
  tenantId: number,
  userId: string,
  what: 'presence' | 'profile',
  viewers: readonly string[],
) => 'all' | Promise<ReadonlySet<string>>;

/** Which of these guests share a conversation with somebody. */
export type Reach = (
  tenantId: number,
  userId: string,
  guests: readonly string[],
) => Promise<ReadonlySet<string>>;

/** People as they are, to the sockets that show them. */
export interface PeopleWatch {
  watch(socket: Subscriber, userId: string): void;
  unwatch(socket: Subscriber, userId: string): void;
  /** Tells the sockets of this node that show this person. */
  show(tenantId: number, userId: string, ephemeral: Ephemeral): void;
  /** The same, and those who may not be told see the person go. */
  reveal(tenantId: number, userId: string, presence: Extract<Ephemeral, { type: 'presence' }>): void;
  isWatched(tenantId: number, userId: string): boolean;
  close(): void;
}

export function createPeopleWatch(bus: Bus, audience: Audience, reach: Reach): PeopleWatch {
  const tenants = new Map<
    number,
    { readonly shown: Map<string, Set<Subscriber>>; readonly end: () => void }
  >();

  const socketsOf = (tenantId: number, userId: string) => tenants.get(tenantId)?.shown.get(userId);

  const send = (sockets: Iterable<Subscriber>, ephemeral: Ephemeral): void => {
    const packet = encodeEphemeral(ephemeral);
    for (const socket of sockets) socket.sendPacket(packet);
  };

  /** While it is found out who may be told: the latest, by person and kind. What came before it is not true any more. */
  const waiting = new Map<string, Ephemeral>();

  /** One after the other, by person and kind: who may be told is asked when it is told, so that an older answer is never the last. */
  const turns = new Map<string, Promise<void>>();

  const viewersOf = (tenantId: number, userId: string, what: 'presence' | 'profile') => {
    const sockets = [...(socketsOf(tenantId, userId) ?? [])];
    const viewers = [...new Set(sockets.map((socket) => socket.userId))];
    const told = audience(tenantId, userId, what, viewers);
    const guests = new Set(sockets.flatMap((socket) => (socket.guest ? [socket.userId] : [])));
    return guests.size === 0 ? told : withoutStrangers(tenantId, userId, told, viewers, guests);
  };

  /** Guests began to watch while they shared a conversation: they may share none any more. */
  const withoutStrangers = async (
    tenantId: number,
    userId: string,
    told: ReturnType<Audience>,
    viewers: readonly string[],
    guests: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> => {
    const [allowed, near] = await Promise.all([told, reach(tenantId, userId, [...guests])]);
    return new Set(
      viewers.filter((one) => (allowed === 'all' || allowed.has(one)) && (!guests.has(one) || near.has(one))),
    );
  };

  const showSome = async (
    tenantId: number,
    userId: string,
    asked: Exclude<ReturnType<Audience>, 'all'> | null,
    key: string,
    what: 'presence' | 'profile',
    hide: Ephemeral | null,
    next: () => boolean,
  ): Promise<void> => {
    let viewers: ReadonlySet<string> | 'all';
    try {
      viewers = await (asked ?? viewersOf(tenantId, userId, what));
    } catch {
      // The next change tells; until then nobody is told too much.
      viewers = NOBODY;
    }
    const latest = waiting.get(key);
    // A turn that comes after this one asks anew who may be told, and tells those who were not.
    if (!next()) waiting.delete(key);
    const may = (socket: Subscriber): boolean => viewers === 'all' || viewers.has(socket.userId);
    const sockets = [...(socketsOf(tenantId, userId) ?? [])];
    if (latest) send(sockets.filter(may), latest);
    if (hide) {
      send(
        sockets.filter((socket) => !may(socket)),
        hide,
      );
    }
  };

  const tell = (tenantId: number, userId: string, ephemeral: Ephemeral, hide: Ephemeral | null): void => {
    const sockets = socketsOf(tenantId, userId);
    if (!sockets) return;
    const what = ephemeral.type === 'profile' ? 'profile' : 'presence';
    const key = `${what} ${tenantId} ${userId}`;
    const before = turns.get(key);
    const waits = waiting.has(key);
    // In the first turn who may be told is asked at once: nearly always it is everybody.
    const asked = before ? null : viewersOf(tenantId, userId, what);
    if (asked === 'all') return send(sockets, ephemeral);
    waiting.set(key, ephemeral);
    if (waits && !hide) return;
    const turn: Promise<void> = (before ?? Promise.resolve()).then(() =>
      showSome(tenantId, userId, asked, key, what, hide, () => turns.get(key) !== turn),
    );
    turns.set(key, turn);
    void turn.finally(() => {
      if (turns.get(key) === turn) turns.delete(key);
    });
  };

  const show: PeopleWatch['show'] = (tenantId, userId, ephemeral) => tell(tenantId, userId, ephemeral, null);

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
    reveal: (tenantId, userId, ephemeral) =>
      tell(tenantId, userId, ephemeral, { type: 'presence', presence: { userId, state: 'offline' } }),
    isWatched: (tenantId, userId) => socketsOf(tenantId, userId) !== undefined,
    close: () => {
      for (const { end } of tenants.values()) end();
    },
  };
}
