/** Who may come in, and who may bring others. */
import type { SignUpPolicy, TenantRole } from '@kith/protocol';
import { judgeTenant } from './policy.ts';

export interface JoinPolicy {
  readonly signUp: SignUpPolicy;
  readonly domains: readonly string[];
  readonly inviteBy: 'admins' | 'members';
}

/** Of somebody who wants an account. */
export interface Newcomer {
  /** Null: they have none. */
  readonly email: string | null;
  /** Whether the address is shown to be theirs before there is an account; what anybody may write down opens nothing. */
  readonly proven: boolean;
  readonly invited: boolean;
  /** Nobody is here yet: the first becomes the owner, whatever is chosen. */
  readonly first: boolean;
}

export type JoinVerdict = 'allowed' | 'invitation_needed' | 'closed';

export function judgeNewcomer(
  { signUp, domains }: JoinPolicy,
  { email, proven, invited, first }: Newcomer,
): JoinVerdict {
  if (first) return 'allowed';
  if (signUp === 'closed') return 'closed';
  if (signUp === 'open' || invited) return 'allowed';
  const known = signUp === 'domains' && proven && email !== null && domains.includes(domainOf(email));
  return known ? 'allowed' : 'invitation_needed';
}

/** The whole of it: `example.org` says nothing of who runs `mail.example.org`. */
const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** Null: somebody who is nobody here. */
export const mayInvite = ({ inviteBy }: JoinPolicy, role: TenantRole | null): boolean =>
  role !== null && role !== 'guest' && (inviteBy === 'members' || judgeTenant(role) === 'allowed');
