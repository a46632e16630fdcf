/** Of whoever leaves nothing stays for the next one: neither words nor habits. */
import { clearDrafts } from '../composer/drafts.ts';
import { forgetCells } from './cell.ts';
import { forgetShared } from './launch.ts';
import { clearUnsent } from './unsent.ts';

/** What is the device's own, and whose cache lies on it (session.ts). Anything else of ours goes. */
const STAYS = new Set([
  'kith.user',
  'kith.owner',
  'kith.theme',
  'kith.appearance',
  'kith.language',
  'kith.list-width',
  'kith.notices',
  'kith.notices.asked',
  'kith.sounds',
]);

async function closeNotices(): Promise<void> {
  const registration = await globalThis.navigator?.serviceWorker?.getRegistration();
  for (const notice of (await registration?.getNotifications()) ?? []) notice.close();
}

export function forgetPerson(): void {
  // As build/sw.js calls them. Without a secure context there are none.
  if ('caches' in globalThis) void caches.delete('images-1').catch(() => undefined);
  // Also what a page told of that is closed by now.
  void closeNotices().catch(() => undefined);
  clearDrafts();
  clearUnsent();
  forgetShared();
  forgetCells();
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith('kith.') && !STAYS.has(key)) localStorage.removeItem(key);
  } catch {
    // Storage is blocked: then nothing was kept.
  }
}
