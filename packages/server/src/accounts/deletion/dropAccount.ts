/** All that an account was: how its person came in, and what was written down about that. */
import { newId } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { Somebody } from '../../store/users.ts';
import { holdAccount } from '../credentials.ts';
import { subHash } from '../embed/people.ts';
import { type TenantsDb, tenantsDb } from '../tenants/tables.ts';

/**
 * In a transaction; `entomb` says whether it is to be. Holds the account first, as everybody does who holds both. Resolves to the
 * sessions that ended, or null: nothing was done.
 */
export async function dropAccount(
  transaction: Db,
  { tenantId, userId }: Somebody,
  now: Date,
  entomb: () => Promise<boolean>,
): Promise<string[] | null> {
  const trx = tenantsDb(transaction);
  const held = await holdAccount(trx, userId);
  if (!(await entomb())) return null;
  const own = await trx.selectFrom('auth_sessions').select('id').where('user_id', '=', userId).execute();
  const hosts = await trx
    .deleteFrom('host_sessions')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .returning('id')
    .execute();
  await dropProofs(trx, userId, held?.email ?? null);
  // Sessions, ways in, factors, devices and the number go with it.
  await trx.deleteFrom('auth_users').where('id', '=', userId).execute();
  await dropHosted(trx, { tenantId, userId }, now);
  await sql`
    update invites set revoked_at = coalesce(revoked_at, ${now}), note = '', email = null
    where tenant_id = ${tenantId} and made_by = ${userId}`.execute(trx);
  await trx
    .deleteFrom('invite_uses')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
  // What the tenant's owner still sees: that somebody's account was deleted, and when.
  await trx
    .deleteFrom('security_events')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
  await trx
    .insertInto('security_events')
    .values({
      tenant_id: tenantId,
      id: newId(),
      user_id: userId,
      kind: 'account_deleted',
      at: now,
      address: null,
      user_agent: null,
    })
    .execute();
  return [...own, ...hosts].map(({ id }) => id);
}

/** What was sent to them, and what was counted about them. */
async function dropProofs(trx: TenantsDb, userId: string, email: string | null): Promise<void> {
  await sql`
    delete from mails where address = ${email}::text
      or address = (select number from auth_phones where user_id = ${userId})`.execute(trx);
  await sql`
    delete from auth_proofs where subject = ${userId} or subject = ${email}::text`.execute(trx);
  await sql`delete from auth_guesses where right(key, 36) = ${userId}`.execute(trx);
}

async function dropHosted(trx: TenantsDb, { tenantId, userId }: Somebody, now: Date): Promise<void> {
  const gone = await trx
    .deleteFrom('host_people')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .returning('sub')
    .execute();
  for (const { sub } of gone)
    await trx
      .insertInto('host_people_gone')
      .values({ tenant_id: tenantId, sub_hash: subHash(sub), gone_at: now })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'sub_hash']).doUpdateSet({ gone_at: now }))
      .execute();
}
