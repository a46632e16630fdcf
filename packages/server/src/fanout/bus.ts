/**
 * The bus between nodes: best effort, in order per subject from one publisher. What it loses, anti-entropy heals (S11).
 * One process needs no other: `localBus` hands messages over in memory. `natsBus` bears the same contract: bus.test.ts
 * runs both against it.
 */
import type { Ephemeral, MemberRecord, Presence, PresenceSetting, ReceiptMark } from '@kith/protocol';

/** What travels. Frames are encoded once, by the publisher. */
export type BusMessage =
  | {
      readonly type: 'records';
      readonly tenantId: number;
      readonly conversationId: string;
      readonly from: number;
      readonly to: number;
      /** The lowest seq among its messages: a member who may not see it gets the event without records (S13). */
      readonly lowestSeq: number | null;
      /** When the first of its messages was accepted, ms since the epoch: for the meters. */
      readonly acceptedAt?: number;
      /** The encoded event frame. */
      readonly frame: string;
    }
  /** There is more than the bus carries: to be read from the database. */
  | { readonly type: 'behind'; readonly tenantId: number; readonly conversationId: string }
  /** To the subject of the person concerned: memberships begin and end here. */
  | { readonly type: 'membership'; readonly tenantId: number; readonly member: MemberRecord }
  /** A frame for all devices of one person. */
  | { readonly type: 'toUser'; readonly frame: string }
  /** To the sockets that watch the conversation. */
  | { readonly type: 'receipts'; readonly conversationId: string; readonly marks: readonly ReceiptMark[] }
  | { readonly type: 'ephemeral'; readonly ephemeral: Ephemeral }
  /** To every node: cached facts about this conversation and its members are no longer true. */
  | { readonly type: 'invalidate'; readonly tenantId: number; readonly conversationId: string }
  /** To every node: somebody's name is another one now. */
  | { readonly type: 'renamed' }
  /** To every node: what these people let others see is something else now. */
  | { readonly type: 'privacy'; readonly tenantId: number; readonly userIds: readonly string[] }
  /** To every node: the custom emoji of this tenant are others now. */
  | { readonly type: 'emoji_changed'; readonly tenantId: number; readonly rev: number }
  /** To every node: what tenants may do, or where their pages are, is something else now. */
  | { readonly type: 'tenants_changed' }
  /** To every node: one of them was cut off from the others, and what it said meanwhile is lost. */
  | { readonly type: 'gap' }
  /** To every node: somebody goes on with this upload; whoever still holds a former request of it lets go. */
  | {
      readonly type: 'upload_wanted';
      readonly node: string;
      readonly tenantId: number;
      readonly userId: string;
      readonly fileId: string;
    }
  /** To every node: sockets of these sessions close. */
  | {
      readonly type: 'sessions_revoked';
      readonly tenantId: number;
      readonly userId: string;
      readonly sessionIds: readonly string[];
    }
  /** To every node: what a tenant's sessions may do is another thing now; or one person's. */
  | { readonly type: 'identities_changed'; readonly tenantId: number; readonly userId?: string }
  /** To every node: how somebody wants to be seen, for those that have devices of theirs. */
  | {
      readonly type: 'presence_setting';
      readonly tenantId: number;
      readonly userId: string;
      readonly setting: PresenceSetting;
    }
  | PeerMessage;

/** Somebody's presence by their devices on one node. */
export interface PresenceOnNode {
  readonly tenantId: number;
  readonly userId: string;
  readonly state: Presence['state'];
}

/** What nodes tell each other about themselves. `version` rises with every change of a node's people. */
export type PeerMessage =
  | { readonly type: 'node_alive'; readonly node: string; readonly version: number }
  | { readonly type: 'node_leaving'; readonly node: string }
  /** Changes that led to `version`; or, with `all`, a part of everybody as of `version`. */
  | {
      readonly type: 'people';
      readonly node: string;
      readonly version: number;
      readonly all: { readonly part: number; readonly parts: number } | null;
      readonly people: readonly PresenceOnNode[];
    }
  /** Asks this node to tell everybody anew. */
  | { readonly type: 'people_wanted'; readonly node: string };

/** Subjects carry the tenant (S15). */
export const subjects = {
  conversation: (tenantId: number, conversationId: string): string => `t${tenantId}.c.${conversationId}`,
  user: (tenantId: number, userId: string): string => `t${tenantId}.u.${userId}`,
  /** What people change about themselves, for the nodes that show them. */
  people: (tenantId: number): string => `t${tenantId}.people`,
  nodes: 'nodes',
} as const;

export type BusHandler = (message: BusMessage) => void;

export interface Bus {
  /** Handlers of this node are called at once, the others' soon. Never throws, never waits. */
  publish(subject: string, message: BusMessage): void;
  /** Calls `handler` for every message from now on, the node's own included. Returns the end of it. */
  subscribe(subject: string, handler: BusHandler): () => void;
  /**
   * Resolves when whatever other nodes publish from now on reaches what is subscribed: a snapshot that is read afterwards
   * and the messages since leave nothing out. Also resolves, late, when the other nodes cannot be reached.
   */
  flushed(): Promise<void>;
  /** Calls `handler` whenever messages of other nodes may have been lost, once they come again. Returns the end of it. */
  onGap(handler: () => void): () => void;
  /** How long the bus takes to answer, seconds; null: it does not. 0 where there is none. */
  lag(): Promise<number | null>;
  close(): Promise<void>;
}

/** Who listens on this node. */
export interface Listeners {
  /** True: it is the first of its subject. */
  add(subject: string, handler: BusHandler): boolean;
  /** True: it was the last of its subject. */
  remove(subject: string, handler: BusHandler): boolean;
  call(subject: string, message: BusMessage): void;
  clear(): void;
}

export function createListeners(): Listeners {
  const handlers = new Map<string, Set<BusHandler>>();
  return {
    add: (subject, handler) => {
      const set = handlers.get(subject) ?? new Set();
      handlers.set(subject, set.add(handler));
      return set.size === 1;
    },
    remove: (subject, handler) => {
      const set = handlers.get(subject);
      if (!set?.delete(handler) || set.size > 0) return false;
      return handlers.delete(subject);
    },
    call: (subject, message) => {
      for (const handler of handlers.get(subject) ?? []) handler(message);
    },
    clear: () => handlers.clear(),
  };
}

/** The bus of a service of one process: synchronous, lossless. */
export function localBus(): Bus {
  const listeners = createListeners();
  return {
    publish: listeners.call,
    subscribe: (subject, handler) => {
      listeners.add(subject, handler);
      return () => void listeners.remove(subject, handler);
    },
    flushed: () => Promise.resolve(),
    onGap: () => () => undefined,
    lag: () => Promise.resolve(0),
    close: async () => listeners.clear(),
  };
}
