/** Back into an account: a forgotten password, and an address that somebody else changed. Both by links in mails. */
import { KithError, type ResetPreviewReply, type UndoEmailReply } from '@kith/protocol';
import { isMailAddress } from '../mail/addresses.ts';
import { isUniqueViolation } from '../store/database.ts';
import type { Origin, SignInOutcome } from './accounts.ts';
import { findCredential, holdAccount, passwordMark, setEmail, setPassword } from './credentials.ts';
import { keep } from './deletion/deletion.ts';
import { forgetDevices } from './devices.ts';
import { enter } from './enter.ts';
import { over } from './errors.ts';
import { recordEvent } from './events.ts';
import { dropFactorsSince } from './factors/setUp.ts';
import { forgiveGuesses, mailsAskedFrom } from './guesses.ts';
import { tellOfPassword } from './notices.ts';
import { dropLinks } from './outside/linkRows.ts';
import { dropPhone } from './phones/phoneRows.ts';
import type { Issued, Proof } from './proofs.ts';
import { addressOf, linkTo, RESET_MINUTES, type Room, send } from './room.ts';
import type { AccountsDb } from './tables.ts';

/** Of the address that it goes to: with another since, it is of no use. Null: enough of them are under way. */
export const issueReset = (
  room: Room,
  trx: AccountsDb,
  { id, email }: { readonly id: string; readonly email: string },
  origin: Origin,
): Promise<Issued | null> =>
  room.proofs.issue(trx, {
    purpose: 'reset',
    subject: id,
    payload: { email },
    minutes: RESET_MINUTES,
    code: false,
    address: addressOf(origin),
  });

const emailOf = ({ payload }: Proof): string => (payload as { readonly email: string }).email;

/** The same for whoever has an account and whoever has not; only the one gets a mail. */
export async function forgotPassword(room: Room, email: string, origin: Origin): Promise<void> {
  room.mail.demand();
  await room.guesses.take([mailsAskedFrom(origin.address)]);
  const account = await findCredential(room.db, { email });
  await room.db.transaction().execute(async (trx) => {
    // Also for nobody, so that it takes as long.
    const proof = await issueReset(room, trx, { id: account?.id ?? email, email }, origin);
    // Enough of them lie in the mailbox already; each is good. Or no mail ever gets there: also not told.
    if (!account || !proof || !isMailAddress(email)) return;
    await recordEvent(trx, account.id, 'password_reset_asked', origin);
    await send(room, trx, email, account.locale ?? origin.locale, {
      kind: 'password_reset',
      path: linkTo('reset', proof.ticket),
      minutes: RESET_MINUTES,
    });
  });
  room.mail.nudge();
}

/** Whose link it is; nothing is spent. */
export async function previewReset(room: Room, token: string): Promise<ResetPreviewReply> {
  const { email, name } = await accountOfReset(room, token);
  return { email, name };
}

/** By the address that the link went to: with another since, it is of no use. */
async function accountOfReset(room: Room, token: string) {
  const proof = await room.proofs.read(room.db, ['reset'], token);
  const account = proof && (await findCredential(room.db, { id: proof.subject }));
  const email = proof && emailOf(proof);
  if (!account || !email || account.email !== email) throw over();
  return { ...account, email };
}

/** Whoever reads the mailbox is who they are: the address is proven by it, too. All sessions end. */
export async function resetPassword(
  room: Room,
  { token, password }: { readonly token: string; readonly password: string },
  origin: Origin,
): Promise<SignInOutcome> {
  const account = await accountOfReset(room, token);
  const about = [account.email, account.name, account.username];
  const passwordHash = await room.passwords.hashNew(password, about, 'known');
  const ended = await room.db.transaction().execute(async (trx) => {
    const held = await holdAccount(trx, account.id);
    if (held?.email !== account.email || !(await room.proofs.spend(trx, 'reset', token))) throw over();
    // Whoever made it without the mailbox does not stay in by another way.
    if (!account.emailVerified) {
      await dropLinks(trx, account.id);
      await dropPhone(trx, account.id);
      await dropFactorsSince(trx, account.id, new Date(0));
    }
    await setPassword(trx, account.id, passwordHash);
    await trx.updateTable('auth_users').set({ email_verified: true }).where('id', '=', account.id).execute();
    await forgetDevices(trx, account.id);
    await room.proofs.withdraw(trx, account.id, ['reset', 'sign_in', 'second_factor', 'email', 'phone']);
    await recordEvent(trx, account.id, 'password_reset', origin);
    await tellOfPassword(room, trx, account, origin);
    return room.sessions.endAll(trx, account.id, null);
  });
  room.sessions.tell(ended);
  room.mail.nudge();
  await forgiveGuesses(room.guesses, account.id);
  return enter(room, {
    account: { ...account, emailVerified: true },
    origin,
    password: passwordMark(passwordHash),
  });
}

/**
 * The address before counts again. Whoever changed it may know the password, and is quicker than somebody who types another:
 * there is none until that is set.
 */
export async function undoEmail(room: Room, token: string, origin: Origin): Promise<UndoEmailReply> {
  const { ended, reply } = await room.db
    .transaction()
    .execute(async (trx) => {
      const proof = await room.proofs.spend(trx, 'undo_email', token);
      if (!proof) throw over();
      const email = emailOf(proof);
      const userId = proof.subject;
      await holdAccount(trx, userId);
      await setEmail(trx, userId, email);
      // Whoever took it over may have connected an account of theirs.
      await dropLinks(trx, userId);
      await dropPhone(trx, userId, proof.createdAt);
      await dropFactorsSince(trx, userId, proof.createdAt);
      // Whoever took it over may have asked for its end, too.
      await keep(room, trx, userId, origin);
      await setPassword(trx, userId, null);
      await forgetDevices(trx, userId);
      await room.proofs.withdraw(trx, userId, ['email', 'reset', 'sign_in', 'second_factor', 'phone']);
      // Those of addresses since; who had it before them can still take it back from this one.
      await room.proofs.withdraw(trx, userId, ['undo_email'], proof.createdAt);
      const reset = await issueReset(room, trx, { id: userId, email }, origin);
      if (!reset) throw new KithError('internal');
      await recordEvent(trx, userId, 'email_change_undone', origin);
      return {
        ended: await room.sessions.endAll(trx, userId, null),
        reply: { email, resetToken: reset.ticket },
      };
    })
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new KithError('conflict', {
        message: 'Another account has this address by now. Ask whoever runs this server.',
      });
    });
  room.sessions.tell(ended);
  return reply;
}
