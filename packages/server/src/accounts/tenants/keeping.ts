/**
 * What the owner of the place does with it from the app, and in part its admins. Each asks first that one shows who one is, and
 * stands in both records: what happened to accounts, and what happened to the place. People of hosts cannot: their host says
 * who they are, and nobody owns a tenant by a token.
 */
import {
  type CommandName,
  KithError,
  type Output,
  type ParsedInput,
  type SecurityEventKind,
  type TenantEventKind,
} from '@kith/protocol';
import { sql } from 'kysely';
import type { Announcer } from '../../fanout/announcer.ts';
import { subjects } from '../../fanout/bus.ts';
import { demand, judgeTenant } from '../../policy/policy.ts';
import type { Caller } from '../../services.ts';
import type { Db } from '../../store/database.ts';
import { ownPerson, tenantRole } from '../../store/users.ts';
import { findCredential, holdAccount } from '../credentials.ts';
import { endTrust } from '../devices.ts';
import { recordEvent } from '../events.ts';
import { deleteCodes } from '../factors/recoveryCodes.ts';
import { hasFactor, readSetUp } from '../factors/setUp.ts';
import { tellOfFactor } from '../notices.ts';
import { accountOf, demandConfirmed } from '../ownAccount.ts';
import type { Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';
import { type Services, waysInto } from '../ways.ts';
import * as apiKeys from './apiKeys.ts';
import { changeTenant } from './change.ts';
import { recordTenantEvent } from './events.ts';
import { readPlace } from './place.ts';
import { demandAbove, demandOwner, type Held, holdOwner, holdRanks } from './ranks.ts';
import { tenantsDb } from './tables.ts';
import { tenantPeople } from './tenantPeople.ts';

type Command<N extends CommandName> = (caller: Caller, input: ParsedInput<N>) => Promise<Output<N>>;

export interface Keeping {
  readonly getTenant: Command<'getTenant'>;
  readonly updateTenant: Command<'updateTenant'>;
  readonly createTenantKey: Command<'createTenantKey'>;
  readonly rotateTenantKey: Command<'rotateTenantKey'>;
  readonly revokeTenantKey: Command<'revokeTenantKey'>;
  readonly listTenantPeople: Command<'listTenantPeople'>;
  readonly setTenantRole: Command<'setTenantRole'>;
  readonly transferTenant: Command<'transferTenant'>;
  readonly resetFactors: Command<'resetFactors'>;
  readonly suspendAccount: Command<'suspendAccount'>;
  readonly restoreAccount: Command<'restoreAccount'>;
}

export interface KeepingOptions {
  readonly people: Db;
  readonly announcer: Announcer;
  /** Services that people sign in by. */
  readonly services: Services;
  /** All nodes read anew what tenants may do. */
  readonly changed: () => Promise<void>;
}

export function createKeeping(room: Room, options: KeepingOptions): Keeping {
  const { people, announcer, changed } = options;
  const db = tenantsDb(people);
  const roleOf = ({ tenantId, userId }: Caller) => tenantRole(people, tenantId, userId);

  /** @throws KithError forbidden, not_found without an account, confirmation_required. */
  const asOwner = async (caller: Caller): Promise<void> => {
    await demandOwner(people, caller);
    await accountOf(room, caller);
    await demandConfirmed(room, caller);
  };

  /** The same of owner and admins. */
  const asKeeper = async (caller: Caller): Promise<void> => {
    demand(judgeTenant(await roleOf(caller)));
    await accountOf(room, caller);
    await demandConfirmed(room, caller);
  };

  /** What only the owner does, even if they hand the place over at that moment. */
  const owning = async <T>(caller: Caller, work: (trx: AccountsDb) => Promise<T>): Promise<T> => {
    await asOwner(caller);
    return room.db.transaction().execute(async (trx) => {
      await holdOwner(tenantsDb(trx), caller);
      return work(trx);
    });
  };

  const note = async (
    trx: AccountsDb,
    { tenantId, sessionId }: Caller,
    { username, target }: Held,
    kind: TenantEventKind,
    of: SecurityEventKind,
    more = '',
  ): Promise<void> => {
    await recordTenantEvent(
      tenantsDb(trx),
      tenantId,
      kind,
      `${target.username} ${more}by ${username}`.slice(0, 200),
    );
    await recordEvent(trx, target.id, of, { sessionId });
  };

  /** To their devices, and to everybody who shows them; what their sessions may do is looked up anew on all nodes. */
  const tell = async (tenantId: number, userIds: readonly string[]): Promise<void> => {
    room.sessions.tellChanged(tenantId);
    for (const userId of userIds) {
      const own = await ownPerson(people, tenantId, userId);
      if (!own) continue;
      announcer.toUser(tenantId, userId, { type: 'user', rev: own.rev, records: [own.profile] });
      announcer.ephemeral(subjects.people(tenantId), { type: 'profile', user: own.user });
    }
  };
  const personOf = async (tenantId: number, userId: string) => {
    const own = await ownPerson(people, tenantId, userId);
    if (!own) throw new KithError('not_found');
    return { user: own.user };
  };
  const setRole = (trx: AccountsDb, tenantId: number, userId: string, role: 'owner' | 'admin' | 'member') =>
    trx
      .updateTable('users')
      .set({ role, rev: sql<number>`rev + 1`, profile_rev: sql<number>`rev + 1` })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', userId)
      .execute();

  const key = (
    trx: AccountsDb,
    { userId, sessionId }: Caller,
    kind: 'api_key_made' | 'api_key_revoked',
  ): Promise<void> => recordEvent(trx, userId, kind, { sessionId });

  /** Ends their sessions in the transaction; they are told after it. */
  const changeAccount = async (
    caller: Caller,
    userId: string,
    work: (trx: AccountsDb, held: Held) => Promise<void>,
  ): Promise<void> => {
    await asKeeper(caller);
    const ended = await room.db.transaction().execute(async (trx) => {
      const held = await holdRanks(tenantsDb(trx), caller, userId);
      demandAbove(held);
      if (!(await holdAccount(trx, userId)))
        throw new KithError('not_found', { message: 'They have no account of their own here.' });
      await work(trx, held);
      return room.sessions.endAll(trx, userId, null);
    });
    room.sessions.tell(ended);
    room.mail.nudge();
  };

  return {
    getTenant: async (caller) => {
      const role = await roleOf(caller);
      demand(judgeTenant(role));
      return readPlace(db, caller.tenantId, role === 'owner');
    },
    updateTenant: async (caller, change) => {
      const { tenantId, userId, sessionId } = caller;
      await owning(caller, async (trx) => {
        await changeTenant(tenantsDb(trx), tenantId, change, userId);
        await recordEvent(trx, userId, 'tenant_changed', { sessionId });
      });
      await changed();
      if (change.name !== undefined) room.sessions.forgetAll();
      return readPlace(db, tenantId, true);
    },
    createTenantKey: async (caller, { name, scopes, expiresAt }) => {
      if (scopes.includes('people:write'))
        throw new KithError('bad_input', {
          fields: [{ path: 'scopes', message: 'people:write is for hosts: people have accounts here' }],
        });
      const until = expiresAt === undefined ? null : new Date(expiresAt);
      return owning(caller, async (trx) => {
        await key(trx, caller, 'api_key_made');
        return apiKeys.makeKey(tenantsDb(trx), caller.tenantId, { name, scopes, expiresAt: until });
      });
    },
    rotateTenantKey: (caller, { keyId }) =>
      owning(caller, async (trx) => {
        await key(trx, caller, 'api_key_made');
        return apiKeys.rotateKey(tenantsDb(trx), caller.tenantId, keyId);
      }),
    revokeTenantKey: (caller, { keyId }) =>
      owning(caller, async (trx) => {
        await key(trx, caller, 'api_key_revoked');
        await apiKeys.revokeKey(tenantsDb(trx), caller.tenantId, keyId);
        return {};
      }),
    listTenantPeople: async (caller, input) => {
      demand(judgeTenant(await roleOf(caller)));
      return tenantPeople(db, caller.tenantId, input);
    },
    setTenantRole: async (caller, { userId, role }) => {
      const { tenantId } = caller;
      await asOwner(caller);
      const changedRole = await room.db.transaction().execute(async (trx) => {
        const held = await holdRanks(tenantsDb(trx), caller, userId);
        // Again: they may have handed the place over at that moment.
        if (held.role !== 'owner') throw new KithError('forbidden');
        if (held.target.role === 'owner')
          throw new KithError('conflict', { message: 'Hand the place over to somebody else first.' });
        if (held.target.role === 'guest')
          throw new KithError('conflict', { message: 'A guest is neither a member nor an admin.' });
        if (!held.target.account)
          throw new KithError('conflict', { message: 'They have no account of their own here.' });
        if (held.target.role === role) return false;
        await setRole(trx, tenantId, userId, role);
        await note(trx, caller, held, 'role_changed', 'tenant_role_changed', `${role} `);
        return true;
      });
      if (changedRole) await tell(tenantId, [userId]);
      return personOf(tenantId, userId);
    },
    transferTenant: async (caller, { userId }) => {
      const { tenantId } = caller;
      await asOwner(caller);
      await room.db.transaction().execute(async (trx) => {
        const held = await holdRanks(tenantsDb(trx), caller, userId);
        if (held.role !== 'owner') throw new KithError('forbidden');
        if (held.target.role === 'owner') return;
        if (held.target.leaving)
          throw new KithError('conflict', { message: 'Their account is about to be deleted.' });
        if (held.target.role === 'guest' || !held.target.account)
          throw new KithError('conflict', { message: 'The owner needs a full account of their own here.' });
        const account = await trx
          .selectFrom('auth_users')
          .select('suspended_at')
          .where('id', '=', userId)
          .forUpdate()
          .executeTakeFirst();
        if (account?.suspended_at)
          throw new KithError('conflict', { message: 'This account is suspended. Restore it first.' });
        await setRole(trx, tenantId, caller.userId, 'admin');
        await setRole(trx, tenantId, userId, 'owner');
        await note(trx, caller, held, 'owner_changed', 'tenant_owner_changed');
      });
      await tell(tenantId, [caller.userId, userId]);
      return personOf(tenantId, userId);
    },
    resetFactors: async (caller, { userId }) => {
      await changeAccount(caller, userId, async (trx, held) => {
        const account = await findCredential(trx, { id: userId });
        if (!account) throw new KithError('not_found');
        if (!hasFactor(await readSetUp(trx, userId)))
          throw new KithError('conflict', { message: 'They have no second factor.' });
        const ways = await waysInto(room, options.services, trx, userId);
        // A link by mail is a way in, too.
        if (!ways.some(({ type }) => type !== 'passkey') && !(account.email !== null && room.mail.works))
          throw new KithError('conflict', { message: 'A passkey is their only way in: they need another.' });
        await trx.deleteFrom('auth_totps').where('user_id', '=', userId).execute();
        await trx.deleteFrom('auth_passkeys').where('user_id', '=', userId).execute();
        await deleteCodes(trx, userId);
        await endTrust(trx, userId);
        await room.proofs.withdraw(trx, userId, ['second_factor']);
        await note(trx, caller, held, 'factors_reset', 'factors_reset');
        await tellOfFactor(room, trx, account, 'factors_reset');
      });
      return {};
    },
    suspendAccount: async (caller, { userId }) => {
      await changeAccount(caller, userId, async (trx, held) => {
        const { numUpdatedRows } = await trx
          .updateTable('auth_users')
          .set({ suspended_at: sql<Date>`now()` })
          .where('id', '=', userId)
          .where('suspended_at', 'is', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows > 0n) await note(trx, caller, held, 'account_suspended', 'account_suspended');
      });
      return {};
    },
    restoreAccount: async (caller, { userId }) => {
      await changeAccount(caller, userId, async (trx, held) => {
        const { numUpdatedRows } = await trx
          .updateTable('auth_users')
          .set({ suspended_at: null })
          .where('id', '=', userId)
          .where('suspended_at', 'is not', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows > 0n) await note(trx, caller, held, 'account_restored', 'account_restored');
      });
      return {};
    },
  };
}
