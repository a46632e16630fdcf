/** Tenants as an operator makes and keeps them: settings, and the calls below `/v1/operator`. */
import { z } from 'zod';
import { ApiScope, apiScopes } from './adminCalls.ts';
import { type CallInput, type CallOutput, call } from './calls.ts';
import { limits } from './limits.ts';
import { Cursor, Id, Name, PageSize, Text, Time } from './scalars.ts';

/** What a tenant may be without. All are on unless switched off. */
export const tenantFeatures = [
  'files',
  'polls',
  'stickers',
  'gifs',
  /** Messages to be sent later. */
  'scheduled',
  'threads',
  'channels',
  /** People begin conversations by themselves; off: the host's backend does. */
  'openConversations',
  /** People look each other up. */
  'findPeople',
] as const;
export type TenantFeature = (typeof tenantFeatures)[number];

export const tenantQuotas = ['people', 'conversations', 'messagesPerDay'] as const;
export type TenantQuota = (typeof tenantQuotas)[number];

export const TenantSlug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,39}$/,
    'must be 2 to 40 of a-z, 0-9 and dash, beginning with a letter or digit',
  );

/** As a browser names the origin of a page: no path, no slash at the end. */
const PageOrigin = Text(200, 1).refine(isOrigin, 'must be an origin such as https://app.example.org');

function isOrigin(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value;
}

export const PageOrigins = z.array(PageOrigin).max(20);

const KeysUrl = Text(1_000, 1).refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'must be an address such as https://app.example.org/.well-known/jwks.json',
);

export const TenantFeatures = z.partialRecord(z.enum(tenantFeatures), z.boolean());
/** A quota that is null is none. */
const quotas = z.partialRecord(z.enum(tenantQuotas), z.int().min(0).max(1_000_000_000).nullable());

const settings = {
  name: Name(limits.nameLength),
  /** Pages of these may speak for people of the tenant, with the session of one of them. */
  origins: PageOrigins,
  /** `open`: whoever a token names for the first time becomes a person; `invited` and `closed`: only whom the API made. */
  signUp: z.enum(['open', 'invited', 'closed']),
  /** Where the host's public keys are; null: tokens are signed with a secret. */
  jwksUrl: KeysUrl.nullable(),
  /** Whether people are strangers to one another, whom new accounts may write to a little only; null: as the door is open. */
  strangers: z.boolean().nullable(),
};

const Slug = { slug: TenantSlug };

const TokenKey = z.object({ kid: z.string(), createdAt: Time });

export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(ApiScope),
  createdAt: Time,
  expiresAt: Time.nullable(),
  /** To the minute. */
  usedAt: Time.nullable(),
});

export const Tenant = z.object({
  slug: z.string(),
  name: z.string(),
  createdAt: Time,
  /** Since when nobody gets in. */
  disabledAt: Time.nullable(),
  origins: z.array(z.string()),
  signUp: z.enum(['open', 'invited', 'domains', 'closed']).nullable(),
  jwksUrl: z.string().nullable(),
  quotas: z.record(z.string(), z.number()),
  features: z.record(z.string(), z.boolean()),
  strangers: z.boolean().nullable(),
});

const WholeTenant = Tenant.extend({
  people: z.int(),
  tokenKeys: z.array(TokenKey),
  apiKeys: z.array(ApiKey),
});

export const tenantEventKinds = [
  'tenant_made',
  'tenant_changed',
  'tenant_disabled',
  'tenant_enabled',
  'token_key_made',
  'token_key_removed',
  'api_key_made',
  'api_key_used_first',
  'api_key_revoked',
  'role_changed',
  'owner_changed',
  'factors_reset',
  'account_suspended',
  'account_restored',
  /** Counted by reason and hour. */
  'token_refused',
] as const;
export type TenantEventKind = (typeof tenantEventKinds)[number];

const TenantEvent = z.object({
  id: Id,
  kind: z.enum(tenantEventKinds),
  at: Time,
  /** Which key, or why. */
  detail: z.string(),
  /** How often, since. */
  count: z.int(),
});

const KeyInput = {
  name: Name(limits.nameLength),
  scopes: z.array(ApiScope).min(1).max(apiScopes.length),
  expiresAt: Time.optional(),
};
/** Shown this once. */
const NewApiKey = z.object({ id: z.string(), key: z.string() });

