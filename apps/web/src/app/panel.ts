/** Opening and closing the side panel: where it covers the conversation, "back" must close it; where it stands beside, not. */
import { wide } from './media.ts';
import { back, currentRoute, navigate } from './route.ts';

export const openPanel = (): void =>
  navigate({ panel: 'info', messageId: currentRoute().messageId }, { replace: wide.get() });

export function closePanel(): void {
  if (wide.get()) navigate({ panel: null, messageId: currentRoute().messageId }, { replace: true });
  else back({ panel: null });
}
