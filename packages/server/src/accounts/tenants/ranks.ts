/**
 * Who may do what to whom in a tenant, and the row that all such changes hold: of two of them at one moment, the later one sees
 * what the earlier came to.
 */
import { KithError, type TenantRole } from '@kith/protocol';
import type { Caller } from '../../services.ts';
import type { Db } from '../../store/database.ts';
import { tenantRole } from '../../store/users.ts';
import type { TenantsDb } from './tables.ts';

const rank: Record<TenantRole, number> = { owner: 2, admin: 1, member: 0, guest: 0 };

export interface Target {
  readonly id: string;
  readonly username: string;
  readonly role: TenantRole;
  /** Whether they sign in by themselves. */
  readonly account: boolean;
  /** Their account is deleted, or about to be. */
  readonly leaving: boolean;
}

export interface Held {
  /** Of whoever asks, as it is in this transaction. */
  readonly role: TenantRole;
  readonly username: string;
  readonly target: Target;
}

const hold = (trx: TenantsDb, tenantId: number) =>
  trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();

/** @throws KithError forbidden, not_found for who is not of this tenant. */
export async function holdRanks(trx: TenantsDb, caller: Caller, targetId: string): Promise<Held> {
  const { tenantId, userId } = caller;
  await hold(trx, tenantId);
  const rows = await trx
    .selectFrom('users as u')
    .leftJoin('auth_users as a', 'a.id', 'u.id')
    .select(['u.id', 'u.username', 'u.role', 'u.deletion_at', 'u.deleted_at', 'a.id as account'])
    .where('u.tenant_id', '=', tenantId)
    .where('u.id', 'in', [userId, targetId])
    .execute();
  const own = rows.find((row) => row.id === userId);
  if (!own || rank[own.role] === 0) throw new KithError('forbidden');
  const target = rows.find((row) => row.id === targetId);
  if (!target) throw new KithError('not_found');
  return {
    role: own.role,
    username: own.username,
    target: {
      id: target.id,
      username: target.username,
      role: target.role,
      account: target.account !== null,
      leaving: target.deletion_at !== null || target.deleted_at !== null,
    },
  };
}

/** @throws KithError forbidden. */
export function demandAbove({ role, target }: Held): void {
  if (rank[role] > rank[target.role]) return;
  throw new KithError('forbidden', { message: 'Only people of a lower role than your own.' });
}

/** They stay the owner until the transaction ends. @throws KithError forbidden. */
export async function holdOwner(trx: TenantsDb, { tenantId, userId }: Caller): Promise<void> {
  await hold(trx, tenantId);
  const own = await trx
    .selectFrom('users')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
  if (own?.role !== 'owner') throw new KithError('forbidden');
}

/** @throws KithError forbidden. */
export async function demandOwner(db: Db, { tenantId, userId }: Caller): Promise<void> {
  if ((await tenantRole(db, tenantId, userId)) !== 'owner')
    throw new KithError('forbidden', { message: 'Only the owner may do this.' });
}
