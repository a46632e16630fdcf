/**
 * What the bus did not bring is read from the database and handed out as if it had come (S4, S11). A few at a time:
 * after an outage thousands of conversations may ask at once.
 */
import { type ConversationChange, limits, type MemberRecord } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import type { Changes } from '../store/changes.ts';
import { encodeEvent } from './announcer.ts';
import type { Channel, RecordsMessage } from './channel.ts';

export interface Repairs {
  /** Brings a channel up to date with the database, soon. */
  ask(channel: Channel): void;
  close(): void;
}

export interface RepairsOptions {
  /** The changes of the conversation after a revision, everything included; null when there is no such conversation. */
  readonly readChanges: (channel: Channel, since: number) => Promise<Changes | null>;
  /** Told before what was read with it is handed out: who has left must not get what came after (S13). */
  readonly onMember: (channel: Channel, member: MemberRecord) => void;
  /** Before everybody is told that too much was missed to be told: who has left must not hear even that (S13). */
  readonly beforeJump: (channel: Channel) => Promise<void>;
  readonly logger: Logger;
  /** After a failure, ms. */
  readonly pauseMs?: number;
}

const PARALLEL = 4;

export function createRepairs(options: RepairsOptions): Repairs {
  const { logger, pauseMs = 1_000 } = options;
  const asked = new Set<Channel>();
  let running = 0;
  let open = true;

  const work = async (): Promise<void> => {
    running += 1;
    for (const channel of asked) {
      if (!open) break;
      asked.delete(channel);
      try {
        await repair(channel, options);
      } catch (error) {
        logger.warn(
          { err: error, conversationId: channel.conversationId },
          'could not read missed changes; trying again',
        );
        asked.add(channel);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    running -= 1;
  };

  return {
    ask: (channel) => {
      if (!open) return;
      asked.add(channel);
      if (running < PARALLEL) void work();
    },
    close: () => {
      open = false;
    },
  };
}

async function repair(
  channel: Channel,
  { readChanges, onMember, beforeJump }: Pick<RepairsOptions, 'readChanges' | 'onMember' | 'beforeJump'>,
): Promise<void> {
  for (;;) {
    const since = channel.order.announced;
    if (since === null || !channel.hasPeople) return;
    const changes = await readChanges(channel, since);
    if (!changes || changes.rev <= since) return;
    if (changes.type === 'reset') {
      await beforeJump(channel);
      // Too much to tell: an empty event at the head is a jump, upon which each client asks for itself (S4).
      const jump = recordsMessage(channel, changes.rev, changes.rev, []);
      channel.deliver([jump, ...channel.order.startAt(changes.rev)]);
      return;
    }
    for (const record of changes.records) if (record.type === 'member') onMember(channel, record);
    channel.deliver(channel.order.accept(recordsMessage(channel, since + 1, changes.rev, changes.records)));
    if (!changes.more) return;
  }
}

function recordsMessage(
  { tenantId, conversationId }: Channel,
  from: number,
  to: number,
  records: ConversationChange[],
): RecordsMessage {
  const seqs = records.flatMap((record) => (record.type === 'message' ? [record.seq] : []));
  return {
    type: 'records',
    tenantId,
    conversationId,
    from,
    to,
    lowestSeq: seqs.length > 0 ? Math.min(...seqs) : null,
    frame: encodeEvent({ type: 'records', conversationId, from, to, records }),
  };
}

/** Records one repair reads at a time. */
export const repairPage = limits.pageMax;
