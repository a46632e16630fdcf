/** Tells the client whether somebody is at this device, for "away". */
import type { KithClient } from '@kith/client';

/** Nobody has touched anything this long, or the window has been hidden this long. */
const IDLE_MS = 5 * 60_000;
const HIDDEN_MS = 60_000;
/** Moves come by the hundred; one in a while is enough. */
const NOTICE_MS = 10_000;

/** Returns how to stop. */
export function trackActivity(client: KithClient): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let active: boolean | undefined;
  let lastNoticed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const set = (next: boolean): void => {
    if (active === next) return;
    active = next;
    client.setActive(next);
  };
  const idleAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(set, ms, false);
  };
  const touched = (): void => {
    const now = Date.now();
    if (active && now - lastNoticed < NOTICE_MS) return;
    lastNoticed = now;
    set(true);
    idleAfter(IDLE_MS);
  };

  for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'focus'] as const)
    addEventListener(type, touched, { passive: true, capture: true, signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') touched();
      else idleAfter(HIDDEN_MS);
    },
    { signal },
  );
  touched();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
