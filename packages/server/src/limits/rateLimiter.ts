/**
 * Flooding is bounded per person and per address: token buckets by rate class, refilled on sight (no timers), in
 * bounded memory. A bucket that is full again is forgotten, for it says nothing.
 */
import { isIPv6 } from 'node:net';
import { addressFactor, KithError, type RateClass, rates } from '@kith/protocol';

export type RateScope = { readonly tenantId: number; readonly userId: string } | { readonly address: string };

export type RateDecision = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface RateLimiter {
  /** Takes a token; when there is none, says after how many ms there is. */
  take(scope: RateScope, rateClass: RateClass): RateDecision;
}

export interface RateLimiterOptions {
  /** Multiplies every rate of the protocol: 1 as published, 0 switches limiting off. */
  readonly factor: number;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  /** Buckets kept at most; beyond it the least recently used is forgotten. About 150 bytes each. */
  readonly maxBuckets?: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was true. */
  at: number;
  readonly burst: number;
  readonly perMs: number;
}

const OK: RateDecision = { ok: true };
const DEFAULT_MAX_BUCKETS = 100_000;
/** Old buckets looked at with every take: two leave faster than one comes. */
const SWEPT_PER_TAKE = 2;

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { factor, now = () => performance.now(), maxBuckets = DEFAULT_MAX_BUCKETS } = options;
  if (factor <= 0) return { take: () => OK };
  /** In order of last use, the oldest first. */
  const buckets = new Map<string, Bucket>();

  const forgetOld = (time: number): void => {
    let looked = 0;
    for (const [key, bucket] of buckets) {
      const full = bucket.tokens + (time - bucket.at) * bucket.perMs >= bucket.burst;
      if (!full && buckets.size <= maxBuckets) return;
      buckets.delete(key);
      looked += 1;
      if (looked >= SWEPT_PER_TAKE) return;
    }
  };

  const open = (scope: RateScope, rateClass: RateClass, time: number): Bucket => {
    const scale = 'address' in scope ? factor * addressFactor : factor;
    const burst = Math.max(1, rates[rateClass].burst * scale);
    return { tokens: burst, at: time, burst, perMs: (rates[rateClass].perSecond * scale) / 1_000 };
  };

  return {
    take: (scope, rateClass) => {
      const time = now();
      const key = keyOf(scope, rateClass);
      const bucket = buckets.get(key) ?? open(scope, rateClass, time);
      bucket.tokens = Math.min(bucket.burst, bucket.tokens + (time - bucket.at) * bucket.perMs);
      bucket.at = time;
      const allowed = bucket.tokens >= 1;
      if (allowed) bucket.tokens -= 1;
      buckets.delete(key);
      buckets.set(key, bucket);
      forgetOld(time);
      return allowed ? OK : { ok: false, retryAfterMs: Math.ceil((1 - bucket.tokens) / bucket.perMs) };
    },
  };
}

const keyOf = (scope: RateScope, rateClass: RateClass): string =>
  'address' in scope
    ? `${rateClass}@${addressKey(scope.address)}`
    : `${rateClass}#${scope.tenantId}:${scope.userId}`;

/** @throws KithError rate_limited */
export function demand(limiter: RateLimiter, scope: RateScope, rateClass: RateClass): void {
  const decision = limiter.take(scope, rateClass);
  if (!decision.ok) throw new KithError('rate_limited', { retryAfterMs: decision.retryAfterMs });
}

/**
 * What counts as one address: IPv4 as it is (also when mapped into IPv6), IPv6 by its /64, because one household or
 * one rented server has all 2^64 of them.
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const bare = address.split('%', 1)[0] ?? address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped?.[1]) return mapped[1];
  if (!isIPv6(bare)) return address;
  const [left = '', right] = bare.toLowerCase().split('::', 2);
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  // A dotted tail stands for two groups; it lies in the lower half, which does not count.
  const tailLength = tail.length + (tail.at(-1)?.includes('.') ? 1 : 0);
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tailLength);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
