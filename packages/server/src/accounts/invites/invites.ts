/** Invitations: made, listed, revoked, looked at by who comes by one, and accepted by who has an account. */
import type { CommandName, InviteReply, Output, ParsedInput } from '@kith/protocol';
import { Id, KithError, limits } from '@kith/protocol';
import { type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import { mayInvite } from '../../policy/joining.ts';
import { demand, judge, judgeTenant } from '../../policy/policy.ts';
import type { Caller } from '../../services.ts';
import { decodeCursor, encodeCursor } from '../../store/cursor.ts';
import { isUniqueViolation } from '../../store/database.ts';
import { tenantRole } from '../../store/users.ts';
import { findCredential } from '../credentials.ts';
import { over } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { mailsAskedBy } from '../guesses.ts';
import { demandConfirmed } from '../ownAccount.ts';
import { linkTo, type Room, send } from '../room.ts';
import type { AccountsDb, AccountsSchema } from '../tables.ts';
import { effectivePolicy, isFor, isOpen, policyRow } from './joining.ts';
import type { InviteTokens } from './tokens.ts';

type Command<N extends CommandName> = (caller: Caller, input: ParsedInput<N>) => Promise<Output<N>>;

export interface Invites {
  readonly getJoinPolicy: Command<'getJoinPolicy'>;
  readonly updateJoinPolicy: Command<'updateJoinPolicy'>;
  /** `mayMail` throws when this person has mailed enough of them. */
  readonly createInvite: (
    ...asked: [...Parameters<Command<'createInvite'>>, mayMail?: () => Promise<void>]
  ) => ReturnType<Command<'createInvite'>>;
  readonly listInvites: Command<'listInvites'>;
  readonly revokeInvite: Command<'revokeInvite'>;
  readonly acceptInvite: Command<'acceptInvite'>;
  /** For whoever has no session yet. @throws KithError not_found, the same for all that leads nowhere. */
  preview(token: string): Promise<InviteReply>;
}

export interface InvitesOptions {
  readonly tokens: InviteTokens;
  /** What the configuration says of signing up. */
  readonly configured: 'open' | 'invited' | 'closed';
  /** Whether an address is ever proven: by this server, or by a service that people come by. */
  readonly proves: boolean;
}

const DAY_S = 86_400;
/** So long a mailed invitation is good unless something else was said. */
const MAIL_DAYS = 30;

export function createInvites(room: Room, { tokens, configured, proves }: InvitesOptions): Invites {
  const { db, now, joining } = room;
  const roleOf = ({ tenantId, userId }: Caller) => tenantRole(db, tenantId, userId);

  const policyOf = async (tenantId: number): Promise<Output<'getJoinPolicy'>> => {
    const row = await policyRow(db, tenantId);
    const { signUp, inviteBy } = effectivePolicy(row, configured, proves);
    return {
      signUp: row.sign_up,
      domains: [...row.email_domains],
      inviteBy: row.invite_by,
      effective: { signUp, inviteBy },
      provesAddresses: room.proveAddress,
    };
  };

  const toInvite = (row: InviteRow, caller: Caller, seen: ReadonlySet<string>): Invite => {
    const state = stateOf(row, now());
    const isOwn = row.made_by === caller.userId;
    return {
      id: row.id,
      madeBy: row.made_by,
      role: row.role,
      guestSeconds: row.guest_seconds,
      createdAt: row.created_at.toISOString(),
      // Nobody else comes by it into conversations that they are not in, not even as an admin of the tenant.
      token: isOwn && state === 'open' ? tokens.of(row.tenant_id, row.id) : null,
      conversationIds: row.conversation_ids.filter((id) => seen.has(id)),
      email: row.email,
      note: row.note,
      maxUses: row.max_uses,
      uses: row.uses,
      expiresAt: row.expires_at?.toISOString() ?? null,
      state,
    };
  };
  const shown = async (caller: Caller, rows: readonly InviteRow[]): Promise<Invite[]> => {
    const ids = [...new Set(rows.flatMap((row) => row.conversation_ids))];
    const seen = new Set((await placesOf(db, caller, ids)).map(({ id }) => id));
    return rows.map((row) => toInvite(row, caller, seen));
  };

  return {
    getJoinPolicy: async (caller) => {
      demand(judgeTenant(await roleOf(caller)));
      return policyOf(caller.tenantId);
    },
    updateJoinPolicy: async (caller, { signUp, domains, inviteBy }) => {
      const { tenantId, userId, sessionId } = caller;
      demand(judgeTenant(await roleOf(caller)));
      await demandConfirmed(room, caller);
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('tenants')
          .set((eb) => ({
            sign_up: signUp === undefined ? eb.ref('sign_up') : signUp,
            email_domains: domains === undefined ? eb.ref('email_domains') : [...new Set(domains)],
            invite_by: inviteBy === undefined ? eb.ref('invite_by') : inviteBy,
          }))
          .where('id', '=', tenantId)
          .returning(['sign_up', 'email_domains'])
          .executeTakeFirstOrThrow();
        if (row.sign_up === 'domains' && row.email_domains.length === 0)
          throw new KithError('bad_input', {
            fields: [{ path: 'domains', message: 'must name at least one domain' }],
          });
        await recordEvent(trx, userId, 'join_policy_changed', { sessionId });
      });
      joining.forget();
      return policyOf(tenantId);
    },
    createInvite: async (caller, input, mayMail) => {
      const { tenantId, userId, sessionId } = caller;
      const { inviteId, email = null, note, expiresInSeconds, role } = input;
      // Whom a host brings, it brings by tokens: an invitation leads into the main tenant, and mails speak in its name.
      if (tenantId !== room.tenantId)
        throw new KithError('forbidden', { message: 'People come in here by their own application.' });
      const policy = await joining.policy();
      if (!mayInvite(policy, await roleOf(caller)))
        throw new KithError('forbidden', { message: 'Only admins may invite people here.' });
      const known = await findRow(db, tenantId, inviteId);
      if (known) {
        // S7: a repetition.
        if (known.made_by !== userId) throw taken();
        const [invite] = await shown(caller, [known]);
        if (invite) return { invite };
      }
      const ids = [...new Set(input.conversationIds)];
      if (role === 'guest' && ids.length === 0)
        throw new KithError('bad_input', {
          message: 'Guests are let into conversations: name one at least.',
          fields: [{ path: 'conversationIds', message: 'must name at least one conversation' }],
        });
      const places = await placesOf(db, caller, ids);
      if (places.length < ids.length) throw new KithError('not_found');
      if (!places.every(({ mayAdd }) => mayAdd))
        throw new KithError('forbidden', { message: 'You may not add people there.' });
      if (email !== null) {
        room.mail.demand();
        await room.guesses.take([mailsAskedBy(userId)]);
        await mayMail?.();
      }
      const at = now();
      // What lies in a mailbox is found again after years.
      const seconds = expiresInSeconds ?? (email === null ? null : MAIL_DAYS * DAY_S);
      const expiresAt = seconds === null ? null : new Date(at + seconds * 1000);
      const row = await db
        .transaction()
        .execute(async (trx) => {
          // One after the other: of many at once, each would count before the others are there.
          await sql`select pg_advisory_xact_lock(hashtextextended(${`invites ${tenantId} ${userId}`}, 0))`.execute(
            trx,
          );
          const { count } = await trx
            .selectFrom('invites as i')
            .select((eb) => eb.fn.countAll<string>().as('count'))
            .where('i.tenant_id', '=', tenantId)
            .where('i.made_by', '=', userId)
            .where(isOpen(at))
            .executeTakeFirstOrThrow();
          if (Number(count) >= limits.invites)
            throw new KithError('limit_reached', {
              message: `You have ${limits.invites} open invitations. Revoke some of them first.`,
            });
          const made = await trx
            .insertInto('invites')
            .values({
              tenant_id: tenantId,
              id: inviteId,
              made_by: userId,
              conversation_ids: ids,
              email,
              note,
              role,
              guest_seconds: role === 'guest' ? input.guestSeconds : null,
              max_uses: email === null ? input.maxUses : 1,
              expires_at: expiresAt,
              revoked_at: null,
              created_at: new Date(at),
            })
            .returningAll()
            .executeTakeFirstOrThrow();
          await recordEvent(trx, userId, 'invite_made', { sessionId });
          if (email !== null)
            await mailInvite(room, trx, caller, made, linkTo('invite', tokens.of(tenantId, inviteId)));
          return made;
        })
        .catch((error: unknown) => {
          throw isUniqueViolation(error) ? taken() : error;
        });
      room.mail.nudge();
      return { invite: toInvite(row, caller, new Set(ids)) };
    },
    listInvites: async (caller, { of, cursor, limit }) => {
      const { tenantId, userId } = caller;
      const role = await roleOf(caller);
      if (of === 'everyone') demand(judgeTenant(role));
      const size = limit ?? limits.pageDefault;
      const before = cursor === undefined ? null : decodeCursor(InviteCursor, cursor)[0];
      const rows = await rowsIn(db, tenantId)
        .$if(of === 'me', (query) => query.where('made_by', '=', userId))
        .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
        .orderBy('id', 'desc')
        .limit(size + 1)
        .execute();
      const page = rows.slice(0, size);
      const last = page.at(-1);
      return {
        invites: await shown(caller, page),
        next: rows.length > size && last ? encodeCursor([last.id]) : null,
        mayInvite: tenantId === room.tenantId && mayInvite(await joining.policy(), role),
      };
    },
    revokeInvite: async (caller, { inviteId }) => {
      const { tenantId, userId, sessionId } = caller;
      const row = await findRow(db, tenantId, inviteId);
      const may = row?.made_by === userId || judgeTenant(await roleOf(caller)) === 'allowed';
      if (!row || !may) throw new KithError('not_found');
      await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('invites')
          .set({ revoked_at: new Date(now()) })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', inviteId)
          .where('revoked_at', 'is', null)
          .executeTakeFirst();
        // S7: repeating changes nothing.
        if (numUpdatedRows > 0n) await recordEvent(trx, userId, 'invite_revoked', { sessionId });
      });
      return {};
    },
    acceptInvite: async (caller, { token }) => {
      const { tenantId, userId, sessionId } = caller;
      const id = tokens.idIn(tenantId, token);
      if (id === null) throw over();
      if (!(await cameBy(room, caller, id))) {
        const invite = await joining.find(token);
        const address = (await findCredential(db, { id: userId }))?.email ?? null;
        if (invite && isFor(invite, address)) {
          // Who is in already leaves the place to somebody else.
          const places = await placesOf(db, caller, invite.conversationIds);
          if (places.length < invite.conversationIds.length) await use(room, caller, id, address, sessionId);
          // Pressed twice at once, and the other one has just used it up.
        } else if (!(await cameBy(room, caller, id))) throw over();
      }
      await room.settle(userId);
      const row = await findRow(db, tenantId, id);
      const places = await placesOf(db, caller, row?.conversation_ids ?? []);
      return { conversationIds: places.map((place) => place.id) };
    },
    preview: async (token) => {
      const invite = await joining.find(token);
      if (!invite) throw over();
      const [maker, places] = await Promise.all([
        db
          .selectFrom('users')
          .select(['display_name', 'username'])
          .where('tenant_id', '=', room.tenantId)
          .where('id', '=', invite.madeBy)
          .executeTakeFirstOrThrow(),
        placesOf(db, { tenantId: room.tenantId, userId: invite.madeBy }, invite.conversationIds),
      ]);
      return {
        tenant: room.site,
        inviter: { name: maker.display_name, username: maker.username },
        conversations: places.filter(({ mayAdd }) => mayAdd).map(({ name }) => name),
        email: invite.email,
        expiresAt: invite.expiresAt?.toISOString() ?? null,
        role: invite.guestSeconds === null ? 'member' : 'guest',
        guestSeconds: invite.guestSeconds,
      };
    },
  };
}

