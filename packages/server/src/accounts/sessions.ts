/** Sessions: who a token is, with a cache in front, and ending them. */
import { isId } from '@kith/protocol';
import { sql } from 'kysely';
import type { Announcer } from '../fanout/announcer.ts';
import { type Bus, subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { createGather } from '../store/gather.ts';
import { toUser } from '../store/records.ts';
import type { Identity, SessionInfo } from './accounts.ts';
import { ensurePerson, MAIN_TENANT } from './persons.ts';
import type { AccountsDb } from './tables.ts';

export interface Sessions {
  /** Who this session token, unsigned, belongs to. */
  identify(token: string): Promise<Identity | null>;
  /** Whose it was. */
  end(token: string): Promise<{ readonly userId: string; readonly sessionId: string } | null>;
  list(caller: Caller): Promise<SessionInfo[]>;
  revoke(caller: Caller, sessionId: string): Promise<boolean>;
  revokeOthers(caller: Caller): Promise<number>;
  /** Ends all of an account but one, in a transaction; `tell` says so after its commit. */
  endAll(db: AccountsDb, userId: string, but: string | null): Promise<Ended>;
  tell(ended: Ended): void;
  /** Until when this session may change what is dear, ms since the epoch; null: it is over. */
  confirmedUntil(sessionId: string): Promise<number | null>;
  /** Whether it has not been ended; in a transaction that holds the account, it is not until its commit. */
  isOpen(db: AccountsDb, sessionId: string): Promise<boolean>;
  /** It was shown now who it is. Until when, ms since the epoch. */
  confirm(sessionId: string): Promise<number>;
  /** This one is looked up anew when it is next asked for, on this node. */
  forget(sessionId: string): void;
  /** Every session is looked up anew when it is next asked for. */
  forgetAll(): void;
  /** The same on all nodes, sockets too: the tenant asks for something else of them; or of one person's alone. */
  tellChanged(tenantId: number, userId?: string): void;
  close(): void;
}

export interface Ended {
  readonly userId: string;
  readonly tenantId: number;
  readonly sessionIds: readonly string[];
}

export interface SessionsDependencies {
  readonly db: AccountsDb;
  readonly announcer: Announcer;
  readonly bus: Bus;
  readonly now?: () => number;
}

/** A session ends that was not used for so long. */
export const SESSION_DAYS = 30;
/** Who has just signed in, or shown their password, may change what is dear. */
export const CONFIRMED_MS = 10 * 60_000;
/** A burst of requests asks the database once; a change of name or role shows after this long at the latest. */
const CACHE_MS = 5_000;
const CACHE_SIZE = 10_000;
/** A session's last use is stored this precisely, and its end moves on with it. */
const TOUCH_MS = 10 * 60_000;
/** Nobody signs in on more devices; the list ends there. */
const LIST_MAX = 200;
const SESSIONS_AT_ONCE = 200;

interface Cached {
  readonly identity: Identity;
  readonly until: number;
}

export function createSessions({ db, announcer, bus, now = Date.now }: SessionsDependencies): Sessions {
  /** By token, the least recently stored first. */
  const cache = new Map<string, Cached>();
  const tokenOf = new Map<string, string>();
  const underWay = new Map<string, Promise<Identity | null>>();
  /** Rises with every revocation: what was read before one may be about a session that is over. */
  let epoch = 0;

  const forgetToken = (token: string): void => {
    const cached = cache.get(token);
    if (!cached) return;
    cache.delete(token);
    tokenOf.delete(cached.identity.sessionId);
  };
  const forgetSessions = (sessionIds: readonly string[]): void => {
    epoch += 1;
    for (const id of sessionIds) {
      const token = tokenOf.get(id);
      if (token !== undefined) forgetToken(token);
    }
  };
  const forgetAll = (): void => {
    epoch += 1;
    cache.clear();
    tokenOf.clear();
  };
  /** Absent: everybody's. */
  const forgetOf = (userId: string | undefined): void => {
    if (userId === undefined) return forgetAll();
    const ids: string[] = [];
    for (const { identity } of cache.values()) if (identity.user.id === userId) ids.push(identity.sessionId);
    forgetSessions(ids);
  };
  const remember = (token: string, identity: Identity): void => {
    forgetToken(token);
    const oldest = cache.size >= CACHE_SIZE ? cache.keys().next().value : undefined;
    if (oldest !== undefined) forgetToken(oldest);
    cache.set(token, { identity, until: Math.min(now() + CACHE_MS, identity.expiresAt.getTime()) });
    tokenOf.set(identity.sessionId, token);
  };
  const find = createGather<string, SessionFound | null>({
    parallel: 2,
    most: SESSIONS_AT_ONCE,
    answer: async (tokens) => {
      const found = new Map((await findSessions(db, tokens, now())).map((row) => [row.token, row]));
      return tokens.map((token) => found.get(token) ?? null);
    },
  });
  const readIdentity = async (token: string): Promise<Identity | null> => {
    const row = await find(token);
    if (!row) return null;
    if (row.person === null) {
      await ensurePerson(db, { id: row.account, username: row.account_username, name: row.account_name });
      return readIdentity(token);
    }
    const used =
      now() - row.updated_at.getTime() > TOUCH_MS ? await touch(db, row.session, now()) : row.expires_at;
    // A guest's session ends with their stay, to the moment and on every node.
    const expiresAt = row.guest_until && row.guest_until < used ? row.guest_until : used;
    return {
      tenantId: row.tenant_id,
      tenant: { slug: row.slug, name: row.tenant_name },
      user: toUser({
        id: row.person,
        username: row.username ?? '',
        display_name: row.display_name ?? '',
        role: row.role ?? 'member',
        avatar_id: row.avatar_id,
        bio: row.bio ?? '',
        status: row.status,
        deleted_at: null,
      }),
      sessionId: row.session,
      expiresAt,
      // To keep the account comes first: what the tenant asks for is asked again then.
      restriction:
        row.deletion_at !== null
          ? 'account_deletion_pending'
          : row.lacks_factor
            ? 'second_factor_required'
            : null,
    };
  };
  const lookUp = async (token: string): Promise<Identity | null> => {
    for (;;) {
      const before = epoch;
      const identity = await readIdentity(token);
      if (before !== epoch) continue;
      if (identity) remember(token, identity);
      return identity;
    }
  };
  const tell = ({ tenantId, userId, sessionIds }: Ended): void => {
    if (sessionIds.length === 0) return;
    forgetSessions(sessionIds);
    announcer.sessionsRevoked(tenantId, userId, sessionIds);
  };
  const endAll = async (within: AccountsDb, userId: string, but: string | null): Promise<Ended> => {
    const rows = await within
      .deleteFrom('auth_sessions')
      .where('user_id', '=', userId)
      .$if(but !== null, (query) => query.where('id', '!=', but ?? ''))
      .returning((query) => [
        'id',
        query.selectFrom('tenants').select('tenants.id').where('slug', '=', MAIN_TENANT).as('tenant_id'),
      ])
      .execute();
    return { userId, tenantId: rows[0]?.tenant_id ?? 0, sessionIds: rows.map(({ id }) => id) };
  };

  const unsubscribe = bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'sessions_revoked') forgetSessions(message.sessionIds);
    else if (message.type === 'identities_changed') forgetOf(message.userId);
  });

  return {
    identify: (token) => {
      const cached = cache.get(token);
      if (cached && cached.until > now()) return Promise.resolve(cached.identity);
      const pending = underWay.get(token);
      if (pending) return pending;
      const work = lookUp(token).finally(() => underWay.delete(token));
      underWay.set(token, work);
      return work;
    },
    end: async (token) => {
      const row = await db
        .deleteFrom('auth_sessions')
        .where('token', '=', token)
        .returning((query) => [
          'id',
          'user_id',
          query.selectFrom('tenants').select('tenants.id').where('slug', '=', MAIN_TENANT).as('tenant_id'),
        ])
        .executeTakeFirst();
      if (row?.tenant_id) tell({ tenantId: row.tenant_id, userId: row.user_id, sessionIds: [row.id] });
      return row ? { userId: row.user_id, sessionId: row.id } : null;
    },
    list: async (caller) => {
      const rows = await db
        .selectFrom('auth_sessions')
        .select(['id', 'created_at', 'updated_at', 'expires_at', 'user_agent', 'ip_address'])
        .where('user_id', '=', caller.userId)
        .where('expires_at', '>', new Date(now()))
        .orderBy('updated_at', 'desc')
        .orderBy('id', 'desc')
        .limit(LIST_MAX)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastSeenAt: row.updated_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        userAgent: row.user_agent || null,
        address: row.ip_address || null,
        current: row.id === caller.sessionId,
      }));
    },
    revoke: async (caller, sessionId) => {
      if (!isId(sessionId)) return false;
      const rows = await db
        .deleteFrom('auth_sessions')
        .where('id', '=', sessionId)
        .where('user_id', '=', caller.userId)
        .returning('id')
        .execute();
      tell({ ...caller, sessionIds: rows.map(({ id }) => id) });
      return rows.length > 0;
    },
    revokeOthers: async (caller) => {
      const ended = await endAll(db, caller.userId, caller.sessionId);
      tell(ended);
      return ended.sessionIds.length;
    },
    endAll,
    tell,
    confirmedUntil: async (sessionId) => {
      const row = await db
        .selectFrom('auth_sessions')
        .select('confirmed_at')
        .where('id', '=', sessionId)
        .executeTakeFirst();
      const until = row ? row.confirmed_at.getTime() + CONFIRMED_MS : 0;
      return until > now() ? until : null;
    },
    isOpen: async (within, sessionId) => {
      const row = await within
        .selectFrom('auth_sessions')
        .select('id')
        .where('id', '=', sessionId)
        .executeTakeFirst();
      return row !== undefined;
    },
    confirm: async (sessionId) => {
      const at = now();
      await db
        .updateTable('auth_sessions')
        .set({ confirmed_at: new Date(at) })
        .where('id', '=', sessionId)
        .execute();
      return at + CONFIRMED_MS;
    },
    forget: (sessionId) => forgetSessions([sessionId]),
    forgetAll,
    tellChanged: (tenantId, userId) => {
      forgetOf(userId);
      announcer.identitiesChanged(tenantId, userId);
    },
    close: unsubscribe,
  };
}

