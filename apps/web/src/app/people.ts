/** People and conversations as the app names them. */
import type { ConversationEntry, Readable } from '@kith/client';
import type { ConversationRecord, Presence, User } from '@kith/protocol';
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import { t } from '../i18n/index.ts';
import { listText } from '../i18n/words.ts';
import type { AvatarProps } from '../ui/Avatar.tsx';
import { useClient, useReadable } from './client.tsx';

export const MyIdContext = createContext('');
/** The person signed in. */
export const useMyId = (): string => useContext(MyIdContext);

/** Whether one is here as a guest: without groups, channels and people of one's own. */
export function useIsGuest(): boolean {
  return useReadable(useClient().me)?.user.role === 'guest';
}

const NOTHING: Readable<undefined> = { get: () => undefined, subscribe: () => () => undefined };

export function useUser(id: string | null): User | undefined {
  const client = useClient();
  return useReadable<User | undefined>(id === null ? NOTHING : client.users.get(id));
}

/** Undefined also while the server is out of reach: what was heard last may not be true any more. */
export function usePresence(id: string | null): Presence | undefined {
  const client = useClient();
  const presence = useReadable<Presence | undefined>(id === null ? NOTHING : client.presence.get(id));
  return useOutOfReach() ? undefined : presence;
}

/** Whether the server cannot be asked now. The first moments of a reconnection do not count. */
export function useOutOfReach(): boolean {
  const { type } = useReadable(useClient().connection);
  return type === 'offline' || type === 'waiting' || type === 'ended';
}

/** Display names in the order of the ids, '' while not known. One subscription for a changing number of people. */
export function useNames(ids: readonly string[]): readonly string[] {
  const client = useClient();
  const key = ids.join();
  const [subscribe, get] = useMemo(() => {
    const users = (key ? key.split(',') : []).map((id) => client.users.get(id));
    return [
      (listener: () => void) => {
        const stops = users.map((user) => user.subscribe(listener));
        return () => {
          for (const stop of stops) stop();
        };
      },
      // A string, because the snapshot must be equal when nothing changed.
      () => users.map((user) => nameOf(user.get()) ?? '').join('\n'),
    ] as const;
  }, [client, key]);
  const names = useSyncExternalStore(subscribe, get);
  return useMemo(() => names.split('\n'), [names]);
}

/** What somebody is called here: who had their account deleted is called the same by everybody. */
export function nameOf(user: User): string;
export function nameOf(user: User | undefined): string | undefined;
export function nameOf(user: User | undefined): string | undefined {
  return user?.deleted ? t('user.deleted') : user?.displayName;
}

/** In the place of initials, where nobody stands behind a name any more. */
export const glyphOf = (user: User | undefined): 'gone' | undefined => (user?.deleted ? 'gone' : undefined);

/** The other person of a direct conversation (oneself in notes to self); null for groups and channels. */
export function peerOf(conversation: ConversationRecord, myId: string): string | null {
  if (conversation.kind !== 'direct') return null;
  return conversation.direct?.find((id) => id !== myId) ?? myId;
}

export interface Face {
  readonly name: string;
  readonly peerId: string | null;
  readonly isSelf: boolean;
  readonly avatar: Pick<AvatarProps, 'id' | 'name' | 'image' | 'glyph' | 'shape'>;
}

/** What a conversation is called and how its avatar looks. */
export function faceOf(conversation: ConversationRecord, myId: string, peer: User | undefined): Face {
  const peerId = peerOf(conversation, myId);
  const isSelf = peerId === myId;
  const name = isSelf ? t('names.notes') : peerId === null ? conversation.name : (nameOf(peer) ?? '…');
  const { kind, visibility } = conversation;
  const glyph = isSelf
    ? 'self'
    : kind === 'channel'
      ? visibility === 'public'
        ? 'channel'
        : 'locked'
      : glyphOf(peer);
  return {
    name,
    peerId,
    isSelf,
    avatar: {
      id: peerId ?? conversation.id,
      name,
      image: (peerId === null ? conversation : peer)?.avatar?.blobId,
      // A picture says more than the sign of its kind.
      glyph: peerId === null && conversation.avatar ? undefined : glyph,
      shape: peerId === null ? 'square' : 'round',
    },
  };
}

export function useFace(entry: ConversationEntry): Face {
  const myId = useMyId();
  const peer = useUser(peerOf(entry.conversation, myId));
  return faceOf(entry.conversation, myId, peer);
}

/** "Ada", "Ada and Bob", "Ada, Bob and 3 others". */
export function joinNames(names: readonly string[]): string {
  const known = names.length > 3 ? names.slice(0, 2) : names;
  const words = known.map((name) => name || t('names.someone'));
  const rest = names.length - known.length;
  return listText(rest > 0 ? [...words, t('names.others', { count: rest })] : words);
}

/** For searching: case and accents do not count. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);

/** Letters of their own that are typed otherwise where keyboards lack them; the server's `folded` has the same. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

export const membersLine = (count: number): string => t('names.members', { count });

/** Half a line is not enough for "Ada Byron King, Countess of Lovelace: hi". */
export const firstName = (name: string): string => name.split(' ')[0] ?? name;
