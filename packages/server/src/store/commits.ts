/** The log of commits, by which nodes find what was committed but not announced (S11). */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface CommitRow {
  /** One entry a conversation, in step with the next two. */
  readonly tenantIds: readonly number[];
  readonly conversationIds: readonly string[];
  readonly revs: readonly number[];
  /** Whose memberships changed; empty when only other facts of the conversations did, null when only messages did. */
  readonly userIds: readonly string[] | null;
}

export interface CommitsSince {
  /** Ask from here next time: every transaction below it had ended, so none below it is still to come. */
  readonly xmin: string;
  readonly commits: readonly CommitRow[];
}

/**
 * Lists as text: under load there are tens of thousands of entries a round, and to split a string costs a tenth of what
 * the drivers' reading of arrays does.
 */
interface Row {
  readonly xmin: string;
  readonly tenant_ids: string | null;
  readonly conversation_ids: string | null;
  readonly revs: string | null;
  readonly user_ids: string | null;
}

/** Commits of the transactions from `xid` on (some may come again); with null, only where to begin. */
export async function commitsSince(db: Db, xid: string | null): Promise<CommitsSince> {
  // One statement, hence one snapshot: what it does not show has a transaction id of at least its xmin.
  const { rows } = await sql<Row>`
    select s.xmin::text as xmin, array_to_string(c.tenant_ids, ',') as tenant_ids,
      array_to_string(c.conversation_ids, ',') as conversation_ids, array_to_string(c.revs, ',') as revs,
      array_to_string(c.user_ids, ',') as user_ids
    from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s
    left join commits c on c.xid >= ${xid}::xid8`.execute(db);
  return {
    xmin: rows[0]?.xmin ?? '0',
    commits: rows.flatMap((row) =>
      row.tenant_ids && row.conversation_ids && row.revs
        ? [
            {
              tenantIds: row.tenant_ids.split(',').map(Number),
              conversationIds: row.conversation_ids.split(','),
              revs: row.revs.split(',').map(Number),
              userIds: row.user_ids === null ? null : row.user_ids.split(',').filter(Boolean),
            },
          ]
        : [],
    ),
  };
}

/** Forgets a batch of the oldest commits, those older than `ageSeconds`. Returns how many went. */
export async function pruneCommits(db: Db, ageSeconds: number, batch: number): Promise<number> {
  // The oldest by xid are looked at, whatever their age, so that the cost is that of the batch.
  const result = await sql`
    delete from commits where ctid in (
      select ctid from (select ctid, at from commits order by xid limit ${batch} for update skip locked) oldest
      where at < now() - make_interval(secs => ${ageSeconds})
    )`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}
