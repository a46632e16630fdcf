/** The window's title, its icon and the installed app's icon say how much is unread, for whoever looks at another window. */
import type { KithClient } from '@kith/client';
import { limits } from '@kith/client';

/** Returns how to stop. */
export function trackTitle(client: KithClient): () => void {
  const { totals } = client.conversations;
  const show = (): void => {
    const { unread } = totals.get();
    document.title =
      unread > 0 ? `(${unread > limits.unreadCap ? `${limits.unreadCap}+` : unread}) Kith` : 'Kith';
    showIcon(unread > 0);
    const shown = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    // Refused where the app is not installed.
    shown?.catch(() => undefined);
  };
  show();
  const stop = totals.subscribe(show);
  return () => {
    stop();
    document.title = 'Kith';
    showIcon(false);
    void navigator.clearAppBadge?.().catch(() => undefined);
  };
}

function showIcon(unread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const path = unread ? '/icon-unread.svg' : '/icon.svg';
  if (icon && new URL(icon.href).pathname !== path) icon.href = path;
}
