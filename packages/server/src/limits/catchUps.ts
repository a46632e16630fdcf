/** After an outage everybody catches up: so many at a time, and each person one, on however many devices. */
import { createTurns } from '../log/turns.ts';
import { createTurnstile } from './turnstile.ts';

export interface CatchUps {
  /** @throws KithError unavailable, with `retryAfterMs`. */
  pass<T>(
    somebody: { readonly tenantId: number; readonly userId: string },
    work: () => Promise<T>,
  ): Promise<T>;
}

/** As many as have a place in the door. */
const PARALLEL = 400;
/** Whoever is let in is answered before a request may take too long. */
const PATIENCE_MS = 6_000;
/** Devices of one person that may wait for each other. */
const WAITING_OF_ONE = 32;

export function createCatchUps(): CatchUps {
  const inTurn = createTurns(WAITING_OF_ONE);
  const turnstile = createTurnstile({ parallel: PARALLEL, patienceMs: PATIENCE_MS });
  return {
    pass: ({ tenantId, userId }, work) => inTurn(`${tenantId} ${userId}`, () => turnstile.pass(work)),
  };
}
