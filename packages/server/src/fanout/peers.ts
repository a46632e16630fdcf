/**
 * The other nodes of the service: which are alive, and who is there. Every node tells changes of its people as they
 * come, numbered; who hears a number that does not follow asks for all of it anew. A node that falls silent is forgotten,
 * and nobody stays online by it.
 */
import type { Presence } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import { type Bus, type BusMessage, type PeerMessage, type PresenceOnNode, subjects } from './bus.ts';

type State = Presence['state'];

export interface Peers {
  /** The most present of what the other nodes say. */
  stateOf(tenantId: number, userId: string): State;
  /** What this node says of somebody from now on. */
  tell(told: PresenceOnNode): void;
  /** Other nodes that are alive. */
  count(): number;
  /** Of the nodes that are alive, one is the first: it does what one has to do. */
  isFirst(): boolean;
  /** Says goodbye. */
  close(): void;
}

export interface PeersOptions {
  /** What the others call this node. */
  readonly node: string;
  readonly bus: Bus;
  readonly logger: Logger;
  /** What another node says of somebody has changed; `diedAt`, ms since the epoch: that node can say nothing any more. */
  readonly onChange: (tenantId: number, userId: string, diedAt: number | null) => void;
  readonly aliveEveryMs?: number;
}

const ALIVE_EVERY_MS = 4_000;
/** Silent for so many of its intervals, a node is dead: its people are offline within 20 s. */
const DEAD_AFTER = 4;
/** A node that left in order: its people are about to come to another one, and a move is no departure. */
const MOVING_MS = 5_000;
/** Changes of this long travel together. */
const TELL_MS = 50;
/** People in one message. */
const PART = 2_000;

/** Monotonic: a wall clock that is set back would keep the dead alive. */
const now = (): number => performance.now();

/** Of two states, the one that others are shown. */
export const mostPresent = (one: State, other: State): State => (rank[other] > rank[one] ? other : one);

const rank: { readonly [S in State]: number } = { offline: 0, away: 1, online: 2 };

interface Peer {
  /** Of the last message that was understood; null until all of it is known. */
  version: number | null;
  heardAt: number;
  readonly people: Map<string, PresenceOnNode>;
  /** Parts of an answer that is coming in. */
  coming: { readonly version: number; readonly people: Map<string, PresenceOnNode>; next: number } | null;
  wantedAt: number;
}

