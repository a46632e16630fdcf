/** The window's title and the app's icon say how much is unread, for whoever looks at another window. */
import type { KithClient } from '@kith/client';
import { limits } from '@kith/client';

/** Returns how to stop. */
export function trackTitle(client: KithClient): () => void {
  const { totals } = client.conversations;
  const show = (): void => {
    const { unread } = totals.get();
    document.title =
      unread > 0 ? `(${unread > limits.unreadCap ? `${limits.unreadCap}+` : unread}) Kith` : 'Kith';
    const shown = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    // Refused where the app is not installed.
    shown?.catch(() => undefined);
  };
  show();
  const stop = totals.subscribe(show);
  return () => {
    stop();
    document.title = 'Kith';
    void navigator.clearAppBadge?.().catch(() => undefined);
  };
}
