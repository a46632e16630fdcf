/** Who is in a tenant, as whoever looks after it sees them: besides their name, how they are let in. */
import { limits, type Output, type ParsedInput, Text } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../store/cursor.ts';
import { toUser, userColumns } from '../../store/records.ts';
import { isNamed } from '../../store/users.ts';
import type { TenantsDb } from './tables.ts';

const PageCursor = z.tuple([Text(400), z.uuid()]);

export async function tenantPeople(
  db: TenantsDb,
  tenantId: number,
  { query = '', cursor, limit = limits.pageDefault }: ParsedInput<'listTenantPeople'>,
): Promise<Output<'listTenantPeople'>> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const typed = query.trim().replace(/^@/, '');
  const rows = await db
    .selectFrom('users as u')
    .leftJoin('auth_users as a', 'a.id', 'u.id')
    .select([
      ...userColumns.map((column) => `u.${column}` as const),
      'u.folded_name',
      'a.id as account',
      'a.suspended_at',
      sql<boolean>`exists (select from auth_totps f where f.user_id = a.id and f.confirmed_at is not null)
        or exists (select from auth_passkeys f where f.user_id = a.id)`.as('second_factor'),
    ])
    .where('u.tenant_id', '=', tenantId)
    .where('u.deleted_at', 'is', null)
    .$if(typed !== '', (q) => q.where(isNamed(sql.ref('u.username'), sql.ref('u.folded_name'), typed)))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(u.folded_name, u.id) > (${after?.[0]}, ${after?.[1]}::uuid)`),
    )
    .orderBy('u.folded_name')
    .orderBy('u.id')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    people: page.map((row) => ({
      user: toUser(row),
      account: row.account !== null,
      secondFactor: row.second_factor,
      suspendedAt: row.suspended_at?.toISOString() ?? null,
    })),
    next: rows.length > limit && last ? encodeCursor([last.folded_name, last.id]) : null,
  };
}
