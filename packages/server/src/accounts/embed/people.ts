/** Who somebody of a host is here: made when they first come, and as the host last said. */
import { createHash, randomBytes } from 'node:crypto';
import { KithError, newId, type Role, type User } from '@kith/protocol';
import { sql } from 'kysely';
import type { Announcer } from '../../fanout/announcer.ts';
import { subjects } from '../../fanout/bus.ts';
import type { Db } from '../../store/database.ts';
import { toUser, userColumns } from '../../store/records.ts';
import { ownPerson } from '../../store/users.ts';
import type { TenantsDb } from '../tenants/tables.ts';
import { usernameOf } from '../usernames.ts';

export interface HostPerson {
  readonly userId: string;
  /** Tokens that were issued before are refused. */
  readonly tokensFrom: Date | null;
}

export interface Wanted {
  readonly sub: string;
  /** When the host said so; absent: now. Of what was said earlier than something that is known, nothing is heeded. */
  readonly saidAt?: Date | undefined;
  /** Absent: stays. */
  readonly name?: string | undefined;
  /** Absent: stays; nobody is made an owner, nor is one unmade. */
  readonly role?: Exclude<Role, 'owner'> | undefined;
  /** An address; null: none. Absent: stays. */
  readonly picture?: string | null | undefined;
}

interface PeopleOptions {
  readonly db: TenantsDb;
  readonly announcer: Announcer;
  /** How many the tenant may have; null: any. */
  readonly most: (tenantId: number) => number | null;
  /** Somebody has another picture: to be fetched. */
  readonly pictured: () => void;
  readonly now: () => number;
}

export interface HostPeople {
  find(tenantId: number, sub: string): Promise<HostPerson | null>;
  /** When somebody of this name was deleted, as long as tokens of before may be good; null: nobody was. */
  goneAt(tenantId: number, sub: string): Promise<Date | null>;
  /** Ids of those of them that are known. */
  bySubs(tenantId: number, subs: readonly string[]): Promise<Map<string, string>>;
  /** By sub, from after this one on; our own apart. */
  page(tenantId: number, after: string, limit: number): Promise<{ sub: string; user: User }[]>;
  /** @throws KithError limit_reached when there are too many. */
  upsert(tenantId: number, wanted: Wanted): Promise<HostPerson>;
}

/** Two that make the same person at one moment, or others of the same name, try again. */
const TRIES = 5;

