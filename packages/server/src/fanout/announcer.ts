/**
 * Tells the connected what was committed. Called after the commit (S8), never throws, never waits: what it fails to
 * tell, anti-entropy will (S11).
 */
import type { ConversationChange, Ephemeral, Event, MemberRecord, ReceiptMark } from '@kith/protocol';
import { type Bus, subjects } from './bus.ts';

export interface Announcer {
  /** Revisions `from` to `to` of a conversation, with every record they left behind, in order of `rev`. */
  changed(change: ConversationAnnouncement): void;
  /** Everything of one person's own, to all their devices. */
  toUser(tenantId: number, userId: string, event: Event): void;
  receipts(tenantId: number, conversationId: string, marks: readonly ReceiptMark[]): void;
  ephemeral(subject: string, ephemeral: Ephemeral): void;
  sessionsRevoked(tenantId: number, userId: string, sessionIds: readonly string[]): void;
  /** What the sessions of a tenant, or of one person, may do is another thing now: to the nodes, which look at each again. */
  identitiesChanged(tenantId: number, userId?: string): void;
  /** The custom emoji are at this revision now: to everybody of the tenant. */
  emojiChanged(tenantId: number, rev: number): void;
  /** What these people let others see is something else now: to the nodes. */
  privacyChanged(tenantId: number, userIds: readonly string[]): void;
  /** Cached facts of this conversation are no longer true, though none of its records changed. */
  factsChanged(tenantId: number, conversationId: string): void;
  /** Somebody's name is another one now: to the nodes, which may have kept it. */
  renamed(): void;
}

export interface ConversationAnnouncement {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly from: number;
  readonly to: number;
  readonly records: readonly ConversationChange[];
  /** When the first of its messages was accepted, ms since the epoch; told only of messages just sent. */
  readonly acceptedAt?: number;
}

export const encodeEvent = (event: Event): string => JSON.stringify({ t: 'event', event });

export interface AnnouncerOptions {
  /** Something of this conversation was committed here. Called on the way of every message: it must cost nothing. */
  readonly onChanged?: (tenantId: number, conversationId: string) => void;
}

export function createAnnouncer(bus: Bus, { onChanged }: AnnouncerOptions = {}): Announcer {
  return {
    changed: ({ tenantId, conversationId, from, to, records, acceptedAt }) => {
      onChanged?.(tenantId, conversationId);
      const members: MemberRecord[] = [];
      let facts = false;
      let lowestSeq: number | null = null;
      for (const record of records) {
        if (record.type === 'message') {
          if (lowestSeq === null || record.seq < lowestSeq) lowestSeq = record.seq;
        } else {
          facts = true;
          if (record.type === 'member') members.push(record);
        }
      }
      // Before the records: whoever acts on them finds no stale permission.
      if (facts) bus.publish(subjects.nodes, { type: 'invalidate', tenantId, conversationId });
      const frame = encodeEvent({ type: 'records', conversationId, from, to, records: [...records] });
      bus.publish(subjects.conversation(tenantId, conversationId), {
        type: 'records',
        tenantId,
        conversationId,
        from,
        to,
        lowestSeq,
        ...(acceptedAt !== undefined && { acceptedAt }),
        frame,
      });
      for (const member of members) {
        bus.publish(subjects.user(tenantId, member.userId), { type: 'membership', tenantId, member });
      }
    },
    toUser: (tenantId, userId, event) => {
      bus.publish(subjects.user(tenantId, userId), { type: 'toUser', frame: encodeEvent(event) });
    },
    receipts: (tenantId, conversationId, marks) => {
      if (marks.length === 0) return;
      bus.publish(subjects.conversation(tenantId, conversationId), {
        type: 'receipts',
        conversationId,
        marks,
      });
    },
    ephemeral: (subject, ephemeral) => bus.publish(subject, { type: 'ephemeral', ephemeral }),
    sessionsRevoked: (tenantId, userId, sessionIds) =>
      bus.publish(subjects.nodes, { type: 'sessions_revoked', tenantId, userId, sessionIds }),
    identitiesChanged: (tenantId, userId) =>
      bus.publish(subjects.nodes, {
        type: 'identities_changed',
        tenantId,
        ...(userId !== undefined && { userId }),
      }),
    emojiChanged: (tenantId, rev) => bus.publish(subjects.nodes, { type: 'emoji_changed', tenantId, rev }),
    privacyChanged: (tenantId, userIds) =>
      bus.publish(subjects.nodes, { type: 'privacy', tenantId, userIds }),
    factsChanged: (tenantId, conversationId) =>
      bus.publish(subjects.nodes, { type: 'invalidate', tenantId, conversationId }),
    renamed: () => bus.publish(subjects.nodes, { type: 'renamed' }),
  };
}
