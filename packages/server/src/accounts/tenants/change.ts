/** A tenant is changed in one way, whether its owner does it or an operator. */
import type { OperatorInput } from '@kith/protocol';
import { sql } from 'kysely';
import { recordTenantEvent } from './events.ts';
import type { TenantsDb } from './tables.ts';

export type TenantChange = Omit<OperatorInput<'setTenant'>, 'slug'>;

/** In a transaction; whoever calls tells the nodes after its commit. `by`: a person; else the operator. */
export async function changeTenant(
  trx: TenantsDb,
  tenantId: number,
  { quotas, features, strangers, ...given }: TenantChange,
  by?: string,
): Promise<void> {
  const switched = { ...features, ...(typeof strangers === 'boolean' && { strangers }) };
  await trx
    .updateTable('tenants')
    .set({
      ...(given.name !== undefined && { name: given.name }),
      ...(given.origins !== undefined && { origins: given.origins }),
      ...(given.signUp !== undefined && { sign_up: given.signUp }),
      ...(given.jwksUrl !== undefined && { jwks_url: given.jwksUrl }),
      // In the statement: two who change two of them at one moment both do.
      quotas: sql`jsonb_strip_nulls(quotas || ${JSON.stringify(quotas ?? {})}::jsonb)`,
      features: sql`(features || ${JSON.stringify(switched)}::jsonb) - ${strangers === null ? 'strangers' : ''}::text`,
    })
    .where('id', '=', tenantId)
    .execute();
  const named = Object.keys({
    ...given,
    ...quotas,
    ...features,
    ...(strangers !== undefined && { strangers }),
  });
  const detail = [named.join(', '), ...(by === undefined ? [] : [`by ${by}`])].join(' ');
  await recordTenantEvent(trx, tenantId, 'tenant_changed', detail.slice(0, 200));
}
