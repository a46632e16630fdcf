/**
 * What to offer whom. The server's policy decides (packages/server/src/policy); this only keeps buttons away that it would
 * refuse.
 */
import type { ConversationEntry } from '@kith/client';
import type { Role } from '@kith/protocol';

const rank: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

export interface May {
  readonly edit: boolean;
  readonly add: boolean;
  readonly leave: boolean;
  /** Somebody of this role. */
  remove(target: Role): boolean;
  promote(target: Role): boolean;
  demote(target: Role): boolean;
  readonly handOver: boolean;
  readonly pin: boolean;
  /** Let messages disappear. */
  readonly setTimer: boolean;
}

export function mayOf({ conversation, membership }: ConversationEntry, isGuest = false): May {
  const { role } = membership;
  const shared = conversation.kind !== 'direct' && membership.state === 'joined';
  const admin = shared && rank[role] >= rank.admin;
  const outranks = (target: Role): boolean => admin && rank[role] > rank[target];
  return {
    edit: admin,
    add:
      shared && !isGuest && (admin || conversation.kind === 'group' || conversation.visibility === 'public'),
    leave: shared,
    remove: outranks,
    promote: (target) => target === 'member' && outranks(target),
    demote: (target) => target === 'admin' && outranks(target),
    handOver: shared && role === 'owner',
    pin: conversation.kind !== 'channel' || admin,
    setTimer: conversation.kind === 'direct' || admin,
  };
}
