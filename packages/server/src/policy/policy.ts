/**
 * Who may do what: pure functions over facts. A verdict of `not_found` hides from outsiders that there is anything.
 */
import { type ErrorCode, KithError, limits, type Role, type TenantRole } from '@kith/protocol';
import type { ConversationFacts, MemberFacts, Membership } from './memberships.ts';

export type Verdict = 'allowed' | Extract<ErrorCode, 'forbidden' | 'not_found'>;

/** Everything a member may do in a conversation that needs no target. */
export type Action =
  | 'read'
  | 'send'
  | 'mentionAll'
  | 'react'
  | 'type'
  | 'rename'
  | 'setVisibility'
  | 'setTimer'
  | 'pin'
  | 'addMembers'
  | 'removeMembers'
  | 'setRoles'
  | 'transferOwnership'
  | 'leave';

const rank: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

export const outranks = (a: Role, b: Role): boolean => rank[a] > rank[b];
const isAdmin = (member: MemberFacts): boolean => rank[member.role] >= rank.admin;

/** Whether somebody may look after the tenant as a whole: its emoji, its reports. Null: somebody who is nobody here. */
export const judgeTenant = (role: TenantRole | null): Verdict =>
  role === 'owner' || role === 'admin' ? 'allowed' : 'forbidden';

/** Judges an action. Null: there is no such conversation in the caller's tenant. */
export function judge(action: Action, membership: Membership | null): Verdict {
  if (!membership) return 'not_found';
  const { conversation, member } = membership;
  if (member?.state !== 'joined') return isPublicChannel(conversation) ? 'forbidden' : 'not_found';
  return mayDo(action, conversation, member) ? 'allowed' : 'forbidden';
}

function mayDo(action: Action, conversation: ConversationFacts, member: MemberFacts): boolean {
  const direct = conversation.kind === 'direct';
  // Nothing new between two of whom one blocks the other.
  if (conversation.blocked && action !== 'read') return false;
  // Until it is accepted there is nothing in a request but the stranger's words; who answers or reacts accepts.
  if (member.request === 'sent' && !['read', 'send', 'type'].includes(action)) return false;
  if (member.request === 'received' && !['read', 'send', 'type', 'react'].includes(action)) return false;
  switch (action) {
    case 'read':
    case 'send':
    case 'react':
    case 'type':
      return true;
    case 'mentionAll':
      // Waking everyone is cheap among few; among many it takes an admin.
      return conversation.memberCount <= limits.mentionAllMembers || isAdmin(member);
    case 'addMembers':
      // Whoever is invited to a closed channel is chosen by its admins; a group's people bring their own.
      return (
        !direct && (isAdmin(member) || conversation.kind === 'group' || conversation.visibility === 'public')
      );
    case 'rename':
    case 'removeMembers':
    case 'setRoles':
      return !direct && isAdmin(member);
    case 'setVisibility':
      return conversation.kind === 'channel' && isAdmin(member);
    case 'setTimer':
      return direct || isAdmin(member);
    case 'pin':
      // In a channel what stands at the top speaks for it.
      return conversation.kind !== 'channel' || isAdmin(member);
    case 'transferOwnership':
      return !direct && member.role === 'owner';
    case 'leave':
      return !direct;
  }
}

const isPublicChannel = (conversation: ConversationFacts): boolean =>
  conversation.kind === 'channel' && conversation.visibility === 'public';

/** Whether somebody who is not in it may enter by themselves. */
export function judgeJoin(membership: Membership | null): Verdict {
  return membership && isPublicChannel(membership.conversation) ? 'allowed' : 'not_found';
}

/** Only the author changes what was said. */
export const judgeEdit = (membership: Membership | null, userId: string, authorId: string): Verdict =>
  also(judge('send', membership), userId === authorId);

/** To delete or close: one's own, or as an admin anybody's but not in a direct conversation. */
export function judgeModerate(membership: Membership | null, userId: string, authorId: string): Verdict {
  const moderates =
    membership?.member && membership.conversation.kind !== 'direct' && isAdmin(membership.member);
  return also(judge('read', membership), userId === authorId || moderates === true);
}

/** Somebody of a lower role. */
export const judgeRemove = (membership: Membership | null, target: Role): Verdict =>
  also(judge('removeMembers', membership), outranksAs(membership, target));

/** An admin may raise members to their own level; only the owner may lower an admin. */
export const judgeSetRole = (membership: Membership | null, target: Role): Verdict =>
  also(judge('setRoles', membership), outranksAs(membership, target));

const outranksAs = (membership: Membership | null, target: Role): boolean =>
  membership?.member != null && outranks(membership.member.role, target);

const also = (verdict: Verdict, condition: boolean): Verdict =>
  verdict !== 'allowed' || condition ? verdict : 'forbidden';

/** Throws unless allowed. */
export function demand(verdict: Verdict, message?: string): asserts verdict is 'allowed' {
  if (verdict === 'allowed') return;
  throw new KithError(verdict, verdict === 'forbidden' && message ? { message } : {});
}
