/**
 * The people with a socket on this node, and which conversations each of them hears: memberships begin and end here,
 * told by the bus or read from the database, whichever comes first (S3, S13).
 */
import type { Head, MemberRecord, User } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { headsFor } from '../store/heads.ts';
import type { Reads } from '../store/reads.ts';
import { type MembershipFound, membershipsIn } from '../store/subscriptions.ts';
import { encodeEvent } from './announcer.ts';
import { type Bus, type BusMessage, subjects } from './bus.ts';
import type { LocalConversations } from './conversations.ts';
import { type Person, type Subscriber, type Subscription, sendTo } from './subscriber.ts';

export interface LocalPeople {
  /** Resolves when whatever is announced from then on reaches the socket; rejects when the database cannot say. */
  enter(socket: Subscriber): Promise<void>;
  /** Ends what `enter` began, also when that rejected. */
  leave(socket: Subscriber): void;
  /** As they are now; they may leave while one goes through them. */
  socketsOf(tenantId: number, userId: string): readonly Subscriber[];
  /** A membership that was come upon elsewhere. */
  applyMembership(tenantId: number, member: MemberRecord): void;
  /** Reads a person's memberships again, if the person is here: of these conversations, or all. */
  recheck(tenantId: number, userId: string, conversationIds: readonly string[] | 'all'): Promise<void>;
  all(): Iterable<{ readonly tenantId: number; readonly userId: string }>;
  close(): void;
}

/** What is read from the database; tests have their own. */
export const peopleStore = { headsFor, membershipsIn };

export interface Joined {
  readonly head: Head;
  readonly users: readonly User[];
}

export interface LocalPeopleOptions {
  readonly bus: Bus;
  readonly conversations: LocalConversations;
  readonly db: Db;
  readonly reads: Pick<Reads, 'joinedConversations'>;
  readonly store: typeof peopleStore;
  readonly logger: Logger;
  /** Before somebody is told of this membership. */
  readonly onTell?: ((tenantId: number, member: MemberRecord) => void) | undefined;
  /** What this person may see of a conversation they come into. */
  readonly veil?: ((tenantId: number, userId: string, joined: Joined) => Promise<Joined>) | undefined;
  /** After a failure, ms. */
  readonly retryMs?: number | undefined;
}

interface LocalPerson extends Person {
  /** Those of the sockets that have not entered yet. Null: all have. */
  entering: Set<Subscriber> | null;
  loads: number;
  /**
   * Memberships that ended while a load was under way: revision by conversation. What was read may be from before. Null
   * when there are none: there are many people, and few of them load.
   */
  ended: Map<string, number> | null;
  readonly unsubscribe: () => void;
}

const RETRY_MS = 1_000;

