/** What the owner and admins of a tenant see of it, put together from its rows. */
import { type Output, type TenantQuota, tenantFeatures, tenantQuotas } from '@kith/protocol';
import { sql } from 'kysely';
import { MAIN_TENANT } from '../persons.ts';
import { listKeys } from './apiKeys.ts';
import type { TenantsDb } from './tables.ts';

/** `withKeys`: whoever sees which programs reach into the place. */
export async function readPlace(
  db: TenantsDb,
  tenantId: number,
  withKeys: boolean,
): Promise<Output<'getTenant'>> {
  const row = await db
    .selectFrom('tenants')
    .select(['slug', 'name', 'created_at', 'origins', 'quotas', 'features'])
    .where('id', '=', tenantId)
    .executeTakeFirstOrThrow();
  const people = await countOf(db, tenantId, 'users');
  const quotas: Output<'getTenant'>['quotas'] = [];
  for (const quota of tenantQuotas) {
    const most = row.quotas[quota];
    if (most !== undefined) quotas.push({ quota, most, used: await usedOf(db, tenantId, quota) });
  }
  return {
    slug: row.slug,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    hosted: row.slug !== MAIN_TENANT,
    features: featuresOf(row.features),
    strangers: row.features['strangers'] ?? null,
    origins: row.origins,
    quotas,
    people,
    apiKeys: withKeys ? await listKeys(db, tenantId) : null,
  };
}

/** All of them: what is not named is on. */
const featuresOf = (chosen: Readonly<Record<string, boolean>>): Output<'getTenant'>['features'] => {
  const all = tenantFeatures.map((feature) => [feature, chosen[feature] ?? true] as const);
  return Object.fromEntries(all) as Output<'getTenant'>['features'];
};

const countOf = async (
  db: TenantsDb,
  tenantId: number,
  table: 'users' | 'conversations' | 'host_people',
): Promise<number> => {
  const { rows } = await sql<{ readonly n: number }>`
    select count(*)::integer as n from ${sql.table(table)} where tenant_id = ${tenantId}`.execute(db);
  return rows[0]?.n ?? 0;
};

async function usedOf(db: TenantsDb, tenantId: number, quota: TenantQuota): Promise<number> {
  if (quota === 'people') return countOf(db, tenantId, 'host_people');
  if (quota === 'conversations') return countOf(db, tenantId, 'conversations');
  const { rows } = await sql<{ readonly messages: number }>`
    select messages from tenant_days
    where tenant_id = ${tenantId} and day = (now() at time zone 'utc')::date`.execute(db);
  return rows[0]?.messages ?? 0;
}
