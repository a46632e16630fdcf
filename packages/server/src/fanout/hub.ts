/**
 * Hands what is announced to the sockets of this node: whose person is in which conversation, in which order, and as
 * far as they may see it. Knows no sockets, only subscribers.
 */
import type { MemberRecord } from '@kith/protocol';
import { Flusher } from '../gateway/flusher.ts';
import type { Logger } from '../logger.ts';
import { changesSince } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { headsFor } from '../store/heads.ts';
import { joinedConversations, type MembershipFound, membershipsIn } from '../store/subscriptions.ts';
import { encodeEvent } from './announcer.ts';
import { type Bus, type BusMessage, subjects } from './bus.ts';
import { Channel } from './channel.ts';
import { createRepairs, repairPage } from './repairs.ts';
import { type Person, type Subscriber, type Subscription, sendTo } from './subscriber.ts';
import { createPeopleWatch, createReceiptTicker, showEphemeral } from './watching.ts';

export interface Watched {
  readonly conversationIds: readonly string[];
  readonly userIds: readonly string[];
}

export interface Registration {
  /** Replaces what this socket watches. Whether it may is the caller's to know. */
  watch(what: Watched): void;
  close(): void;
}

export interface LocalConversation {
  readonly tenantId: number;
  readonly conversationId: string;
  /** The last revision handed out here. */
  readonly announced: number;
}

export interface Hub {
  readonly flusher: Flusher;
  /**
   * Subscribes a socket to everything its person is in. Resolves when whatever is announced from then on reaches it;
   * rejects when the database cannot say.
   */
  register(socket: Subscriber): Promise<Registration>;
  /** Conversations with subscribers here. */
  localConversations(): Iterable<LocalConversation>;
  /** Null when nobody here is subscribed to it. */
  announcedRev(tenantId: number, conversationId: string): number | null;
  /** Reads what this node has not handed out yet from the database. */
  repair(tenantId: number, conversationId: string): void;
  /** Reads a person's memberships again, if the person is here: of these conversations, or all. */
  recheck(tenantId: number, userId: string, conversationIds: readonly string[] | 'all'): Promise<void>;
  localPeople(): Iterable<{ readonly tenantId: number; readonly userId: string }>;
  close(): void;
}

export interface HubOptions {
  readonly bus: Bus;
  readonly database: Pick<Database, 'db'>;
  readonly logger: Logger;
  /** What is read from the database; tests have their own. */
  readonly store?: HubStore;
  readonly gapMs?: number;
  readonly receiptsEveryMs?: number;
  readonly retryMs?: number;
}

/** The reads the hub needs. */
export const hubStore = { changesSince, headsFor, joinedConversations, membershipsIn };
export type HubStore = typeof hubStore;

interface LocalPerson extends Person {
  /** Sockets whose registration is complete. */
  ready: number;
  loads: number;
  /** Memberships that ended while a load was under way: revision by conversation. What was read may be from before. */
  readonly ended: Map<string, number>;
  readonly unsubscribe: () => void;
}

interface LocalChannel {
  readonly channel: Channel;
  readonly unsubscribe: () => void;
  gapTimer: NodeJS.Timeout | null;
}

/** How long an event waits for one that should have come before it; several nodes announce independently. */
const GAP_MS = 150;
const RETRY_MS = 1_000;

const keyOf = (tenantId: number, id: string): string => `${tenantId} ${id}`;

