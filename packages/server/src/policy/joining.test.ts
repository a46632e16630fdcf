import { describe, expect, it } from 'vitest';
import { type JoinPolicy, judgeNewcomer, mayInvite, type Newcomer } from './joining.ts';

const policy = (signUp: JoinPolicy['signUp']): JoinPolicy => ({
  signUp,
  domains: ['example.org'],
  inviteBy: 'admins',
});
const stranger: Newcomer = { email: 'ann@elsewhere.net', proven: true, invited: false, first: false };
const colleague: Newcomer = { ...stranger, email: 'ann@example.org' };

describe('who may come in', () => {
  it.each([
    ['open', stranger, 'allowed'],
    ['open', { ...stranger, email: null }, 'allowed'],
    ['invited', stranger, 'invitation_needed'],
    ['invited', colleague, 'invitation_needed'],
    ['invited', { ...stranger, invited: true }, 'allowed'],
    ['domains', stranger, 'invitation_needed'],
    ['domains', colleague, 'allowed'],
    ['domains', { ...colleague, email: 'Ann@Example.ORG' }, 'allowed'],
    // What anybody may write down.
    ['domains', { ...colleague, proven: false }, 'invitation_needed'],
    ['domains', { ...colleague, proven: false, invited: true }, 'allowed'],
    ['domains', { ...stranger, invited: true }, 'allowed'],
    ['domains', { ...stranger, email: null }, 'invitation_needed'],
    // Names that look as if they belonged to it.
    ['domains', { ...stranger, email: 'ann@mail.example.org' }, 'invitation_needed'],
    ['domains', { ...stranger, email: 'ann@evil-example.org' }, 'invitation_needed'],
    ['domains', { ...stranger, email: 'ann@example.org.net' }, 'invitation_needed'],
    ['domains', { ...stranger, email: '"ann@example.org"@evil.net' }, 'invitation_needed'],
    ['closed', colleague, 'closed'],
    ['closed', { ...colleague, invited: true }, 'closed'],
    ['closed', { ...stranger, proven: false, first: true }, 'allowed'],
    ['invited', { ...stranger, first: true }, 'allowed'],
  ] as const)('%s: %o is %s', (signUp, newcomer, verdict) => {
    expect(judgeNewcomer(policy(signUp), newcomer)).toBe(verdict);
  });

  it('lets admins invite, members where the tenant lets them, and nobody else', () => {
    const roles = ['owner', 'admin', 'member', null] as const;
    const by = (inviteBy: JoinPolicy['inviteBy']) =>
      roles.filter((role) => mayInvite({ ...policy('open'), inviteBy }, role));
    expect(by('admins')).toEqual(['owner', 'admin']);
    expect(by('members')).toEqual(['owner', 'admin', 'member']);
  });
});
