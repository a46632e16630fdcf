/**
 * S11: whatever was committed but not announced (a crash, a lost bus message) is found and handed out. Every few seconds
 * one indexed query reads what was committed since the last time; what this node has not handed out by the next time
 * is read from the database.
 */
import type { Logger } from '../logger.ts';
import type { Meter } from '../meter.ts';
import type { Memberships } from '../policy/memberships.ts';
import { type CommitRow, commitsSince, pruneCommits } from '../store/commits.ts';
import type { Database } from '../store/database.ts';
import { revsOf } from '../store/subscriptions.ts';
import type { Hub } from './hub.ts';

export interface AntiEntropy {
  /** One round; the timer calls it. Rejects when the database is away. */
  round(): Promise<void>;
  /** Ends the rounds; resolves when none is under way. */
  close(): Promise<void>;
}

export interface AntiEntropyOptions {
  readonly database: Pick<Database, 'db'>;
  readonly hub: Hub;
  /** What the policy judges by: stale when the word of a change was lost. */
  readonly memberships: Pick<Memberships, 'invalidate' | 'invalidateAll'>;
  readonly logger: Logger;
  readonly meter?: Pick<Meter, 'repaired'>;
  readonly everyMs?: number;
  /** Commits older than this are forgotten. */
  readonly keepSeconds?: number;
  readonly now?: () => number;
}

/** Found within two rounds, hence within some seven seconds: half of what S11 allows. */
const EVERY_MS = 3_000;
const KEEP_SECONDS = 600;
const PRUNE_BATCH = 1_000;
/** Batches of one round: together they outrun the busiest log. */
const PRUNE_BATCHES = 5;
const REVS_AT_ONCE = 1_000;

interface Suspect {
  readonly tenantId: number;
  readonly conversationId: string;
  rev: number;
}

export function createAntiEntropy(options: AntiEntropyOptions): AntiEntropy {
  const {
    hub,
    memberships,
    logger,
    everyMs = EVERY_MS,
    keepSeconds = KEEP_SECONDS,
    now = () => performance.now(),
  } = options;
  const { db } = options.database;
  /** Where to read on; null before the first round. */
  let cursor: string | null = null;
  let lastRoundAt = now();
  /** Seen committed but not handed out: given one more round, for the announcement may be on its way. */
  let suspects = new Map<string, Suspect>();
  /** The same for memberships: the person's conversations by person. */
  const doubts = new Map<string, { tenantId: number; userId: string; conversationIds: Set<string> }>();

  const suspect = (tenantId: number, conversationId: string, rev: number): void => {
    const announced = hub.announcedRev(tenantId, conversationId);
    if (announced === null || announced >= rev) return;
    const key = `${tenantId} ${conversationId}`;
    const known = suspects.get(key);
    if (known) known.rev = Math.max(known.rev, rev);
    else suspects.set(key, { tenantId, conversationId, rev });
  };

  const repairSuspects = (): void => {
    for (const { tenantId, conversationId, rev } of suspects.values()) {
      const announced = hub.announcedRev(tenantId, conversationId);
      if (announced === null || announced >= rev) continue;
      logger.info({ tenantId, conversationId, announced, rev }, 'a commit was not announced here; repairing');
      options.meter?.repaired();
      hub.repair(tenantId, conversationId);
    }
    suspects = new Map();
  };

  const resolveDoubts = async (): Promise<void> => {
    for (const [key, { tenantId, userId, conversationIds }] of doubts) {
      await hub.recheck(tenantId, userId, [...conversationIds]);
      // Only now: what the database could not answer is asked again.
      doubts.delete(key);
    }
  };

  const look = (commits: readonly CommitRow[]): void => {
    const here = new Set<string>();
    if (commits.some((commit) => commit.userIds !== null)) {
      for (const { tenantId, userId } of hub.localPeople()) here.add(`${tenantId} ${userId}`);
    }
    for (const { tenantIds, conversationIds, revs, userIds } of commits) {
      conversationIds.forEach((conversationId, index) => {
        const tenantId = tenantIds[index];
        const rev = revs[index];
        if (tenantId === undefined || rev === undefined) return;
        suspect(tenantId, conversationId, rev);
        if (userIds !== null) memberships.invalidate(tenantId, conversationId);
        for (const userId of userIds ?? []) {
          const key = `${tenantId} ${userId}`;
          if (!here.has(key)) continue;
          const doubt = doubts.get(key) ?? { tenantId, userId, conversationIds: new Set() };
          doubts.set(key, doubt);
          doubt.conversationIds.add(conversationId);
        }
      });
    }
  };

  /** The log of commits no longer tells everything: compares all there is. */
  const lookAtAll = async (): Promise<void> => {
    memberships.invalidateAll();
    const byTenant = new Map<number, string[]>();
    for (const { tenantId, conversationId } of hub.localConversations()) {
      const ids = byTenant.get(tenantId) ?? [];
      byTenant.set(tenantId, ids);
      ids.push(conversationId);
    }
    for (const [tenantId, ids] of byTenant) {
      for (let i = 0; i < ids.length; i += REVS_AT_ONCE) {
        const rows = await revsOf(db, tenantId, ids.slice(i, i + REVS_AT_ONCE));
        for (const { id, rev } of rows) suspect(tenantId, id, rev);
      }
    }
    for (const { tenantId, userId } of [...hub.localPeople()]) await hub.recheck(tenantId, userId, 'all');
  };

  const prune = async (): Promise<void> => {
    for (let i = 0; i < PRUNE_BATCHES; i += 1) {
      if ((await pruneCommits(db, keepSeconds, PRUNE_BATCH)) < PRUNE_BATCH) return;
    }
  };

  const round = async (): Promise<void> => {
    const { xmin, commits } = await commitsSince(db, cursor);
    // Memberships first: what is repaired would else be told to those who left before it was written (S13).
    await resolveDoubts();
    repairSuspects();
    const since = now() - lastRoundAt;
    // Away for so long that commits were forgotten, or a database that was set back: the log has holes.
    const holes = cursor !== null && (since > (keepSeconds * 1_000) / 2 || BigInt(xmin) < BigInt(cursor));
    look(commits);
    if (holes) await lookAtAll();
    cursor = xmin;
    lastRoundAt = now();
    await prune();
  };

  let open = true;
  let failing = false;
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await round();
      if (failing) logger.info({}, 'the database answers again');
      failing = false;
    } catch (err) {
      // Said once an outage, not every few seconds.
      if (!failing && open) logger.warn({ err }, 'could not look for missed commits; trying again');
      failing = true;
    }
    if (open) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      running = run();
    }, everyMs);
    timer.unref();
  };
  running = run();

  return {
    round,
    close: async () => {
      open = false;
      clearTimeout(timer);
      await running;
    },
  };
}
