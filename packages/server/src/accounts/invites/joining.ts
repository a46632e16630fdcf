/** Whether somebody new may come in, whichever way they come: what the tenant chose, laid over what is configured. */
import { KithError } from '@kith/protocol';
import { sql } from 'kysely';
import type { Config } from '../../config.ts';
import { type JoinPolicy, type JoinVerdict, judgeNewcomer, mayInvite } from '../../policy/joining.ts';
import type { AccountsDb } from '../tables.ts';
import type { InviteTokens } from './tokens.ts';

/** An invitation that is good now. */
export interface GoodInvite {
  readonly id: string;
  readonly madeBy: string;
  readonly conversationIds: readonly string[];
  readonly email: string | null;
  readonly expiresAt: Date | null;
  /** How long each guest may stay; null: it makes no guests. */
  readonly guestSeconds: number | null;
}

/** What somebody comes as: a new account by an invitation of its kind only; who has an account by any. */
export type ComingAs = 'member' | 'guest' | 'known';

/** What somebody has in hand who wants an account. */
export interface Arriving {
  readonly email: string | null;
  /** Whether the address will have been proven when the account is made. */
  readonly proven: boolean;
  /** An invitation's id. Null: they have none. */
  readonly invite: string | null;
  /** Absent: as a member. */
  readonly as?: Exclude<ComingAs, 'known'>;
}

export interface Joining {
  policy(): Promise<JoinPolicy>;
  /** The same as of some seconds ago, for the door, which anybody may look at as often as they like. */
  shown(): Promise<JoinPolicy>;
  /** It was changed here. */
  forget(): void;
  judge(arriving: Arriving): Promise<JoinVerdict>;
  /** @throws KithError forbidden. */
  demand(arriving: Arriving): Promise<void>;
  /** The invitation behind what a link carries; null alike for one that never was, is over, used up or revoked. */
  find(token: string): Promise<GoodInvite | null>;
  /**
   * In the transaction that makes the account: counted there, and nowhere else. False: it is good no more, for another address,
   * or lets in guests alone, and who comes is none.
   */
  take(
    trx: AccountsDb,
    inviteId: string,
    userId: string,
    email: string | null,
    as: ComingAs,
  ): Promise<boolean>;
}

const SHOWN_MS = 5_000;

export interface JoiningDependencies {
  readonly db: AccountsDb;
  readonly tenantId: number;
  readonly tokens: InviteTokens;
  readonly config: Pick<Config, 'signUp' | 'providers'>;
  readonly proveAddress: boolean;
  readonly hasAccounts: () => Promise<boolean>;
  readonly now: () => number;
}

