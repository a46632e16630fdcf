/** Guests: they come by a link with a name and nothing else, and are out when their time is over or somebody ends it. */
import { randomBytes } from 'node:crypto';
import {
  type CommandName,
  type GuestInput,
  Id,
  KithError,
  limits,
  type Output,
  type ParsedInput,
} from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { letOut } from '../../commands/access.ts';
import type { ConversationLog } from '../../log/change.ts';
import { judgeTenant } from '../../policy/policy.ts';
import type { Caller } from '../../services.ts';
import { decodeCursor, encodeCursor } from '../../store/cursor.ts';
import { isUniqueViolation } from '../../store/database.ts';
import { toUser, userColumns } from '../../store/records.ts';
import { type Somebody, tenantRole, usersByIds } from '../../store/users.ts';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { type Account, insertAccount } from '../credentials.ts';
import { open } from '../enter.ts';
import { over } from '../errors.ts';
import { recordEvent } from '../events.ts';
import type { GoodInvite } from '../invites/joining.ts';
import type { Room } from '../room.ts';
import { isTrapped, pretendToMake } from '../signUp.ts';
import type { AccountsDb } from '../tables.ts';
import { usernameOf } from '../usernames.ts';

type Command<N extends CommandName> = (caller: Caller, input: ParsedInput<N>) => Promise<Output<N>>;

export interface Guests {
  /** By a link. @throws KithError not_found for one that leads nowhere or lets in no guests; forbidden, limit_reached. */
  enter(input: GuestInput, origin: Origin): Promise<SignInOutcome>;
  readonly listGuests: Command<'listGuests'>;
  readonly updateGuest: Command<'updateGuest'>;
  readonly endGuest: Command<'endGuest'>;
  /** Whose time is over leaves everything. May be repeated. False: there is more of it to do, or they may stay. */
  leave(guest: Somebody): Promise<boolean>;
}

export interface GuestsDependencies {
  /** Null: nobody leaves anything; for tests of accounts alone. */
  readonly conversationLog: ConversationLog | null;
}

/** Two of one name at one moment try again. */
const TRIES = 5;
/** Conversations left in one go; due work comes back for the others. */
const LEAVE_AT_ONCE = 200;

const GuestCursor = z.tuple([Id]);

