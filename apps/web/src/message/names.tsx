/** People's names in messages: each place subscribes to just the people it names. */
import type { KithClient } from '@kith/client';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { plainPreview } from './preview.ts';

export const UNKNOWN_NAME = 'Someone';

/** The display name, or undefined until it is known. */
export const useName = (userId: string): string | undefined =>
  useReadable(useClient().users.get(userId))?.displayName;

export function UserName({ id, you }: { readonly id: string; readonly you?: string | undefined }) {
  const name = useName(id);
  return you ?? name ?? UNKNOWN_NAME;
}

const nameIn = (client: KithClient, userId: string): string | undefined =>
  client.users.get(userId).get()?.displayName;

/** Subscribes to all of `userIds`; renders again only when the text made of their names changes. */
function useNamed(userIds: readonly string[], make: () => string): string {
  const client = useClient();
  const key = userIds.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the ids
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = userIds.map((id) => client.users.get(id).subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [client, key],
  );
  return useSyncExternalStore(subscribe, make);
}

const MENTIONED = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

/** One line of a message's text, with the names of whom it mentions. */
export function usePlainPreview(text: string): string {
  const client = useClient();
  const ids = useMemo(() => [...new Set([...text.slice(0, 600).matchAll(MENTIONED)].map((match) => match[1]!))], [text]);
  const named = useNamed(ids, () => ids.map((id) => nameIn(client, id) ?? '').join('\n'));
  return useMemo(() => {
    const names = new Map(named.split('\n').map((name, i) => [ids[i], name]));
    return plainPreview(text, (id) => names.get(id) || undefined);
  }, [text, ids, named]);
}

/** "You, Ana, Bo and 3 more": `total` may exceed the ids known. */
export function useNameList(userIds: readonly string[], meId: string | undefined, total = userIds.length): string {
  const client = useClient();
  const shown = useMemo(() => {
    const mineFirst = [...userIds].sort((a, b) => Number(b === meId) - Number(a === meId));
    return mineFirst.slice(0, 12);
  }, [userIds, meId]);
  return useNamed(shown, () => {
    const names = shown.map((id) => (id === meId ? 'You' : (nameIn(client, id) ?? UNKNOWN_NAME)));
    const rest = total - shown.length;
    if (rest > 0) return `${names.join(', ')} and ${rest} more`;
    return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
  });
}