export function createJoining(dependencies: JoiningDependencies): Joining {
  const { db, tenantId, tokens, config, hasAccounts, now } = dependencies;
  // An address proves something only where somebody looks: this server, or a service that people come by.
  const proves = dependencies.proveAddress || config.providers.length > 0;

  const policy = async (): Promise<JoinPolicy> =>
    effectivePolicy(await policyRow(db, tenantId), config.signUp, proves);

  const good = async (db: AccountsDb, id: string): Promise<GoodInvite | null> => {
    const row = await db
      .selectFrom('invites as i')
      .innerJoin('users as u', (join) =>
        join.onRef('u.tenant_id', '=', 'i.tenant_id').onRef('u.id', '=', 'i.made_by'),
      )
      .select([
        'i.id',
        'i.made_by',
        'i.conversation_ids',
        'i.email',
        'i.expires_at',
        'i.guest_seconds',
        'u.role',
      ])
      .where('i.tenant_id', '=', tenantId)
      .where('i.id', '=', id)
      .where(isOpen(now()))
      .executeTakeFirst();
    // Whoever made it may have lost the right to since.
    if (!row || !mayInvite(await policy(), row.role)) return null;
    return {
      id: row.id,
      madeBy: row.made_by,
      conversationIds: row.conversation_ids,
      email: row.email,
      expiresAt: row.expires_at,
      guestSeconds: row.guest_seconds,
    };
  };

  const judge = async ({ email, proven, invite, as = 'member' }: Arriving): Promise<JoinVerdict> => {
    const invitation = invite === null ? null : await good(db, invite);
    // A guest types no address: theirs is whoever holds the link. And nobody becomes more by a guest's link than a guest.
    const invited =
      invitation !== null &&
      (as === 'guest') === (invitation.guestSeconds !== null) &&
      (as === 'guest' || isFor(invitation, email));
    return judgeNewcomer(await policy(), { email, proven, invited, first: !(await hasAccounts()) });
  };

  let kept: { readonly policy: JoinPolicy; readonly until: number } | null = null;

  return {
    policy,
    shown: async () => {
      kept = kept && kept.until > now() ? kept : { policy: await policy(), until: now() + SHOWN_MS };
      return kept.policy;
    },
    forget: () => {
      kept = null;
    },
    judge,
    demand: async (arriving) => {
      const verdict = await judge(arriving);
      if (verdict !== 'allowed') throw refusal(verdict);
    },
    find: async (token) => {
      const id = tokens.idIn(tenantId, token);
      return id === null ? null : good(db, id);
    },
    take: async (trx, inviteId, userId, email, as) => {
      // The row is held until the commit: of many who use the last one at once, the others then find it used up.
      const taken = await trx
        .updateTable('invites as i')
        .set({ uses: sql<number>`uses + 1` })
        .where('i.tenant_id', '=', tenantId)
        .where('i.id', '=', inviteId)
        .where(isOpen(now()))
        .$if(as !== 'known', (query) => query.where('i.role', '=', as === 'guest' ? 'guest' : 'member'))
        .$if(as !== 'guest', (query) =>
          query.where((eb) => eb.or([eb('i.email', 'is', null), eb('i.email', '=', email)])),
        )
        .returning('i.id')
        .executeTakeFirst();
      if (!taken) return false;
      await trx
        .insertInto('invite_uses')
        .values({ tenant_id: tenantId, invite_id: inviteId, user_id: userId, used_at: new Date(now()) })
        .execute();
      return true;
    },
  };
}

export const refusal = (verdict: Exclude<JoinVerdict, 'allowed'>): KithError =>
  new KithError('forbidden', {
    message:
      verdict === 'closed'
        ? 'New accounts are not open here. Ask whoever runs this server.'
        : 'New accounts are for those who were invited. Ask somebody who is here for a link.',
    // The door tells them apart, in its own language.
    fields: [{ path: 'invite', message: 'is needed', reason: verdict }],
  });

export const isFor = ({ email }: Pick<GoodInvite, 'email'>, address: string | null): boolean =>
  email === null || email === address;

/** Of a row named `i`. */
export const isOpen = (now: number) => sql<boolean>`i.revoked_at is null
  and (i.expires_at is null or i.expires_at > ${new Date(now)})
  and (i.max_uses is null or i.uses < i.max_uses)`;

export interface PolicyRow {
  readonly sign_up: JoinPolicy['signUp'] | null;
  readonly email_domains: readonly string[];
  readonly invite_by: JoinPolicy['inviteBy'] | null;
}

export const policyRow = (db: AccountsDb, tenantId: number): Promise<PolicyRow> =>
  db
    .selectFrom('tenants')
    .select(['sign_up', 'email_domains', 'invite_by'])
    .where('id', '=', tenantId)
    .executeTakeFirstOrThrow();

export function effectivePolicy(row: PolicyRow, configured: Config['signUp'], proves: boolean): JoinPolicy {
  const chosen = row.sign_up ?? configured;
  // Without a proof, an address is only words.
  const signUp = chosen === 'domains' && !proves ? 'invited' : chosen;
  return {
    signUp,
    domains: signUp === 'domains' ? row.email_domains : [],
    inviteBy: row.invite_by ?? (signUp === 'open' ? 'members' : 'admins'),
  };
}