export function createGuests(room: Room, { conversationLog }: GuestsDependencies): Guests {
  const { db, now, joining } = room;

  const make = (input: GuestInput, invite: GoodInvite, seconds: number, origin: Origin, username: string) =>
    db.transaction().execute(async (trx) => {
      const { name } = input;
      const account = await insertAccount(trx, {
        email: null,
        emailVerified: false,
        name,
        username,
        passwordHash: null,
        locale: origin.locale ?? null,
      });
      // Holds the invitation: of many who come by the last use, or the last place, at once, one is let in.
      if (!(await joining.take(trx, invite.id, account.id, null, 'guest'))) throw over();
      await refuseCrowd(trx, room.tenantId, now());
      const until = new Date(now() + seconds * 1000);
      // In the same transaction, unlike that of others: an account without a person would be healed to a member.
      await trx
        .insertInto('users')
        .values({
          tenant_id: room.tenantId,
          id: account.id,
          username,
          display_name: name,
          role: 'guest',
          guest_until: until,
          guest_by: invite.madeBy,
        })
        .execute();
      await planEnd(trx, { tenantId: room.tenantId, userId: account.id }, until);
      await recordEvent(trx, account.id, 'guest_came', origin);
      return account;
    });

  const makeOne = async (input: GuestInput, invite: GoodInvite, seconds: number, origin: Origin) => {
    const plain = usernameOf(input.name);
    for (let attempt = 1; ; attempt += 1) {
      const username = attempt === 1 ? plain : `${plain}-${randomBytes(3).toString('hex')}`;
      try {
        return await make(input, invite, seconds, origin, username);
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === TRIES) throw error;
      }
    }
  };

  /** Who they are, for whoever may look after them. @throws KithError not_found, the same for who is no guest (any more). */
  const guestOf = async (caller: Caller, userId: string): Promise<{ readonly until: Date }> => {
    const row = await db
      .selectFrom('users')
      .select(['guest_until', 'guest_by'])
      .where('tenant_id', '=', caller.tenantId)
      .where('id', '=', userId)
      .where('guest_until', '>', new Date(now()))
      .executeTakeFirst();
    const may = row?.guest_by === caller.userId || judgeTenant(await roleOf(caller)) === 'allowed';
    if (!row?.guest_until || !may)
      throw new KithError('not_found', { message: 'There is no such guest of yours.' });
    return { until: row.guest_until };
  };
  const roleOf = ({ tenantId, userId }: Caller) => tenantRole(db, tenantId, userId);

  const setUntil = (caller: Caller, userId: string, until: Date, kind: 'guest_changed' | 'guest_ended') =>
    db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('users')
        .set({ guest_until: until })
        .where('tenant_id', '=', caller.tenantId)
        .where('id', '=', userId)
        // Not of whom another has ended meanwhile.
        .where('guest_until', '>', new Date(now()))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new KithError('not_found');
      await planEnd(trx, { tenantId: caller.tenantId, userId }, until);
      await recordEvent(trx, userId, kind, { sessionId: caller.sessionId });
    });

  const leaveOne = async (log: ConversationLog, { tenantId, userId }: Somebody, conversationId: string) => {
    try {
      await log.change(tenantId, conversationId, async (held) => {
        const own = await held.member(userId);
        if (own?.state !== 'joined') return;
        await letOut(held, userId, 'left');
        await held.appendSystem(userId, { type: 'left' });
      });
    } catch (error) {
      // It is gone itself.
      if (!(error instanceof KithError && error.code === 'not_found')) throw error;
    }
  };

  const leaveAll = async (guest: Somebody, byItself: boolean): Promise<boolean> => {
    const { tenantId, userId } = guest;
    const row = await db
      .selectFrom('users')
      .select('guest_until')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .executeTakeFirst();
    // They may stay longer than was planned: what is due then stands in its row.
    if (!row?.guest_until || row.guest_until.getTime() > now()) return true;
    const places = await placesOf(db, guest);
    const ended = await db.transaction().execute(async (trx) => {
      const sessions = await room.sessions.endAll(trx, userId, null);
      if (byItself && sessions.sessionIds.length + places.length > 0)
        await recordEvent(trx, userId, 'guest_ended', { address: null, userAgent: null });
      return sessions;
    });
    room.sessions.tell(ended);
    if (!conversationLog) return true;
    for (const conversationId of places) await leaveOne(conversationLog, guest, conversationId);
    return places.length < LEAVE_AT_ONCE;
  };

  return {
    enter: async (input, origin) => {
      const invite = await joining.find(input.invite);
      if (!invite || invite.guestSeconds === null) throw over();
      await joining.demand({ email: null, proven: false, invite: invite.id, as: 'guest' });
      if (isTrapped(input))
        return pretendToMake(room, { email: null, name: input.name, username: usernameOf(input.name) });
      const account: Account = await makeOne(input, invite, invite.guestSeconds, origin);
      await room.settle(account.id);
      return open(room, { account, origin, password: null });
    },
    listGuests: async (caller, { cursor, limit }) => {
      const { tenantId, userId } = caller;
      const all = judgeTenant(await roleOf(caller)) === 'allowed';
      const size = limit ?? limits.pageDefault;
      const before = cursor === undefined ? null : decodeCursor(GuestCursor, cursor)[0];
      const rows = await db
        .selectFrom('users as u')
        .select([...userColumns, 'created_at', 'guest_until', 'guest_by'])
        .select(joinedCount.as('conversations'))
        .where('u.tenant_id', '=', tenantId)
        .where('u.guest_until', '>', new Date(now()))
        .$if(!all, (query) => query.where('u.guest_by', '=', userId))
        .$if(before !== null, (query) => query.where('u.id', '<', before ?? ''))
        .orderBy('u.id', 'desc')
        .limit(size + 1)
        .execute();
      const page = rows.slice(0, size);
      const last = page.at(-1);
      return {
        guests: page.map(({ created_at, guest_until, guest_by, conversations, ...row }) => ({
          user: toUser(row),
          invitedBy: guest_by ?? row.id,
          since: created_at.toISOString(),
          until: (guest_until ?? created_at).toISOString(),
          conversations,
        })),
        users: await usersByIds(
          db,
          tenantId,
          page.flatMap((row) => row.guest_by ?? []),
        ),
        next: rows.length > size && last ? encodeCursor([last.id]) : null,
      };
    },
    updateGuest: async (caller, input) => {
      const until = new Date(input.until);
      const ahead = until.getTime() - now();
      if (ahead <= 0 || ahead > limits.guestSecondsMax * 1000)
        throw new KithError('bad_input', {
          fields: [
            { path: 'until', message: `must be to come, and within ${limits.guestSecondsMax / 86_400} days` },
          ],
        });
      const { until: former } = await guestOf(caller, input.userId);
      // S7: repeating changes nothing.
      if (former.getTime() !== until.getTime()) {
        await setUntil(caller, input.userId, until, 'guest_changed');
        // Every node holds the end of their sessions.
        room.sessions.tellChanged(caller.tenantId);
      }
      return { until: until.toISOString() };
    },
    endGuest: async (caller, { userId }) => {
      await guestOf(caller, userId);
      await setUntil(caller, userId, new Date(now()), 'guest_ended');
      // What this node cannot finish now, due work does.
      await leaveAll({ tenantId: caller.tenantId, userId }, false);
      return {};
    },
    leave: (guest) => leaveAll(guest, true),
  };
}

