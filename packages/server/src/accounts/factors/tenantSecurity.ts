/** Of whom the tenant asks for a second factor. What that means for a session is read in sessions.ts, and held to by policy/. */
import { KithError, type Output, type ParsedInput } from '@kith/protocol';
import { demand, judgeTenant } from '../../policy/policy.ts';
import type { Caller } from '../../services.ts';
import { tenantRole } from '../../store/users.ts';
import { recordEvent } from '../events.ts';
import { demandConfirmed } from '../ownAccount.ts';
import type { Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';
import { hasFactor, readSetUp } from './setUp.ts';

export async function getTenantSecurity(room: Room, caller: Caller): Promise<Output<'getTenantSecurity'>> {
  demand(judgeTenant(await tenantRole(room.db, caller.tenantId, caller.userId)));
  return { secondFactor: await demandOf(room.db, caller.tenantId) };
}

export async function updateTenantSecurity(
  room: Room,
  caller: Caller,
  { secondFactor }: ParsedInput<'updateTenantSecurity'>,
): Promise<Output<'updateTenantSecurity'>> {
  const { tenantId, userId, sessionId } = caller;
  if ((await tenantRole(room.db, tenantId, userId)) !== 'owner') throw new KithError('forbidden');
  await demandConfirmed(room, caller);
  // Nobody should shut themselves out by one press.
  if (secondFactor !== 'off' && !hasFactor(await readSetUp(room.db, userId)))
    throw new KithError('second_factor_required');
  await room.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('tenants')
      .set({ second_factor: secondFactor })
      .where('id', '=', tenantId)
      .execute();
    await recordEvent(trx, userId, 'tenant_security_changed', { sessionId });
  });
  room.sessions.tellChanged(tenantId);
  return { secondFactor };
}

/** Whether this person is asked for one. */
export async function isDemanded(db: AccountsDb, { tenantId, userId }: Caller): Promise<boolean> {
  const of = await demandOf(db, tenantId);
  if (of === 'off') return false;
  const role = await tenantRole(db, tenantId, userId);
  return of === 'everyone' ? role !== 'guest' : judgeTenant(role) === 'allowed';
}

async function demandOf(
  db: AccountsDb,
  tenantId: number,
): Promise<Output<'getTenantSecurity'>['secondFactor']> {
  const row = await db
    .selectFrom('tenants')
    .select('second_factor')
    .where('id', '=', tenantId)
    .executeTakeFirst();
  return row?.second_factor ?? 'off';
}
