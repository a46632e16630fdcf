/**
 * Hands what is announced to the sockets of this node: whose person is in which conversation, in which order, and as
 * far as they may see it. Knows no sockets, only subscribers.
 */
import type { Ephemeral, MemberRecord, Presence } from '@kith/protocol';
import { Flusher } from '../gateway/flusher.ts';
import type { Logger } from '../logger.ts';
import type { Meter } from '../meter.ts';
import { changesSince } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import type { Reads } from '../store/reads.ts';
import { type Bus, subjects } from './bus.ts';
import { createLocalConversations, type LocalConversations } from './conversations.ts';
import { createLocalPeople, type LocalPeople, type LocalPeopleOptions, peopleStore } from './people.ts';
import { repairPage } from './repairs.ts';
import type { Subscriber } from './subscriber.ts';
import {
  type Audience,
  createPeopleWatch,
  type Estranged,
  encodeEphemeral,
  type PeopleWatch,
  type Reach,
} from './watching.ts';

export interface Watched {
  readonly conversationIds: readonly string[];
  readonly userIds: readonly string[];
  /** The person is not told how far others have read. */
  readonly blind?: boolean;
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
  /** Tells those who show this person (S10). */
  showPresence(tenantId: number, presence: Presence): void;
  /** Others may see something else of this person now: `presence` as it is, to those who may. */
  revealPresence(tenantId: number, presence: Presence): void;
  /** Whether somebody here shows this person. */
  isWatched(tenantId: number, userId: string): boolean;
  /** Whether this person is told how far others have read. */
  setBlind(tenantId: number, userId: string, blind: boolean): void;
  close(): void;
}

export interface HubOptions {
  readonly bus: Bus;
  readonly database: Pick<Database, 'db'>;
  readonly logger: Logger;
  readonly meter?: Pick<Meter, 'delivered'>;
  /** Before somebody is told of this membership. */
  readonly onTell?: (tenantId: number, member: MemberRecord) => void;
  /** Everything a person is in: a crowd asks for it at once. */
  readonly reads: Pick<Reads, 'joinedConversations'>;
  /** What else is read from the database; tests have their own. */
  readonly store?: HubStore;
  /** Who may be told of whom; absent: everybody. */
  readonly audience?: Audience;
  /** Which guests share a conversation with somebody; absent: all. */
  readonly reach?: Reach;
  /** Whom somebody blocks, and who blocks them; absent: nobody. */
  readonly estranged?: Estranged;
  /** What somebody may see of a conversation they come into; absent: all of it. */
  readonly veil?: LocalPeopleOptions['veil'];
  readonly gapMs?: number;
  readonly receiptsEveryMs?: number;
  readonly retryMs?: number;
}

/** The reads the hub needs. */
export const hubStore = { changesSince, ...peopleStore };
export type HubStore = typeof hubStore;

/** Most sockets watch nothing most of the time. */
const NOTHING: ReadonlySet<string> = new Set();

interface Rooms {
  readonly conversations: LocalConversations;
  readonly people: LocalPeople;
  readonly peopleWatch: PeopleWatch;
}

/** A class, for there are as many as sockets: functions made for each weigh more. */
class RegisteredSocket implements Registration {
  readonly #socket: Subscriber;
  readonly #rooms: Rooms;
  #conversationIds = NOTHING;
  #userIds = NOTHING;
  #open = true;

  constructor(socket: Subscriber, rooms: Rooms) {
    this.#socket = socket;
    this.#rooms = rooms;
  }