const joinedCount = sql<number>`(select count(*)::integer from members m
  where m.tenant_id = u.tenant_id and m.user_id = u.id and m.state = 'joined')`;

/** @throws KithError limit_reached: a link that goes round makes no more of them. */
async function refuseCrowd(trx: AccountsDb, tenantId: number, now: number): Promise<void> {
  // One after the other: of many at once, by several links, each would count before the others are there.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`guests ${tenantId}`}, 0))`.execute(trx);
  const { count } = await trx
    .selectFrom('users')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('tenant_id', '=', tenantId)
    .where('guest_until', '>', new Date(now))
    .executeTakeFirstOrThrow();
  if (count >= limits.guests)
    throw new KithError('limit_reached', { message: 'There are as many guests here as there may be.' });
}

/** Found by any node; a claim of the former time is void. */
const planEnd = async (trx: AccountsDb, { tenantId, userId }: Somebody, at: Date): Promise<void> => {
  await trx
    .insertInto('due_work')
    .values({ tenant_id: tenantId, user_id: userId, kind: 'guest_end', id: userId, at, claimed_until: null })
    .onConflict((oc) =>
      oc.columns(['tenant_id', 'user_id', 'kind', 'id']).doUpdateSet({ at, claimed_until: null }),
    )
    .execute();
};

/** What they leave: a direct conversation cannot be left, and stays with whom it was with. */
async function placesOf(db: AccountsDb, { tenantId, userId }: Somebody): Promise<string[]> {
  const rows = await db
    .selectFrom('members as m')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.tenant_id', '=', 'm.tenant_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .select('m.conversation_id')
    .where('m.tenant_id', '=', tenantId)
    .where('m.user_id', '=', userId)
    .where('m.state', '=', 'joined')
    .where('c.kind', '<>', 'direct')
    .limit(LEAVE_AT_ONCE)
    .execute();
  return rows.map((row) => row.conversation_id);
}
