import type { Audience } from '@kith/protocol';
import { describe, expect, it, vi } from 'vitest';
import { createPrivacy, mayBy, type PrivacyFacts, type Relation } from './privacy.ts';

describe('who may see or do it', () => {
  const table: Record<Relation, Record<Audience, boolean>> = {
    self: { everyone: true, contacts: true, nobody: true },
    contact: { everyone: true, contacts: true, nobody: false },
    stranger: { everyone: true, contacts: false, nobody: false },
    blocked: { everyone: false, contacts: false, nobody: false },
  };
  const rows = Object.entries(table).flatMap(([relation, row]) =>
    Object.entries(row).map(([setting, may]) => [setting as Audience, relation as Relation, may] as const),
  );

  it.each(rows)('%s, asked by %s: %s', (setting, relation, may) => {
    expect(mayBy(setting, relation)).toBe(may);
  });
});

const facts = (changes: Partial<PrivacyFacts> = {}): PrivacyFacts => ({
  lastSeen: 'everyone',
  receipts: true,
  avatar: 'everyone',
  groups: 'everyone',
  avatarId: null,
  blocks: new Set(),
  blockedBy: new Set(),
  ...changes,
});

describe('what is known of privacy', () => {
  it('is read once, and again after a change was announced or its time has passed', async () => {
    let now = 0;
    let stored = facts();
    const read = vi.fn(async () => stored);
    const privacy = createPrivacy({ read, contacts: async () => new Set(), now: () => now });
    await privacy.facts(1, 'ann');
    await privacy.facts(1, 'ann');
    expect(read).toHaveBeenCalledTimes(1);
    stored = facts({ lastSeen: 'nobody' });
    privacy.invalidate(1, ['ann']);
    expect((await privacy.facts(1, 'ann'))?.lastSeen).toBe('nobody');
    now = 60_001;
    expect(privacy.known(1, 'ann')).toBeUndefined();
    stored = facts();
    expect((await privacy.facts(1, 'ann'))?.lastSeen).toBe('everyone');
  });

  it('is not kept when a change came while it was read', async () => {
    let stored = facts();
    const privacy = createPrivacy({ read: async () => stored, contacts: async () => new Set() });
    const asked = privacy.facts(1, 'ann');
    stored = facts({ avatar: 'nobody' });
    privacy.invalidate(1, ['ann']);
    expect((await asked)?.avatar).toBe('nobody');
  });

  it('asks who is a contact only where it matters, and remembers it a while', async () => {
    const contacts = vi.fn(async () => new Set(['bob']));
    const mine = facts({ lastSeen: 'contacts', blocks: new Set(['eve']) });
    const privacy = createPrivacy({ read: async () => mine, contacts });
    const others = ['ann', 'bob', 'cid', 'eve'];
    expect([...(await privacy.allowed(1, 'ann', 'avatar', others))]).toEqual(['ann', 'bob', 'cid']);
    expect(contacts).not.toHaveBeenCalled();
    expect([...(await privacy.allowed(1, 'ann', 'lastSeen', others))]).toEqual(['ann', 'bob']);
    expect([...(await privacy.allowed(1, 'ann', 'lastSeen', ['bob', 'cid']))]).toEqual(['bob']);
    expect(contacts).toHaveBeenCalledTimes(1);
    expect([...(await privacy.allowed(1, 'ann', 'anyone', others))]).toEqual(['ann', 'bob', 'cid']);
  });

  it('stays within its bound', async () => {
    const read = vi.fn(async () => facts());
    const privacy = createPrivacy({ read, contacts: async () => new Set(), maxEntries: 2 });
    for (const name of ['a', 'b', 'c']) await privacy.facts(1, name);
    expect([privacy.known(1, 'a'), privacy.known(1, 'c')?.receipts]).toEqual([undefined, true]);
  });
});
