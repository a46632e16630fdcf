/**
 * New accounts are let do little of what spammers do: write to people who do not know them, and add them to groups. Only
 * where strangers come in at all; who looks after the place is never bound. Counted in the database, for all nodes.
 */
import { KithError, limits } from '@kith/protocol';
import type { Config } from '../config.ts';
import type { Privacy } from '../policy/privacy.ts';
import type { Db } from '../store/database.ts';
import { countDeeds, isNewcomer, tenantDoor } from '../store/newcomers.ts';
import type { Somebody } from '../store/users.ts';

/** What is counted: a first message to somebody, somebody added to a group or channel, and somebody invited by mail. */
export type Deed = 'contact' | 'add' | 'invite';

export interface Newcomers {
  /**
   * Somebody is about to do this to these people; those who know them do not count.
   * @throws KithError rate_limited, with the reason `new_account`.
   */
  demand(who: Somebody, deed: Exclude<Deed, 'invite'>, others: readonly string[]): Promise<void>;
  /** The same for an invitation that is mailed. */
  demandInvite(who: Somebody): Promise<void>;
  /** Whether people here are strangers to one another, so that what they first write is a request. */
  strangersHere(tenantId: number): Promise<boolean>;
}

const most: { readonly [D in Deed]: number } = {
  contact: limits.newcomerContacts,
  add: limits.newcomerAdds,
  invite: limits.newcomerInvites,
};
const says: { readonly [D in Deed]: string } = {
  contact: 'Your account is new: today you have written to as many people for the first time as you may.',
  add: 'Your account is new: today you have added as many people who do not know you as you may.',
  invite: 'Your account is new: today you have mailed as many invitations as you may.',
};

/** A change of the tenant is seen so late, ms. */
const DOOR_MS = 10_000;

export interface NewcomersDependencies {
  readonly db: Db;
  readonly privacy: Pick<Privacy, 'strangers'>;
  readonly config: Pick<Config, 'strangers' | 'signUp' | 'publicOrigins' | 'rateFactor'>;
  readonly now?: () => number;
}

export function createNewcomers({ db, privacy, config, now = Date.now }: NewcomersDependencies): Newcomers {
  const doors = new Map<number, { readonly known: Promise<boolean>; readonly until: number }>();

  const ask = async (tenantId: number): Promise<boolean> => {
    const door = await tenantDoor(db, tenantId);
    if (door?.strangers != null) return door.strangers;
    // On a machine of one's own, and where one is let in by somebody, or by a host, people know one another.
    if (door?.hosted) return false;
    return (door?.signUp ?? config.signUp) === 'open' && config.publicOrigins.length > 0;
  };
  /** Whether the people here are strangers to one another. */
  const hasStrangers = (tenantId: number): Promise<boolean> => {
    const kept = doors.get(tenantId);
    if (kept && kept.until > now()) return kept.known;
    const known = ask(tenantId);
    doors.set(tenantId, { known, until: now() + DOOR_MS });
    known.catch(() => doors.delete(tenantId));
    return known;
  };

  const strangersHere = async (tenantId: number): Promise<boolean> =>
    config.strangers === 'auto' ? hasStrangers(tenantId) : config.strangers === 'on';
  const bounds = async (who: Somebody): Promise<boolean> =>
    config.rateFactor > 0 &&
    (await strangersHere(who.tenantId)) &&
    (await isNewcomer(db, who, limits.newcomerDays, now()));
  const count = async (who: Somebody, deed: Deed, times: number): Promise<void> => {
    const again = await countDeeds(db, who, {
      deed,
      times,
      most: Math.max(1, Math.floor(most[deed] * config.rateFactor)),
      now: now(),
    });
    if (!again) return;
    throw new KithError('rate_limited', {
      message: says[deed],
      fields: [{ path: 'account', message: says[deed], reason: 'new_account' }],
      retryAfterMs: Math.max(1_000, again.getTime() - now()),
    });
  };

  return {
    strangersHere,
    demand: async (who, deed, others) => {
      if (others.length === 0 || !(await bounds(who))) return;
      const strangers = await privacy.strangers(who.tenantId, who.userId, others);
      if (strangers.length > 0) await count(who, deed, strangers.length);
    },
    demandInvite: async (who) => {
      if (await bounds(who)) await count(who, 'invite', 1);
    },
  };
}
