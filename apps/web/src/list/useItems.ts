import type { ConversationEntry } from '@kith/client';
import { useEffect, useMemo, useState } from 'react';
import type { Channel } from '../app/channels.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { useRoute } from '../app/route.ts';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { inFolder, type NamedFolder } from '../folders/folder.ts';
import { useMessageSearch } from '../search/useMessageSearch.ts';
import { useLeaving } from './deeds.ts';
import { allItems, type Item, messageItems, searchItems } from './items.ts';

interface Items {
  readonly items: readonly Item[];
  readonly loading: boolean;
  /** Only what is on this device was searched. */
  readonly failed: boolean;
}

/** What the list shows for a query; '' is no search. */
export function useItems(query: string, folder: NamedFolder | null): Items {
  const client = useClient();
  const myId = useMyId();
  const { archive: inArchive, conversationId } = useRoute();
  const listed = useStaying(useReadable(client.conversations.list));
  const archive = useStaying(useReadable(client.conversations.archive));
  const people = usePeopleSearch(query === '' ? null : query);
  const channels = useChannels(query);
  const messages = useMessageSearch(query);

  const found = useMemo(
    () =>
      query === ''
        ? inArchive
          ? allItems(archive)
          : folder
            ? allItems(inFolder([...listed, ...archive], folder, conversationId))
            : allItems(listed, archive)
        : searchItems([...listed, ...archive], query, { users: people.users, channels }, myId, (id) =>
            client.users.get(id).get(),
          ),
    [client, listed, archive, inArchive, folder, conversationId, query, people.users, channels, myId],
  );
  const items = useMemo(
    () => (query === '' ? found : [...found, ...messageItems(messages)]),
    [query, found, messages],
  );
  return { items, loading: people.status === 'loading', failed: people.status === 'failed' };
}

/** Without those that are being left. */
function useStaying(entries: readonly ConversationEntry[]): readonly ConversationEntry[] {
  const leaving = useLeaving();
  return useMemo(
    () => (leaving.size === 0 ? entries : entries.filter((entry) => !leaving.has(entry.id))),
    [entries, leaving],
  );
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
