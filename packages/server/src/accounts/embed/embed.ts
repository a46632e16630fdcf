/** People of a host application: a token of theirs comes in, a session goes out, and goes on as long as fresh tokens come. */
import { type HostTokenReply, hostTokenSeconds, KithError, type User } from '@kith/protocol';
import type { Announcer } from '../../fanout/announcer.ts';
import type { Bus } from '../../fanout/bus.ts';
import type { Logger } from '../../logger.ts';
import { isPublicAddress } from '../../previews/addresses.ts';
import { createOutside, type Outside } from '../../previews/outside.ts';
import type { Caller } from '../../services.ts';
import { type Database, toKithError } from '../../store/database.ts';
import type { Origin } from '../accounts.ts';
import { type Keys, keysFor, type Secrets } from '../keys.ts';
import { seal, unseal } from '../sealed.ts';
import type { TenantBook } from '../tenants/book.ts';
import { countRefusal } from '../tenants/events.ts';
import { type TenantsDb, tenantsDb } from '../tenants/tables.ts';
import { createTokens } from '../tokens.ts';
import { createHostSessions, type HostSessions } from './hostSessions.ts';
import { createKeySets } from './jwks.ts';
import { createHostPeople, type HostPeople } from './people.ts';
import { boundTo, type Claims, type HostTenant, verifyToken } from './verify.ts';

export interface Entry {
  /** Of the host. */
  readonly token: string;
  /** A session of the same person that goes on; absent: a new one. */
  readonly session?: string | undefined;
  readonly origin: Origin;
  /** The page that sent it, where it is none of ours. */
  readonly foreignPage: string | null;
}

export interface Embed {
  /** @throws KithError unauthenticated, forbidden, limit_reached, unavailable. */
  enter(entry: Entry): Promise<HostTokenReply>;
  /** For a session that is open. @throws the same; conflict for a session that needs no tokens. */
  refresh(caller: Caller, token: string): Promise<{ readonly expiresAt: string }>;
  /** A person signs out everywhere, and tokens issued up to now are refused. How many sessions there were. */
  revoke(tenantId: number, sub: string): Promise<number>;
  readonly sessions: HostSessions;
  readonly people: HostPeople;
  /** Secrets of tenants lie under the present key from then on. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface EmbedOptions {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly bus: Bus;
  readonly book: TenantBook;
  readonly log: Pick<Logger, 'warn'>;
  /** The service's own, the present one first. */
  readonly secrets: Secrets;
  /** Whether keys of hosts may lie at addresses of one's own network, and without TLS. */
  readonly insecureKeys: boolean;
  /** Somebody has another picture: to be fetched. */
  readonly pictured?: () => void;
  readonly now?: () => number;
  /** For tests: what fetches the keys of hosts. */
  readonly outside?: Outside;
}

/** A session outlives its token so long: enough to hand over a fresh one. */
const GRACE_MS = 60_000;
const SWEEP_MS = 10 * 60_000;
const SIGNED_OUT = 'it was issued before its person was signed out';

