/**
 * The facts the policy judges by, cached: the hot path asks for them with every message. Bounded, and dropped when a
 * change is announced.
 */
import type { ConversationKind, HistoryVisibility, MemberState, Role, Visibility } from '@kith/protocol';

export interface ConversationFacts {
  readonly kind: ConversationKind;
  readonly visibility: Visibility;
  readonly history: HistoryVisibility;
  readonly memberCount: number;
  readonly direct: readonly string[] | null;
}

export interface MemberFacts {
  readonly role: Role;
  readonly state: MemberState;
  readonly visibleAfter: number;
}

/** What is known of one person in one conversation. `member` is null for one who was never in it. */
export interface Membership {
  readonly conversation: ConversationFacts;
  readonly member: MemberFacts | null;
}

export interface Memberships {
  /** Null when there is no such conversation in this tenant. */
  get(tenantId: number, conversationId: string, userId: string): Promise<Membership | null>;
  invalidate(tenantId: number, conversationId: string, userIds: readonly string[]): void;
}
