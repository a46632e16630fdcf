/**
 * What is to be done at a time: rows that any node claims when their time has come (docs/decisions/0015-due-work.md). A claim
 * is a lease: what a node that died had claimed is claimed again, so that each kind of work must bear to be done twice.
 */
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { claimDue, type DueKind, type DueRow, LEASE_MS, nextDue } from '../store/due.ts';

export interface DueWork {
  /** Something is due then, ms since the epoch: this node looks at that time at the latest. */
  plan(at: number): void;
  /** Does what is due; resolves when it is done. The timer calls it. */
  round(): Promise<void>;
  /** Ends the rounds; resolves when none is under way. */
  close(): Promise<void>;
}

export interface DueWorkOptions {
  readonly database: Pick<Database, 'db'>;
  /** Does one, and removes its row. What it throws is tried again when the lease is over. */
  readonly work: { readonly [K in DueKind]: (row: DueRow) => Promise<void> };
  readonly logger?: Logger;
  readonly now?: () => number;
}

/** What another node planned and did not live to see is found so soon; and clocks differ by less. */
const LOOK_MS = 10_000;
const AT_ONCE = 50;

export function createDueWork({ database, work, logger, now = Date.now }: DueWorkOptions): DueWork {
  const { db } = database;
  let closed = false;
  let running: Promise<void> | null = null;
  let again = false;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;

  const plan = (at: number): void => {
    if (closed || (timer && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    const handle = setTimeout(
      () => {
        timer = undefined;
        round().catch((error: unknown) => logger?.warn({ err: error }, 'due work could not be looked for'));
      },
      Math.max(0, at - now()),
    ).unref();
    timer = { at, handle };
  };

  const doAll = async (): Promise<void> => {
    for (;;) {
      const rows = await claimDue(db, now(), LEASE_MS, AT_ONCE);
      await Promise.all(
        rows.map((row) =>
          work[row.kind](row).catch((error: unknown) =>
            logger?.warn({ err: error, kind: row.kind, id: row.id }, 'due work failed; it is tried again'),
          ),
        ),
      );
      if (rows.length < AT_ONCE || closed) return;
    }
  };

  const round = (): Promise<void> => {
    if (closed) return Promise.resolve();
    if (running) {
      again = true;
      return running;
    }
    running = doAll()
      .then(async () => {
        const next = await nextDue(db, now());
        if (next !== null) plan(Math.min(next, now() + LOOK_MS));
      })
      .finally(() => {
        running = null;
        plan(now() + (again ? 0 : LOOK_MS));
        again = false;
      });
    return running;
  };

  plan(now());
  return {
    plan,
    round,
    close: async () => {
      closed = true;
      clearTimeout(timer?.handle);
      await running?.catch(() => undefined);
    },
  };
}
