/**
 * S9: delivered and read are watermarks, coalesced: what comes while one write is under way becomes the next one,
 * and of several marks of one member only the foremost is written.
 */
import { KithError, type ReceiptMark } from '@kith/protocol';
import type { Announcer } from '../fanout/announcer.ts';
import { type Database, toKithError } from '../store/database.ts';
import { writeMarks } from '../store/receipts.ts';
import { shardOf } from '../store/shards.ts';

export interface Mark {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
}

export interface ReceiptLog {
  /** Resolves after the commit (S8). Marks of people who are not in the conversation are dropped. */
  mark(kind: 'delivered' | 'read', mark: Mark): Promise<void>;
  /** Members whose marks wait to be written. */
  waiting(): number;
  settled(): Promise<void>;
}

/** A write takes what came within this time, ms: receipts may be a blink late, in exchange for a tenth of the writes. */
const COALESCE_MS = 40;
const BATCH_MARKS = 1_000;
const QUEUE_MARKS = 50_000;

interface Pending {
  readonly mark: Omit<Mark, 'seq'>;
  delivered: number;
  read: number;
  readonly waiting: { resolve: () => void; reject: (error: unknown) => void }[];
}

export interface ReceiptLogOptions {
  readonly database: Database;
  readonly announcer: Announcer;
  /** As of the message log. */
  readonly shards?: number;
}

export function createReceiptLog({ shards = 1, ...options }: ReceiptLogOptions): ReceiptLog {
  const shard = shardOf(shards);
  const logs = Array.from({ length: shards }, () => createShardLog(options, shards));
  return {
    mark: (kind, mark) => logs[shard(mark.conversationId)]!.mark(kind, mark),
    waiting: () => logs.reduce((sum, log) => sum + log.waiting(), 0),
    settled: async () => {
      await Promise.all(logs.map((log) => log.settled()));
    },
  };
}

function createShardLog(
  { database, announcer }: Omit<ReceiptLogOptions, 'shards'>,
  shards: number,
): ReceiptLog {
  const queue = new Map<string, Pending>();
  let running: Promise<void> | null = null;

  const mark = (
    kind: 'delivered' | 'read',
    { tenantId, conversationId, userId, seq }: Mark,
  ): Promise<void> => {
    const key = `${tenantId} ${conversationId} ${userId}`;
    let pending = queue.get(key);
    if (!pending) {
      if (queue.size >= QUEUE_MARKS / shards)
        return Promise.reject(new KithError('unavailable', { retryAfterMs: 1_000 }));
      pending = { mark: { tenantId, conversationId, userId }, delivered: 0, read: 0, waiting: [] };
      queue.set(key, pending);
    }
    // What is read has been delivered.
    pending.delivered = Math.max(pending.delivered, seq);
    if (kind === 'read') pending.read = Math.max(pending.read, seq);
    const { waiting } = pending;
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      running ??= drain();
    });
  };

  const drain = async (): Promise<void> => {
    while (queue.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, COALESCE_MS));
      const batch = [...queue.entries()].slice(0, BATCH_MARKS);
      for (const [key] of batch) queue.delete(key);
      await write(batch.map(([, pending]) => pending));
    }
    running = null;
  };

  const write = async (batch: readonly Pending[]): Promise<void> => {
    try {
      const moved = await writeMarks(
        database.db,
        batch.map(({ mark: who, delivered, read }) => ({ ...who, deliveredSeq: delivered, readSeq: read })),
      );
      for (const { waiting } of batch) for (const { resolve } of waiting) resolve();
      announce(moved);
    } catch (error) {
      for (const { waiting } of batch) for (const { reject } of waiting) reject(toKithError(error));
    }
  };

  const announce = (moved: Awaited<ReturnType<typeof writeMarks>>): void => {
    const byConversation = new Map<
      string,
      { tenantId: number; conversationId: string; marks: ReceiptMark[] }
    >();
    for (const { tenantId, conversationId, userId, deliveredSeq, readSeq } of moved) {
      const key = `${tenantId} ${conversationId}`;
      const group = byConversation.get(key) ?? { tenantId, conversationId, marks: [] };
      group.marks.push({ userId, deliveredSeq, readSeq });
      byConversation.set(key, group);
    }
    for (const { tenantId, conversationId, marks } of byConversation.values()) {
      announcer.receipts(tenantId, conversationId, marks);
    }
  };

  return {
    mark,
    waiting: () => queue.size,
    settled: async () => {
      while (running) await running;
    },
  };
}
