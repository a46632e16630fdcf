/**
 * The server's word, kept: every acknowledgement that reached a device, straight from the wire. What is in here must be
 * in the history for ever, once, at this place.
 */
import type { ErrorCode } from '@kith/protocol';
import type { Tap } from '../support/network.ts';

export interface Ack {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly rev: number;
  readonly createdAt: string;
}

export interface Ledger {
  /** For one device; each has a name of its own. */
  tap(device: string): Tap;
  /** The first acknowledgement of each message. */
  readonly acks: ReadonlyMap<string, Ack>;
  /** Acknowledged messages by device and conversation, in the order of their acknowledgements. */
  readonly inOrder: ReadonlyMap<string, readonly Ack[]>;
  /** Refusals of any command, by code, with how often. */
  readonly refusals: ReadonlyMap<ErrorCode, number>;
  /** Acknowledgements that contradict each other. */
  readonly contradictions: readonly string[];
}

export function createLedger(): Ledger {
  const acks = new Map<string, Ack>();
  const inOrder = new Map<string, Ack[]>();
  const refusals = new Map<ErrorCode, number>();
  const contradictions: string[] = [];

  const note = (device: string, ack: Ack): void => {
    const known = acks.get(ack.messageId);
    if (known) {
      const same = known.seq === ack.seq && known.rev === ack.rev && known.createdAt === ack.createdAt;
      if (!same) contradictions.push(`S7: ${JSON.stringify(known)} and then ${JSON.stringify(ack)}`);
      return;
    }
    acks.set(ack.messageId, ack);
    const lane = `${device} ${ack.conversationId}`;
    const list = inOrder.get(lane) ?? [];
    inOrder.set(lane, list);
    list.push(ack);
  };

  return {
    acks,
    inOrder,
    refusals,
    contradictions,
    tap: (device) => {
      /** What this device asked for, by request id; ids begin anew with nothing: the client never repeats one. */
      const asked = new Map<number, string>();
      return {
        sent: (frame) => {
          if (frame.t !== 'request' || frame.command !== 'sendMessage') return;
          asked.set(frame.id, (frame.input as { conversationId: string }).conversationId);
        },
        received: (frame) => {
          if (frame.t === 'failed') {
            refusals.set(frame.error.code, (refusals.get(frame.error.code) ?? 0) + 1);
            asked.delete(frame.id);
          }
          const conversationId = frame.t === 'reply' ? asked.get(frame.id) : undefined;
          if (frame.t !== 'reply' || conversationId === undefined) return;
          asked.delete(frame.id);
          note(device, { ...(frame.output as Omit<Ack, 'conversationId'>), conversationId });
        },
      };
    },
  };
}
