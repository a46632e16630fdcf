/** Mails that wait to be sent, one row each; gone when it was (mail/outbox.ts). */
import { sql } from 'kysely';
import type { Letter, MailContent, MailLocale } from '../mail/kinds.ts';
import type { Db } from './database.ts';

export interface WaitingMail extends Letter {
  readonly id: string;
  readonly tenantName: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** After that it is of no use. */
  readonly expiresAt: Date;
}

/** False: as many of this kind wait for this address as may. Of two that come at once both may be the last. */
export async function insertMail(
  db: Db,
  { tenantId, to, locale, mail: { kind, ...fields } }: Letter,
  { id, at, expiresAt }: { readonly id: string; readonly at: Date; readonly expiresAt: Date },
  most: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into mails (id, tenant_id, address, locale, kind, fields, at, expires_at)
    select ${id}::uuid, ${tenantId}::integer, ${to}::text, ${locale}::text, ${kind}::text,
      ${JSON.stringify(fields)}::jsonb, ${at}::timestamptz, ${expiresAt}::timestamptz
    where (
      select count(*) from (
        select from mails where address = ${to}::text and kind = ${kind}::text limit ${most}
      ) as waiting
    ) < ${most}
    returning 1`.execute(db);
  return rows.length > 0;
}

interface MailRow {
  readonly id: string;
  readonly tenant_id: number;
  readonly tenant_name: string;
  readonly address: string;
  readonly locale: MailLocale;
  readonly kind: string;
  readonly fields: object;
  readonly attempts: number;
  readonly expires_at: Date;
}

/** Up to `limit` of those whose time has come, for whoever asks first; the others get them after `leaseMs`. */
export async function claimMails(
  db: Db,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<WaitingMail[]> {
  const at = new Date(now);
  const { rows } = await sql<MailRow>`
    update mails m set claimed_until = ${new Date(now + leaseMs)}
    from tenants t
    where t.id = m.tenant_id and m.id in (
      select id from mails
      where at <= ${at} and (claimed_until is null or claimed_until <= ${at})
      order by at limit ${limit} for update skip locked
    )
    returning m.id, m.tenant_id, t.name as tenant_name, m.address, m.locale, m.kind, m.fields, m.attempts, m.expires_at`.execute(
    db,
  );
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    to: row.address,
    locale: row.locale,
    mail: { kind: row.kind, ...row.fields } as MailContent,
    attempts: row.attempts,
    expiresAt: row.expires_at,
  }));
}

/** It was tried, and is tried again then. */
export async function putOffMail(db: Db, id: string, at: Date): Promise<void> {
  await sql`
    update mails set at = ${at}, attempts = attempts + 1, claimed_until = null where id = ${id}`.execute(db);
}

/** It was sent, or never will be. */
export async function dropMail(db: Db, id: string): Promise<void> {
  await db.deleteFrom('mails').where('id', '=', id).execute();
}

/** When the next one is due that nobody has claimed, ms since the epoch. */
export async function nextMail(db: Db, now: number): Promise<number | null> {
  const row = await db
    .selectFrom('mails')
    .select('at')
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', new Date(now))]))
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row ? row.at.getTime() : null;
}
