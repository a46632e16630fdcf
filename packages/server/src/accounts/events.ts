/** What happened to accounts: written down for the person, and for whoever answers for the tenant. */
import { newId, type SecurityEventKind } from '@kith/protocol';
import { sql } from 'kysely';
import { labelOf } from './credentials.ts';
import { MAIN_TENANT } from './persons.ts';
import type { AccountsDb } from './tables.ts';

/** Kept so long. */
export const EVENT_DAYS = 365;

/** Where from: of a request at the door itself, else as the session was opened. */
type From =
  | { readonly address: string | null; readonly userAgent: string | null }
  | { readonly sessionId: string };

export async function recordEvent(
  db: AccountsDb,
  userId: string,
  kind: SecurityEventKind,
  from: From,
): Promise<void> {
  const [address, userAgent] =
    'sessionId' in from
      ? [
          sql`(select ip_address from auth_sessions where id = ${from.sessionId})`,
          sql`(select user_agent from auth_sessions where id = ${from.sessionId})`,
        ]
      : [sql`${from.address}::text`, sql`${labelOf(from.userAgent)}::text`];
  await sql`
    insert into security_events (tenant_id, id, user_id, kind, address, user_agent)
    select id, ${newId()}, ${userId}, ${kind}, nullif(${address}, ''), nullif(${userAgent}, '')
    from tenants where slug = ${MAIN_TENANT}`.execute(db);
}

/** Where a session was opened. */
export async function seenFrom(
  db: AccountsDb,
  sessionId: string,
): Promise<{ readonly address: string | null; readonly userAgent: string | null }> {
  const row = await db
    .selectFrom('auth_sessions')
    .select(['ip_address', 'user_agent'])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return { address: row?.ip_address || null, userAgent: row?.user_agent || null };
}

export interface EventsPage {
  readonly tenantId: number;
  /** Null: of all accounts of the tenant. */
  readonly userId: string | null;
  /** The id of the last one seen. */
  readonly before: string | null;
  readonly limit: number;
}

/** The newest first. */
export function listEvents(db: AccountsDb, { tenantId, userId, before, limit }: EventsPage) {
  return db
    .selectFrom('security_events')
    .select(['id', 'kind', 'at', 'user_id', 'address', 'user_agent'])
    .where('tenant_id', '=', tenantId)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId ?? ''))
    .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
