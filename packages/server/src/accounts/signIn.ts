/** Signing in with a password, and the step after it. */
import { type ContinueInput, KithError, type SignInInput, type UsernameSignInInput } from '@kith/protocol';
import type { Origin, SignInOutcome } from './accounts.ts';
import { type Credential, findCredential, holdAccount, passwordMark, setPassword } from './credentials.ts';
import { enter, pass, type SignInWaiting } from './enter.ts';
import { over, tooMany, wrongCode } from './errors.ts';
import { recordEvent } from './events.ts';
import { showFactor } from './factors/secondFactor.ts';
import { addressGuesses, codesFrom, loginKey, mailsAskedFrom } from './guesses.ts';
import { sendOwnAgain } from './phones/ownPhone.ts';
import { arriveByPhone, askAgain } from './phones/phoneSignIn.ts';
import type { Proof } from './proofs.ts';
import { type Room, send } from './room.ts';
import { finishSignUp, SignUpWaiting } from './signUp.ts';

/** An unknown name takes as long as a wrong password, and says the same. */
export async function signIn(
  room: Room,
  input: SignInInput | UsernameSignInInput,
  origin: Origin,
): Promise<SignInOutcome> {
  const login = 'email' in input ? { email: input.email } : { username: input.username };
  const found = await findCredential(room.db, login, origin.device);
  // By what was typed: one count for both would tell whose name goes with which address.
  const guess = loginKey('email' in input ? input.email : `@${input.username}`, found?.deviceId ?? null);
  // Who was signed in from this browser before does not wait for what their neighbours do.
  const place = found?.deviceId ? null : addressGuesses(origin.address);
  if (!found?.deviceId) {
    const subject = 'email' in input ? input.email : input.username;
    await room.doorman.admit({ deed: 'sign_in', subject, address: origin.address }, input.challenge);
  }
  await room.guesses.take(place ? [place, guess] : [guess]);
  const line = found?.deviceId ? 'known' : 'strangers';
  const right = await room.passwords.verify(input.password, found?.passwordHash ?? null, line);
  if (!found || !right) {
    // Nobody waits for it: an unknown name, of which there is nothing to note, would be answered sooner.
    if (found)
      recordEvent(room.db, found.id, 'sign_in_failed', origin).catch((err: unknown) =>
        room.log.error({ err }, 'a failed sign-in could not be noted'),
      );
    throw new KithError('unauthenticated', {
      message: 'The email address, the username or the password is wrong.',
    });
  }
  await room.guesses.clear(guess);
  if (place) await room.guesses.giveBack(place);
  const passwordHash = await renewed(room, found, input.password);
  return enter(room, { account: found, origin, password: passwordMark(passwordHash) });
}

/** What was kept at lower costs is kept anew: only now is it known. */
async function renewed(
  room: Room,
  { id, passwordHash }: Credential,
  password: string,
): Promise<string | null> {
  const hash = passwordHash && (await room.passwords.renewed(password, passwordHash));
  if (!hash) return passwordHash;
  return room.db.transaction().execute(async (trx) => {
    const held = await holdAccount(trx, id);
    // Another password was set in the meantime.
    if (held?.passwordHash !== passwordHash) return passwordHash;
    await setPassword(trx, id, hash);
    return hash;
  });
}

/** The code of what a ticket began, or a second factor. */
export async function proceed(room: Room, input: ContinueInput, origin: Origin): Promise<SignInOutcome> {
  // Digits may be of a mail or of an app: the ticket knows.
  if (!('code' in input) || (await room.proofs.read(room.db, ['second_factor'], input.ticket)))
    return showFactor(room, input, origin);
  const guess = codesFrom(origin.address);
  await room.guesses.take([guess]);
  const attempt = await room.proofs.attempt(
    room.db,
    ['sign_up', 'sign_in', 'phone_sign_in'],
    input.ticket,
    input.code,
  );
  if (attempt.type === 'wrong') throw wrongCode();
  if (attempt.type === 'over') throw over();
  // Who has the code is who asked for it.
  await room.guesses.giveBack(guess);
  const { proof } = attempt;
  if (proof.purpose === 'phone_sign_in') return arriveByPhone(room, proof, origin);
  await room.guesses.giveBack(mailsAskedFrom(origin.address));
  if (proof.purpose === 'sign_up') return finishSignUp(room, proof, origin);
  const { email, password } = proof.payload as SignInWaiting;
  const account = await findCredential(room.db, { id: proof.subject });
  // Another address since was not proven by this code.
  if (account?.email !== email) throw over();
  await room.db
    .updateTable('auth_users')
    .set({ email_verified: true })
    .where('id', '=', account.id)
    .where('email', '=', email)
    .execute();
  return pass(room, { account, origin, password });
}

/** Where a code for it goes; null: no code will ever be right. */
function addresseeOf({ purpose, subject, payload }: Proof): string | null {
  if (purpose === 'sign_up') return SignUpWaiting.parse(payload).type === 'known' ? null : subject;
  const { email, taken } = payload as { readonly email: string; readonly taken?: boolean };
  return taken ? null : email;
}

const RESENT = ['sign_up', 'sign_in', 'email', 'phone_sign_in', 'phone'] as const;

/** Another code, where enough were not sent yet. */
export async function resend(room: Room, ticket: string, origin: Origin): Promise<{ expiresAt: Date }> {
  await room.guesses.take([mailsAskedFrom(origin.address)]);
  const renewed = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.renew(trx, ticket);
    if (!proof) return null;
    const { code, purpose } = proof;
    // It is good for no longer than the first.
    const minutes = Math.max(1, Math.floor((proof.expiresAt.getTime() - room.now()) / 60_000));
    if (purpose === 'phone_sign_in' || purpose === 'phone') {
      if (purpose === 'phone') await sendOwnAgain(room, trx, proof, minutes);
      else await askAgain(room, trx, proof, minutes, origin);
      return proof;
    }
    const to = addresseeOf(proof);
    if (to === null) return proof;
    await send(room, trx, to, origin.locale, {
      kind: proof.purpose === 'sign_up' ? 'sign_up_code' : 'email_code',
      code,
      minutes,
    });
    return proof;
  });
  if (!renewed) throw (await room.proofs.read(room.db, RESENT, ticket)) ? tooMany() : over();
  room.mail.nudge();
  room.sms.nudge();
  return { expiresAt: renewed.expiresAt };
}