/** Whether the tenant asks this person for a second factor, and they have none. Guests have no account to guard by one. */
const lacksFactor = sql<boolean>`case
  when (t.second_factor = 'everyone' and u.role is distinct from 'guest') or (t.second_factor = 'admins' and u.role in ('owner', 'admin')) then not (
    exists (select from auth_totps f where f.user_id = a.id and f.confirmed_at is not null)
    or exists (select from auth_passkeys f where f.user_id = a.id)
  )
  else false end`;

const findSessions = (db: AccountsDb, tokens: readonly string[], now: number) =>
  db
    .selectFrom('auth_sessions as s')
    .innerJoin('auth_users as a', 'a.id', 's.user_id')
    .innerJoin('tenants as t', (join) => join.on('t.slug', '=', MAIN_TENANT))
    .leftJoin('users as u', (join) => join.onRef('u.tenant_id', '=', 't.id').onRef('u.id', '=', 'a.id'))
    .select([
      's.token',
      's.id as session',
      's.expires_at',
      's.updated_at',
      'a.id as account',
      'a.username as account_username',
      'a.name as account_name',
      't.id as tenant_id',
      't.slug',
      't.name as tenant_name',
      'u.id as person',
      'u.username',
      'u.display_name',
      'u.role',
      'u.avatar_id',
      'u.bio',
      'u.status',
      'u.guest_until',
      'u.deletion_at',
      lacksFactor.as('lacks_factor'),
    ])
    .where(sql<boolean>`s.token = any (${[...tokens]}::text[])`)
    .where('s.expires_at', '>', new Date(now))
    .where((eb) => eb.or([eb('u.guest_until', 'is', null), eb('u.guest_until', '>', new Date(now))]))
    .where('a.suspended_at', 'is', null)
    .execute();

type SessionFound = Awaited<ReturnType<typeof findSessions>>[number];

/** Notes the use of a session and moves its end on: only one that lies unused for `SESSION_DAYS` ends by itself. */
async function touch(db: AccountsDb, sessionId: string, now: number): Promise<Date> {
  const expiresAt = new Date(now + SESSION_DAYS * 86_400_000);
  await db
    .updateTable('auth_sessions')
    .set({ updated_at: sql<Date>`now()`, expires_at: expiresAt })
    .where('id', '=', sessionId)
    .execute();
  return expiresAt;
}
