import type { User } from '@kith/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from './client.tsx';

export interface PeopleSearch {
  readonly status: 'idle' | 'loading' | 'ready' | 'failed';
  readonly users: readonly User[];
  readonly more: boolean;
  loadMore(): void;
}

/** Who stands first, once the answer is that to what was typed. */
export const bestOf = ({ status, users }: PeopleSearch): User | undefined =>
  status === 'ready' ? users[0] : undefined;

interface Found {
  readonly query: string;
  readonly status: 'ready' | 'failed';
  readonly users: readonly User[];
  readonly next: string | null;
}

/** Somebody types: ask when they pause, not at each letter. */
const PAUSE_MS = 150;

/** People whose name begins with the query; everybody for ''; nothing is asked while it is null. */
export function usePeopleSearch(query: string | null): PeopleSearch {
  const client = useClient();
  const [found, setFound] = useState<Found | null>(null);

  useEffect(() => {
    if (query === null) return;
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const { users, next } = await client.users.search(query, { signal: stop.signal });
        if (!stop.signal.aborted) setFound({ query, status: 'ready', users, next });
      } catch {
        if (!stop.signal.aborted) setFound({ query, status: 'failed', users: [], next: null });
      }
    };
    const timer = setTimeout(() => void ask(), query === '' ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, query]);

  const cursor = found?.next ?? null;
  const loadMore = useCallback(() => {
    if (query === null || cursor === null) return;
    client.users
      .search(query, { cursor })
      .then(({ users, next }) =>
        setFound((before) =>
          before?.query === query && before.next === cursor
            ? { ...before, users: [...before.users, ...users], next }
            : before,
        ),
      )
      .catch(() => undefined);
  }, [client, query, cursor]);

  // What was found for the former query stays on screen until the answer to the new one is here: no flicker.
  const status = query === null ? 'idle' : found?.query === query ? found.status : 'loading';
  return { status, users: query === null ? [] : (found?.users ?? []), more: cursor !== null, loadMore };
}