export function createPeers(options: PeersOptions): Peers {
  const { node: id, bus, logger, onChange, aliveEveryMs = ALIVE_EVERY_MS } = options;
  const peers = new Map<string, Peer>();
  /** What was told of those who are not offline. */
  const own = new Map<string, PresenceOnNode>();
  const changed = new Map<string, PresenceOnNode>();
  let version = 0;
  let tellTimer: NodeJS.Timeout | null = null;

  const keyOf = ({ tenantId, userId }: { tenantId: number; userId: string }): string =>
    `${tenantId} ${userId}`;
  const publish = (message: PeerMessage): void => bus.publish(subjects.nodes, message);

  // ---- telling ----

  const tellChanged = (): void => {
    tellTimer = null;
    const people = [...changed.values()];
    changed.clear();
    for (let i = 0; i < people.length; i += PART) {
      version += 1;
      publish({ type: 'people', node: id, version, all: null, people: people.slice(i, i + PART) });
    }
  };

  const tellAll = (): void => {
    if (tellTimer) clearTimeout(tellTimer);
    tellChanged();
    const people = [...own.values()];
    const parts = Math.max(1, Math.ceil(people.length / PART));
    for (let part = 0; part < parts; part += 1) {
      const some = people.slice(part * PART, (part + 1) * PART);
      publish({ type: 'people', node: id, version, all: { part, parts }, people: some });
    }
  };

  const beat = (): void => publish({ type: 'node_alive', node: id, version });

  // ---- hearing ----

  const peerOf = (node: string): Peer => {
    const known = peers.get(node);
    if (known) return known;
    const peer: Peer = {
      version: null,
      heardAt: now(),
      people: new Map(),
      coming: null,
      wantedAt: Number.NEGATIVE_INFINITY,
    };
    peers.set(node, peer);
    logger.info({ node }, 'another node is there');
    // It may not know of this one yet.
    beat();
    return peer;
  };

  const want = (node: string, peer: Peer): void => {
    peer.version = null;
    // An answer is heard by all; asking again before it can have come would only double it.
    if (now() - peer.wantedAt < aliveEveryMs / 4) return;
    peer.wantedAt = now();
    publish({ type: 'people_wanted', node });
  };

  const note = (peer: Peer, told: PresenceOnNode): void => {
    const key = keyOf(told);
    if ((peer.people.get(key)?.state ?? 'offline') === told.state) return;
    if (told.state === 'offline') peer.people.delete(key);
    else peer.people.set(key, told);
    onChange(told.tenantId, told.userId, null);
  };

  const replace = (peer: Peer, people: ReadonlyMap<string, PresenceOnNode>, diedAt: number | null): void => {
    const gone = [...peer.people].filter(([key]) => !people.has(key));
    for (const [key] of gone) peer.people.delete(key);
    for (const [, { tenantId, userId }] of gone) onChange(tenantId, userId, diedAt);
    for (const told of people.values()) note(peer, told);
  };

  const hearPeople = (message: Extract<PeerMessage, { type: 'people' }>): void => {
    const peer = peerOf(message.node);
    peer.heardAt = now();
    if (message.all === null) {
      if (peer.version === null || message.version !== peer.version + 1) return want(message.node, peer);
      peer.version = message.version;
      for (const told of message.people) note(peer, told);
      return;
    }
    const { part, parts } = message.all;
    if (part === 0) peer.coming = { version: message.version, people: new Map(), next: 0 };
    const { coming } = peer;
    if (coming?.version !== message.version || coming.next !== part) return want(message.node, peer);
    for (const told of message.people) coming.people.set(keyOf(told), told);
    coming.next += 1;
    if (coming.next < parts) return;
    peer.coming = null;
    peer.version = message.version;
    replace(peer, coming.people, null);
  };

  const forget = (node: string): void => {
    const peer = peers.get(node);
    if (!peer) return;
    peers.delete(node);
    replace(peer, new Map(), Date.now() - (now() - peer.heardAt));
  };

  const moving = new Set<NodeJS.Timeout>();
  const receive = (message: BusMessage): void => {
    if (!('node' in message)) return;
    if (message.node === id) {
      if (message.type === 'people_wanted') tellAll();
      return;
    }
    switch (message.type) {
      case 'node_alive': {
        const peer = peerOf(message.node);
        peer.heardAt = now();
        if (peer.version !== message.version) want(message.node, peer);
        return;
      }
      case 'people':
        return hearPeople(message);
      case 'node_leaving': {
        logger.info({ node: message.node }, 'another node leaves');
        const timer = setTimeout(() => {
          moving.delete(timer);
          forget(message.node);
        }, MOVING_MS);
        moving.add(timer);
        return;
      }
      case 'people_wanted':
        return;
    }
  };
  const unsubscribe = bus.subscribe(subjects.nodes, receive);

  let beatAt = now();
  const pulse = setInterval(() => {
    const time = now();
    // This process itself stood still: what the others said meanwhile is still to be read.
    const late = time - beatAt > 2 * aliveEveryMs;
    beatAt = time;
    beat();
    if (late) return;
    for (const [node, peer] of peers) {
      if (time - peer.heardAt < DEAD_AFTER * aliveEveryMs) continue;
      logger.warn({ node, people: peer.people.size }, 'another node fell silent; its people are offline');
      forget(node);
    }
  }, aliveEveryMs);
  pulse.unref();
  // A bus in memory answers at once, and whoever makes this must have it first.
  queueMicrotask(beat);

  return {
    stateOf: (tenantId, userId) => {
      const key = keyOf({ tenantId, userId });
      let most: State = 'offline';
      for (const { people } of peers.values()) {
        most = mostPresent(most, people.get(key)?.state ?? 'offline');
      }
      return most;
    },
    tell: (told) => {
      const key = keyOf(told);
      if (told.state === 'offline') own.delete(key);
      else own.set(key, told);
      changed.set(key, told);
      tellTimer ??= setTimeout(tellChanged, TELL_MS);
    },
    count: () => peers.size,
    isFirst: () => [...peers.keys()].every((other) => id < other),
    close: () => {
      if (tellTimer) clearTimeout(tellTimer);
      for (const timer of moving) clearTimeout(timer);
      clearInterval(pulse);
      unsubscribe();
      publish({ type: 'node_leaving', node: id });
    },
  };
}
