/** How long a newcomer keeps its place in the door. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Turnstile } from '../limits/turnstile.ts';

export interface Newcomer {
  isHere(): boolean;
  /** Whether something it asked for has no answer yet. */
  isBusy(): boolean;
}

/** It asks for something this soon, ms; once it has asked for nothing this long, it has settled; and it has no claim after that. */
const FIRST_REQUEST_MS = 500;
const QUIET_MS = 250;
const SETTLING_MS = 10_000;
const STEP_MS = 25;

/**
 * Resolves when a newcomer that was just let in has what it came for, or when nobody waits for its place: a crowd of which
 * some are done is better off than one of which all have begun.
 *
 * @param now milliseconds, monotonic
 */
export async function settled(
  arrivals: Pick<Turnstile, 'waiting'>,
  newcomer: Newcomer,
  now: () => number,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<void> {
  const letInAt = now();
  let busyAt = letInAt + FIRST_REQUEST_MS - QUIET_MS;
  while (arrivals.waiting() > 0 && newcomer.isHere()) {
    const time = now();
    if (newcomer.isBusy()) busyAt = time;
    if (time - busyAt >= QUIET_MS || time - letInAt >= SETTLING_MS) return;
    await pause(STEP_MS);
  }
}