type Invite = Output<'listInvites'>['invites'][number];

const InviteCursor = z.tuple([Id]);

const rowsIn = (db: AccountsDb, tenantId: number) =>
  db.selectFrom('invites').selectAll().where('tenant_id', '=', tenantId);

const findRow = (db: AccountsDb, tenantId: number, id: string): Promise<InviteRow | undefined> =>
  rowsIn(db, tenantId).where('id', '=', id).executeTakeFirst();

type InviteRow = RowOf<ReturnType<typeof rowsIn>>;
type RowOf<Q> = Q extends SelectQueryBuilder<AccountsSchema, 'invites', infer R> ? R : never;

const taken = (): KithError => new KithError('conflict', { message: 'This id of an invitation is taken.' });

function stateOf(row: InviteRow, now: number): Invite['state'] {
  if (row.revoked_at) return 'revoked';
  if (row.expires_at && row.expires_at.getTime() <= now) return 'expired';
  return row.max_uses !== null && row.uses >= row.max_uses ? 'used_up' : 'open';
}

/** Of these conversations those that somebody is in, and whether they may add others there. */
async function placesOf(
  db: AccountsDb,
  { tenantId, userId }: Pick<Caller, 'tenantId' | 'userId'>,
  ids: readonly string[],
) {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('conversations as c')
    .innerJoin('members as m', (join) =>
      join.onRef('m.tenant_id', '=', 'c.tenant_id').onRef('m.conversation_id', '=', 'c.id'),
    )
    .select(['c.id', 'c.name', 'c.kind', 'c.visibility', 'c.history', 'c.member_count'])
    .select(['m.role', 'm.state', 'm.visible_after'])
    .where('c.tenant_id', '=', tenantId)
    .where(sql<boolean>`c.id = any (${[...ids]}::uuid[])`)
    .where('m.user_id', '=', userId)
    .where('m.state', '=', 'joined')
    .orderBy('c.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mayAdd:
      judge('addMembers', {
        conversation: {
          kind: row.kind,
          visibility: row.visibility,
          history: row.history,
          memberCount: row.member_count,
        },
        member: { role: row.role, state: row.state, visibleAfter: row.visible_after },
      }) === 'allowed',
  }));
}

