/** Candidates for what is being completed: people of the conversation, or emoji. */
import { type ConversationEntry, limits } from '@kith/client';
import type { User } from '@kith/protocol';
import { useEffect, useMemo, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { fold, useMyId } from '../app/people.ts';
import { useCustomEmoji, withCustom } from '../emoji/custom.tsx';
import type { Emoji, EmojiData } from '../emoji/data.ts';
import type { Completing } from './text.ts';

export type Candidate =
  | { readonly type: 'person'; readonly key: string; readonly user: User }
  | { readonly type: 'all'; readonly key: 'all' }
  | { readonly type: 'emoji'; readonly key: string; readonly emoji: Emoji };

const SHOWN = 8;
const NONE: readonly Candidate[] = [];
/** Who was found while typing, by conversation and username: a name typed to its end needs no picking. */
const met = new Map<string, Map<string, string>>();
const MET_CONVERSATIONS = 50;

function meet(conversationId: string, users: readonly User[]): void {
  const known = met.get(conversationId) ?? new Map<string, string>();
  met.delete(conversationId);
  met.set(conversationId, known);
  for (const user of users) known.set(user.username, user.id);
  const [oldest] = met.keys();
  if (met.size > MET_CONVERSATIONS && oldest !== undefined) met.delete(oldest);
}

/** Whom a typed-out `@name` means: a member found while it was typed, or everyone. */
export function whoIsSpelled(entry: ConversationEntry | undefined, name: string): string | undefined {
  if (!entry) return undefined;
  return name === 'all' && mayMentionAll(entry) ? 'all' : met.get(entry.id)?.get(name);
}

/** Offered only where the server allows it. */
const mayMentionAll = ({ conversation, membership }: ConversationEntry): boolean =>
  conversation.kind !== 'direct' &&
  (membership.role !== 'member' || conversation.memberCount <= limits.mentionAllMembers);

/** Somebody types: ask when they pause. */
const PAUSE_MS = 120;

export function useCandidates(
  conversationId: string,
  completing: Completing | undefined,
): readonly Candidate[] {
  const people = usePeople(conversationId, completing?.type === 'mention' ? completing.query : undefined);
  const emoji = useEmoji(completing?.type === 'emoji' ? completing.query : undefined);
  return completing?.type === 'emoji' ? emoji : completing ? people : NONE;
}

function usePeople(conversationId: string, query: string | undefined): readonly Candidate[] {
  const client = useClient();
  const myId = useMyId();
  const entry = useReadable(client.conversations.get(conversationId));
  const all = entry !== undefined && mayMentionAll(entry);
  const [found, setFound] = useState<{ readonly query: string; readonly users: readonly User[] }>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: `found` only says whether this is the first question
  useEffect(() => {
    if (query === undefined) return;
    const stop = new AbortController();
    const ask = async () => {
      try {
        const { members, users } = await client.request(
          'listMembers',
          { conversationId, limit: 20, ...(query && { query: query.slice(0, 100) }) },
          { signal: stop.signal },
        );
        const byId = new Map(users.map((user) => [user.id, user]));
        const joined = members.flatMap(({ userId }) => byId.get(userId) ?? []);
        meet(conversationId, joined);
        if (!stop.signal.aborted) setFound({ query, users: joined });
      } catch {
        // Offline or refused: what was found before stays, and typing the name goes on without help.
      }
    };
    const timer = setTimeout(() => void ask(), found ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, conversationId, query]);

  return useMemo(() => {
    if (query === undefined || !found) return NONE;
    const wanted = fold(query);
    // The answer to an earlier letter is narrowed here until the one to this letter comes.
    const users = found.users.filter((user) => user.id !== myId && matches(user, wanted)).slice(0, SHOWN);
    const candidates: Candidate[] = users.map((user) => ({ type: 'person', key: user.id, user }));
    if (all && 'all'.startsWith(wanted)) candidates.push({ type: 'all', key: 'all' });
    return candidates;
  }, [found, query, all, myId]);
}

const matches = (user: User, wanted: string): boolean =>
  user.username.startsWith(wanted) ||
  fold(user.displayName).startsWith(wanted) ||
  fold(user.displayName).includes(` ${wanted}`);

/** The emoji of a shortcode; undefined when there is none, or its data cannot be had. */
export async function emojiOf(code: string): Promise<string | undefined> {
  try {
    const { emojiOfCode, loadEmoji } = await import('../emoji/data.ts');
    return emojiOfCode(await loadEmoji(), code)?.char;
  } catch {
    // Offline before its first use: the code then stays as typed.
    return undefined;
  }
}

function useEmoji(query: string | undefined): readonly Candidate[] {
  const [loaded, setLoaded] = useState<{
    readonly data: EmojiData;
    readonly search: typeof import('../emoji/data.ts').searchEmoji;
  }>();
  const wanted = query !== undefined;
  useEffect(() => {
    if (!wanted || loaded) return;
    let stopped = false;
    import('../emoji/data.ts')
      .then(async ({ loadEmoji, searchEmoji }) => {
        const data = await loadEmoji();
        if (!stopped) setLoaded({ data, search: searchEmoji });
      })
      // Offline before its first use: ":smile:" then stays as typed.
      .catch(() => undefined);
    return () => {
      stopped = true;
    };
  }, [wanted, loaded]);
  const custom = useCustomEmoji();
  const all = useMemo(() => loaded && withCustom(loaded.data, custom), [loaded, custom]);
  return useMemo(() => {
    if (query === undefined || !loaded || !all) return NONE;
    return loaded.search(all, query, SHOWN).map((emoji) => ({ type: 'emoji', key: emoji.char, emoji }));
  }, [query, loaded, all]);
}
