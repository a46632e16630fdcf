/** What one does with one's own account while signed in. What is dear asks first that one shows who one is. */
import {
  Id,
  type Input,
  KithError,
  limits,
  type Output,
  type ParsedInput,
  type PasskeyAnswer,
} from '@kith/protocol';
import { z } from 'zod';
import { demand, judgeTenant } from '../policy/policy.ts';
import type { Caller } from '../services.ts';
import { decodeCursor, encodeCursor } from '../store/cursor.ts';
import { isUniqueViolation } from '../store/database.ts';
import { deletionOf } from '../store/deletion.ts';
import { tenantRole } from '../store/users.ts';
import {
  type Account,
  type Credential,
  findCredential,
  holdAccount,
  setEmail,
  setPassword,
} from './credentials.ts';
import { endTrust } from './devices.ts';
import { over, tooMany, wrongCode, wrongPasskey } from './errors.ts';
import { listEvents, recordEvent, seenFrom } from './events.ts';
import { provePasskey } from './factors/passkeys.ts';
import { Challenge } from './factors/webauthn.ts';
import { codesOf, confirmKey, forgiveGuesses, mailsAskedBy } from './guesses.ts';
import { tellOfPassword } from './notices.ts';
import { CODE_MINUTES, linkTo, type Room, send, UNDO_DAYS } from './room.ts';
import type { AccountsDb } from './tables.ts';

export async function getAccount(room: Room, caller: Caller): Promise<Output<'getAccount'>> {
  const account = await accountOf(room, caller);
  const until = await room.sessions.confirmedUntil(caller.sessionId);
  return {
    email: account.email,
    emailVerified: account.emailVerified,
    confirmedUntil: until === null ? null : new Date(until).toISOString(),
    mail: room.mail.works,
    deletionAt: (await deletionOf(room.db, caller))?.at?.toISOString() ?? null,
  };
}

export async function confirmIdentity(
  room: Room,
  caller: Caller,
  input: ParsedInput<'confirmIdentity'>,
): Promise<Output<'confirmIdentity'>> {
  const account = await accountOf(room, caller);
  if ('password' in input) await demandPassword(room, account, caller, input.password);
  else await demandPasskey(room, account, caller, input);
  const until = await room.sessions.confirm(caller.sessionId);
  await recordEvent(room.db, account.id, 'identity_confirmed', { sessionId: caller.sessionId });
  return { confirmedUntil: new Date(until).toISOString() };
}

/** Enough by itself: the session of an account with a second factor was opened with that. */
async function demandPassword(
  room: Room,
  account: Credential,
  { sessionId }: Caller,
  password: string,
): Promise<void> {
  const guess = confirmKey(account.id);
  await room.guesses.take([guess]);
  if (!(await room.passwords.verify(password, account.passwordHash, 'known'))) {
    await recordEvent(room.db, account.id, 'confirmation_failed', { sessionId });
    throw new KithError('bad_input', {
      message: 'The password is wrong.',
      fields: [{ path: 'password', message: 'The password is wrong.' }],
    });
  }
  await room.guesses.clear(guess);
}

/** For whoever has no password, or no wish to type it. */
async function demandPasskey(
  room: Room,
  account: Credential,
  { sessionId }: Caller,
  { ticket, passkey }: { readonly ticket: string; readonly passkey: PasskeyAnswer },
): Promise<void> {
  const proof = await room.proofs.spend(room.db, 'passkey_confirm', ticket);
  if (proof?.subject !== account.id) throw over();
  const challenge = Challenge.parse(proof.payload);
  const proven = await provePasskey(room, challenge, passkey, { userId: account.id, strict: true });
  const used = proven && (await proven.use(room.db));
  if (used) return;
  if (used === false) await recordEvent(room.db, account.id, 'passkey_refused', { sessionId });
  throw wrongPasskey();
}

export async function changePassword(
  room: Room,
  caller: Caller,
  { password }: { readonly password: string },
): Promise<Output<'changePassword'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const about = [account.email ?? '', account.name, account.username];
  const hash = await room.passwords.hashNew(password, about, 'known');
  const ended = await room.db.transaction().execute(async (trx) => {
    await holdOwn(room, trx, caller);
    await setPassword(trx, account.id, hash);
    await room.proofs.withdraw(trx, account.id, ['reset', 'sign_in', 'second_factor']);
    await endTrust(trx, account.id);
    await recordEvent(trx, account.id, 'password_changed', { sessionId: caller.sessionId });
    await tellOfPassword(room, trx, account, await seenFrom(trx, caller.sessionId));
    return room.sessions.endAll(trx, account.id, caller.sessionId);
  });
  room.sessions.tell(ended);
  room.mail.nudge();
  await forgiveGuesses(room.guesses, account.id);
  return { revoked: ended.sessionIds.length };
}

