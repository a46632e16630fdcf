/** For tests: whoever is expected to be in. */
import type { SignInOutcome } from '../accounts/accounts.ts';

export type SignedIn = Extract<SignInOutcome, { type: 'signed_in' }>;

/** @throws when there is another step first. */
export async function signedIn(outcome: Promise<SignInOutcome>): Promise<SignedIn> {
  const reached = await outcome;
  if (reached.type !== 'signed_in') throw new Error(`not signed in: ${reached.type}`);
  return reached;
}
