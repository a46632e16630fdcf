/** Questions to the vocabulary: in how many documents words stand, and which others are meant by one. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface FoundWord {
  readonly word: string;
  readonly count: number;
}

/** Beyond any letter: what begins with a word lies between it and this after it. */
const LAST = '\u{10ffff}';
/** Words looked at for one beginning: two letters begin thousands. */
const MOST_BEGUN = 20_000;

/** In how many documents there is a word that begins so, added up. */
export async function countBeginning(db: Db, tenantId: number, beginning: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(count), 0)::float8 as count from (
      select count from search_words
      where tenant_id = ${tenantId} and word >= ${beginning} and word < ${beginning + LAST}
      limit ${MOST_BEGUN}
    ) begun`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The count of each of these words that there is. */
export async function documentsWith(
  db: Db,
  tenantId: number,
  words: readonly string[],
): Promise<Map<string, number>> {
  if (words.length === 0) return new Map();
  const rows = await db
    .selectFrom('search_words')
    .select(['word', 'count'])
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`word = any (${[...words]}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.word, row.count]));
}

/** The most frequent words that carry all of these keys, or any. */
export async function wordsByKeys(
  db: Db,
  tenantId: number,
  keys: { readonly all: readonly string[] } | { readonly any: readonly string[] },
  limit: number,
): Promise<FoundWord[]> {
  const fits = 'all' in keys ? sql`keys @> ${[...keys.all]}::text[]` : sql`keys && ${[...keys.any]}::text[]`;
  const { rows } = await sql<FoundWord>`
    select word, count from search_words where tenant_id = ${tenantId} and ${fits}
    order by count desc, word limit ${limit}`.execute(db);
  return rows;
}
