/** People: the rows of `users`. */
import {
  type MessageRecord,
  type PresenceSetting,
  type ProfileRecord,
  type SettingsRecord,
  Text,
  type User,
} from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { toUser, type UserRow, userColumns } from './records.ts';

export interface Somebody {
  readonly tenantId: number;
  readonly userId: string;
}

/** The people with these ids, in no order; unknown ids are left out. */
export async function usersByIds(db: Db, tenantId: number, ids: Iterable<string>): Promise<User[]> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return [];
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${unique}::uuid[])`)
    .execute();
  return rows.map(toUser);
}

/** The people asked for, by tenant and id: ids are of one tenant. Unknown ids are left out. */
export async function usersByTenant(
  db: Db,
  asked: Iterable<readonly [tenantId: number, ids: Iterable<string>]>,
): Promise<ReadonlyMap<number, ReadonlyMap<string, User>>> {
  const wanted = new Map<number, Set<string>>();
  for (const [tenantId, ids] of asked) {
    const all = wanted.get(tenantId) ?? new Set();
    for (const id of ids) all.add(id);
    wanted.set(tenantId, all);
  }
  const found = new Map<number, ReadonlyMap<string, User>>();
  for (const [tenantId, ids] of wanted) {
    const users = await usersByIds(db, tenantId, ids);
    found.set(tenantId, new Map(users.map((user) => [user.id, user])));
  }
  return found;
}

/** What each chose to be shown as, in the order asked; null for who is unknown. */
export async function presenceSettings(
  db: Db,
  people: readonly Somebody[],
): Promise<(PresenceSetting | null)[]> {
  const settings: (PresenceSetting | null)[] = people.map(() => null);
  const { rows } = await sql<{ readonly n: number; readonly presence: PresenceSetting }>`
    select q.n::integer as n, u.presence from unnest(
      ${people.map((one) => one.tenantId)}::integer[], ${people.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, user_id, n)
    join users u on u.tenant_id = q.tenant_id and u.id = q.user_id`.execute(db);
  for (const { n, presence } of rows) settings[n - 1] = presence;
  return settings;
}

/** Everybody a page of messages names where a reader sees it: authors, mentioned people, people of system events. */
export function* peopleOf(messages: Iterable<MessageRecord>): Generator<string> {
  for (const message of messages) {
    yield message.authorId;
    if (message.mentions) yield* message.mentions;
    if (message.body.type !== 'system') continue;
    const { event } = message.body;
    if ('userId' in event) yield event.userId;
    if ('userIds' in event) yield* event.userIds;
  }
}

const PageCursor = z.tuple([Text(400), z.uuid()]);

/** Escapes what LIKE would read as a pattern. */
export const likePrefix = (text: string): string => `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

/** A page of people by name; with a query, those with a word that begins with it. */
export async function searchUsers(
  db: Db,
  tenantId: number,
  query: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ users: User[]; next: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const prefix = likePrefix(query.trim().replace(/^@/, ''));
  const rows = await db
    .selectFrom('users')
    .select([...userColumns, sql<string>`lower(display_name)`.as('sort_name')])
    .where('tenant_id', '=', tenantId)
    .$if(prefix !== '%', (q) =>
      q.where(
        sql<boolean>`(username like ${prefix} or lower(display_name) like ${prefix} or lower(display_name) like ${`% ${prefix}`})`,
      ),
    )
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(lower(display_name), id) > (${after?.[0]}, ${after?.[1]}::uuid)`),
    )
    .orderBy(sql`lower(display_name)`)
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    users: page.map(toUser),
    next: rows.length > limit && last ? encodeCursor([last.sort_name, last.id]) : null,
  };
}

export interface OwnPerson {
  readonly user: User;
  readonly settings: SettingsRecord;
  readonly profile: ProfileRecord;
  /** S5: head of the person's own changes. */
  readonly rev: number;
}

type OwnRow = UserRow & {
  readonly n: number;
  readonly rev: number;
  readonly settings_rev: number;
  readonly profile_rev: number;
  readonly presence: PresenceSetting;
};

/** Each of these people as they see themselves, in their order; null where there is no such person. */
export async function ownPeople(db: Db, people: readonly Somebody[]): Promise<(OwnPerson | null)[]> {
  const { rows } = await sql<OwnRow>`
    select q.n::integer as n, ${sql.join(userColumns.map((column) => sql.ref(`u.${column}`)))},
      u.rev, u.settings_rev, u.profile_rev, u.presence
    from unnest(
      ${people.map((one) => one.tenantId)}::integer[], ${people.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, user_id, n)
    join users u on u.tenant_id = q.tenant_id and u.id = q.user_id`.execute(db);
  const found: (OwnPerson | null)[] = people.map(() => null);
  for (const row of rows) {
    const user = toUser(row);
    found[row.n - 1] = {
      user,
      settings: { type: 'settings', rev: row.settings_rev, presence: row.presence },
      profile: { type: 'profile', rev: row.profile_rev, user },
      rev: row.rev,
    };
  }
  return found;
}

/** A person as they see themselves. */
export async function ownPerson(db: Db, tenantId: number, userId: string): Promise<OwnPerson | null> {
  const [own] = await ownPeople(db, [{ tenantId, userId }]);
  return own ?? null;
}

/** False when it was set so already: then no rev is spent. */
export async function setDisplayName(
  db: Db,
  tenantId: number,
  userId: string,
  displayName: string,
): Promise<boolean> {
  const result = await db
    .updateTable('users')
    .set({ display_name: displayName, rev: sql`rev + 1`, profile_rev: sql`rev + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .where('display_name', '<>', displayName)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** False when it was set so already: then no rev is spent. */
export async function setPresenceSetting(
  db: Db,
  tenantId: number,
  userId: string,
  presence: PresenceSetting,
): Promise<boolean> {
  const result = await db
    .updateTable('users')
    .set({ presence, rev: sql`rev + 1`, settings_rev: sql`rev + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .where('presence', '<>', presence)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
