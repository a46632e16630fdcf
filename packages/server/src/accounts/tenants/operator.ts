/** What an operator does with tenants: the answers to `operatorCalls`, whether they come over HTTP or from the command line. */
import { randomBytes } from 'node:crypto';
import {
  type Answers,
  KithError,
  limits,
  type OperatorCalls,
  type OperatorInput,
  type OperatorOutput,
  Text,
  tenantFeatures,
} from '@kith/protocol';
import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../store/cursor.ts';
import { toKithError } from '../../store/database.ts';
import type { TenantsTable } from '../../store/schema.ts';
import { boundTo } from '../embed/verify.ts';
import type { Keys } from '../keys.ts';
import { MAIN_TENANT } from '../persons.ts';
import { seal } from '../sealed.ts';
import * as apiKeys from './apiKeys.ts';
import { changeTenant } from './change.ts';
import { recordTenantEvent, tenantEvents } from './events.ts';
import type { TenantsDb } from './tables.ts';

export type Operator = Answers<OperatorCalls, undefined>;

interface Options {
  readonly db: TenantsDb;
  /** Ciphers the secrets of tenants. */
  readonly keys: Keys;
  /** Other nodes, and this one, are told. */
  readonly changed: () => Promise<void>;
  readonly endSessions: (tenantId: number) => Promise<void>;
}

/** Of secrets: one, and the one that takes over. */
const TOKEN_KEYS = 2;

const columns = [
  'id',
  'slug',
  'name',
  'created_at',
  'disabled_at',
  'origins',
  'sign_up',
  'jwks_url',
  'quotas',
  'features',
] as const;
type TenantRow = Pick<Selectable<TenantsTable>, (typeof columns)[number]>;

const toTenant = (row: TenantRow): OperatorOutput<'createTenant'> => ({
  slug: row.slug,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  disabledAt: row.disabled_at?.toISOString() ?? null,
  origins: row.origins,
  signUp: row.sign_up,
  jwksUrl: row.jwks_url,
  quotas: row.quotas,
  features: Object.fromEntries(
    tenantFeatures.flatMap((feature) => {
      const on = row.features[feature];
      return on === undefined ? [] : [[feature, on]];
    }),
  ),
  strangers: row.features['strangers'] ?? null,
});

const SlugCursor = z.tuple([Text(100)]);
const EventCursor = z.tuple([z.uuid()]);

