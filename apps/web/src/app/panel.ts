/** Opening and closing the side panel: where it covers the conversation, "back" must close it; where it stands beside, not. */
import { onePane, wide } from './media.ts';
import { back, currentRoute, navigate } from './route.ts';

export const openPanel = (): void =>
  navigate({ panel: 'info', messageId: currentRoute().messageId }, { replace: wide.get() });

export function closePanel(): void {
  if (wide.get()) navigate({ panel: null, messageId: currentRoute().messageId }, { replace: true });
  else back({ panel: null });
}

/** The thread of a message beside its conversation, at one of its replies if one is given. */
export function openThread(conversationId: string, rootId: string, messageId?: string): void {
  const here = currentRoute();
  const stays = here.conversationId === conversationId && here.panel === 'thread';
  navigate(
    {
      conversationId,
      // The list of threads may stay where there is room for both.
      ...(onePane.get() && { left: 'chats' }),
      panel: 'thread',
      thread: { rootId, ...(messageId !== undefined && { messageId }) },
      messageId: here.conversationId === conversationId ? here.messageId : null,
    },
    { replace: stays || (wide.get() && here.conversationId === conversationId) },
  );
}
