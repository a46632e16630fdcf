/** Messages as they are now, wherever they were taken from. */
import type { MessageRecord } from '@kith/protocol';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../app/client.tsx';

/** In the order of the ids; null: gone, or not to be seen any more. One subscription for a changing number of messages. */
export function useRecords(
  targets: readonly Pick<MessageRecord, 'conversationId' | 'id'>[],
): readonly (MessageRecord | null | undefined)[] {
  const client = useClient();
  const key = targets.map(({ conversationId, id }) => `${conversationId} ${id}`).join();
  const [subscribe, get] = useMemo(() => {
    const readables = (key ? key.split(',') : []).map((one) => {
      const [conversationId = '', id = ''] = one.split(' ');
      return client.messages.get(conversationId, id);
    });
    let last: readonly (MessageRecord | null | undefined)[] = [];
    return [
      (listener: () => void) => {
        const stops = readables.map((one) => one.subscribe(listener));
        return () => {
          for (const stop of stops) stop();
        };
      },
      // The same list while all in it are.
      () => {
        const now = readables.map((one) => one.get());
        if (now.length !== last.length || now.some((record, at) => record !== last[at])) last = now;
        return last;
      },
    ] as const;
  }, [client, key]);
  return useSyncExternalStore(subscribe, get);
}

/** Whether it is there to be read. */
export const isReadable = (record: MessageRecord | null | undefined): record is MessageRecord =>
  record !== null && record !== undefined && record.body.type !== 'deleted';
