/** What of a conversation is shared, of one kind: page by page from the newest, and what comes or goes meanwhile. */
import type { ConversationEntry, KithClient } from '@kith/client';
import type { MessageRecord, SharedKind } from '@kith/protocol';
import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { useOutOfReach } from '../../app/people.ts';
import { useStable } from '../../app/useStable.ts';
import { isReadable, useRecords } from '../../message/useRecords.ts';
import { filesOf } from '../viewer/series.ts';
import { linksOf } from './links.ts';
import { type Listing, LOADING, MOST, type Page, step } from './listing.ts';

export type Kind = SharedKind | 'links';

export interface Shared {
  /** `away`: the server cannot be asked, and nothing is known. */
  readonly status: 'loading' | 'failed' | 'away' | 'ready';
  readonly error: unknown;
  /** As they are now, newest first. */
  readonly records: readonly MessageRecord[];
  /** `cut`: there are more than are shown. */
  readonly older: 'none' | 'there' | 'failed' | 'cut';
  loadOlder(): void;
  retry(): void;
}

const PAGE = 60;
/** A page of a search may be empty though there is more to look through: so many in a row, and then by hand. */
const EMPTY_PAGES = 4;
/** As long as messages come in a row, the newest page is asked for no more often, ms. */
const EVERY_MS = 1_000;
/** The index of the search has a message so long after it was sent, at the latest that is usual, ms. */
const INDEX_MS = 2_500;
const NONE: readonly MessageRecord[] = [];

async function pageOf(
  client: KithClient,
  conversationId: string,
  kind: Kind,
  from: string | null,
  signal: AbortSignal,
): Promise<Page> {
  const at = (cursor: string | null) => (cursor === null ? {} : { cursor });
  if (kind !== 'links')
    return client.messages.shared({ conversationId, kind, limit: PAGE, ...at(from) }, { signal });
  let cursor = from;
  for (let page = 0; ; page += 1) {
    const input = { query: 'has:link', conversationId, ...at(cursor) };
    const { hits, next } = await client.messages.search(input, { signal });
    if (hits.length > 0 || next === null || page === EMPTY_PAGES)
      return { messages: hits.map(({ message }) => message), next };
    cursor = next;
  }
}

const kindsOf = {
  media: ['image', 'video'],
  voice: ['voice', 'round'],
  files: ['file', 'audio'],
} as const satisfies Record<SharedKind, readonly string[]>;

/** Whether a message belongs there: as the server judges it. */
function belongs(record: MessageRecord, kind: Kind): boolean {
  if (kind === 'links') return linksOf(record).length > 0;
  const kinds: readonly string[] = kindsOf[kind];
  return filesOf(record).some((file) => kinds.includes(file.kind));
}

export function useShared(entry: ConversationEntry, kind: Kind): Shared {
  const client = useClient();
  const away = useOutOfReach();
  const { id: conversationId, lastSeq, preview } = entry;
  const [listing, tell] = useReducer(step, LOADING);
  const [attempt, setAttempt] = useState(0);
  /** Of this list: ends what it asked for. */
  const stop = useRef(new AbortController());
  /** Messages up to here are known to be in it, if they belong there. */
  const seen = useRef(-1);
  const askedAt = useRef(Number.NEGATIVE_INFINITY);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins from nothing.
  useEffect(() => {
    const own = new AbortController();
    stop.current = own;
    seen.current = -1;
    askedAt.current = Number.NEGATIVE_INFINITY;
    tell({ type: 'begun' });
    return () => own.abort();
  }, [client, conversationId, kind]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again.
  useEffect(() => {
    if (away || lastSeq === seen.current) return;
    // One more message, and it is here: nothing has to be asked.
    if (seen.current === lastSeq - 1 && preview?.seq === lastSeq) {
      seen.current = lastSeq;
      if (belongs(preview, kind)) tell({ type: 'arrived', record: preview });
      return;
    }
    const { signal } = stop.current;
    const late = kind === 'links' && seen.current >= 0 ? INDEX_MS : 0;
    const wait = Math.max(late, askedAt.current + EVERY_MS - performance.now());
    const ask = (): void => {
      askedAt.current = performance.now();
      const upTo = lastSeq;
      pageOf(client, conversationId, kind, null, signal).then(
        (page) => {
          if (signal.aborted) return;
          seen.current = Math.max(seen.current, upTo);
          tell({ type: 'newest', page });
        },
        (error: unknown) => {
          if (!signal.aborted) tell({ type: 'missed', error });
        },
      );
    };
    const timer = setTimeout(ask, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [client, conversationId, kind, away, lastSeq, preview, attempt]);

  const loadOlder = useStable((): void => {
    if (listing.type !== 'ready' || listing.next === null || listing.older === 'asked') return;
    const { signal } = stop.current;
    const from = listing.next;
    tell({ type: 'ask' });
    pageOf(client, conversationId, kind, from, signal).then(
      (page) => {
        if (!signal.aborted) tell({ type: 'older', page, from });
      },
      (error: unknown) => {
        if (signal.aborted) return;
        console.warn('No more of what was shared:', error);
        tell({ type: 'olderMissed', from });
      },
    );
  });

  const known = listing.type === 'ready' ? listing.records : NONE;
  const now = useRecords(known);
  // An edit takes a link away, and a deletion everything.
  const records = useMemo(
    () => now.filter(isReadable).filter((record) => belongs(record, kind)),
    [now, kind],
  );
  return {
    status: listing.type === 'ready' ? 'ready' : away ? 'away' : listing.type,
    error: listing.type === 'failed' ? listing.error : undefined,
    records,
    older: olderOf(listing),
    loadOlder,
    retry: () => {
      tell({ type: 'begun' });
      setAttempt(attempt + 1);
    },
  };
}

function olderOf(listing: Listing): Shared['older'] {
  if (listing.type !== 'ready' || listing.next === null) return 'none';
  if (listing.records.length >= MOST) return 'cut';
  return listing.older === 'failed' ? 'failed' : 'there';
}
