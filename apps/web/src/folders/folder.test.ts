import type { ConversationEntry } from '@kith/client';
import { emptyFolder } from '@kith/protocol/folders';
import { defaultPreference } from '@kith/protocol/preferences';
import { describe, expect, test } from 'vitest';
import { inFolder, isIn, placeAt, put, type Rules, sortFolders, waitingIn } from './folder.ts';

type Kind = ConversationEntry['conversation']['kind'];

const entry = (id: string, kind: Kind, more: Partial<ConversationEntry> = {}): ConversationEntry =>
  ({
    id,
    conversation: { kind },
    unread: 0,
    mentions: 0,
    muted: false,
    archived: false,
    preference: defaultPreference,
    ...more,
  }) as ConversationEntry;

const rules = (change: Partial<Rules>): Rules => ({ ...emptyFolder, ...change });

describe('a folder', () => {
  test.each<[string, Partial<Rules>, ConversationEntry, boolean]>([
    ['without kinds holds nothing by rule', {}, entry('a', 'direct'), false],
    ['takes its kinds', { kinds: ['direct', 'group'] }, entry('a', 'group'), true],
    ['leaves out other kinds', { kinds: ['direct', 'group'] }, entry('a', 'channel'), false],
    ['of unread ones', { kinds: ['direct'], unread: true }, entry('a', 'direct'), false],
    ['of unread ones', { kinds: ['direct'], unread: true }, entry('a', 'direct', { unread: 2 }), true],
    [
      'of unread ones takes those marked so',
      { kinds: ['direct'], unread: true },
      entry('a', 'direct', { preference: { ...defaultPreference, markedUnread: true } }),
      true,
    ],
    [
      'without muted ones',
      { kinds: ['direct'], unmuted: true },
      entry('a', 'direct', { muted: true }),
      false,
    ],
    ['with muted ones', { kinds: ['direct'] }, entry('a', 'direct', { muted: true }), true],
    [
      'without the archive',
      { kinds: ['direct'], unarchived: true },
      entry('a', 'direct', { archived: true }),
      false,
    ],
    [
      'by hand, against its rules',
      { kinds: ['group'], unmuted: true, included: ['a'] },
      entry('a', 'direct', { muted: true }),
      true,
    ],
    ['not, by hand', { kinds: ['direct'], excluded: ['a'] }, entry('a', 'direct'), false],
    ['not, when both were said', { included: ['a'], excluded: ['a'] }, entry('a', 'direct'), false],
  ])('%s', (_, change, one, expected) => {
    expect(isIn(one, rules(change))).toBe(expected);
  });

  test('keeps what is open though it was read, and nothing else', () => {
    const some = [entry('a', 'direct'), entry('b', 'direct', { unread: 1 }), entry('c', 'group')];
    const unread = rules({ kinds: ['direct'], unread: true });
    const ids = (open: string | null) => inFolder(some, unread, open).map(({ id }) => id);
    expect(ids(null)).toEqual(['b']);
    expect(ids('a')).toEqual(['a', 'b']);
    expect(ids('c')).toEqual(['b']);
  });

  test('counts conversations with something new; silenced ones when they mention one', () => {
    const some = [
      entry('a', 'direct', { unread: 5 }),
      entry('b', 'direct', { unread: 5, muted: true }),
      entry('c', 'direct', { unread: 5, archived: true, mentions: 1 }),
      entry('d', 'group', { unread: 5 }),
      entry('e', 'direct'),
    ];
    expect(waitingIn(some, rules({ kinds: ['direct'] }))).toBe(2);
  });

  test('put in and taken out by hand it holds what was meant, without noting what the rules say', () => {
    const one = entry('a', 'direct');
    for (const before of [
      rules({}),
      rules({ kinds: ['direct'] }),
      rules({ included: ['a', 'z'] }),
      rules({ kinds: ['direct'], excluded: ['a', 'z'] }),
    ]) {
      for (const inside of [true, false]) {
        const after = { ...before, ...put(one, before, inside) } as Rules;
        expect(isIn(one, after)).toBe(inside);
        expect([...after.included, ...after.excluded].filter((id) => id === 'a').length).toBeLessThan(2);
        expect([...after.included, ...after.excluded].includes('z')).toBe(
          [...before.included, ...before.excluded].includes('z'),
        );
      }
    }
    expect(put(one, rules({ kinds: ['direct'] }), true)).toEqual({ included: [], excluded: [] });
    // What is unread now is to stay when it is read.
    const unread = entry('a', 'direct', { unread: 1 });
    expect(put(unread, rules({ kinds: ['direct'], unread: true }), true).included).toEqual(['a']);
  });

  test('stands where it was put', () => {
    const all = new Map(['a', 'b', 'c'].map((id, place) => [id, { ...emptyFolder, name: id, place }]));
    const order = () => sortFolders(all).map(({ id }) => id);
    const move = (id: string, index: number) => {
      const folder = all.get(id);
      if (folder) all.set(id, { ...folder, place: placeAt(sortFolders(all), id, index) });
    };
    move('c', 0);
    expect(order()).toEqual(['c', 'a', 'b']);
    move('c', 1);
    expect(order()).toEqual(['a', 'c', 'b']);
    move('a', 2);
    expect(order()).toEqual(['c', 'b', 'a']);
  });
});