const at = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path = '') => ({
  method,
  path: `/operator/tenants${path}`,
});

export const operatorCalls = {
  createTenant: call({
    summary: 'Make a tenant. Its people come by tokens of its host, or by the API.',
    input: z.strictObject({
      ...Slug,
      name: settings.name,
      origins: settings.origins.default([]),
      signUp: settings.signUp.default('open'),
      jwksUrl: settings.jwksUrl.default(null),
      quotas: quotas.default({}),
      features: TenantFeatures.default({}),
      strangers: settings.strangers.default(null),
    }),
    output: Tenant,
    errors: ['conflict'],
    http: at('POST'),
  }),
  listTenants: call({
    summary: 'All tenants, by slug.',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({ tenants: z.array(Tenant), next: Cursor.nullable() }),
    errors: [],
    http: at('GET'),
  }),
  showTenant: call({
    summary: 'One tenant, with its keys; their secrets are told only when they are made.',
    input: z.strictObject(Slug),
    output: WholeTenant,
    errors: ['not_found'],
    http: at('GET', '/{slug}'),
  }),
  setTenant: call({
    summary: 'Change what is given. A quota that is null is none; features that are not named stay.',
    input: z.strictObject({
      ...Slug,
      ...z.object(settings).partial().shape,
      quotas: quotas.optional(),
      features: TenantFeatures.optional(),
    }),
    output: Tenant,
    errors: ['not_found', 'conflict'],
    http: at('PATCH', '/{slug}'),
  }),
  disableTenant: call({
    summary:
      'Nobody gets in any more: sessions end, sockets close, tokens and keys are refused. Nothing is deleted.',
    input: z.strictObject(Slug),
    output: Tenant,
    errors: ['not_found', 'conflict'],
    http: at('POST', '/{slug}/disable'),
  }),
  enableTenant: call({
    summary: 'Undo that; people come with new tokens.',
    input: z.strictObject(Slug),
    output: Tenant,
    errors: ['not_found'],
    http: at('POST', '/{slug}/enable'),
  }),
  createTokenKey: call({
    summary:
      'A secret that the host signs its tokens with (HS256, the secret as it is written here). Two are valid at a time: make the second, let the host use it, remove the first.',
    input: z.strictObject(Slug),
    output: z.object({ kid: z.string(), secret: z.string() }),
    errors: ['not_found', 'conflict'],
    http: at('POST', '/{slug}/token-keys'),
  }),
  removeTokenKey: call({
    summary:
      'Tokens signed with this secret are refused from now on. Sessions that are open end with their time.',
    input: z.strictObject({ ...Slug, kid: Text(64, 1) }),
    output: z.object({}),
    errors: ['not_found'],
    http: at('DELETE', '/{slug}/token-keys/{kid}'),
  }),
  createApiKey: call({
    summary: 'A key for the host’s backend, below `/v1/admin`. It is shown this once.',
    input: z.strictObject({ ...Slug, ...KeyInput }),
    output: NewApiKey,
    errors: ['not_found', 'conflict', 'limit_reached'],
    http: at('POST', '/{slug}/api-keys'),
  }),
  rotateApiKey: call({
    summary: 'Another key of the same name and scopes. The old one is valid until it is revoked.',
    input: z.strictObject({ ...Slug, keyId: Text(64, 1) }),
    output: NewApiKey,
    errors: ['not_found', 'limit_reached'],
    http: at('POST', '/{slug}/api-keys/{keyId}/rotate'),
  }),
  revokeApiKey: call({
    summary: 'This key is refused from now on.',
    input: z.strictObject({ ...Slug, keyId: Text(64, 1) }),
    output: z.object({}),
    errors: ['not_found'],
    http: at('DELETE', '/{slug}/api-keys/{keyId}'),
  }),
  listTenantEvents: call({
    summary:
      'What happened to the keys of a tenant, and which tokens were refused and why; the newest first.',
    input: z.strictObject({ ...Slug, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({ events: z.array(TenantEvent), next: Cursor.nullable() }),
    errors: ['not_found'],
    http: at('GET', '/{slug}/events'),
  }),
} as const;

export type OperatorCalls = typeof operatorCalls;
export type OperatorCall = keyof OperatorCalls;
export type OperatorInput<N extends OperatorCall> = CallInput<OperatorCalls, N>;
export type OperatorOutput<N extends OperatorCall> = CallOutput<OperatorCalls, N>;
