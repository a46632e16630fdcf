/**
 * Guessing, bounded for all nodes together: each try takes a turn from its key, and past some free ones each is followed by a
 * pause that doubles. A right one forgets them. Whoever guesses at somebody's account from elsewhere makes only elsewhere wait:
 * a browser that was signed in to it before counts for itself, so that nobody can lock others out.
 */
import { createHash } from 'node:crypto';
import { KithError } from '@kith/protocol';
import { sql } from 'kysely';
import { addressKey } from '../limits/rateLimiter.ts';
import type { AccountsDb } from './tables.ts';

export interface Guesses {
  /** Takes one turn of each. @throws KithError rate_limited, with how long to wait. */
  take(keys: readonly GuessKey[]): Promise<void>;
  /** It was right: what was counted says nothing. */
  clear(key: GuessKey): Promise<void>;
  /** It was right, and what was counted before it may have been somebody else: only this turn is not counted. */
  giveBack(key: GuessKey): Promise<void>;
}

/** What is counted, and how many turns of it are free. */
export interface GuessKey {
  readonly key: string;
  readonly free: number;
  /** The pause grows no longer, ms. */
  readonly longest?: number;
}

const FIRST_PAUSE_MS = 5_000;
/** Not the moment of the try: another node's clock, or a try that began before, may not be there yet. */
const NO_PAUSE = new Date(0);
const LONGEST_PAUSE_MS = 15 * 60_000;
/** So long after the last try, nothing is counted any more. */
export const FORGOTTEN_MS = 24 * 3_600_000;

/** Five slips of the finger; of an address, which a whole office may share, many more. */
const FREE = 5;
const FREE_OF_ADDRESS = 100;
/** Of four tickets each five. */
const FREE_CODES = 20;
/** Nobody has so many addresses. */
const FREE_MAILS = 20;

/** Of a password that is tried for a login, by a device that knows the account or by all that do not. */
export const loginKey = (login: string, deviceId: string | null): GuessKey => ({
  key: `login ${deviceId ?? ''} ${createHash('sha256').update(login).digest('base64url')}`,
  free: FREE,
});

export const addressGuesses = (address: string | null): GuessKey => ({
  key: `address ${addressKey(address ?? 'unknown')}`,
  free: FREE_OF_ADDRESS,
});

/** Of codes, whatever tickets they are for: or whoever asks for many accounts comes by one that is not theirs. */
export const codesFrom = (address: string | null): GuessKey => ({
  key: `code ${addressKey(address ?? 'unknown')}`,
  free: FREE_CODES,
});

export const codesOf = (userId: string): GuessKey => ({ key: `code ${userId}`, free: FREE_CODES });

/** Not guesses, but bounded as they are: mails that somebody has sent to whom they like. */
export const mailsAskedFrom = (address: string | null): GuessKey => ({
  key: `mail ${addressKey(address ?? 'unknown')}`,
  free: FREE_OF_ADDRESS,
});

export const mailsAskedBy = (userId: string): GuessKey => ({ key: `mail ${userId}`, free: FREE_MAILS });
/**
 * Of a second factor, by a device that knows the account or by all that do not. Whoever guesses here has the password: with
 * pauses of six hours, all the codes of a year are tried in vain; a new password lets its person in at once.
 */
export const factorKey = (
  userId: string,
  factor: 'totp' | 'recovery',
  deviceId: string | null,
): GuessKey => ({
  key: `factor ${factor} ${deviceId ?? ''} ${userId}`,
  free: FREE,
  longest: 6 * 3_600_000,
});

/** Whoever set another password is not kept waiting by whoever knew the one before. */
export async function forgiveGuesses(guesses: Guesses, userId: string): Promise<void> {
  await guesses.clear(factorKey(userId, 'totp', null));
  await guesses.clear(factorKey(userId, 'recovery', null));
}

/** Of the password that confirms who is signed in. */
export const confirmKey = (userId: string): GuessKey => ({ key: `confirm ${userId}`, free: FREE });

/** `enabled` false: nothing is counted, as all rates are off. */
export function createGuesses(db: AccountsDb, enabled: boolean, now: () => number = Date.now): Guesses {
  const takeOne = async ({ key, free, longest = LONGEST_PAUSE_MS }: GuessKey): Promise<void> => {
    const at = new Date(now());
    const stale = new Date(now() - FORGOTTEN_MS);
    // Of tries side by side each is counted, and none begins in the pause of another.
    const { rows } = await sql<{ taken: boolean; blocked_until: Date }>`
      insert into auth_guesses as g (key, failures, blocked_until, at)
      values (${key}, 1, ${NO_PAUSE}, ${at})
      on conflict (key) do update set
        failures = case when g.at < ${stale} then 1 else least(g.failures + 1, 1000) end,
        blocked_until = case
          when g.at < ${stale} or g.failures < ${free} then ${NO_PAUSE}
          else ${at}::timestamptz + least(
            ${longest}::float8,
            ${FIRST_PAUSE_MS}::float8 * power(2, least(g.failures - ${free}, 20))
          ) * interval '1 millisecond' end,
        at = ${at}
      where g.blocked_until <= ${at}
      returning true as taken, blocked_until`.execute(db);
    if (rows.length > 0) return;
    const row = await db
      .selectFrom('auth_guesses')
      .select('blocked_until')
      .where('key', '=', key)
      .executeTakeFirst();
    throw new KithError('rate_limited', {
      message: 'Too many tries. Wait a moment.',
      retryAfterMs: Math.max(1_000, (row?.blocked_until.getTime() ?? 0) - now()),
    });
  };
  return {
    take: async (keys) => {
      if (!enabled) return;
      for (const key of keys) await takeOne(key);
    },
    clear: async ({ key }) => {
      if (enabled) await db.deleteFrom('auth_guesses').where('key', '=', key).execute();
    },
    giveBack: async ({ key }) => {
      if (!enabled) return;
      await db
        .updateTable('auth_guesses')
        .set({ failures: sql<number>`greatest(failures - 1, 0)`, blocked_until: NO_PAUSE })
        .where('key', '=', key)
        .execute();
    },
  };
}
