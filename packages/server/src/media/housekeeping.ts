/**
 * Keeps the house of files, by the rows alone: what nobody wants is removed, what another node left is gone on with, and all keys
 * are wrapped by the present master key. Every node does it, and none of them needs to be told.
 */
import { KithError, limits } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import {
  claimGone,
  claimOwn,
  claimUnchecked,
  type FileRow,
  forgetFile,
  type GoneFile,
} from '../store/files.ts';
import { knownObjects, secretsAfter, setSecret } from '../store/objects.ts';
import type { Somebody } from '../store/users.ts';
import { placeOf, type Vault } from './vault.ts';

export interface Housekeeping {
  /** Removes an upload that nothing uses, at once or, where the store is away, later. @throws KithError not_found. */
  giveUp(person: Somebody, id: string): Promise<void>;
  /** Begins to sweep, and to wrap keys by the present master key. */
  start(): void;
  /** A message was deleted: the bytes of its files go now, not at the next round. */
  nudge(): void;
  /** One round of forgetting and of going on with what other nodes left; the timer calls it. */
  sweep(now?: Date): Promise<void>;
  /** Removes bytes that no row knows, of a file or of anything else in the vault. Resolves to how many. */
  sweepOrphans(now?: Date): Promise<number>;
  /** Wraps the keys of all that lies in the vault by the present master key. Resolves to how many changed. */
  rewrap(): Promise<number>;
  /** Resolves when nothing runs any more, after its signal. */
  ended(): Promise<void>;
}

export interface HousekeepingOptions {
  readonly database: Pick<Database, 'db'>;
  readonly vault: Vault;
  /** Looks at a file, once on this node. Resolves to whether it is judged now; never rejects. */
  readonly inspect: (row: FileRow) => Promise<boolean>;
  /** The service stops. */
  readonly signal: AbortSignal;
  readonly logger?: Logger | undefined;
}

/** A check that no node has touched for so long is taken over. */
const ABANDONED_MS = 60_000;
const SWEEP_EVERY_MS = 15_000;
const SWEPT_AT_ONCE = 100;
/** Bytes that could not be removed are tried again after this time. */
const AGAIN_MS = 60_000;
/** Orphans are looked for every so many rounds: some six hours. */
const ORPHAN_ROUNDS = 1_440;
/** Bytes are written before the row that knows them, by no more than this. */
const ORPHAN_AGE_MS = 24 * 3_600_000;
const KEYS_AT_ONCE = 500;
/** Checks that waited or were left, gone on with at once. */
const TAKEN_OVER_AT_ONCE = 3;

export function createHousekeeping({
  database: { db },
  vault,
  inspect,
  signal,
  logger,
}: HousekeepingOptions): Housekeeping {
  const remove = async (row: GoneFile): Promise<void> => {
    try {
      await vault.remove(placeOf(row));
      await forgetFile(db, row);
    } catch (err) {
      logger?.warn({ err, object: row.object }, 'bytes could not be removed yet');
    }
  };

  const giveUp: Housekeeping['giveUp'] = async (person, id) => {
    const gone = await db.transaction().execute((trx) => claimOwn(trx, person, id, againAfter(new Date())));
    if (!gone) throw new KithError('not_found');
    await remove(gone);
  };

  const removeGone = async (now: Date): Promise<void> => {
    const before = new Date(now.getTime() - limits.uploadMs);
    const again = againAfter(now);
    for (;;) {
      const gone = await db.transaction().execute((trx) => claimGone(trx, before, again, SWEPT_AT_ONCE));
      for (const row of gone) {
        if (signal.aborted) return;
        await remove(row);
      }
      if (gone.length < SWEPT_AT_ONCE || signal.aborted) break;
    }
  };

  /** What other nodes left and what waited for the scanner. `well`: all of it was judged, and there may be more. */
  const goOn = async (before: Date): Promise<{ readonly well: Promise<boolean> }> => {
    const left = await claimUnchecked(db, before, TAKEN_OVER_AT_ONCE);
    const judged = Promise.all(left.map(inspect));
    return { well: judged.then((all) => left.length === TAKEN_OVER_AT_ONCE && all.every(Boolean)) };
  };

  let goingOn: Promise<void> | null = null;
  const goOnWhileWell = async (first: Promise<boolean>, before: Date): Promise<void> => {
    let well = await first;
    while (well && !signal.aborted) well = await (await goOn(before)).well;
  };

  /** One at a time: who asks for a round may count on what it found to be done. */
  let lastSweep: Promise<void> = Promise.resolve();
  const sweep = (now = new Date()): Promise<void> => {
    const round = lastSweep.then(async () => {
      await removeGone(now);
      const before = new Date(now.getTime() - ABANDONED_MS);
      const { well } = await goOn(before);
      goingOn ??= goOnWhileWell(well, before)
        .catch(complain)
        .finally(() => {
          goingOn = null;
        });
    });
    lastSweep = round.catch(() => undefined);
    return round;
  };

  const sweepOrphans = async (now = new Date()): Promise<number> => {
    let removed = 0;
    let page: string[] = [];
    const look = async (): Promise<void> => {
      const known = await knownObjects(db, page);
      for (const key of page) {
        if (known.has(key)) continue;
        await vault.remove({ key, secret: null });
        removed++;
      }
      page = [];
    };
    for await (const key of vault.keys(new Date(now.getTime() - ORPHAN_AGE_MS))) {
      if (signal.aborted) break;
      page.push(key);
      if (page.length === KEYS_AT_ONCE) await look();
    }
    if (page.length > 0) await look();
    if (removed > 0) logger?.info({ removed }, 'bytes that nothing knows were removed');
    return removed;
  };

  const rewrap = async (): Promise<number> => {
    let changed = 0;
    let after = '';
    for (;;) {
      const page = await secretsAfter(db, after, KEYS_AT_ONCE);
      for (const { object, secret } of page) {
        const next = vault.rewrap(secret);
        if (!next) continue;
        await setSecret(db, object, secret, next);
        changed++;
      }
      const last = page.at(-1);
      if (!last || signal.aborted) break;
      after = last.object;
    }
    if (changed > 0) logger?.info({ changed }, 'keys of files were wrapped by the present master key');
    return changed;
  };

  const complain = (err: unknown): void => {
    if (!signal.aborted) logger?.warn({ err }, 'files could not be swept');
  };

  let running: Promise<void> | null = null;
  let again = false;
  const round = (): void => {
    if (signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    running = sweep()
      .catch(complain)
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          round();
        }
      });
  };

  let ticks = 0;
  let orphans: Promise<unknown> | null = null;
  const tick = (): void => {
    round();
    // Beside the rounds: a store with millions of names takes its time.
    if (ticks++ % ORPHAN_ROUNDS === 1)
      orphans ??= sweepOrphans()
        .catch(complain)
        .finally(() => {
          orphans = null;
        });
  };
  let timer: NodeJS.Timeout | undefined;

  return {
    giveUp,
    start: () => {
      if (timer) return;
      timer = setInterval(tick, SWEEP_EVERY_MS).unref();
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
      rewrap().catch((err: unknown) => {
        if (!signal.aborted) logger?.error({ err }, 'keys of files could not be wrapped anew');
      });
    },
    nudge: round,
    sweep,
    sweepOrphans,
    rewrap,
    ended: async () => {
      await Promise.all([lastSweep, running, goingOn, orphans]);
    },
  };
}

/** A row that was claimed at `now` and is not forgotten comes again then. */
const againAfter = (now: Date): Date => new Date(now.getTime() - limits.uploadMs + AGAIN_MS);