export function createOperator({ db, keys, changed, endSessions }: Options): Operator {
  const find = async (slug: string, within: TenantsDb = db): Promise<TenantRow> => {
    const row = await within
      .selectFrom('tenants')
      .select([...columns])
      .where('slug', '=', slug)
      .executeTakeFirst();
    if (!row) throw new KithError('not_found', { message: `There is no tenant ${slug}.` });
    return row;
  };
  /** Those of the main tenant have accounts: nobody comes into it by a token. */
  const findHosted = async (slug: string): Promise<TenantRow> => {
    const row = await find(slug);
    if (slug === MAIN_TENANT)
      throw new KithError('conflict', { message: `People of ${MAIN_TENANT} have accounts of their own.` });
    return row;
  };

  const setTenant: Operator['setTenant'] = async (_, { slug, ...change }) => {
    if (change.jwksUrl || change.signUp) await findHosted(slug);
    const row = await db.transaction().execute(async (trx) => {
      const { id } = await find(slug, trx);
      await changeTenant(trx, id, change);
      return find(slug, trx);
    });
    await changed();
    return toTenant(row);
  };

  const setDisabled = async (row: TenantRow, disabled: boolean) => {
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('tenants')
        .set({ disabled_at: disabled ? sql<Date>`coalesce(disabled_at, now())` : null })
        .where('id', '=', row.id)
        .execute();
      await recordTenantEvent(trx, row.id, disabled ? 'tenant_disabled' : 'tenant_enabled');
    });
    await changed();
    // After the commit: a session that was opened meanwhile is among them, and later ones are not opened.
    if (disabled) await endSessions(row.id);
    return toTenant(await find(row.slug));
  };

  const operator: Operator = {
    createTenant: async (_, { slug, quotas, features, strangers, ...given }) => {
      const made = await db
        .insertInto('tenants')
        .values({
          slug,
          name: given.name,
          origins: given.origins,
          sign_up: given.signUp,
          jwks_url: given.jwksUrl,
          quotas: JSON.stringify(withoutNulls(quotas)),
          features: JSON.stringify({ ...features, ...(strangers !== null && { strangers }) }),
        })
        .onConflict((conflict) => conflict.column('slug').doNothing())
        .returning([...columns])
        .executeTakeFirst();
      if (!made) throw new KithError('conflict', { message: `There is a tenant ${slug} already.` });
      await recordTenantEvent(db, made.id, 'tenant_made');
      await changed();
      return toTenant(made);
    },
    listTenants: async (_, { cursor, limit = limits.pageDefault }) => {
      const [after] = cursor === undefined ? [''] : decodeCursor(SlugCursor, cursor);
      const rows = await db
        .selectFrom('tenants')
        .select([...columns])
        .where('slug', '>', after)
        .orderBy('slug')
        .limit(limit + 1)
        .execute();
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        tenants: page.map(toTenant),
        next: rows.length > limit && last ? encodeCursor([last.slug]) : null,
      };
    },
    showTenant: async (_, { slug }) => {
      const row = await find(slug);
      const keys = await db
        .selectFrom('tenant_keys')
        .select(['kid', 'created_at'])
        .where('tenant_id', '=', row.id)
        .orderBy('created_at')
        .execute();
      const { n } = await db
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('tenant_id', '=', row.id)
        .executeTakeFirstOrThrow();
      return {
        ...toTenant(row),
        people: Number(n),
        tokenKeys: keys.map(({ kid, created_at }) => ({ kid, createdAt: created_at.toISOString() })),
        apiKeys: await apiKeys.listKeys(db, row.id),
      };
    },
    setTenant,
    disableTenant: async (_, { slug }) => setDisabled(await findHosted(slug), true),
    enableTenant: async (_, { slug }) => setDisabled(await find(slug), false),
    createTokenKey: async (_, { slug }) => {
      const { id } = await findHosted(slug);
      const kid = randomBytes(6).toString('hex');
      // As text: it is copied into settings, and the letters themselves are the key.
      const secret = randomBytes(32).toString('base64url');
      await db.transaction().execute(async (trx) => {
        await trx.selectFrom('tenants').select('id').where('id', '=', id).forNoKeyUpdate().execute();
        const there = await trx.selectFrom('tenant_keys').select('kid').where('tenant_id', '=', id).execute();
        if (there.length >= TOKEN_KEYS)
          throw new KithError('conflict', {
            message: `There are two already: remove one of ${there.map((one) => one.kid).join(', ')} first.`,
          });
        await trx
          .insertInto('tenant_keys')
          .values({ tenant_id: id, kid, secret: seal(keys, boundTo(id, kid), Buffer.from(secret)) })
          .execute();
        await recordTenantEvent(trx, id, 'token_key_made', kid);
      });
      return { kid, secret };
    },
    removeTokenKey: async (_, { slug, kid }) => {
      const { id } = await find(slug);
      const gone = await db
        .deleteFrom('tenant_keys')
        .where('tenant_id', '=', id)
        .where('kid', '=', kid)
        .returning('kid')
        .executeTakeFirst();
      if (!gone) throw new KithError('not_found');
      await recordTenantEvent(db, id, 'token_key_removed', kid);
      return {};
    },
    createApiKey: async (_, { slug, name, scopes, expiresAt }) => {
      const { id } = await find(slug);
      const until = expiresAt === undefined ? null : new Date(expiresAt);
      return db.transaction().execute((trx) => apiKeys.makeKey(trx, id, { name, scopes, expiresAt: until }));
    },
    rotateApiKey: async (_, { slug, keyId }) => {
      const { id } = await find(slug);
      return db.transaction().execute((trx) => apiKeys.rotateKey(trx, id, keyId));
    },
    revokeApiKey: async (_, { slug, keyId }) => {
      const { id } = await find(slug);
      await db.transaction().execute((trx) => apiKeys.revokeKey(trx, id, keyId));
      return {};
    },
    listTenantEvents: async (_, { slug, cursor, limit = limits.pageDefault }) => {
      const { id } = await find(slug);
      const before = cursor === undefined ? null : decodeCursor(EventCursor, cursor)[0];
      const rows = await tenantEvents(db, id, before, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        events: page.map((row) => ({ ...row, at: row.at.toISOString() })),
        next: rows.length > limit && last ? encodeCursor([last.id]) : null,
      };
    },
  };
  return withKnownErrors(operator);
}

const withoutNulls = (quotas: OperatorInput<'createTenant'>['quotas'] = {}): Record<string, number> =>
  Object.fromEntries(
    Object.entries(quotas).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );

/** The database's errors as ours (E1). */
function withKnownErrors(operator: Operator): Operator {
  const known = Object.entries(operator).map(([name, answer]) => [
    name,
    (...of: Parameters<typeof answer>) =>
      (answer as (...given: unknown[]) => Promise<unknown>)(...of).catch((error: unknown) => {
        throw toKithError(error);
      }),
  ]);
  return Object.fromEntries(known) as Operator;
}
