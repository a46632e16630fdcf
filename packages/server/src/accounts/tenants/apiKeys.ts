/**
 * Keys of hosts' backends: `kith_<id>_<secret>`. What is kept is a hash; of 32 random bytes, a fast one is enough. The id leads to
 * the row, and the secret is compared in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ApiScope, KithError, type OperatorOutput } from '@kith/protocol';
import { sql } from 'kysely';
import { MAIN_TENANT } from '../persons.ts';
import { recordTenantEvent } from './events.ts';
import type { TenantsDb } from './tables.ts';

type ListedKey = OperatorOutput<'showTenant'>['apiKeys'][number];

export interface ApiCaller {
  readonly tenantId: number;
  readonly keyId: string;
  /** Its people come by a host's tokens; else they have accounts, and what is theirs is not the key's. */
  readonly hosted: boolean;
  readonly scopes: ReadonlySet<ApiScope>;
}

/** Of one tenant that are not revoked. */
const KEYS_MAX = 50;
const USED_MS = 60_000;
const FORM = /^kith_([0-9a-f]{16})_([\w-]{43})$/;

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** In a transaction, as all that changes keys. @throws KithError limit_reached. */
export async function makeKey(
  trx: TenantsDb,
  tenantId: number,
  of: { readonly name: string; readonly scopes: readonly ApiScope[]; readonly expiresAt: Date | null },
): Promise<{ id: string; key: string }> {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  await trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
  const { n } = await trx
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (n >= KEYS_MAX)
    throw new KithError('limit_reached', { message: `A tenant has at most ${KEYS_MAX} keys.` });
  await trx
    .insertInto('api_keys')
    .values({
      id,
      tenant_id: tenantId,
      name: of.name,
      secret_hash: hashOf(secret),
      scopes: [...new Set(of.scopes)],
      expires_at: of.expiresAt,
    })
    .execute();
  await recordTenantEvent(trx, tenantId, 'api_key_made', `${id} ${of.name}`);
  return { id, key: `kith_${id}_${secret}` };
}

export async function rotateKey(
  trx: TenantsDb,
  tenantId: number,
  keyId: string,
): Promise<{ id: string; key: string }> {
  const row = await trx
    .selectFrom('api_keys')
    .select(['name', 'scopes', 'expires_at'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new KithError('not_found');
  return makeKey(trx, tenantId, { name: row.name, scopes: row.scopes, expiresAt: row.expires_at });
}

export async function revokeKey(trx: TenantsDb, tenantId: number, keyId: string): Promise<void> {
  const row = await trx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`now()` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  if (!row) throw new KithError('not_found');
  await recordTenantEvent(trx, tenantId, 'api_key_revoked', `${keyId} ${row.name}`);
}

export async function listKeys(db: TenantsDb, tenantId: number): Promise<ListedKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'scopes', 'created_at', 'expires_at', 'used_at'])
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    usedAt: row.used_at?.toISOString() ?? null,
  }));
}

/** Whose key it is; null: nobody's, or nobody's any more. */
export async function findKey(db: TenantsDb, key: string, now: number): Promise<ApiCaller | null> {
  const [, id, secret] = FORM.exec(key) ?? [];
  if (id === undefined || secret === undefined) return null;
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('tenants as t', 't.id', 'k.tenant_id')
    .select(['t.slug', 'k.tenant_id', 'k.secret_hash', 'k.scopes', 'k.expires_at', 'k.used_at', 'k.name'])
    .where('k.id', '=', id)
    .where('k.revoked_at', 'is', null)
    .where('t.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row || !timingSafeEqual(Buffer.from(row.secret_hash), hashOf(secret))) return null;
  if (row.expires_at && row.expires_at.getTime() <= now) return null;
  if (row.used_at === null)
    await recordTenantEvent(db, row.tenant_id, 'api_key_used_first', `${id} ${row.name}`);
  if (row.used_at === null || now - row.used_at.getTime() > USED_MS)
    await db
      .updateTable('api_keys')
      .set({ used_at: new Date(now) })
      .where('id', '=', id)
      .execute();
  return {
    tenantId: row.tenant_id,
    keyId: id,
    hosted: row.slug !== MAIN_TENANT,
    scopes: new Set(row.scopes),
  };
}
