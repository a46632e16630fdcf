/** People: the rows of `users`. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Content,
  defaultSettings,
  type MessageRecord,
  type PresenceSetting,
  type ProfileRecord,
  type SettingsGroups,
  type SettingsRecord,
  type TenantRole,
  Text,
  type User,
} from '@kith/protocol';
import { type Expression, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { sharesWith } from './guests.ts';
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
    if (message.forwarded) yield message.forwarded.authorId;
    if (message.body.type === 'content') yield* peopleIn(message.body.content);
    if (message.replies) yield* message.replies.userIds;
    if (message.body.type !== 'system') continue;
    const { event } = message.body;
    if ('userId' in event) yield event.userId;
    if ('userIds' in event) yield* event.userIds;
  }
}

function* peopleIn(content: Content): Generator<string> {
  const attachment = content.type === 'plain' ? content.attachment : undefined;
  if (attachment?.type === 'contact' && attachment.userId !== undefined) yield attachment.userId;
}

const PageCursor = z.tuple([Text(400), z.uuid()]);

/** Whether a word of this folded name begins with what was typed, in whatever case and with whatever accents. */
export const hasWord = (name: Expression<string>, typed: string) =>
  sql<boolean>`(starts_with(${name}, folded(${typed}::text)) or strpos(${name}, ' ' || folded(${typed}::text)) > 0)`;

/** The same of a person, whose username may begin so too. */
export const isNamed = (username: Expression<string>, name: Expression<string>, typed: string) =>
  sql<boolean>`(starts_with(${username}, folded(${typed}::text)) or ${hasWord(name, typed)})`;

/** A page of people by name; with a query, those with a word that begins with it. */
export async function searchUsers(
  db: Db,
  tenantId: number,
  query: string,
  cursor: string | undefined,
  limit: number,
  /** A guest: only those who share a conversation with them, and themselves. */
  guest: string | null = null,
): Promise<{ users: User[]; next: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const typed = query.trim().replace(/^@/, '');
  const rows = await db
    .selectFrom('users')
    .select([...userColumns, 'folded_name'])
    .where('tenant_id', '=', tenantId)
    .where('deleted_at', 'is', null)
    // Guests who are gone are found no more; what they said is.
    .where(sql<boolean>`(guest_until is null or guest_until > now())`)
    .$if(guest !== null, (q) => q.where(sharesWith(sql.ref('users.id'), tenantId, guest ?? '')))
    .$if(typed !== '', (q) => q.where(isNamed(sql.ref('username'), sql.ref('folded_name'), typed)))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(folded_name, id) > (${after?.[0]}, ${after?.[1]}::uuid)`),
    )
    .orderBy('folded_name')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    users: page.map(toUser),
    next: rows.length > limit && last ? encodeCursor([last.folded_name, last.id]) : null,
  };
}

/** Of these, the guests whose time is over. */
export async function goneGuests(db: Db, tenantId: number, userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...userIds])
    .where(sql<boolean>`guest_until <= now()`)
    .execute();
  return rows.map(({ id }) => id);
}

/** The one with this username, or else those whose name has a word that begins so. */
export async function peopleNamed(db: Db, tenantId: number, name: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string; exact: boolean }>`
    select id, username = ${name.toLowerCase()} as exact from users
    where tenant_id = ${tenantId} and deleted_at is null and (
      username = ${name.toLowerCase()} or ${hasWord(sql.ref('folded_name'), name.trim())}
    )
    order by exact desc, folded_name, id limit ${limit}`.execute(db);
  const [first] = rows;
  return first?.exact ? [first.id] : rows.map((row) => row.id);
}

export interface OwnPerson {
  readonly user: User;
  readonly settings: SettingsRecord;
  readonly profile: ProfileRecord;
  /** S5: head of the person's own changes, and the rev below which removals are forgotten. */
  readonly rev: number;
  readonly floor: number;
}

type OwnRow = UserRow & {
  readonly n: number;
  readonly rev: number;
  readonly settings_rev: number;
  readonly profile_rev: number;
  readonly presence: PresenceSetting;
  readonly settings: ChosenSettings;
  readonly own_floor: number;
};

/** Each of these people as they see themselves, in their order; null where there is no such person. */
export async function ownPeople(db: Db, people: readonly Somebody[]): Promise<(OwnPerson | null)[]> {
  const { rows } = await sql<OwnRow>`
    select q.n::integer as n, ${sql.join(userColumns.map((column) => sql.ref(`u.${column}`)))},
      u.rev, u.settings_rev, u.profile_rev, u.presence, u.settings, u.own_floor
    from unnest(
      ${people.map((one) => one.tenantId)}::integer[], ${people.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, user_id, n)
    join users u on u.tenant_id = q.tenant_id and u.id = q.user_id`.execute(db);
  const found: (OwnPerson | null)[] = people.map(() => null);
  for (const row of rows) {
    const user = toUser(row);
    found[row.n - 1] = {
      user,
      settings: {
        type: 'settings',
        rev: row.settings_rev,
        presence: row.presence,
        ...allSettings(row.settings),
      },
      profile: { type: 'profile', rev: row.profile_rev, user },
      rev: row.rev,
      floor: row.own_floor,
    };
  }
  return found;
}

/** A person as they see themselves. */
export async function ownPerson(db: Db, tenantId: number, userId: string): Promise<OwnPerson | null> {
  const [own] = await ownPeople(db, [{ tenantId, userId }]);
  return own ?? null;
}

/** What somebody is in the tenant as a whole; null: there is no such person. */
export async function tenantRole(db: Db, tenantId: number, userId: string): Promise<TenantRole | null> {
  const row = await db
    .selectFrom('users')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
  return row?.role ?? null;
}

type Some<G> = { readonly [K in keyof G]?: G[K] | undefined };
/** Some settings of some groups. */
export type ChosenSettings = { readonly [G in keyof SettingsGroups]?: Some<SettingsGroups[G]> | undefined };

const laid = <G extends object>(group: G, chosen: Some<G> | undefined): G => ({
  ...group,
  ...Object.fromEntries(Object.entries(chosen ?? {}).filter(([, value]) => value !== undefined)),
});

export const allSettings = (chosen: ChosenSettings): SettingsGroups => ({
  notifications: laid(defaultSettings.notifications, chosen.notifications),
  privacy: laid(defaultSettings.privacy, chosen.privacy),
});

/** False when all was set so already: then no rev is spent. */
export async function changeSettings(
  db: Db,
  { tenantId, userId }: Somebody,
  { presence, ...groups }: ChosenSettings & { readonly presence?: PresenceSetting | undefined },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('users')
      .select(['presence', 'settings'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!row) return false;
    const settings: ChosenSettings = {
      notifications: laid(row.settings.notifications ?? {}, groups.notifications),
      privacy: laid(row.settings.privacy ?? {}, groups.privacy),
    };
    const next = presence ?? row.presence;
    const same = isDeepStrictEqual(allSettings(settings), allSettings(row.settings));
    if (same && next === row.presence) return false;
    await trx
      .updateTable('users')
      .set({
        presence: next,
        settings: JSON.stringify(settings),
        rev: sql`rev + 1`,
        settings_rev: sql`rev + 1`,
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .execute();
    return true;
  });
}
