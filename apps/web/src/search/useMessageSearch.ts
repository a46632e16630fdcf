/** Messages that fit what is being typed: asked for when it pauses, page by page. */
import type { Output } from '@kith/protocol';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';
import { textOf } from '../message/excerpt.ts';
import { isReadable, useRecords } from '../message/useRecords.ts';

export type Hit = Output<'searchMessages'>['hits'][number];

export interface MessageSearch {
  readonly status: 'idle' | 'loading' | 'ready' | 'failed';
  /** What these hits were found for; the former query's stay until the new one's are here. */
  readonly query: string;
  readonly hits: readonly Hit[];
  /** Null where nobody counted. */
  readonly total: number | null;
  /** Nothing is written like the query: these are words like it. */
  readonly corrected: boolean;
  readonly more: boolean;
  loadMore(): void;
}

interface Found extends Pick<MessageSearch, 'query' | 'hits' | 'total' | 'corrected'> {
  readonly status: 'ready' | 'failed';
  readonly next: string | null;
}

const PAUSE_MS = 180;
/** A page may be empty though there is more to look through: so many in a row, and then by hand. */
const EMPTY_PAGES = 4;
const NONE: readonly Hit[] = [];

const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** In all conversations, or in one. Nothing is asked for ''. */
export function useMessageSearch(query: string, conversationId?: string): MessageSearch {
  const client = useClient();
  const away = useOutOfReach();
  const [found, setFound] = useState<Found | null>(null);

  const ask = useCallback(
    async (from: string | null, signal: AbortSignal): Promise<Found> => {
      let cursor = from;
      for (let page = 0; ; page += 1) {
        const { hits, total, corrected, next } = await client.messages.search(
          {
            query,
            timeZone: timeZone(),
            ...(conversationId !== undefined && { conversationId }),
            ...(cursor !== null && { cursor }),
          },
          { signal },
        );
        if (hits.length > 0 || next === null || page === EMPTY_PAGES)
          return { query, status: 'ready', hits, total, corrected, next };
        cursor = next;
      }
    },
    [client, query, conversationId],
  );

  useEffect(() => {
    if (query === '') return setFound(null);
    const failed: Found = {
      query,
      status: 'failed',
      hits: NONE,
      total: null,
      corrected: false,
      next: null,
    };
    // Said at once; asked again when the server is back.
    if (away) return setFound(failed);
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      try {
        const answer = await ask(null, stop.signal);
        if (!stop.signal.aborted) setFound(answer);
      } catch {
        if (!stop.signal.aborted) setFound(failed);
      }
    };
    const timer = setTimeout(() => void run(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [ask, query, away]);

  const cursor = found?.query === query ? found.next : null;
  const [loading, setLoading] = useState<string | null>(null);
  const loadMore = useCallback(() => {
    if (cursor === null || loading === cursor) return;
    setLoading(cursor);
    ask(cursor, AbortSignal.timeout(30_000))
      .then((answer) =>
        setFound((before) =>
          before?.query === query && before.next === cursor
            ? { ...answer, total: before.total, hits: [...before.hits, ...answer.hits] }
            : before,
        ),
      )
      // Asked for again by the next scroll.
      .catch(() => undefined)
      .finally(() => setLoading(null));
  }, [ask, query, cursor, loading]);

  const hits = useCurrent(found?.hits ?? NONE);
  return useMemo(() => {
    const common = { more: cursor !== null, loadMore };
    if (query === '' || !found) {
      const status = query === '' ? 'idle' : 'loading';
      return { ...common, status, query, hits: NONE, total: null, corrected: false };
    }
    const { total, corrected } = found;
    return {
      ...common,
      status: found.query === query ? found.status : 'loading',
      query: found.query,
      hits,
      total,
      corrected,
    };
  }, [query, found, hits, cursor, loadMore]);
}

/** As they are now: what was deleted, hidden or has expired since it was found is no hit any more, what was edited says so. */
function useCurrent(hits: readonly Hit[]): readonly Hit[] {
  const targets = useMemo(() => hits.map(({ message }) => message), [hits]);
  const records = useRecords(targets);
  return useMemo(
    () =>
      hits.flatMap((hit, at) => {
        const record = records[at];
        if (!isReadable(record)) return [];
        const same = textOf(record.body) === textOf(hit.message.body);
        return [{ message: record, ranges: same ? hit.ranges : [] }];
      }),
    [hits, records],
  );
}
