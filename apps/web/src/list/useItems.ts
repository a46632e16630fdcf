import { useEffect, useMemo, useState } from 'react';
import type { Channel } from '../app/channels.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { allItems, type Item, searchItems } from './items.ts';

interface Items {
  readonly items: readonly Item[];
  readonly loading: boolean;
  /** Only what is on this device was searched. */
  readonly failed: boolean;
}

/** What the list shows for a query; '' is no search. */
export function useItems(query: string): Items {
  const client = useClient();
  const myId = useMyId();
  const entries = useReadable(client.conversations.list);
  const people = usePeopleSearch(query === '' ? null : query);
  const channels = useChannels(query);

  const items = useMemo(
    () =>
      query === ''
        ? allItems(entries)
        : searchItems(entries, query, { users: people.users, channels }, myId, (id) =>
            client.users.get(id).get(),
          ),
    [client, entries, query, people.users, channels, myId],
  );
  return { items, loading: people.status === 'loading', failed: people.status === 'failed' };
}

const NONE: readonly Channel[] = [];
/** Enough to see whether it is there; the channel browser shows all. */
const SHOWN = 10;

function useChannels(query: string): readonly Channel[] {
  const client = useClient();
  const [channels, setChannels] = useState(NONE);
  useEffect(() => {
    setChannels(NONE);
    if (query === '') return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      client
        .request('listChannels', { query, limit: SHOWN }, { signal: stop.signal })
        .then((found) => !stop.signal.aborted && setChannels(found.channels))
        // The people's search fails with it, and says so.
        .catch(() => undefined);
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, query]);
  return channels;
}
