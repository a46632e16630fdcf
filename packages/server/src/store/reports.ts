/** Reports: written by people, read by those who run the place. */
import { limits, type ParsedInput, type Report } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

/** How many this person made in the last day, another with this id not counted (S7). */
export async function countReports(db: Db, { tenantId, userId }: Somebody, but: string): Promise<number> {
  const { count } = await db
    .selectFrom('reports')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('by_id', '=', userId)
    .where('id', '<>', but)
    .where('created_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Who made the report of this id; null: nobody. */
export async function reporterOf(db: Db, tenantId: number, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('reports')
    .select('by_id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.by_id ?? null;
}

/** False: there is one of this id. */
export async function insertReport(
  db: Db,
  { tenantId, userId }: Somebody,
  { reportId, about, reason, words }: ParsedInput<'report'>,
  seen: Report['seen'],
): Promise<boolean> {
  const row = await db
    .insertInto('reports')
    .values({
      tenant_id: tenantId,
      id: reportId,
      by_id: userId,
      about: JSON.stringify(about),
      reason,
      words,
      seen: JSON.stringify(seen),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Milliseconds would tell two of one of them apart wrongly: as the database writes it. */
const PageCursor = z.tuple([z.string().max(40), z.uuid()]);

/** The newest first; fewer than `limit` when they are long, but always one. */
export async function reportPage(
  db: Db,
  tenantId: number,
  cursor: string | undefined,
  limit: number,
): Promise<{ reports: Report[]; next: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const newest = db
    .selectFrom('reports')
    .selectAll()
    .select(sql<string>`created_at::text`.as('exactly'))
    .where('tenant_id', '=', tenantId)
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const rows = await db
    .selectFrom(
      db
        .selectFrom(newest.as('newest'))
        .selectAll()
        .select([
          sql<number>`count(*) over ()::integer`.as('total'),
          sql<number>`sum(octet_length(seen::text)) over (order by created_at desc, id desc) - octet_length(seen::text)`.as(
            'before',
          ),
        ])
        .as('weighed'),
    )
    .selectAll()
    .where('before', '<', limits.pageBytes)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    reports: page.map(({ id, by_id: by, created_at, about, reason, words, seen }) => ({
      id,
      by,
      at: created_at.toISOString(),
      about,
      reason,
      words,
      seen,
    })),
    next: last && last.total > page.length ? encodeCursor([last.exactly, last.id]) : null,
  };
}
