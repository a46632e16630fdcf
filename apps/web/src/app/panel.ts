/** Opening and closing the side panel: where it covers the conversation, "back" must close it; where it stands beside, not. */

import { requestJump } from '../message/jumps.ts';
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

/** What was shared in a conversation, in the place of its details; on a phone "back" leads there again. */
export function openShared(conversationId: string): void {
  const here = currentRoute();
  const same = here.conversationId === conversationId;
  navigate(
    {
      conversationId,
      ...(onePane.get() && { left: 'chats' }),
      panel: 'shared',
      messageId: same ? here.messageId : null,
    },
    { replace: same && !onePane.get() && (wide.get() || here.panel !== null) },
  );
}

export function leaveShared(): void {
  if (onePane.get()) back({ panel: 'info' });
  else navigate({ panel: 'info', messageId: currentRoute().messageId }, { replace: true });
}

/** From the panel to a message of its conversation. Where the panel covers that, it goes, and "back" has it again. */
export function showMessage(conversationId: string, messageId: string): void {
  const here = currentRoute();
  const covered = here.panel !== null && !wide.get();
  navigate(
    { conversationId, left: 'chats', messageId, ...(covered && { panel: null }) },
    { replace: !covered },
  );
  // The address may have said so already, and the person have scrolled away since.
  if (here.conversationId === conversationId && here.messageId === messageId)
    requestJump(conversationId, messageId);
}