  watch(what: Watched): void {
    if (this.#open) this.#replace(what);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#replace({ conversationIds: [], userIds: [] });
    this.#rooms.people.leave(this.#socket);
  }

  #replace(what: Watched): void {
    const { conversations, peopleWatch } = this.#rooms;
    const socket = this.#socket;
    if (what.blind !== undefined) socket.blind = what.blind;
    const conversationIds = new Set(what.conversationIds);
    const userIds = new Set(what.userIds);
    for (const id of conversationIds) conversations.open(socket.tenantId, id).watchers.add(socket);
    for (const id of this.#conversationIds) {
      const channel = conversationIds.has(id) ? undefined : conversations.find(socket.tenantId, id);
      if (!channel) continue;
      channel.watchers.delete(socket);
      conversations.letGo(channel);
    }
    for (const id of userIds) if (!this.#userIds.has(id)) peopleWatch.watch(socket, id);
    for (const id of this.#userIds) if (!userIds.has(id)) peopleWatch.unwatch(socket, id);
    this.#conversationIds = conversationIds;
    this.#userIds = userIds;
  }
}

export function createHub(options: HubOptions): Hub {
  const { bus, logger, store = hubStore, gapMs, receiptsEveryMs, retryMs } = options;
  const { db } = options.database;
  const flusher = new Flusher({
    onError: (err) => logger.error({ err }, 'flush failed'),
    ...(options.meter && { onWritten: options.meter.delivered }),
  });
  const conversations = createLocalConversations({
    bus,
    flusher,
    logger,
    readChanges: ({ tenantId, conversationId }, since) =>
      store.changesSince(db, tenantId, conversationId, since, 0, repairPage),
    onMember: ({ tenantId }, member) => people.applyMembership(tenantId, member),
    beforeJump: async ({ tenantId, conversationId, userIds }) => {
      for (const userId of [...userIds]) await people.recheck(tenantId, userId, [conversationId]);
    },
    estranged: options.estranged ?? (() => new Set()),
    gapMs,
    receiptsEveryMs,
    retryMs,
  });
  const people = createLocalPeople({
    bus,
    conversations,
    db,
    reads: options.reads,
    store,
    logger,
    retryMs,
    onTell: options.onTell,
    veil: options.veil,
  });
  const peopleWatch = createPeopleWatch(
    bus,
    options.audience ?? (() => 'all'),
    options.reach ?? (async (_tenantId, _userId, guests) => new Set(guests)),
  );
  const rooms: Rooms = { conversations, people, peopleWatch };

  const tellTenant = (tenantId: number, ephemeral: Ephemeral): void => {
    const packet = encodeEphemeral(ephemeral);
    for (const person of people.all()) {
      if (person.tenantId !== tenantId) continue;
      for (const socket of people.socketsOf(tenantId, person.userId)) socket.sendPacket(packet);
    }
  };
  const unsubscribeNodes = bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'emoji_changed') tellTenant(message.tenantId, { type: 'emoji', rev: message.rev });
    if (message.type !== 'sessions_revoked') return;
    for (const socket of people.socketsOf(message.tenantId, message.userId)) {
      if (message.sessionIds.includes(socket.sessionId)) socket.revoked();
    }
  });

  return {
    flusher,
    register: async (socket) => {
      try {
        await people.enter(socket);
      } catch (error) {
        people.leave(socket);
        throw error;
      }
      return new RegisteredSocket(socket, rooms);
    },
    localConversations: function* () {
      for (const { tenantId, conversationId, hasPeople, order } of conversations.all()) {
        const { announced } = order;
        if (announced !== null && hasPeople) yield { tenantId, conversationId, announced };
      }
    },
    announcedRev: (tenantId, conversationId) => {
      const channel = conversations.find(tenantId, conversationId);
      return channel?.hasPeople ? channel.order.announced : null;
    },
    repair: (tenantId, conversationId) => {
      const channel = conversations.find(tenantId, conversationId);
      if (channel) conversations.repair(channel);
    },
    recheck: people.recheck,
    localPeople: people.all,
    showPresence: (tenantId, presence) =>
      peopleWatch.show(tenantId, presence.userId, { type: 'presence', presence }),
    revealPresence: (tenantId, presence) =>
      peopleWatch.reveal(tenantId, presence.userId, { type: 'presence', presence }),
    isWatched: peopleWatch.isWatched,
    setBlind: (tenantId, userId, blind) => {
      for (const socket of people.socketsOf(tenantId, userId)) socket.blind = blind;
    },
    close: () => {
      unsubscribeNodes();
      conversations.close();
      people.close();
      peopleWatch.close();
    },
  };
}
