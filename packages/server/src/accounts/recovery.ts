/** Back into an account: a forgotten password, and an address that somebody else changed. Both by links in mails. */
import { KithError, type UndoEmailReply } from '@kith/protocol';
import { isUniqueViolation } from '../store/database.ts';
import type { Origin, SignInOutcome } from './accounts.ts';
import { findCredential, holdAccount, setEmail, setPassword } from './credentials.ts';
import { enter } from './enter.ts';
import { over } from './errors.ts';
import { recordEvent } from './events.ts';
import { tellOfPassword } from './notices.ts';
import { addressOf, linkTo, RESET_MINUTES, type Room, send } from './room.ts';

/** The same for whoever has an account and whoever has not; only the one gets a mail. */
export async function forgotPassword(room: Room, email: string, origin: Origin): Promise<void> {
  room.mail.demand();
  const account = await findCredential(room.db, { email });
  await room.db.transaction().execute(async (trx) => {
    // Also for nobody, so that it takes as long.
    const proof = await room.proofs.issue(trx, {
      purpose: 'reset',
      subject: account?.id ?? email,
      payload: {},
      minutes: RESET_MINUTES,
      code: false,
      address: addressOf(origin),
    });
    // Enough of them lie in the mailbox already; each is good.
    if (!account || !proof) return;
    await recordEvent(trx, account.id, 'password_reset_asked', origin);
    await send(room, trx, account.email, account.locale ?? origin.locale, {
      kind: 'password_reset',
      path: linkTo('reset', proof.ticket),
      minutes: RESET_MINUTES,
    });
  });
  room.mail.nudge();
}

/** Whoever reads the mailbox is who they are: the address is proven by it, too. All sessions end. */
export async function resetPassword(
  room: Room,
  { token, password }: { readonly token: string; readonly password: string },
  origin: Origin,
): Promise<SignInOutcome> {
  const proof = await room.proofs.read(room.db, ['reset'], token);
  const account = proof && (await findCredential(room.db, { id: proof.subject }, origin.device));
  if (!account) throw over();
  const passwordHash = await room.passwords.hashNew(password, [
    account.email,
    account.name,
    account.username,
  ]);
  const ended = await room.db.transaction().execute(async (trx) => {
    if (!(await room.proofs.spend(trx, 'reset', token))) throw over();
    await holdAccount(trx, account.id);
    await setPassword(trx, account.id, passwordHash);
    await trx
      .updateTable('auth_users')
      .set({ email_verified: true })
      .where('id', '=', account.id)
      .where('email', '=', account.email)
      .execute();
    await room.proofs.withdraw(trx, account.id, ['reset', 'sign_in', 'email']);
    await recordEvent(trx, account.id, 'password_reset', origin);
    await tellOfPassword(room, trx, account, origin);
    return room.sessions.endAll(trx, account.id, null);
  });
  room.sessions.tell(ended);
  room.mail.nudge();
  return enter(room, { account: { ...account, emailVerified: true }, origin, passwordHash });
}

/** The address before counts again. Whoever changed it may know the password: a new one is to be set. */
export async function undoEmail(room: Room, token: string, origin: Origin): Promise<UndoEmailReply> {
  const { ended, reply } = await room.db
    .transaction()
    .execute(async (trx) => {
      const proof = await room.proofs.spend(trx, 'undo_email', token);
      if (!proof) throw over();
      const { email } = proof.payload as { readonly email: string };
      const userId = proof.subject;
      await holdAccount(trx, userId);
      await setEmail(trx, userId, email);
      await room.proofs.withdraw(trx, userId, ['undo_email', 'email', 'reset', 'sign_in']);
      const reset = await room.proofs.issue(trx, {
        purpose: 'reset',
        subject: userId,
        payload: {},
        minutes: RESET_MINUTES,
        code: false,
        address: addressOf(origin),
      });
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