/** Whoever came by it once may come back by it, and is not counted again. */
async function cameBy({ db }: Room, { tenantId, userId }: Caller, inviteId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invite_uses as w')
    .from('invites as i')
    .set({ settled_at: null })
    .whereRef('i.tenant_id', '=', 'w.tenant_id')
    .whereRef('i.id', '=', 'w.invite_id')
    .where('i.revoked_at', 'is', null)
    .where('w.tenant_id', '=', tenantId)
    .where('w.invite_id', '=', inviteId)
    .where('w.user_id', '=', userId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function use(
  room: Room,
  { tenantId, userId }: Caller,
  inviteId: string,
  address: string | null,
  sessionId: string,
): Promise<void> {
  try {
    await room.db.transaction().execute(async (trx) => {
      if (await room.joining.take(trx, inviteId, userId, address, 'known'))
        await recordEvent(trx, userId, 'invite_used', { sessionId });
      // Pressed twice at once, and the other one took the last place.
      else if (!(await isUsed(trx, tenantId, inviteId, userId))) throw over();
    });
  } catch (error) {
    // The same, with places left: the other one counted.
    if (!isUniqueViolation(error)) throw error;
  }
}

const isUsed = async (
  db: AccountsDb,
  tenantId: number,
  inviteId: string,
  userId: string,
): Promise<boolean> => {
  const row = await db
    .selectFrom('invite_uses')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('invite_id', '=', inviteId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
};

async function mailInvite(
  room: Room,
  trx: AccountsDb,
  { tenantId, userId }: Caller,
  invite: InviteRow,
  path: `/${string}`,
): Promise<void> {
  const maker = await trx
    .selectFrom('users')
    .select('display_name')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const account = await findCredential(trx, { id: userId });
  const seconds = ((invite.expires_at?.getTime() ?? 0) - room.now()) / 1000;
  // Nobody knows the language of who is invited: most speak that of who invites them.
  await send(room, trx, invite.email ?? '', account?.locale, {
    kind: 'invite',
    inviter: maker.display_name,
    tenant: room.site,
    path,
    days: Math.max(1, Math.floor(seconds / DAY_S)),
  });
}
