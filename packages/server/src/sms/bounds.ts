/**
 * How many codes go out: each costs money, and whoever owns a range of numbers earns by having texts sent there. What is asked
 * for is counted by number and by address, whether or not anything is sent, so that the count tells nobody whose number is known;
 * what is sent is counted for the service and, to strangers, for their country.
 */
import { KithError } from '@kith/protocol';
import { addressKey } from '../limits/rateLimiter.ts';
import type { Db } from '../store/database.ts';
import { countSms, lookSms, type SmsBound } from '../store/smsCounts.ts';
import type { PhoneNumber } from './numbers.ts';

export interface Asked {
  readonly number: string;
  /** Who asks: an address, an account that is signed in, or a browser that was, which does not wait for what strangers do. */
  readonly by:
    | { readonly type: 'address'; readonly address: string | null }
    | { readonly type: 'device'; readonly deviceId: string }
    | { readonly type: 'account'; readonly userId: string };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** To one number: somebody is waiting, looks again, and gives up. */
const SOON = { most: 3, windowMs: 10 * MINUTE_MS };
const PER_DAY = { most: 10, windowMs: DAY_MS };
/** An office behind one address, on the day it moves in. */
const OF_ADDRESS_SOON = { most: 10, windowMs: 60 * MINUTE_MS };
const OF_ADDRESS = { most: 30, windowMs: DAY_MS };

/** Counts what is asked for. In a transaction: what is refused in the end is not counted. @throws KithError rate_limited */
export async function countAsked(trx: Db, { number, by }: Asked, now: number): Promise<void> {
  const bounds: SmsBound[] = [];
  if (by.type === 'address') {
    const key = `address ${addressKey(by.address ?? 'unknown')}`;
    bounds.push({ key: `${key} soon`, ...OF_ADDRESS_SOON }, { key, ...OF_ADDRESS });
  } else {
    // Of one account: not of as many numbers as it likes.
    const key = by.type === 'device' ? `device ${by.deviceId}` : `account ${by.userId}`;
    bounds.push({ key, ...PER_DAY });
  }
  // Whoever has others called has them wait for nobody but themselves.
  const own = by.type === 'device' ? ` ${by.deviceId}` : by.type === 'account' ? ` ${by.userId}` : '';
  bounds.push({ key: `number ${number}${own} soon`, ...SOON }, { key: `number ${number}${own}`, ...PER_DAY });
  for (const bound of bounds) {
    const roomAt = await countSms(trx, bound, now);
    if (roomAt !== null) throw tooManyTexts(roomAt - now);
  }
}

const tooManyTexts = (retryAfterMs: number): KithError =>
  new KithError('rate_limited', {
    message: 'Enough codes were sent to this number, or asked for from here. Wait a while.',
    retryAfterMs,
  });

export interface Budget {
  /** Of the whole service, in a day. */
  readonly daily: number;
  /** Whether whoever runs it has said where texts go. */
  readonly countriesAreNamed: boolean;
}

/**
 * Whether one more may be sent, counted if so. `known`: to a number of an account, or of somebody who is signed in. Strangers
 * have a part of the day only: who has many numbers called keeps nobody from their own account.
 */
export async function countSent(
  trx: Db,
  { daily, countriesAreNamed }: Budget,
  { callingCode }: Pick<PhoneNumber, 'callingCode'>,
  known: boolean,
  now: number,
): Promise<boolean> {
  const all: SmsBound = { key: 'all', most: daily, windowMs: DAY_MS };
  const part = Math.max(1, Math.floor(daily / 2));
  const strangers: SmsBound[] = [
    ...(countriesAreNamed
      ? []
      : [{ key: `country ${callingCode}`, most: Math.max(1, Math.floor(part / 4)), windowMs: DAY_MS }]),
    { key: 'strangers', most: part, windowMs: DAY_MS },
  ];
  const bounds = known ? [all] : [...strangers, all];
  // Looked at first: one that is full must not cost the others a count, as nothing is rolled back here.
  for (const bound of bounds) if ((await lookSms(trx, bound, now)) !== null) return false;
  for (const bound of bounds) if ((await countSms(trx, bound, now)) !== null) return false;
  return true;
}
