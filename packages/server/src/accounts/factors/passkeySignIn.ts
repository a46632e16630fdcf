/** Signing in by passkey alone: the device, and its person by finger, face or PIN, are two factors in one. */
import { KithError, type PasskeyRequest, type PasskeySignInInput } from '@kith/protocol';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { findCredential } from '../credentials.ts';
import { open } from '../enter.ts';
import { over, tooMany } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { addressOf, type Room } from '../room.ts';
import { provePasskey } from './passkeys.ts';
import { Challenge, challengeFor, noPasskeysHere, PASSKEY_MINUTES, requestOf } from './webauthn.ts';

/** Begun at one address: each open page of the door begins one, and an office has many. */
const UNDER_WAY = 500;

export async function beginPasskeySignIn(
  room: Room,
  origin: Origin,
): Promise<{ readonly ticket: string; readonly expiresAt: Date; readonly options: PasskeyRequest }> {
  const challenge = challengeFor(room.publicOrigins, origin.page);
  if (!challenge) throw noPasskeysHere();
  const address = addressOf(origin);
  const issued = await room.proofs.issue(room.db, {
    purpose: 'passkey',
    subject: address,
    payload: challenge,
    minutes: PASSKEY_MINUTES,
    code: false,
    address,
    keeps: UNDER_WAY,
  });
  if (!issued) throw tooMany();
  const { ticket, expiresAt } = issued;
  return { ticket, expiresAt, options: requestOf(challenge, [], 'required') };
}

export async function passkeySignIn(
  room: Room,
  { ticket, passkey: answer }: PasskeySignInInput,
  origin: Origin,
): Promise<SignInOutcome> {
  // Taken before it is looked at: a challenge is signed once.
  const proof = await room.proofs.spend(room.db, 'passkey', ticket);
  if (!proof) throw over();
  const proven = await provePasskey(room, Challenge.parse(proof.payload), answer, {
    userId: null,
    strict: true,
  });
  const account = proven && (await findCredential(room.db, { id: proven.passkey.user_id }, origin.device));
  if (!account) throw unknown();
  let copied = false;
  const show = async (trx: Room['db']): Promise<void> => {
    copied = !(await proven.use(trx));
    if (copied) throw unknown();
  };
  try {
    return await open(room, { account, origin, password: null }, { show });
  } catch (error) {
    // Of its own: the transaction is undone.
    if (copied) await recordEvent(room.db, account.id, 'passkey_refused', origin);
    throw error;
  }
}

/** The same for one that is not known, not right, or did not ask who holds it. */
const unknown = (): KithError =>
  new KithError('unauthenticated', {
    message: 'This passkey does not sign in here. Use your password, or another one.',
  });
