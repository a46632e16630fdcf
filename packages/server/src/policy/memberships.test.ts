import type { MemberRecord } from '@kith/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemberships, type Membership } from './memberships.ts';

const membership = (visibleAfter: number): Membership => ({
  conversation: { kind: 'group', visibility: 'private', history: 'joined', memberCount: 2 },
  member: { role: 'member', state: 'joined', visibleAfter },
});

const record = (changes: Partial<MemberRecord> = {}): MemberRecord => ({
  type: 'member',
  conversationId: 'room',
  userId: 'alice',
  rev: 9,
  role: 'member',
  state: 'joined',
  visibleAfter: 0,
  joinedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

let committed: Membership | null;
const read = vi.fn(async () => committed);
beforeEach(() => {
  committed = membership(0);
  read.mockClear();
});

describe('what is known of memberships', () => {
  it('reads once, and again after a change was announced', async () => {
    const memberships = createMemberships(read);
    await Promise.all([memberships.get(1, 'room', 'alice'), memberships.get(1, 'room', 'alice')]);
    await memberships.get(1, 'room', 'alice');
    expect(read).toHaveBeenCalledTimes(1);

    committed = membership(7);
    memberships.invalidate(1, 'room');
    expect(await memberships.get(1, 'room', 'alice')).toEqual(membership(7));
    committed = membership(8);
    memberships.invalidateAll();
    expect(await memberships.get(1, 'room', 'alice')).toEqual(membership(8));
  });

  it('does not keep what was read before a change that was announced meanwhile', async () => {
    const memberships = createMemberships(read);
    const answer = memberships.get(1, 'room', 'alice');
    committed = membership(7);
    memberships.invalidate(1, 'room');
    expect(await answer).toEqual(membership(7));
  });

  it('keeps nothing of who is not in it', async () => {
    const memberships = createMemberships(read);
    committed = null;
    expect(await memberships.get(1, 'room', 'alice')).toBeNull();
    committed = membership(3);
    expect(await memberships.get(1, 'room', 'alice')).toEqual(membership(3));
  });

  it('S13: drops what differs from what somebody is about to be told, though no change was announced', async () => {
    const memberships = createMemberships(read);
    await memberships.get(1, 'room', 'alice');
    memberships.confirm(1, record());
    await memberships.get(1, 'room', 'alice');
    expect(read).toHaveBeenCalledTimes(1);

    committed = membership(7);
    memberships.confirm(1, record({ visibleAfter: 7 }));
    expect(await memberships.get(1, 'room', 'alice')).toEqual(membership(7));
    memberships.confirm(1, record({ visibleAfter: 7, role: 'admin' }));
    await memberships.get(1, 'room', 'alice');
    expect(read).toHaveBeenCalledTimes(3);
    // Of others and of other tenants nothing was said.
    memberships.confirm(1, record({ userId: 'bob', visibleAfter: 9 }));
    memberships.confirm(2, record({ visibleAfter: 9 }));
    await memberships.get(1, 'room', 'alice');
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('S13: reads again when told something while reading: what is read may be from before', async () => {
    const memberships = createMemberships(read);
    const answer = memberships.get(1, 'room', 'alice');
    committed = membership(7);
    memberships.confirm(1, record({ visibleAfter: 7 }));
    expect(await answer).toEqual(membership(7));
  });

  it('stays within its bound', async () => {
    const memberships = createMemberships(read, 3);
    for (const room of ['a', 'b', 'c', 'd']) await memberships.get(1, room, 'alice');
    read.mockClear();
    await memberships.get(1, 'd', 'alice');
    expect(read).toHaveBeenCalledTimes(0);
    await memberships.get(1, 'a', 'alice');
    expect(read).toHaveBeenCalledTimes(1);
  });
});
