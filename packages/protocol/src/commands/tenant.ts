/** The place as its owner keeps it: its name, what it may do, the keys of its API, and who is who. */
import { z } from 'zod';
import { ApiScope } from '../adminCalls.ts';
import { limits } from '../limits.ts';
import { User } from '../records.ts';
import { Cursor, Id, Name, PageSize, Text, Time } from '../scalars.ts';
import { ApiKey, PageOrigins, TenantFeatures, tenantFeatures, tenantQuotas } from '../tenants.ts';
import { command } from './command.ts';

const KeyId = Text(64, 1);
/** Shown this once. */
const NewApiKey = z.object({ id: z.string(), key: z.string() });

const Place = z.object({
  slug: z.string(),
  name: z.string(),
  createdAt: Time,
  /** Its people come by tokens of a host, which says who is an admin: nothing here can be changed by them. */
  hosted: z.boolean(),
  features: z.record(z.enum(tenantFeatures), z.boolean()),
  /** Whether people here are strangers to one another, whom new accounts may write to a little only; null: as its door is open. */
  strangers: z.boolean().nullable(),
  /** Pages of other sites that may speak for people of the place. */
  origins: z.array(z.string()),
  /** What an operator has bounded, and how much of it is used. */
  quotas: z.array(z.object({ quota: z.enum(tenantQuotas), most: z.int(), used: z.int() })),
  people: z.int(),
  /** Without their secrets; null: they are the owner’s to see. */
  apiKeys: z.array(ApiKey).nullable(),
});

/** Somebody, as whoever looks after the place sees them. */
const TenantPerson = z.object({
  user: User,
  /** Whether they sign in here by themselves. */
  account: z.boolean(),
  secondFactor: z.boolean(),
  suspendedAt: Time.nullable(),
});
const Somebody = z.strictObject({ userId: Id });

export const tenantCommands = {
  getTenant: command({
    summary: 'The place, for its owner and admins.',
    input: z.strictObject({}),
    output: Place,
    errors: ['forbidden'],
    http: { method: 'GET', path: '/tenant' },
    rate: 'read',
  }),
  updateTenant: command({
    summary:
      'Change the place, as its owner. What is not given stays; features that are not named, too. Quotas are the operator’s.',
    input: z.strictObject({
      name: Name(limits.nameLength).optional(),
      features: TenantFeatures.optional(),
      strangers: z.boolean().nullable().optional(),
      origins: PageOrigins.optional(),
    }),
    output: Place,
    errors: ['confirmation_required', 'forbidden', 'not_found'],
    http: { method: 'PATCH', path: '/tenant' },
    rate: 'write',
  }),
  createTenantKey: command({
    summary: 'A key for programs, below `/v1/admin`, as the owner. It is shown this once.',
    input: z.strictObject({
      name: Name(limits.nameLength),
      scopes: z.array(ApiScope).min(1).max(ApiScope.options.length),
      expiresAt: Time.optional(),
    }),
    output: NewApiKey,
    errors: ['bad_input', 'confirmation_required', 'forbidden', 'limit_reached', 'not_found'],
    http: { method: 'POST', path: '/tenant/api-keys' },
    rate: 'write',
  }),
  rotateTenantKey: command({
    summary: 'Another key of the same name and scopes. The old one is valid until it is revoked.',
    input: z.strictObject({ keyId: KeyId }),
    output: NewApiKey,
    errors: ['confirmation_required', 'forbidden', 'limit_reached', 'not_found'],
    http: { method: 'POST', path: '/tenant/api-keys/{keyId}/rotate' },
    rate: 'write',
  }),
  revokeTenantKey: command({
    summary: 'This key is refused from now on.',
    input: z.strictObject({ keyId: KeyId }),
    output: z.object({}),
    errors: ['confirmation_required', 'forbidden', 'not_found'],
    http: { method: 'DELETE', path: '/tenant/api-keys/{keyId}' },
    rate: 'write',
  }),
  listTenantPeople: command({
    summary: 'Who is here, by name, for the owner and admins: their role, and how they are let in.',
    input: z.strictObject({
      query: Text(limits.nameLength).optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: z.object({ people: z.array(TenantPerson), next: Cursor.nullable() }),
    errors: ['forbidden'],
    http: { method: 'GET', path: '/tenant/people' },
    rate: 'read',
  }),
  setTenantRole: command({
    summary: 'Make somebody an admin of the place, or a member again, as its owner.',
    input: z.strictObject({ userId: Id, role: z.enum(['admin', 'member']) }),
    output: z.object({ user: User }),
    errors: ['confirmation_required', 'conflict', 'forbidden', 'not_found'],
    http: { method: 'PUT', path: '/tenant/people/{userId}/role' },
    rate: 'write',
  }),
  transferTenant: command({
    summary: 'Hand the place over to somebody with an account, as its owner, who is an admin afterwards.',
    input: Somebody,
    output: z.object({ user: User }),
    errors: ['confirmation_required', 'conflict', 'forbidden', 'not_found'],
    http: { method: 'POST', path: '/tenant/transfer' },
    rate: 'write',
  }),
  resetFactors: command({
    summary:
      'For somebody of a lower role who has lost them: all their second factors and passkeys go, and their sessions end. They are told by mail.',
    input: Somebody,
    output: z.object({}),
    errors: ['confirmation_required', 'conflict', 'forbidden', 'not_found'],
    http: { method: 'POST', path: '/tenant/people/{userId}/reset-factors' },
    rate: 'write',
  }),
  suspendAccount: command({
    summary:
      'Somebody of a lower role gets in no more, and their sessions end. Nothing of theirs is deleted.',
    input: Somebody,
    output: z.object({}),
    errors: ['confirmation_required', 'forbidden', 'not_found'],
    http: { method: 'POST', path: '/tenant/people/{userId}/suspend' },
    rate: 'write',
  }),
  restoreAccount: command({
    summary: 'They may sign in again.',
    input: Somebody,
    output: z.object({}),
    errors: ['confirmation_required', 'forbidden', 'not_found'],
    http: { method: 'POST', path: '/tenant/people/{userId}/restore' },
    rate: 'write',
  }),
} as const;
