/**
 * What is to be done at a time: rows that any node claims when their time has come (docs/decisions/0015-due-work.md). A claim
 * is a lease: what a node that died had claimed is claimed again, so that each kind of work must bear to be done twice.
 */
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { claimDue, type DueKind, type DueRow, LEASE_MS, nextDue } from '../store/due.ts';
import { createRounds } from './rounds.ts';

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

const AT_ONCE = 50;

export function createDueWork({ database, work, logger, now = Date.now }: DueWorkOptions): DueWork {
  const { db } = database;

  const doAll = async (ended: AbortSignal): Promise<void> => {
    for (;;) {
      const rows = await claimDue(db, now(), LEASE_MS, AT_ONCE);
      await Promise.all(
        rows.map((row) =>
          work[row.kind](row).catch((error: unknown) =>
            logger?.warn({ err: error, kind: row.kind, id: row.id }, 'due work failed; it is tried again'),
          ),
        ),
      );
      if (rows.length < AT_ONCE || ended.aborted) return;
    }
  };

  const rounds = createRounds({
    look: doAll,
    next: () => nextDue(db, now()),
    onError: (error) => logger?.warn({ err: error }, 'due work could not be looked for'),
    now,
  });
  rounds.plan(now());
  return rounds;
}
