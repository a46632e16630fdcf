import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import '../i18n/english.ts';
import type { Channel } from '../app/channels.ts';
import { allItems, searchItems } from './items.ts';
import { nextRow } from './useListKeys.ts';

const me = 'me';
const user = (id: string, displayName: string, username = id): User => ({
  id,
  displayName,
  username,
  role: 'member',
});
const ana = user('ana', 'Ána Brandão');
const bo = user('bo', 'Bo Ek', 'bosse');
const users = new Map([ana, bo].map((one) => [one.id, one]));

/** Only what the list looks at. */
const entry = (id: string, conversation: object): ConversationEntry =>
  ({
    id,
    conversation: { id, kind: 'group', visibility: 'private', name: '', ...conversation },
  }) as unknown as ConversationEntry;
const entries = [
  entry('c1', { kind: 'direct', direct: [me, 'ana'] }),
  entry('c2', { name: 'Night swim' }),
  entry('c3', { kind: 'direct', direct: [me] }),
];
const channel = (id: string, name: string, joined: boolean) => ({ id, name, joined }) as unknown as Channel;
const search = (query: string, found: { users?: User[]; channels?: Channel[] } = {}) =>
  searchItems(entries, query, { users: [], channels: [], ...found }, me, (id) => users.get(id)).map(
    (item) => item.key,
  );

describe('searchItems', () => {
  it('finds by name whatever the case and accents, and by username', () => {
    expect(search('ana')).toEqual(['c1']);
    expect(search('BRANDAO an')).toEqual(['c1']);
    expect(search('swim night')).toEqual(['c2']);
    expect(search('saved')).toEqual(['c3']);
    expect(search('xyz')).toEqual([]);
  });

  it('names a person once: as a conversation when there is one', () => {
    expect(search('ana', { users: [ana, bo] })).toEqual(['c1', 'people', 'person-bo']);
  });

  it('offers only channels that can be joined', () => {
    const channels = [channel('x', 'garden', false), channel('y', 'gardeners', true)];
    expect(search('garden', { channels })).toEqual(['channels', 'channel-x']);
  });
});

describe('nextRow', () => {
  it('passes over headings and stops at the ends', () => {
    const items = searchItems(entries, 'ana', { users: [bo], channels: [] }, me, (id) => users.get(id));
    expect(nextRow(items, -1, 1)).toBe(0);
    expect(nextRow(items, 0, 1)).toBe(2);
    expect(nextRow(items, 2, -1)).toBe(0);
    expect(nextRow(items, 2, 1)).toBe(-1);
    expect(nextRow(allItems([]), -1, 1)).toBe(-1);
  });
});
