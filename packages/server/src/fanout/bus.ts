/**
 * The bus between nodes: best effort, in order per subject from one publisher. What it loses, anti-entropy heals (S11).
 * One process needs no other: `localBus` hands messages over in memory. The NATS twin bears the same contract.
 */
import type { Ephemeral, MemberRecord, ReceiptMark } from '@kith/protocol';

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
      /** The encoded event frame. */
      readonly frame: string;
    }
  /** To the subject of the person concerned: memberships begin and end here. */
  | { readonly type: 'membership'; readonly tenantId: number; readonly member: MemberRecord }
  /** A frame for all devices of one person. */
  | { readonly type: 'toUser'; readonly frame: string }
  /** To the sockets that watch the conversation. */
  | { readonly type: 'receipts'; readonly conversationId: string; readonly marks: readonly ReceiptMark[] }
  | { readonly type: 'ephemeral'; readonly ephemeral: Ephemeral }
  /** To every node: cached facts about this conversation and its members are no longer true. */
  | { readonly type: 'invalidate'; readonly tenantId: number; readonly conversationId: string }
  /** To every node: sockets of these sessions close. */
  | { readonly type: 'sessions_revoked'; readonly sessionIds: readonly string[] };

/** Subjects carry the tenant (S15). */
export const subjects = {
  conversation: (tenantId: number, conversationId: string): string => `t${tenantId}.c.${conversationId}`,
  user: (tenantId: number, userId: string): string => `t${tenantId}.u.${userId}`,
  presence: (tenantId: number, userId: string): string => `t${tenantId}.p.${userId}`,
  nodes: 'nodes',
} as const;

export type BusHandler = (message: BusMessage) => void;

export interface Bus {
  /** Never throws, never waits. */
  publish(subject: string, message: BusMessage): void;
  /** Calls `handler` for every message from now on, the node's own included. Returns the end of it. */
  subscribe(subject: string, handler: BusHandler): () => void;
  close(): Promise<void>;
}

/** The bus of a service of one process: synchronous, lossless. */
export function localBus(): Bus {
  const handlers = new Map<string, Set<BusHandler>>();
  return {
    publish: (subject, message) => {
      for (const handler of handlers.get(subject) ?? []) handler(message);
    },
    subscribe: (subject, handler) => {
      const set = handlers.get(subject) ?? new Set();
      handlers.set(subject, set.add(handler));
      return () => {
        set.delete(handler);
        if (set.size === 0 && handlers.get(subject) === set) handlers.delete(subject);
      };
    },
    close: async () => handlers.clear(),
  };
}
