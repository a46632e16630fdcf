/** Which voice messages of others were played on this device; the others have a dot. Kept here only, and not for ever. */
import { cell } from '../../app/cell.ts';

const KEY = 'kith.heard';
const KEEP = 500;
/** What lies so far back is not news, whether it was heard elsewhere or not. */
const NEWS_MS = 30 * 24 * 3_600_000;

/** The newest last. Undefined: as it is in storage. */
const heard = cell<ReadonlySet<string> | undefined>(undefined);
/** What storage had: each of many messages on screen asks. */
let stored: ReadonlySet<string> | undefined;
heard.subscribe(() => {
  stored = undefined;
});

function all(): ReadonlySet<string> {
  const known = heard.get() ?? stored;
  if (known) return known;
  stored = read();
  return stored;
}

function read(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(-KEEP) : []);
  } catch {
    // Storage is blocked or holds something else: known as long as the page.
    return new Set();
  }
}

export function rememberHeard(messageId: string): void {
  const known = all();
  if (known.has(messageId)) return;
  const next = [...known, messageId].slice(-KEEP);
  heard.set(new Set(next));
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Full or blocked: known as long as the page.
  }
}

/** Whether a voice message waits to be heard. `createdAt`: ISO 8601. */
export const isUnheard = (messageId: string, createdAt: string, now = Date.now()): boolean =>
  now - Date.parse(createdAt) < NEWS_MS && !all().has(messageId);

export function useUnheard(messageId: string, createdAt: string): boolean {
  heard.use();
  return isUnheard(messageId, createdAt);
}
