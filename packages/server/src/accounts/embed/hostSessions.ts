/**
 * Sessions of people who came by a token of their host. They live as long as the token and a minute more, unless a fresh one
 * comes; they travel as bearer tokens only, and never as a cookie.
 */
import { randomBytes } from 'node:crypto';
import { hostTokenSeconds, isId, newId } from '@kith/protocol';
import { sql } from 'kysely';
import type { Announcer } from '../../fanout/announcer.ts';
import { type Bus, subjects } from '../../fanout/bus.ts';
import type { Caller } from '../../services.ts';
import { toUser } from '../../store/records.ts';
import type { Identity, Origin, SessionInfo } from '../accounts.ts';
import { labelOf } from '../credentials.ts';
import type { TenantsDb } from '../tenants/tables.ts';

export interface HostSessions {
  /** Who this session token, unsigned, belongs to. */
  identify(token: string): Promise<Identity | null>;
  /** Another one, by a token of then. Returns its token, unsigned; null: they were signed out since. */
  open(person: Opening, origin: Origin): Promise<string | null>;
  /** Goes on until then. False: it is over. */
  prolong(tenantId: number, userId: string, sessionId: string, expiresAt: Date): Promise<boolean>;
  end(token: string): Promise<void>;
  list(caller: Caller): Promise<SessionInfo[]>;
  /** Of this person: one, all but one, all. How many there were. */
  endOf(
    person: { readonly tenantId: number; readonly userId: string },
    which: { readonly only?: string; readonly but?: string },
  ): Promise<number>;
  /** All of a tenant. */
  endAll(tenantId: number): Promise<void>;
  forgetAll(): void;
  /** Deletes those that are over, and tokens that cannot come again. */
  sweep(): Promise<void>;
  close(): void;
}

/** By this its kind of token is known: those of accounts are plain letters and digits. */
const PREFIX = 'host_';
export const isHostSession = (token: string): boolean => token.startsWith(PREFIX);

/** A burst of requests asks the database once; a change of name or role shows after this long at the latest. */
const CACHE_MS = 5_000;
const CACHE_SIZE = 10_000;
/** Pages that are opened anew and anew begin sessions: the oldest of one person go. */
const SESSIONS_MAX = 50;
const AT_ONCE = 1_000;

