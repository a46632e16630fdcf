import { useClient, useReadable } from '../app/client.tsx';

/** Whether files may be sent in a conversation at all: its admins may have said none. */
export function useTakesFiles(conversationId: string): boolean {
  const entry = useReadable(useClient().conversations.get(conversationId));
  return entry?.conversation.files?.types?.length !== 0;
}
