/** Where the bytes of a message's files are, and how those on their way stand: what components ask the SDK for. */
import type { Readable, TimelineMessage, Transfer } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient, useReadable } from '../../app/client.tsx';
import { t } from '../../i18n/index.ts';
import { sizeText } from './words.ts';

/** The message a file belongs to. */
export interface Place {
  readonly conversationId: string;
  readonly messageId: string;
}

export const placeOfRecord = ({ conversationId, id }: MessageRecord): Place => ({
  conversationId,
  messageId: id,
});
export const placeOf = ({ record }: TimelineMessage): Place => placeOfRecord(record);

const NOTHING: Readable<undefined> = { get: () => undefined, subscribe: () => () => undefined };

/** Undefined while it is asked for, and for no file. */
export function useFileUrl(
  place: Place,
  fileId: string | undefined,
  options?: { readonly download?: boolean },
): string | undefined {
  const { files } = useClient();
  const { conversationId, messageId } = place;
  const download = options?.download ?? false;
  const readable = useMemo<Readable<string | undefined>>(
    () => (fileId === undefined ? NOTHING : files.url({ conversationId, messageId }, fileId, { download })),
    [files, conversationId, messageId, fileId, download],
  );
  return useReadable(readable);
}

/** How a file of one's own stands that is on its way; undefined for all others. */
export function useTransfer(fileId: string): Transfer | undefined {
  const { files } = useClient();
  return useReadable(useMemo(() => files.transfer(fileId), [files, fileId]));
}

/** What is on its way of a message, together. */
export interface Progress {
  readonly sent: number;
  readonly size: number;
  readonly paused: boolean;
  /** Whether there is something that may be held up. */
  readonly going: boolean;
}

/** Undefined while nothing of them is on its way. One subscription for a changing number of files. */
export function useProgress(all: readonly Pick<MessageFile, 'fileId' | 'size'>[]): Progress | undefined {
  const { files } = useClient();
  const key = all.map(({ fileId, size }) => `${fileId} ${size}`).join();
  const [subscribe, get] = useMemo(() => {
    const known = (key ? key.split(',') : []).map((one) => {
      const [fileId = '', size = ''] = one.split(' ');
      return { transfer: files.transfer(fileId), size: Number(size) };
    });
    let last: Progress | undefined;
    return [
      (listener: () => void) => {
        const stops = known.map(({ transfer }) => transfer.subscribe(listener));
        return () => {
          for (const stop of stops) stop();
        };
      },
      () => {
        const now = together(known.map(({ transfer, size }) => ({ transfer: transfer.get(), size })));
        // The same object while it says the same.
        if (JSON.stringify(now) !== JSON.stringify(last)) last = now;
        return last;
      },
    ] as const;
  }, [files, key]);
  return useSyncExternalStore(subscribe, get);
}

/** Sums up; what is no longer on its way has arrived. */
export function together(
  all: readonly { readonly transfer: Transfer | undefined; readonly size: number }[],
): Progress | undefined {
  if (all.every(({ transfer }) => transfer === undefined)) return undefined;
  const states = all.map(({ transfer }) => transfer?.type);
  return {
    sent: all.reduce((sum, { transfer, size }) => sum + sentOf(transfer, size), 0),
    size: all.reduce((sum, { transfer, size }) => sum + (transfer?.size ?? size), 0),
    paused: states.includes('paused'),
    going: states.includes('sending') || states.includes('waiting'),
  };
}

function sentOf(transfer: Transfer | undefined, size: number): number {
  if (!transfer) return size;
  return transfer.type === 'checking' ? transfer.size : transfer.sent;
}

/** How it stands, in words. */
export function transferText(transfer: Transfer): string {
  switch (transfer.type) {
    case 'waiting':
      return t('file.waiting');
    case 'paused':
      return t('file.paused');
    case 'checking':
      return t('file.checking');
    case 'sending':
      return t('file.progress', { sent: sizeText(transfer.sent), size: sizeText(transfer.size) });
  }
}

/** What a server that says no is asked for: as little as there is. */
const PROBE_MS = 10_000;

/** Whether a file is not there (any more), rather than out of reach. */
export async function isGone(url: string): Promise<boolean> {
  // What lies on this device is there.
  if (url.startsWith('blob:')) return false;
  try {
    const response = await fetch(url, {
      headers: { range: 'bytes=0-0' },
      signal: AbortSignal.timeout(PROBE_MS),
    });
    await response.body?.cancel();
    return response.status === 404 || response.status === 410 || response.status === 403;
  } catch {
    // No answer is no word about the file.
    return false;
  }
}
