/** What the list shows: all conversations, or what a search finds among them, people and channels. Pure. */
import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import type { Channel } from '../app/channels.ts';
import { faceOf, fold, peerOf } from '../app/people.ts';

export type Item =
  | { readonly type: 'conversation'; readonly key: string; readonly entry: ConversationEntry }
  | { readonly type: 'heading'; readonly key: string; readonly text: string }
  | { readonly type: 'person'; readonly key: string; readonly user: User }
  | { readonly type: 'channel'; readonly key: string; readonly channel: Channel };

const conversation = (entry: ConversationEntry): Item => ({ type: 'conversation', key: entry.id, entry });
const heading = (text: string): Item => ({ type: 'heading', key: text, text });

export const allItems = (entries: readonly ConversationEntry[]): readonly Item[] => entries.map(conversation);

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
    items.push(heading('People'));
    for (const user of people) items.push({ type: 'person', key: `person-${user.id}`, user });
  }
  if (channels.length > 0) {
    items.push(heading('Channels to join'));
    for (const channel of channels) items.push({ type: 'channel', key: `channel-${channel.id}`, channel });
  }
  return items;
}