export interface Opening {
  readonly tenantId: number;
  readonly userId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

interface Options {
  readonly db: TenantsDb;
  readonly announcer: Announcer;
  readonly bus: Bus;
  readonly now: () => number;
}

interface Gone {
  readonly tenant_id: number;
  readonly user_id: string;
  readonly id: string;
}

export function createHostSessions({ db, announcer, bus, now }: Options): HostSessions {
  /** By token, the least recently stored first. */
  const cache = new Map<string, { readonly identity: Identity; readonly until: number }>();
  /** Rises with every end: what was read before one may be about a session that is over. */
  let epoch = 0;

  const forget = (sessionIds: ReadonlySet<string>): void => {
    epoch += 1;
    for (const [token, { identity }] of cache) if (sessionIds.has(identity.sessionId)) cache.delete(token);
  };
  const unsubscribe = bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'sessions_revoked') forget(new Set(message.sessionIds));
  });
  const tell = (gone: readonly Gone[]): void => {
    if (gone.length === 0) return;
    forget(new Set(gone.map(({ id }) => id)));
    for (const of of Map.groupBy(gone, (row) => row.user_id).values()) {
      const [first] = of;
      if (first)
        announcer.sessionsRevoked(
          first.tenant_id,
          first.user_id,
          of.map(({ id }) => id),
        );
    }
  };

  const read = async (token: string): Promise<Identity | null> => {
    const row = await db
      .selectFrom('host_sessions as s')
      .innerJoin('tenants as t', 't.id', 's.tenant_id')
      .innerJoin('users as u', (join) =>
        join.onRef('u.tenant_id', '=', 's.tenant_id').onRef('u.id', '=', 's.user_id'),
      )
      .select([
        's.id as session',
        's.expires_at',
        's.tenant_id',
        't.slug',
        't.name as tenant_name',
        'u.id',
        'u.username',
        'u.display_name',
        'u.role',
        'u.avatar_id',
        'u.bio',
        'u.status',
        'u.deleted_at',
      ])
      .where('s.token', '=', token)
      .where('s.expires_at', '>', new Date(now()))
      .where('t.disabled_at', 'is', null)
      .where('u.deleted_at', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    return {
      tenantId: row.tenant_id,
      tenant: { slug: row.slug, name: row.tenant_name },
      user: toUser(row),
      sessionId: row.session,
      expiresAt: row.expires_at,
      restriction: null,
      byHost: true,
    };
  };

  const trim = async (tenantId: number, userId: string): Promise<void> => {
    const gone = await sql<Gone>`
      delete from host_sessions where id in (
        select id from host_sessions where tenant_id = ${tenantId} and user_id = ${userId}
        order by created_at desc, id desc offset ${SESSIONS_MAX}
      ) returning tenant_id, user_id, id`.execute(db);
    tell(gone.rows);
  };

  return {
    identify: async (token) => {
      const cached = cache.get(token);
      if (cached && cached.until > now()) return cached.identity;
      for (;;) {
        const before = epoch;
        const identity = await read(token);
        if (before !== epoch) continue;
        cache.delete(token);
        const oldest = cache.size >= CACHE_SIZE ? cache.keys().next().value : undefined;
        if (oldest !== undefined) cache.delete(oldest);
        if (identity)
          cache.set(token, {
            identity,
            until: Math.min(now() + CACHE_MS, identity.expiresAt.getTime()),
          });
        return identity;
      }
    },
    open: async ({ tenantId, userId, issuedAt, expiresAt }, { address, userAgent }) => {
      const token = PREFIX + randomBytes(24).toString('base64url');
      const opened = await db.transaction().execute(async (trx) => {
        // Whoever signs them out at this moment waits, and ends this one too; or came before, and is seen here.
        const person = await trx
          .selectFrom('host_people')
          .select('tokens_from')
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .forShare()
          .executeTakeFirst();
        if (!person || (person.tokens_from && issuedAt < person.tokens_from)) return false;
        await trx
          .insertInto('host_sessions')
          .values({
            id: newId(),
            tenant_id: tenantId,
            user_id: userId,
            token,
            expires_at: expiresAt,
            address,
            user_agent: labelOf(userAgent),
          })
          .execute();
        return true;
      });
      if (!opened) return null;
      await trim(tenantId, userId);
      return token;
    },
    prolong: async (tenantId, userId, sessionId, expiresAt) => {
      const row = await db
        .updateTable('host_sessions')
        .set({
          // Of two tokens at one moment, the longer one counts.
          expires_at: sql<Date>`greatest(expires_at, ${expiresAt}::timestamptz)`,
          updated_at: sql<Date>`now()`,
        })
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('id', '=', sessionId)
        .where('expires_at', '>', new Date(now()))
        .returning('id')
        .executeTakeFirst();
      forget(new Set([sessionId]));
      return row !== undefined;
    },
    end: async (token) => {
      tell(
        await db
          .deleteFrom('host_sessions')
          .where('token', '=', token)
          .returning(['tenant_id', 'user_id', 'id'])
          .execute(),
      );
    },
    list: async (caller) => {
      const rows = await db
        .selectFrom('host_sessions')
        .select(['id', 'created_at', 'updated_at', 'expires_at', 'user_agent', 'address'])
        .where('tenant_id', '=', caller.tenantId)
        .where('user_id', '=', caller.userId)
        .where('expires_at', '>', new Date(now()))
        .orderBy('updated_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SESSIONS_MAX)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastSeenAt: row.updated_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        userAgent: row.user_agent || null,
        address: row.address || null,
        current: row.id === caller.sessionId,
      }));
    },
    endOf: async ({ tenantId, userId }, { only, but }) => {
      if ((only ?? but) !== undefined && !isId(only ?? but)) return 0;
      const gone = await db
        .deleteFrom('host_sessions')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
        .$if(but !== undefined, (query) => query.where('id', '!=', but ?? ''))
        .returning(['tenant_id', 'user_id', 'id'])
        .execute();
      tell(gone);
      return gone.length;
    },
    endAll: async (tenantId) => {
      tell(
        await db
          .deleteFrom('host_sessions')
          .where('tenant_id', '=', tenantId)
          .returning(['tenant_id', 'user_id', 'id'])
          .execute(),
      );
    },
    forgetAll: () => {
      epoch += 1;
      cache.clear();
    },
    sweep: async () => {
      const before = new Date(now());
      await sql`delete from host_sessions where id in
        (select id from host_sessions where expires_at < ${before} limit ${AT_ONCE})`.execute(db);
      await sql`delete from host_tokens_used where (tenant_id, jti) in
        (select tenant_id, jti from host_tokens_used where until < ${before} limit ${AT_ONCE})`.execute(db);
      // No token of before is good any more: whoever comes by that name now is somebody new without it.
      const lastToken = new Date(now() - (hostTokenSeconds.most + 2 * hostTokenSeconds.skew) * 1_000);
      await sql`delete from host_people_gone where (tenant_id, sub_hash) in
        (select tenant_id, sub_hash from host_people_gone where gone_at < ${lastToken} limit ${AT_ONCE})`.execute(
        db,
      );
    },
    close: unsubscribe,
  };
}