export function createHub(options: HubOptions): Hub {
  const { bus, logger, store = hubStore, gapMs = GAP_MS, retryMs = RETRY_MS } = options;
  const { db } = options.database;
  const flusher = new Flusher({ onError: (err) => logger.error({ err }, 'flush failed') });
  const people = new Map<string, LocalPerson>();
  const channels = new Map<string, LocalChannel>();
  const sessions = new Map<string, Set<Subscriber>>();
  const receipts = createReceiptTicker(options.receiptsEveryMs);
  const peopleWatch = createPeopleWatch(bus);
  const repairs = createRepairs({
    readChanges: ({ tenantId, conversationId }, since) =>
      store.changesSince(db, tenantId, conversationId, since, null, repairPage),
    onMember: ({ tenantId }, member) => {
      const person = people.get(keyOf(tenantId, member.userId));
      if (person) applyMembership(person, member);
    },
    logger,
    pauseMs: retryMs,
  });

  // ---- conversations ----

  const channelOf = (tenantId: number, conversationId: string): Channel => {
    const key = keyOf(tenantId, conversationId);
    const known = channels.get(key);
    if (known) return known.channel;
    const channel = new Channel(tenantId, conversationId, flusher);
    const unsubscribe = bus.subscribe(subjects.conversation(tenantId, conversationId), (message) => {
      const local = channels.get(key);
      if (local) onConversation(local, message);
    });
    channels.set(key, { channel, unsubscribe, gapTimer: null });
    return channel;
  };

  const releaseChannel = (channel: Channel): void => {
    const key = keyOf(channel.tenantId, channel.conversationId);
    const local = channels.get(key);
    if (local?.channel !== channel || !channel.isIdle) return;
    channels.delete(key);
    local.unsubscribe();
    if (local.gapTimer) clearTimeout(local.gapTimer);
  };

  const onConversation = (local: LocalChannel, message: BusMessage): void => {
    const { channel } = local;
    if (message.type === 'records') {
      if (!channel.hasPeople) return;
      channel.deliver(channel.order.accept(message));
      if (channel.order.hasGap) awaitGap(local);
    } else if (message.type === 'receipts') {
      receipts.take(channel, message);
    } else if (message.type === 'ephemeral') {
      showEphemeral(channel, message.ephemeral);
    }
  };

  const awaitGap = (local: LocalChannel): void => {
    local.gapTimer ??= setTimeout(() => {
      local.gapTimer = null;
      if (local.channel.order.hasGap) repairs.ask(local.channel);
    }, gapMs);
  };

  // ---- people ----

  const personOf = (tenantId: number, userId: string): LocalPerson => {
    const key = keyOf(tenantId, userId);
    const known = people.get(key);
    if (known) return known;
    const person: LocalPerson = {
      tenantId,
      userId,
      sockets: new Set(),
      subscriptions: new Map(),
      ready: 0,
      loads: 0,
      ended: new Map(),
      unsubscribe: bus.subscribe(subjects.user(tenantId, userId), (message) => onUser(person, message)),
    };
    people.set(key, person);
    return person;
  };

  const onUser = (person: LocalPerson, message: BusMessage): void => {
    if (message.type === 'toUser') sendTo(person, message.frame);
    else if (message.type === 'membership') applyMembership(person, message.member);
  };

  const releasePerson = (person: LocalPerson): void => {
    if (person.sockets.size > 0) return;
    const key = keyOf(person.tenantId, person.userId);
    if (people.get(key) === person) people.delete(key);
    person.unsubscribe();
    for (const conversationId of [...person.subscriptions.keys()]) unsubscribe(person, conversationId);
  };

  const subscribe = (
    person: LocalPerson,
    member: MemberRecord,
    phase: Subscription['phase'],
  ): Subscription => {
    const channel = channelOf(person.tenantId, member.conversationId);
    const subscription: Subscription = {
      channel,
      rev: member.rev,
      joinedAt: member.joinedAt,
      visibleAfter: member.visibleAfter,
      phase,
    };
    channel.add(person, subscription);
    person.subscriptions.set(member.conversationId, subscription);
    return subscription;
  };

  const unsubscribe = (person: LocalPerson, conversationId: string): void => {
    const channel = person.subscriptions.get(conversationId)?.channel;
    if (!channel) return;
    channel.remove(person);
    person.subscriptions.delete(conversationId);
    // A new first subscriber begins at the revision it read.
    if (!channel.hasPeople && !channel.isIdle) replaceChannel(channel);
    releaseChannel(channel);
  };

  /** Only watchers are left: the order of what nobody receives would grow old. */
  const replaceChannel = (channel: Channel): void => {
    const watchers = [...channel.watchers];
    channel.watchers.clear();
    releaseChannel(channel);
    const fresh = channelOf(channel.tenantId, channel.conversationId);
    for (const watcher of watchers) fresh.watchers.add(watcher);
  };

  /** What a membership record says, from the bus or the database; older ones change nothing (S3, S13). */
  const applyMembership = (person: LocalPerson, member: MemberRecord): void => {
    const { conversationId } = member;
    const subscription = person.subscriptions.get(conversationId);
    if (subscription && member.rev < subscription.rev) return;
    if (member.state !== 'joined') {
      if (person.loads > 0)
        person.ended.set(conversationId, Math.max(member.rev, person.ended.get(conversationId) ?? 0));
      subscription?.channel.flush();
      // Also to who is not subscribed: the reply of a joining may have told what this node has not heard of yet.
      sendTo(person, encodeEvent({ type: 'left', membership: member }));
      if (subscription) unsubscribe(person, conversationId);
    } else if (subscription?.joinedAt === member.joinedAt) {
      subscription.rev = member.rev;
      subscription.visibleAfter = member.visibleAfter;
      subscription.channel.noteVisibility(member.visibleAfter);
    } else if (subscription) {
      // Out and in again, and the leaving was never announced here: a new stay, with a head of its own.
      unsubscribe(person, conversationId);
      join(person, member);
    } else if ((person.ended.get(conversationId) ?? -1) < member.rev) {
      join(person, member);
    }
  };

  const join = (person: LocalPerson, member: MemberRecord): void => {
    const joining = subscribe(person, member, { type: 'joining', held: [], overflown: false });
    void completeJoin(person, member.conversationId, joining);
  };

  /** Reads the head and tells it to the person's sockets, then what happened since. Never rejects. */
  const completeJoin = async (
    person: LocalPerson,
    conversationId: string,
    joining: Subscription,
  ): Promise<void> => {
    const isCurrent = (): boolean => person.subscriptions.get(conversationId) === joining;
    while (isCurrent() && joining.phase.type === 'joining') {
      const { phase } = joining;
      try {
        const { heads, users } = await store.headsFor(db, person.tenantId, person.userId, [conversationId]);
        if (!isCurrent()) return;
        const head = heads[0];
        if (!head) {
          // Joined and gone again before we looked.
          await recheckSome(person, [conversationId]);
          if (isCurrent()) unsubscribe(person, conversationId);
          return;
        }
        if (phase.overflown) {
          phase.overflown = false;
          continue;
        }
        const { channel } = joining;
        const held = channel.goLive(person);
        channel.memberCount = head.conversation.memberCount;
        joining.rev = Math.max(joining.rev, head.membership.rev);
        joining.visibleAfter = head.membership.visibleAfter;
        channel.noteVisibility(joining.visibleAfter);
        sendTo(person, encodeEvent({ type: 'joined', head, users }));
        for (const { to, frame } of held) if (to > head.rev) sendTo(person, frame);
        if (channel.order.announced === null) channel.deliver(channel.order.startAt(head.rev));
      } catch (err) {
        logger.warn({ err, conversationId }, 'could not read the head for a new member; trying again');
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };

  /** Reads everything a person is in and compares it with what this node does. */
  const load = async (person: LocalPerson): Promise<void> => {
    person.loads += 1;
    try {
      const before = [...person.subscriptions.keys()];
      const found = await store.joinedConversations(db, person.tenantId, person.userId);
      if (person.sockets.size === 0) return;
      for (const one of found) applyFound(person, one);
      const ids = new Set(found.map(({ member }) => member.conversationId));
      const doubtful = before.filter((id) => !ids.has(id) && person.subscriptions.has(id));
      if (doubtful.length > 0) await recheckSome(person, doubtful);
    } finally {
      person.loads -= 1;
      if (person.loads === 0) person.ended.clear();
    }
  };

  const applyFound = (
    person: LocalPerson,
    { member, conversationRev, memberCount }: MembershipFound,
  ): void => {
    const { conversationId } = member;
    if (person.subscriptions.has(conversationId) || person.ready > 0) {
      // A socket that is already up must hear of it as of any other joining.
      applyMembership(person, member);
      return;
    }
    if ((person.ended.get(conversationId) ?? -1) >= member.rev) return;
    const { channel } = subscribe(person, member, { type: 'live' });
    channel.memberCount = memberCount;
    if (channel.order.announced === null) channel.deliver(channel.order.startAt(conversationRev));
  };

  const recheckSome = async (person: LocalPerson, conversationIds: readonly string[]): Promise<void> => {
    const found = await store.membershipsIn(db, person.tenantId, person.userId, conversationIds);
    if (person.sockets.size === 0) return;
    for (const { member } of found) applyMembership(person, member);
  };

  // ---- sockets ----

  const watchingOf = (socket: Subscriber) => {
    let conversationIds = new Set<string>();
    let userIds = new Set<string>();
    return (what: Watched): void => {
      const nextConversations = new Set(what.conversationIds);
      const nextUsers = new Set(what.userIds);
      for (const id of nextConversations) channelOf(socket.tenantId, id).watchers.add(socket);
      for (const id of conversationIds) {
        const local = nextConversations.has(id) ? undefined : channels.get(keyOf(socket.tenantId, id));
        if (!local) continue;
        local.channel.watchers.delete(socket);
        releaseChannel(local.channel);
      }
      for (const id of nextUsers) if (!userIds.has(id)) peopleWatch.watch(socket, id);
      for (const id of userIds) if (!nextUsers.has(id)) peopleWatch.unwatch(socket, id);
      conversationIds = nextConversations;
      userIds = nextUsers;
    };
  };

  const forgetSocket = (person: LocalPerson, socket: Subscriber): void => {
    person.sockets.delete(socket);
    const ofSession = sessions.get(socket.sessionId);
    ofSession?.delete(socket);
    if (ofSession?.size === 0) sessions.delete(socket.sessionId);
    releasePerson(person);
  };

  const unsubscribeNodes = bus.subscribe(subjects.nodes, (message) => {
    if (message.type !== 'sessions_revoked') return;
    for (const id of message.sessionIds) for (const socket of [...(sessions.get(id) ?? [])]) socket.revoked();
  });

  return {
    flusher,
    register: async (socket) => {
      const person = personOf(socket.tenantId, socket.userId);
      person.sockets.add(socket);
      const ofSession = sessions.get(socket.sessionId) ?? new Set();
      sessions.set(socket.sessionId, ofSession.add(socket));
      try {
        await load(person);
      } catch (error) {
        forgetSocket(person, socket);
        throw error;
      }
      person.ready += 1;
      const watch = watchingOf(socket);
      let open = true;
      return {
        watch: (what) => {
          if (open) watch(what);
        },
        close: () => {
          if (!open) return;
          open = false;
          watch({ conversationIds: [], userIds: [] });
          person.ready -= 1;
          forgetSocket(person, socket);
        },
      };
    },
    localConversations: function* () {
      for (const { channel } of channels.values()) {
        const { announced } = channel.order;
        if (announced !== null && channel.hasPeople) {
          yield { tenantId: channel.tenantId, conversationId: channel.conversationId, announced };
        }
      }
    },
    announcedRev: (tenantId, conversationId) => {
      const channel = channels.get(keyOf(tenantId, conversationId))?.channel;
      return channel?.hasPeople ? channel.order.announced : null;
    },
    repair: (tenantId, conversationId) => {
      const channel = channels.get(keyOf(tenantId, conversationId))?.channel;
      if (channel?.hasPeople) repairs.ask(channel);
    },
    recheck: async (tenantId, userId, conversationIds) => {
      const person = people.get(keyOf(tenantId, userId));
      if (!person) return;
      if (conversationIds === 'all') await load(person);
      else await recheckSome(person, conversationIds);
    },
    localPeople: function* () {
      for (const { tenantId, userId } of people.values()) yield { tenantId, userId };
    },
    close: () => {
      unsubscribeNodes();
      repairs.close();
      receipts.close();
      for (const local of channels.values()) {
        local.unsubscribe();
        if (local.gapTimer) clearTimeout(local.gapTimer);
      }
      for (const person of people.values()) person.unsubscribe();
    },
  };
}
