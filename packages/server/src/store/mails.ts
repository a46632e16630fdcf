/** Mails and text messages that wait to be sent, one row each; gone when it was (mail/outbox.ts). */
import { sql } from 'kysely';
import type { Letter, MailContent, MailLocale } from '../mail/kinds.ts';
import type { Db } from './database.ts';

/** By which way it leaves. */
export type Channel = 'mail' | 'sms';

/** `C`: what it says, of its channel. */
export interface WaitingMail<C = MailContent> extends Letter<C> {
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
  channel: Channel,
  { tenantId, to, locale, mail: { kind, ...fields } }: Letter<{ readonly kind: string }>,
  { id, at, expiresAt }: { readonly id: string; readonly at: Date; readonly expiresAt: Date },
  most: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into mails (channel, id, tenant_id, address, locale, kind, fields, at, expires_at)
    select ${channel}::text, ${id}::uuid, ${tenantId}::integer, ${to}::text, ${locale}::text, ${kind}::text,
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
export async function claimMails<C = MailContent>(
  db: Db,
  channel: Channel,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<WaitingMail<C>[]> {
  const at = new Date(now);
  const { rows } = await sql<MailRow>`
    update mails m set claimed_until = ${new Date(now + leaseMs)}
    from tenants t
    where t.id = m.tenant_id and m.id in (
      select id from mails
      where channel = ${channel} and at <= ${at} and (claimed_until is null or claimed_until <= ${at})
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
    mail: { kind: row.kind, ...row.fields } as C,
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

/** How many there are, due or put off. */
export async function countMails(db: Db, channel: Channel): Promise<number> {
  const { count } = await db
    .selectFrom('mails')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('channel', '=', channel)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** When the next one is due that nobody has claimed, ms since the epoch. */
export async function nextMail(db: Db, channel: Channel, now: number): Promise<number | null> {
  const row = await db
    .selectFrom('mails')
    .select('at')
    .where('channel', '=', channel)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', new Date(now))]))
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row ? row.at.getTime() : null;
}
