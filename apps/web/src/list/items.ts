/** What the list shows: all conversations, or what a search finds among them, people and channels. Pure. */
import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import type { Channel } from '../app/channels.ts';
import { faceOf, fold, peerOf } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import type { Hit, MessageSearch } from '../search/useMessageSearch.ts';

export type Item =
  | { readonly type: 'conversation'; readonly key: string; readonly entry: ConversationEntry }
  | { readonly type: 'archive'; readonly key: string; readonly entries: readonly ConversationEntry[] }
  | { readonly type: 'heading'; readonly key: string; readonly text: string }
  | { readonly type: 'note'; readonly key: string; readonly text: string }
  | { readonly type: 'message'; readonly key: string; readonly hit: Hit }
  /** Asks for the next page when it comes near. */
  | { readonly type: 'more'; readonly key: string; readonly load: () => void }
  | { readonly type: 'person'; readonly key: string; readonly user: User }
  | { readonly type: 'channel'; readonly key: string; readonly channel: Channel };

const conversation = (entry: ConversationEntry): Item => ({ type: 'conversation', key: entry.id, entry });
const heading = (key: string, text: string): Item => ({ type: 'heading', key, text });

/** The archive lies on top, as one row, where there is something in it. */
export const allItems = (
  entries: readonly ConversationEntry[],
  archive: readonly ConversationEntry[] = [],
): readonly Item[] => [
  ...(archive.length > 0 ? [{ type: 'archive', key: 'archive', entries: archive } as const] : []),
  ...entries.map(conversation),
];

export interface Found {
  readonly users: readonly User[];
  readonly channels: readonly Channel[];
}

/** `userOf` tells of a person what is known here. */
export function searchItems(
  entries: readonly ConversationEntry[],
  query: string,
  found: Found,
  myId: string,
  userOf: (id: string) => User | undefined,
): readonly Item[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const matches = (text: string): boolean => {
    const folded = ` ${fold(text)}`;
    return words.every((word) => folded.includes(` ${word}`) || folded.includes(word));
  };

  const here = entries.filter((entry) => {
    const peerId = peerOf(entry.conversation, myId);
    const peer = peerId === null ? undefined : userOf(peerId);
    return matches(`${faceOf(entry.conversation, myId, peer).name} ${peer?.username ?? ''}`);
  });
  const shown = new Set(here.map((entry) => peerOf(entry.conversation, myId) ?? entry.id));
  const people = found.users.filter((user) => !shown.has(user.id));
  const channels = found.channels.filter((channel) => !channel.joined && !shown.has(channel.id));

  const items: Item[] = here.map(conversation);
  if (people.length > 0) {
    items.push(heading('people', t('list.people')));
    for (const user of people) items.push({ type: 'person', key: `person-${user.id}`, user });
  }
  if (channels.length > 0) {
    items.push(heading('channels', t('list.channelsToJoin')));
    for (const channel of channels) items.push({ type: 'channel', key: `channel-${channel.id}`, channel });
  }
  return items;
}

/** What stands below them: the messages. */
export function messageItems(search: MessageSearch): readonly Item[] {
  const { status, hits, corrected, more, loadMore } = search;
  const note = noteOf(search);
  if (status === 'idle' || (hits.length === 0 && note === null)) return [];
  return [
    heading('messages', t('search.messages')),
    ...(note === null ? [] : [{ type: 'note' as const, key: 'note', text: note }]),
    ...(corrected ? [{ type: 'note' as const, key: 'corrected', text: t('search.corrected') }] : []),
    ...hits.map((hit) => ({ type: 'message' as const, key: `message-${hit.message.id}`, hit })),
    ...(more ? [{ type: 'more' as const, key: 'more', load: loadMore }] : []),
  ];
}

function noteOf({ status, hits, more }: MessageSearch): string | null {
  if (status === 'failed') return t('search.failed');
  if (hits.length > 0 || more) return null;
  return status === 'loading' ? t('search.searching') : t('search.none');
}

/** Whether arrow keys stop there. */
export const isStop = ({ type }: Item): boolean => type !== 'heading' && type !== 'note' && type !== 'more';
