/**
 * The pictures and videos of a conversation in a row, as one leafs through them: the message's own at once, its neighbours as
 * far as pages of `listShared` reach it.
 */
import type { KithClient } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { attachmentOf } from '../../message/excerpt.ts';
import { previewOf } from '../files/kind.ts';

export interface Item {
  readonly record: MessageRecord;
  readonly file: MessageFile;
}

const PAGE = 50;
/** Pages fetched to reach an old picture: whoever looks at one from long ago has its own album all the same. */
const PAGES_MAX = 20;
/** The next page is asked for when so few are left. */
const AHEAD = 4;

export const filesOf = (record: MessageRecord): readonly MessageFile[] => {
  const attachment = attachmentOf(record.body);
  return attachment?.type === 'files' ? attachment.files : [];
};

/** What one leafs through. */
export function itemsOf(records: readonly MessageRecord[]): readonly Item[] {
  return records.flatMap((record) =>
    filesOf(record)
      .filter((file) => ['picture', 'video'].includes(previewOf(file) ?? ''))
      .map((file) => ({ record, file })),
  );
}

/** `listed`: newest first. The oldest comes first here; a message that is not among them stands alone. */
export function seriesOf(listed: readonly MessageRecord[], own: MessageRecord): readonly Item[] {
  if (!listed.some(({ id }) => id === own.id)) return itemsOf([own]);
  return itemsOf(listed.map((record) => (record.id === own.id ? own : record)).reverse());
}

interface Listed {
  readonly conversationId: string;
  readonly records: readonly MessageRecord[];
  /** Undefined: not begun; null: nothing older. */
  readonly cursor: string | null | undefined;
}

const nothing = (conversationId: string): Listed => ({ conversationId, records: [], cursor: undefined });

async function nextPage(client: KithClient, listed: Listed, signal: AbortSignal): Promise<Listed> {
  const { messages, next } = await client.request(
    'listShared',
    {
      conversationId: listed.conversationId,
      kind: 'media',
      limit: PAGE,
      ...(typeof listed.cursor === 'string' && { cursor: listed.cursor }),
    },
    { signal },
  );
  const known = new Set(listed.records.map(({ id }) => id));
  return {
    ...listed,
    records: [...listed.records, ...messages.filter(({ id }) => !known.has(id))],
    cursor: next,
  };
}

/** All that can be leafed through now, around this file of this message. */
export function useSeries(
  own: MessageRecord,
  fileId: string,
): { readonly items: readonly Item[]; readonly at: number } {
  const client = useClient();
  const { conversationId } = own;
  const [listed, setListed] = useState<Listed>(() => nothing(conversationId));
  const pages = useRef(0);
  const items = useMemo(
    () => seriesOf(listed.conversationId === conversationId ? listed.records : [], own),
    [listed, conversationId, own],
  );
  const at = items.findIndex(({ file }) => file.fileId === fileId);
  const reached = listed.records.some(({ id }) => id === own.id);
  const wants =
    at >= 0 && own.seq > 0 && listed.cursor !== null && (reached ? at < AHEAD : pages.current < PAGES_MAX);

  useEffect(() => {
    if (!wants) return;
    const stop = new AbortController();
    nextPage(client, listed, stop.signal).then(
      (next) => {
        if (stop.signal.aborted) return;
        pages.current += 1;
        setListed(next);
      },
      (error: unknown) => {
        // What is shown stays; only what lies beyond cannot be reached, and the next look tries again.
        if (!stop.signal.aborted) console.warn('No more pictures to leaf through:', error);
      },
    );
    return () => stop.abort();
  }, [client, listed, wants]);

  return { items, at };
}