export function createHostPeople({ db, announcer, most, pictured, now }: PeopleOptions): HostPeople {
  const find: HostPeople['find'] = async (tenantId, sub) => {
    const row = await db
      .selectFrom('host_people')
      .select(['user_id', 'tokens_from'])
      .where('tenant_id', '=', tenantId)
      .where('sub', '=', sub)
      .executeTakeFirst();
    return row ? { userId: row.user_id, tokensFrom: row.tokens_from } : null;
  };

  /** True: it was another. */
  const rename = async (
    trx: TenantsDb,
    tenantId: number,
    userId: string,
    { name, role }: Wanted,
  ): Promise<boolean> => {
    const { rows } = await sql`
      update users set
        display_name = coalesce(${name ?? null}::text, display_name),
        role = case when role = 'owner' then role else coalesce(${role ?? null}::text, role) end,
        rev = rev + 1, profile_rev = rev + 1
      where tenant_id = ${tenantId} and id = ${userId} and (
        display_name <> coalesce(${name ?? null}::text, display_name)
        or (role <> 'owner' and role <> coalesce(${role ?? null}::text, role))
      ) returning 1`.execute(trx);
    return rows.length > 0;
  };

  const tell = async (tenantId: number, userId: string): Promise<void> => {
    const own = await ownPerson(db as unknown as Db, tenantId, userId);
    if (!own) return;
    const { user, profile, rev } = own;
    // Before the notice: whoever has heard of the name is told no older one.
    announcer.renamed();
    announcer.toUser(tenantId, userId, { type: 'user', rev, records: [profile] });
    announcer.ephemeral(subjects.people(tenantId), { type: 'profile', user });
  };

  /** The one they chose themselves stays until the host names another. */
  const setPicture = async (
    trx: TenantsDb,
    tenantId: number,
    userId: string,
    picture: string | null,
  ): Promise<boolean> => {
    const { numUpdatedRows } = await trx
      .updateTable('host_people')
      .set({ picture, picture_due: new Date(now()), picture_tries: 0 })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('picture', 'is distinct from', picture)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  };

  const change = async (tenantId: number, userId: string, wanted: Wanted): Promise<void> => {
    const saidAt = saidAtOf(wanted);
    const done = await db.transaction().execute(async (trx) => {
      // Holds their row: of two words at one moment the newer one is heeded last, or alone.
      const { numUpdatedRows } = await trx
        .updateTable('host_people')
        .set({ said_at: saidAt })
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where((eb) => eb.or([eb('said_at', 'is', null), eb('said_at', '<=', saidAt)]))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return { renamed: false, pictured: false };
      return {
        renamed: await rename(trx, tenantId, userId, wanted),
        pictured: wanted.picture !== undefined && (await setPicture(trx, tenantId, userId, wanted.picture)),
      };
    });
    if (done.renamed) await tell(tenantId, userId);
    if (done.pictured) pictured();
  };

  /** In whole seconds, as tokens say it; a clock that is ahead does not keep a later word out. */
  const saidAtOf = ({ saidAt }: Wanted): Date => {
    const second = Math.floor(now() / 1_000) * 1_000;
    return new Date(Math.min(saidAt?.getTime() ?? second, second));
  };

  /** False: somebody was quicker, or the username is taken. */
  const make = (tenantId: number, wanted: Wanted, username: string): Promise<boolean> =>
    db.transaction().execute(async (trx) => {
      const { sub, name, role } = wanted;
      const bound = most(tenantId);
      if (bound !== null) {
        // Held, so that two do not both take the last place.
        await trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
        const { n } = await trx
          .selectFrom('host_people')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('tenant_id', '=', tenantId)
          .executeTakeFirstOrThrow();
        if (n >= bound)
          throw new KithError('limit_reached', { message: 'There can be no more people here.' });
      }
      const id = newId();
      const made = await trx
        .insertInto('users')
        .values({
          tenant_id: tenantId,
          id,
          username,
          display_name: name ?? 'Somebody',
          role: role ?? 'member',
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'username']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!made) return false;
      const mapped = await trx
        .insertInto('host_people')
        .values({ tenant_id: tenantId, sub, user_id: id, said_at: saidAtOf(wanted) })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'sub']).doNothing())
        .returning('user_id')
        .executeTakeFirst();
      if (mapped) return true;
      await trx.deleteFrom('users').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
      return false;
    });

  return {
    find,
    goneAt: async (tenantId, sub) => {
      const row = await db
        .selectFrom('host_people_gone')
        .select('gone_at')
        .where('tenant_id', '=', tenantId)
        .where('sub_hash', '=', subHash(sub))
        .executeTakeFirst();
      return row?.gone_at ?? null;
    },
    bySubs: async (tenantId, subs) => {
      const rows = await db
        .selectFrom('host_people')
        .select(['sub', 'user_id'])
        .where('tenant_id', '=', tenantId)
        .where(sql<boolean>`sub = any (${[...new Set(subs)]}::text[])`)
        .execute();
      return new Map(rows.map((row) => [row.sub, row.user_id]));
    },
    page: async (tenantId, after, limit) => {
      const rows = await db
        .selectFrom('host_people as h')
        .innerJoin('users as u', (join) =>
          join.onRef('u.tenant_id', '=', 'h.tenant_id').onRef('u.id', '=', 'h.user_id'),
        )
        .select(['h.sub', ...userColumns.map((column) => `u.${column}` as const)])
        .where('h.tenant_id', '=', tenantId)
        .where('h.sub', '>', after)
        .where('h.sub', 'not like', 'kith:%')
        .orderBy('h.sub')
        .limit(limit)
        .execute();
      return rows.map(({ sub, ...user }) => ({ sub, user: toUser(user) }));
    },
    upsert: async (tenantId, wanted) => {
      const plain = usernameOf(wanted.name ?? '');
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const known = await find(tenantId, wanted.sub);
        if (known) {
          await change(tenantId, known.userId, wanted);
          return known;
        }
        const username = attempt === 0 ? plain : `${plain}-${randomBytes(3).toString('hex')}`;
        if (await make(tenantId, wanted, username)) continue;
      }
      const made = await find(tenantId, wanted.sub);
      if (!made) throw new KithError('unavailable');
      await change(tenantId, made.userId, wanted);
      return made;
    },
  };
}

/** What is kept of the name of somebody who was deleted. */
export const subHash = (sub: string): Buffer => createHash('sha256').update(sub).digest();
