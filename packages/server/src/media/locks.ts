/**
 * One request at a time writes to an upload. Who comes later asks the former to stop and waits: a line that dropped may look open
 * here for minutes, and its client is back already.
 */
import type { Lock, Locker, RequestRelease } from '@tus/server';

/** A former request ends within the server's drain time; longer than that, something is wrong. */
const WAIT_MS = 10_000;
/** Requests that wait for one upload: a client has one, a hostile one many. */
const MOST_WAITING = 4;

interface Held {
  readonly askToStop: RequestRelease;
  readonly next: (() => void)[];
}

/** As tus answers for what somebody else holds. */
const LOCKED = { status_code: 423, body: 'Another request writes to this upload\n' };

export function createUploadLocks(waitMs = WAIT_MS): Locker {
  const locks = new Map<string, Held>();

  const take = async (id: string, signal: AbortSignal, askToStop: RequestRelease): Promise<void> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    for (;;) {
      const held = locks.get(id);
      if (!held) break;
      if (deadline.aborted || held.next.length >= MOST_WAITING) throw LOCKED;
      await held.askToStop();
      await new Promise<void>((resolve) => {
        held.next.push(resolve);
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    locks.set(id, { askToStop, next: [] });
  };

  return {
    newLock: (id): Lock => ({
      lock: (signal, askToStop) => take(id, signal, askToStop),
      unlock: async () => {
        const held = locks.get(id);
        locks.delete(id);
        for (const resolve of held?.next ?? []) resolve();
      },
    }),
  };
}
