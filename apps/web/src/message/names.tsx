/** People's names in messages: each place subscribes to just the people it names. */
import { useMemo } from 'react';
import { useNames, useUser } from '../app/people.ts';
import { plainPreview } from './preview.ts';

export const UNKNOWN_NAME = 'Someone';

/** The display name, or undefined until it is known. */
export const useName = (userId: string): string | undefined => useUser(userId)?.displayName;

export function UserName({ id, you }: { readonly id: string; readonly you?: string | undefined }) {
  const name = useName(id);
  return you ?? name ?? UNKNOWN_NAME;
}

const MENTIONED = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

/** One line of a message's text, with the names of whom it mentions. */
export function usePlainPreview(text: string): string {
  const ids = useMemo(
    () =>
      text.includes('<@')
        ? [...new Set([...text.slice(0, 600).matchAll(MENTIONED)].map((match) => match[1]!))]
        : [],
    [text],
  );
  const names = useNames(ids);
  return useMemo(() => {
    const byId = new Map(ids.map((id, i) => [id, names[i]]));
    return plainPreview(text, (id) => byId.get(id) || undefined);
  }, [text, ids, names]);
}

/** "You, Ana, Bo and 3 more": `total` may exceed the ids known. */
export function useNameList(
  userIds: readonly string[],
  meId: string | undefined,
  total = userIds.length,
): string {
  const shown = useMemo(() => {
    const mineFirst = [...userIds].sort((a, b) => Number(b === meId) - Number(a === meId));
    return mineFirst.slice(0, 12);
  }, [userIds, meId]);
  const known = useNames(shown);
  const names = shown.map((id, i) => (id === meId ? 'You' : known[i] || UNKNOWN_NAME));
  const rest = total - shown.length;
  if (rest > 0) return `${names.join(', ')} and ${rest} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}
