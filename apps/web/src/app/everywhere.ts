/** All conversations one can go to, the archived ones behind the others. */
import type { ConversationEntry } from '@kith/client';
import { useMemo } from 'react';
import { useClient, useReadable } from './client.tsx';

export function useEverywhere(): readonly ConversationEntry[] {
  const { conversations } = useClient();
  const list = useReadable(conversations.list);
  const archive = useReadable(conversations.archive);
  return useMemo(() => [...list, ...archive], [list, archive]);
}
