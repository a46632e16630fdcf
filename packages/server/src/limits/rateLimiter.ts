/** How often somebody may ask: token buckets by rate class, for each person and for each address. */
import type { RateClass } from '@kith/protocol';

/** Whose bucket: a person's (in their tenant, S15), or a network address's, which people share. */
export type RateScope =
  | { readonly tenantId: number; readonly userId: string }
  | { readonly address: string };

export type RateVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface RateLimiter {
  /** Takes `cost` (default 1) from the bucket, or nothing when it does not hold that much. */
  take(scope: RateScope, rateClass: RateClass, cost?: number): RateVerdict;
}
