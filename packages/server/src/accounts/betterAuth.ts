/** better-auth, set up on our tables. It is used as a library: its own HTTP routes are never mounted. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { limits, newId } from '@kith/protocol';
import { betterAuth } from 'better-auth';
import type { Logger } from '../logger.ts';
import type { Passwords } from './passwords/hashing.ts';
import type { AccountsDb } from './tables.ts';
import { COOKIE_PREFIX } from './tokens.ts';

export const SESSION_DAYS = 30;

/** Carries the address into better-auth: we make these headers ourselves, so nobody can forge it. */
export const ADDRESS_HEADER = 'x-kith-address';

export interface BetterAuthSetup {
  readonly db: AccountsDb;
  readonly secret: string;
  readonly secure: boolean;
  readonly passwords: Passwords;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * The hash of the password of the sign-up under way. better-auth hashes inside its transaction; on the embedded database,
 * which has one connection, everybody would wait for that. So it is made before, and handed over here.
 */
export const preparedHash = new AsyncLocalStorage<string>();

export function betterAuthOptions({ db, secret, secure, passwords, log }: BetterAuthSetup) {
  return {
    appName: 'Kith',
    // Only the shape of cookies depends on it; links in mails will need the public URL.
    baseURL: secure ? 'https://localhost' : 'http://localhost',
    basePath: '/v1/auth',
    secret,
    database: { db, type: 'postgres' as const, transaction: true },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: limits.passwordMin,
      maxPasswordLength: limits.passwordMax,
      password: {
        hash: async (password: string) => preparedHash.getStore() ?? (await passwords.hash(password)),
        verify: passwords.verify,
      },
    },
    user: {
      modelName: 'auth_users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: { username: { type: 'string' as const, required: true, unique: true } },
    },
    session: {
      modelName: 'auth_sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      expiresIn: SESSION_DAYS * 86_400,
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'auth_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: secure,
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    // Ours counts by address and by account, on both transports.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      level: 'error' as const,
      log: (_level: string, message: string, ...details: unknown[]) => {
        const err = details.find((detail) => detail instanceof Error);
        log.error({ err }, `better-auth: ${message}`);
      },
    },
  };
}

export const createBetterAuth = (setup: BetterAuthSetup) => betterAuth(betterAuthOptions(setup));