export async function changeEmail(
  room: Room,
  caller: Caller,
  { email }: { readonly email: string },
): Promise<Output<'changeEmail'>> {
  room.mail.demand();
  const account = await accountOf(room, caller);
  // To prove the one it has changes nothing.
  if (email !== account.email) await demandConfirmed(room, caller);
  await room.guesses.take([mailsAskedBy(account.id)]);
  const other = email === account.email ? null : await findCredential(room.db, { email });
  const issued = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.issue(trx, {
      purpose: 'email',
      subject: account.id,
      payload: { email, taken: other !== null } satisfies Upcoming,
      minutes: CODE_MINUTES,
      code: true,
      address: caller.sessionId,
    });
    if (!proof) throw tooMany();
    if (email !== account.email)
      await recordEvent(trx, account.id, 'email_change_asked', { sessionId: caller.sessionId });
    // Who has the address is not told to who asks; they themselves have nothing to do.
    if (!other)
      await send(room, trx, email, account.locale, {
        kind: 'email_code',
        code: proof.code,
        minutes: CODE_MINUTES,
      });
    return proof;
  });
  room.mail.nudge();
  return { ticket: issued.ticket, expiresAt: issued.expiresAt.toISOString() };
}

/** What waits for its code; `taken`: another account has the address, and no code was sent. */
interface Upcoming {
  readonly email: string;
  readonly taken: boolean;
}

export async function confirmEmail(
  room: Room,
  caller: Caller,
  { ticket, code }: Input<'confirmEmail'>,
): Promise<Output<'confirmEmail'>> {
  const account = await accountOf(room, caller);
  const waiting = await room.proofs.read(room.db, ['email'], ticket);
  if (waiting?.subject !== account.id) throw over();
  const guess = codesOf(account.id);
  await room.guesses.take([guess]);
  const attempt = await room.proofs.attempt(room.db, ['email'], ticket, code);
  if (attempt.type === 'wrong') throw wrongCode();
  if (attempt.type === 'over') throw over();
  const { email, taken } = attempt.proof.payload as Upcoming;
  if (taken) throw wrongCode();
  await room.guesses.giveBack(guess);
  try {
    await room.db.transaction().execute(async (trx) => {
      await holdOwn(room, trx, caller);
      await setEmail(trx, account.id, email);
      await room.proofs.withdraw(trx, account.id, ['email', 'reset', 'sign_in']);
      const isOther = email !== account.email;
      await recordEvent(trx, account.id, isOther ? 'email_changed' : 'email_verified', {
        sessionId: caller.sessionId,
      });
      if (isOther) await offerUndo(room, trx, account, email, caller.sessionId);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new KithError('conflict', {
      message: 'Another account has this address by now.',
      fields: [{ path: 'email', message: 'Another account has this address by now.' }],
    });
  }
  room.mail.nudge();
  return { email };
}

/** To the address it had: whoever took the account over cannot keep its owner from hearing of it. */
async function offerUndo(
  room: Room,
  trx: AccountsDb,
  account: Account,
  newAddress: string,
  sessionId: string,
): Promise<void> {
  if (!account.emailVerified || account.email === null) return;
  const proof = await room.proofs.issue(trx, {
    purpose: 'undo_email',
    subject: account.id,
    payload: { email: account.email },
    minutes: UNDO_DAYS * 24 * 60,
    code: false,
    address: sessionId,
  });
  if (!proof) throw tooMany();
  await send(room, trx, account.email, account.locale, {
    kind: 'email_changed',
    newAddress,
    undoPath: linkTo('undo-email', proof.ticket),
    days: UNDO_DAYS,
  });
}

export async function listSecurityEvents(
  room: Room,
  caller: Caller,
  { of, cursor, limit }: ParsedInput<'listSecurityEvents'>,
): Promise<Output<'listSecurityEvents'>> {
  const { tenantId, userId } = caller;
  if (of === 'everyone') demand(judgeTenant(await tenantRole(room.db, tenantId, userId)));
  const size = limit ?? limits.pageDefault;
  const rows = await listEvents(room.db, {
    tenantId,
    userId: of === 'me' ? userId : null,
    before: cursor === undefined ? null : decodeCursor(EventCursor, cursor)[0],
    limit: size + 1,
  });
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    events: page.map((row) => ({
      id: row.id,
      kind: row.kind,
      at: row.at.toISOString(),
      userId: row.user_id,
      address: row.address,
      userAgent: row.user_agent,
    })),
    next: rows.length > size && last ? encodeCursor([last.id]) : null,
  };
}

const EventCursor = z.tuple([Id]);

/** A person may be there without an account: by an import, or by a host's token. */
export async function accountOf(room: Room, { tenantId, userId }: Caller): Promise<Credential> {
  const account = tenantId === room.tenantId ? await findCredential(room.db, { id: userId }) : null;
  if (!account) throw new KithError('not_found', { message: 'You have no account of your own here.' });
  return account;
}

/** Whoever ends all sessions holds the account: one that was ended while its command was under way changes nothing. */
export async function holdOwn(room: Room, trx: AccountsDb, { userId, sessionId }: Caller): Promise<void> {
  await holdAccount(trx, userId);
  if (!(await room.sessions.isOpen(trx, sessionId))) throw new KithError('unauthenticated');
}

export async function demandConfirmed(room: Room, { sessionId }: Caller): Promise<void> {
  if ((await room.sessions.confirmedUntil(sessionId)) === null) throw new KithError('confirmation_required');
}
