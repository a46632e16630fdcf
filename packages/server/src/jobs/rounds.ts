/** Looks for what is due: when it is, when somebody says so, and every ten seconds besides. One look at a time on a node. */

export interface Rounds {
  /** Something is due then, ms since the epoch: there is a look at that time at the latest. */
  plan(at: number): void;
  /** Looks now, or after the look under way; resolves when a look that began since has ended. The timer calls it. */
  round(): Promise<void>;
  /** Ends the rounds; resolves when none is under way. */
  close(): Promise<void>;
}

export interface RoundsOptions {
  /** Does what is due, or begins it. A long one asks the signal whether the rounds have ended. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  /** When something is due next, ms since the epoch. */
  readonly next: () => Promise<number | null>;
  /** A look failed; there will be another. */
  readonly onError: (error: unknown) => void;
  readonly now?: () => number;
}

/** What another node planned and did not live to see is found so soon; and clocks differ by less. */
const LOOK_MS = 10_000;

/** They begin with the first `plan`. */
export function createRounds({ look, next, onError, now = Date.now }: RoundsOptions): Rounds {
  const ended = new AbortController();
  let running: Promise<void> | null = null;
  let following: Promise<void> | null = null;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;

  const plan = (at: number): void => {
    if (ended.signal.aborted || (timer && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    const handle = setTimeout(
      () => {
        timer = undefined;
        round().catch(onError);
      },
      Math.max(0, at - now()),
    ).unref();
    timer = { at, handle };
  };

  const round = (): Promise<void> => {
    if (ended.signal.aborted) return Promise.resolve();
    if (running) {
      // What it looked at may be of before.
      following ??= running
        .catch(() => undefined)
        .then(() => {
          following = null;
          return round();
        });
      return following;
    }
    running = look(ended.signal)
      .then(async () => {
        const at = await next();
        if (at !== null) plan(Math.min(at, now() + LOOK_MS));
      })
      .finally(() => {
        running = null;
        plan(now() + LOOK_MS);
      });
    return running;
  };

  return {
    plan,
    round,
    close: async () => {
      ended.abort();
      clearTimeout(timer?.handle);
      await running?.catch(() => undefined);
    },
  };
}
