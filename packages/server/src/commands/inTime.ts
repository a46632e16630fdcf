/** A bound on how long somebody is made to wait. */
import { KithError } from '@kith/protocol';

/** Rejects with `timeout` when the work takes too long. It goes on: what it commits is not lost, and a retry finds it (S7). */
export type InTime = <T>(work: Promise<T>) => Promise<T>;

interface Pending {
  readonly deadline: number;
  readonly late: () => void;
  before: Pending;
  after: Pending;
}

const SWEEP_MS = 500;

/**
 * What is under way, the oldest first: all may take equally long, so the first to be late is the first in here. One timer for
 * all of them: a timer and a race for each cost as much as reading a command's input.
 *
 * A ring that whoever is done leaves without a trace. A `Set` would keep it: each table that V8 has outgrown points to the
 * next one, and once one of them is old, all that ever stood in those after it outlives the young generation.
 */
export function createInTime(ms: number): InTime {
  const ring = {} as Pending;
  ring.before = ring;
  ring.after = ring;
  let sweeping = false;

  const plan = (): void => {
    sweeping = ring.after !== ring;
    if (sweeping) setTimeout(sweep, SWEEP_MS);
  };

  const sweep = (): void => {
    const now = performance.now();
    while (ring.after !== ring && ring.after.deadline <= now) {
      const { after } = ring;
      leave(after);
      after.late();
    }
    plan();
  };

  const enter = (late: () => void): Pending => {
    const last = ring.before;
    const pending = { deadline: performance.now() + ms, late, before: last, after: ring };
    last.after = pending;
    ring.before = pending;
    if (!sweeping) plan();
    return pending;
  };

  /** May be called again. */
  const leave = (pending: Pending): void => {
    pending.before.after = pending.after;
    pending.after.before = pending.before;
    pending.before = pending;
    pending.after = pending;
  };

  return (work) =>
    new Promise((resolve, reject) => {
      const pending = enter(() => reject(new KithError('timeout')));
      work.then(
        (result) => {
          leave(pending);
          resolve(result);
        },
        (error: unknown) => {
          leave(pending);
          reject(error);
        },
      );
    });
}