interface Accepted {
  readonly tenant: HostTenant;
  readonly claims: Claims;
  readonly userId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export function createEmbed(options: EmbedOptions): Embed {
  const { announcer, bus, book, log, insecureKeys, now = Date.now } = options;
  const db = tenantsDb(options.database.db);
  // Keys may be at any port: an operator named the address.
  const outside =
    options.outside ??
    createOutside({ isPort: () => true, isAllowed: insecureKeys ? () => true : isPublicAddress });
  const keySets = createKeySets({ outside, insecure: insecureKeys, log, now });
  const verifying = { db, keySets, keys: tenantKeys(options.secrets), now };
  const signer = createTokens(options.secrets, false);
  const sessions = createHostSessions({ db, announcer, bus, now });
  const people = createHostPeople({
    db,
    announcer,
    most: (tenantId) => book.quota(tenantId, 'people'),
    pictured: options.pictured ?? (() => undefined),
    now,
  });
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  /** @throws KithError unauthenticated. */
  const refuse = async (tenant: HostTenant | null, why: string, told: boolean): Promise<never> => {
    if (tenant) await countRefusal(db, tenant.id, why);
    throw new KithError('unauthenticated', {
      message: told ? `The token was refused: ${why}.` : 'The token was refused.',
    });
  };

  const spend = async (tenant: HostTenant, { jti, exp }: Claims): Promise<void> => {
    if (jti === undefined) return;
    const until = new Date(exp * 1_000 + 2 * hostTokenSeconds.skew * 1_000);
    const first = await db
      .insertInto('host_tokens_used')
      .values({ tenant_id: tenant.id, jti, until })
      .onConflict((conflict) => conflict.doNothing())
      .returning('jti')
      .executeTakeFirst();
    if (!first) await refuse(tenant, 'it was used before', true);
  };

  /** `whose`: the only person it may be of. */
  const accept = async (
    token: string,
    may: (tenant: HostTenant) => void,
    whose?: { readonly tenantId: number; readonly userId: string },
  ): Promise<Accepted> => {
    const verdict = await verifyToken(verifying, token);
    if (verdict.type === 'refused') return refuse(verdict.tenant, verdict.why, verdict.told);
    if (verdict.type === 'unreachable') {
      await countRefusal(db, verdict.tenant.id, 'the keys of the host cannot be reached');
      throw new KithError('unavailable', { message: 'The keys of the host cannot be reached. Try again.' });
    }
    const { tenant, claims } = verdict;
    may(tenant);
    const issuedAt = new Date(claims.iat * 1_000);
    const known = await people.find(tenant.id, claims.sub);
    const tokensFrom = known ? known.tokensFrom : await people.goneAt(tenant.id, claims.sub);
    if (tokensFrom && issuedAt < tokensFrom) return refuse(tenant, SIGNED_OUT, true);
    if (whose && (whose.tenantId !== tenant.id || whose.userId !== known?.userId)) {
      await countRefusal(db, tenant.id, 'it is of somebody else than the session');
      throw new KithError('forbidden', { message: 'This token is of somebody else.' });
    }
    if (!known && tenant.signUp !== 'open' && tenant.signUp !== null) {
      await countRefusal(db, tenant.id, 'its person is not known, and sign-up is not open');
      throw new KithError('forbidden', {
        message: 'This person is not known here, and sign-up is not open.',
      });
    }
    await spend(tenant, claims);
    const { userId } = await people.upsert(tenant.id, {
      sub: claims.sub,
      saidAt: issuedAt,
      name: claims.name,
      picture: claims.picture,
      // The token is the host's word of now: who is no admin in it is none any more.
      role: claims.roles?.includes('admin') ? 'admin' : 'member',
    });
    return { tenant, claims, userId, issuedAt, expiresAt: new Date(claims.exp * 1_000 + GRACE_MS) };
  };

  const personIn = async (token: string): Promise<{ readonly user: User; readonly expiresAt: Date }> => {
    const identity = await sessions.identify(token);
    if (!identity) throw new KithError('unauthenticated');
    return identity;
  };

  const enter: Embed['enter'] = async ({ token, session, origin, foreignPage }) => {
    const value = session === undefined ? null : signer.verify(session);
    const going = value === null ? null : await sessions.identify(value);
    // One that ended on purpose does not come back by itself; nor is another one begun in its place.
    if (session !== undefined && (value === null || !going)) throw new KithError('session_revoked');
    const may = (tenant: HostTenant): void => {
      if (foreignPage !== null && !book.letsOrigin(tenant.id, foreignPage))
        throw new KithError('forbidden', {
          message: `Pages of ${foreignPage} may not speak for people of ${tenant.slug}: see its origins.`,
        });
    };
    const accepted = await accept(token, may, going ? { ...going, userId: going.user.id } : undefined);
    const { tenant, userId, issuedAt, expiresAt } = accepted;
    let opened = value;
    if (opened === null || !going) {
      opened = await sessions.open({ tenantId: tenant.id, userId, issuedAt, expiresAt }, origin);
      if (opened === null) return refuse(tenant, SIGNED_OUT, true);
    } else if (!(await sessions.prolong(tenant.id, userId, going.sessionId, expiresAt)))
      throw new KithError('session_revoked');
    const now = await personIn(opened);
    return { token: signer.sign(opened), expiresAt: now.expiresAt.toISOString(), user: now.user };
  };

  return {
    enter: (entry) => failing(() => enter(entry)),
    refresh: (caller, token) =>
      failing(async () => {
        const own = await sessions.list(caller);
        if (!own.some(({ current }) => current))
          throw new KithError('conflict', { message: 'This session began without a token of a host.' });
        const { tenant, userId, expiresAt } = await accept(token, () => undefined, caller);
        if (!(await sessions.prolong(tenant.id, userId, caller.sessionId, expiresAt)))
          throw new KithError('session_revoked');
        return { expiresAt: expiresAt.toISOString() };
      }),
    revoke: (tenantId, sub) =>
      failing(async () => {
        const row = await db
          .updateTable('host_people')
          .set({ tokens_from: new Date(now()) })
          .where('tenant_id', '=', tenantId)
          .where('sub', '=', sub)
          .returning('user_id')
          .executeTakeFirst();
        if (!row) throw new KithError('not_found', { message: 'There is no such person.' });
        return sessions.endOf({ tenantId, userId: row.user_id }, {});
      }),
    sessions,
    people,
    start: async () => {
      await closeAnew(db, verifying.keys, log);
      timer = setInterval(() => {
        sweeping = sessions
          .sweep()
          .catch((err: unknown) => log.warn({ err }, 'sessions that are over could not be deleted'));
      }, SWEEP_MS).unref();
    },
    close: async () => {
      clearInterval(timer);
      sessions.close();
      await sweeping;
    },
  };
}

/** Ciphers the secrets of tenants. */
export const tenantKeys = (secrets: Secrets): Keys => keysFor(secrets, 'tenant keys');

/** A former secret of the service may be taken away, and theirs stay. */
async function closeAnew(db: TenantsDb, keys: Keys, log: EmbedOptions['log']): Promise<void> {
  const rows = await db.selectFrom('tenant_keys').select(['tenant_id', 'kid', 'secret']).execute();
  for (const { tenant_id: tenantId, kid, secret } of rows) {
    const bound = boundTo(tenantId, kid);
    if (unseal([keys[0]], bound, secret)) continue;
    const opened = unseal(keys, bound, secret);
    if (!opened)
      log.warn(
        { tenantId, kid },
        'the secret of a tenant was closed with a key that is gone: make another one',
      );
    else
      await db
        .updateTable('tenant_keys')
        .set({ secret: seal(keys, bound, opened) })
        .where('tenant_id', '=', tenantId)
        .where('kid', '=', kid)
        .execute();
  }
}

/** The database's errors as ours (E1). */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toKithError(error);
  }
}