export function createLocalPeople(options: LocalPeopleOptions): LocalPeople {
  const { bus, conversations, db, reads, store, logger, retryMs = RETRY_MS } = options;
  const people = new Map<string, LocalPerson>();

  const keyOf = (tenantId: number, userId: string): string => `${tenantId} ${userId}`;

  const personOf = (tenantId: number, userId: string): LocalPerson => {
    const key = keyOf(tenantId, userId);
    const known = people.get(key);
    if (known) return known;
    const person: LocalPerson = {
      tenantId,
      userId,
      sockets: new Set(),
      subscriptions: new Map(),
      entering: null,
      loads: 0,
      ended: null,
      unsubscribe: bus.subscribe(subjects.user(tenantId, userId), (message) => receive(person, message)),
    };
    people.set(key, person);
    return person;
  };

  const receive = (person: LocalPerson, message: BusMessage): void => {
    if (message.type === 'toUser') sendTo(person, message.frame);
    else if (message.type === 'membership') applyMembership(person, message.member);
  };

  const hasEntered = ({ sockets, entering }: LocalPerson): boolean => sockets.size > (entering?.size ?? 0);

  const entered = (person: LocalPerson, socket: Subscriber): void => {
    person.entering?.delete(socket);
    if (person.entering?.size === 0) person.entering = null;
  };

  const release = (person: LocalPerson): void => {
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
    const channel = conversations.open(person.tenantId, member.conversationId);
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
    conversations.letGo(channel);
  };

  /** What a membership record says, from the bus or the database; older ones change nothing. */
  const applyMembership = (person: LocalPerson, member: MemberRecord): void => {
    const { conversationId } = member;
    const subscription = person.subscriptions.get(conversationId);
    if (subscription && member.rev < subscription.rev) return;
    if (member.state !== 'joined') {
      if (person.loads > 0) {
        person.ended ??= new Map();
        person.ended.set(conversationId, Math.max(member.rev, person.ended.get(conversationId) ?? 0));
      }
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
    } else if ((person.ended?.get(conversationId) ?? -1) < member.rev) {
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
    await bus.flushed();
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
        const told = (await options.veil?.(person.tenantId, person.userId, { head, users })) ?? {
          head,
          users,
        };
        if (!isCurrent()) return;
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
        options.onTell?.(person.tenantId, head.membership);
        sendTo(person, encodeEvent({ type: 'joined', head: told.head, users: [...told.users] }));
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
      await bus.flushed();
      const before = [...person.subscriptions.keys()];
      const found = await reads.joinedConversations(person.tenantId, person.userId);
      if (person.sockets.size === 0) return;
      for (const one of found) applyFound(person, one);
      const ids = new Set(found.map(({ member }) => member.conversationId));
      const doubtful = before.filter((id) => !ids.has(id) && person.subscriptions.has(id));
      if (doubtful.length > 0) await recheckSome(person, doubtful);
      // What is committed from here on is heard; what was before, the client asks for next.
      await bus.flushed();
    } finally {
      person.loads -= 1;
      if (person.loads === 0) person.ended = null;
    }
  };

  const applyFound = (
    person: LocalPerson,
    { member, conversationRev, memberCount }: MembershipFound,
  ): void => {
    const { conversationId } = member;
    if (person.subscriptions.has(conversationId) || hasEntered(person)) {
      // A socket that is already up must hear of it as of any other joining.
      applyMembership(person, member);
      return;
    }
    if ((person.ended?.get(conversationId) ?? -1) >= member.rev) return;
    const { channel } = subscribe(person, member, { type: 'live' });
    channel.memberCount = memberCount;
    if (channel.order.announced === null) channel.deliver(channel.order.startAt(conversationRev));
  };

  const recheckSome = async (person: LocalPerson, conversationIds: readonly string[]): Promise<void> => {
    const found = await store.membershipsIn(db, person.tenantId, person.userId, conversationIds);
    if (person.sockets.size === 0) return;
    for (const { member } of found) applyMembership(person, member);
  };

  return {
    enter: async (socket) => {
      const person = personOf(socket.tenantId, socket.userId);
      person.sockets.add(socket);
      person.entering ??= new Set();
      person.entering.add(socket);
      await load(person);
      entered(person, socket);
    },
    leave: (socket) => {
      const person = people.get(keyOf(socket.tenantId, socket.userId));
      if (!person?.sockets.delete(socket)) return;
      entered(person, socket);
      release(person);
    },
    socketsOf: (tenantId, userId) => [...(people.get(keyOf(tenantId, userId))?.sockets ?? [])],
    applyMembership: (tenantId, member) => {
      const person = people.get(keyOf(tenantId, member.userId));
      if (person) applyMembership(person, member);
    },
    recheck: async (tenantId, userId, conversationIds) => {
      const person = people.get(keyOf(tenantId, userId));
      if (!person) return;
      if (conversationIds === 'all') await load(person);
      else await recheckSome(person, conversationIds);
    },
    all: function* () {
      for (const { tenantId, userId } of people.values()) yield { tenantId, userId };
    },
    close: () => {
      for (const person of people.values()) person.unsubscribe();
    },
  };
}
