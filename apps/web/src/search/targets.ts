/** Where the switcher may go, best first. */
import type { ConversationEntry } from '@kith/client';
import type { User } from '@kith/protocol';
import { type Face, faceOf, peerOf } from '../app/people.ts';
import { fuzzyScore } from './fuzzy.ts';

export interface Action {
  readonly id: string;
  readonly label: string;
  readonly run: () => void;
}

export type Target =
  | {
      readonly type: 'conversation';
      readonly key: string;
      readonly entry: ConversationEntry;
      readonly face: Face;
      readonly username: string | null;
    }
  | { readonly type: 'person'; readonly key: string; readonly user: User }
  | { readonly type: 'action'; readonly key: string; readonly action: Action };

const SHOWN = 40;
/** Of two that fit alike, the one that something waits in, then the one that was used of late. */
const UNREAD = 2;
const RECENT = 1.5;

export interface Known {
  readonly entries: readonly ConversationEntry[];
  readonly users: readonly User[];
  readonly actions: readonly Action[];
  readonly myId: string;
  /** The open conversation: one is there already. */
  readonly here: string | null;
  readonly userOf: (id: string) => User | undefined;
}

/** Without letters: what is unread, then what was used last. */
export function targetsFor(typed: string, known: Known): readonly Target[] {
  const { entries, users, actions, myId, here, userOf } = known;
  const conversations = entries.map((entry, index) => {
    const peerId = peerOf(entry.conversation, myId);
    const peer = peerId === null ? undefined : userOf(peerId);
    const face = faceOf(entry.conversation, myId, peer);
    return { entry, face, username: peer?.username ?? null, peerId, index };
  });
  if (typed.trim() === '') {
    const order = (one: (typeof conversations)[number]): number =>
      one.entry.mentions > 0 ? 0 : one.entry.unread > 0 ? 1 : 2;
    return conversations
      .filter(({ entry }) => entry.id !== here)
      .sort((a, b) => order(a) - order(b) || a.index - b.index)
      .slice(0, SHOWN)
      .map(({ entry, face, username }) => ({ type: 'conversation', key: entry.id, entry, face, username }));
  }
  const scored: { readonly target: Target; readonly score: number }[] = [];
  const add = (target: Target, names: readonly (string | null)[], bonus: number): void => {
    const scores = names.flatMap((name) => (name === null ? [] : (fuzzyScore(typed, name) ?? [])));
    if (scores.length > 0) scored.push({ target, score: Math.max(...scores) + bonus });
  };
  for (const { entry, face, username, index } of conversations) {
    const bonus = (entry.unread > 0 ? UNREAD : 0) + RECENT * (1 - index / conversations.length);
    add({ type: 'conversation', key: entry.id, entry, face, username }, [face.name, username], bonus);
  }
  const met = new Set(conversations.map((one) => one.peerId));
  for (const user of users)
    if (!met.has(user.id))
      add({ type: 'person', key: `person-${user.id}`, user }, [user.displayName, user.username], 0);
  for (const action of actions) add({ type: 'action', key: action.id, action }, [action.label], -RECENT);
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN)
    .map(({ target }) => target);
}
