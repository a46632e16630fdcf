/** Who lets whom see what, as the database knows it. */
import { limits } from '@kith/protocol';
import { sql, type Transaction } from 'kysely';
import type { PrivacyFacts, PrivacyOptions } from '../policy/privacy.ts';
import { directKey } from './conversations.ts';
import type { Db } from './database.ts';
import { createGather } from './gather.ts';
import type { Schema } from './schema.ts';
import { allSettings, type ChosenSettings, type Somebody } from './users.ts';

/** Of one person; more are not told of one block from another. */
const BLOCKED_BY_MAX = 10_000;

const PEOPLE_AT_ONCE = 200;

/** The reads that `createPrivacy` needs: facts of many who are asked for at once in one statement. */
export function privacyReads(db: Db): Pick<PrivacyOptions, 'read' | 'contacts'> {
  const ask = createGather<Somebody, PrivacyFacts | null>({
    parallel: 2,
    most: PEOPLE_AT_ONCE,
    answer: (people) => privacyFacts(db, people),
  });
  return {
    read: (tenantId, userId) => ask({ tenantId, userId }),
    contacts: (tenantId, userId, others) => contactsAmong(db, { tenantId, userId }, others),
  };
}

/** Of each, in their order; null where there is no such person. */
async function privacyFacts(db: Db, people: readonly Somebody[]): Promise<(PrivacyFacts | null)[]> {
  const { rows } = await sql<{
    readonly n: number;
    readonly settings: ChosenSettings;
    readonly avatar_id: string | null;
    readonly blocks: string[] | null;
    readonly blocked_by: string[] | null;
  }>`
    select q.n::integer as n, u.settings, u.avatar_id,
      (select array_agg(o.key) from own_records o
        where o.tenant_id = u.tenant_id and o.user_id = u.id and o.type = 'block' and o.value is not null) as blocks,
      (select array_agg(b.user_id::text) from (
        select o.user_id from own_records o
        where o.tenant_id = u.tenant_id and o.key = u.id::text and o.type = 'block' and o.value is not null
        limit ${BLOCKED_BY_MAX}) b) as blocked_by
    from unnest(
      ${people.map((one) => one.tenantId)}::integer[], ${people.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, user_id, n)
    join users u on u.tenant_id = q.tenant_id and u.id = q.user_id`.execute(db);
  const found: (PrivacyFacts | null)[] = people.map(() => null);
  for (const row of rows) {
    found[row.n - 1] = {
      ...allSettings(row.settings).privacy,
      avatarId: row.avatar_id,
      blocks: new Set(row.blocks),
      blockedBy: new Set(row.blocked_by),
    };
  }
  return found;
}

/** A stranger may open a direct conversation with anybody: it counts when this person has said something there lately. */
const LATEST = 100;

/** Which of the others this person shares a group or private channel with, or has lately written to. */
async function contactsAmong(
  db: Db,
  { tenantId, userId }: Somebody,
  others: readonly string[],
): Promise<ReadonlySet<string>> {
  if (others.length === 0) return new Set();
  const keys = others.map((other) => directKey(userId, other));
  const { rows } = await sql<{ readonly id: string }>`
    select o.user_id as id
    from members m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join members o on o.tenant_id = m.tenant_id and o.conversation_id = m.conversation_id
      and o.user_id = any (${[...others]}::uuid[]) and o.state = 'joined'
    where m.tenant_id = ${tenantId} and m.user_id = ${userId} and m.state = 'joined'
      and (c.kind = 'group' or c.kind = 'channel' and c.visibility = 'private')
    union
    select q.id
    from unnest(${[...others]}::uuid[], ${keys}::text[]) q (id, key)
    join conversations c on c.tenant_id = ${tenantId} and c.direct_key = q.key
    where exists (select 1 from (
      select author_id from messages l
      where l.tenant_id = c.tenant_id and l.conversation_id = c.id order by l.seq desc limit ${LATEST}
    ) latest where latest.author_id = ${userId})`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** The direct conversation of two, held: before the person, as everywhere. Null: there is none yet. */
export async function holdDirect(
  trx: Transaction<Schema>,
  tenantId: number,
  key: string,
): Promise<string | null> {
  const row = await trx
    .selectFrom('conversations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('direct_key', '=', key)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Notes in the direct conversation, if there is one, who blocks: sending asks only there. Returns its id. */
export async function noteBlock(
  trx: Transaction<Schema>,
  tenantId: number,
  key: string,
  by: string,
  blocked: boolean,
): Promise<string | null> {
  const without = sql`array_remove(coalesce(blocked_by, '{}'::uuid[]), ${by}::uuid)`;
  const row = await trx
    .updateTable('conversations')
    .set({
      blocked_by: blocked
        ? sql<string[]>`array_append(${without}, ${by}::uuid)`
        : sql<string[] | null>`nullif(${without}, '{}'::uuid[])`,
    })
    .where('tenant_id', '=', tenantId)
    .where('direct_key', '=', key)
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Who of these two blocks the other; nobody blocks any more until the transaction ends. `change`: one of them will be changed in it. */
export async function blockersOfTwo(
  trx: Transaction<Schema>,
  tenantId: number,
  a: string,
  b: string,
  change = false,
): Promise<string[]> {
  await sql`
    select 1 from users where tenant_id = ${tenantId} and id = any (${[a, b]}::uuid[]) order by id ${sql.raw(change ? 'for no key update' : 'for share')}`.execute(
    trx,
  );
  const rows = await trx
    .selectFrom('own_records')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('type', '=', 'block')
    .where('value', 'is not', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('user_id', '=', a), eb('key', '=', b)]),
        eb.and([eb('user_id', '=', b), eb('key', '=', a)]),
      ]),
    )
    .limit(limits.lookup)
    .execute();
  return rows.map((row) => row.user_id);
}
