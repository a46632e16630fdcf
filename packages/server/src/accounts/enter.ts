/** Opens a session for somebody who has shown who they are, and tells them when it is in a browser they were not seen in before. */
import { KithError } from '@kith/protocol';
import type { Origin, SignInOutcome } from './accounts.ts';
import { type Account, holdAccount, insertSession, labelOf } from './credentials.ts';
import { deviceHash, rememberDevice } from './devices.ts';
import { tooMany } from './errors.ts';
import { recordEvent } from './events.ts';
import { tellOfDevice } from './notices.ts';
import { addressOf, CODE_MINUTES, type Room, send } from './room.ts';
import type { AccountsDb } from './tables.ts';

export interface Entrance {
  readonly account: Account;
  readonly origin: Origin;
  /** With the password that this is the hash of; null: otherwise, or as a new account. */
  readonly passwordHash: string | null;
}

/** What waits for its code: good for this address, and while the password is the same. */
export interface SignInWaiting {
  readonly email: string;
  readonly passwordHash: string | null;
}

/** What signing in comes to, once the password was right. */
export async function enter(room: Room, entrance: Entrance): Promise<SignInOutcome> {
  const { account } = entrance;
  if (!room.proveAddress || account.emailVerified) return open(room, entrance);
  const { origin } = entrance;
  const issued = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.issue(trx, {
      purpose: 'sign_in',
      subject: account.id,
      payload: { email: account.email, passwordHash: entrance.passwordHash } satisfies SignInWaiting,
      minutes: CODE_MINUTES,
      code: true,
      address: addressOf(origin),
    });
    if (!proof) throw tooMany();
    await send(room, trx, account.email, origin.locale ?? account.locale, {
      kind: 'email_code',
      code: proof.code,
      minutes: CODE_MINUTES,
    });
    return proof;
  });
  room.mail.nudge();
  return { type: 'code_sent', ticket: issued.ticket, expiresAt: issued.expiresAt };
}

/** A session, whatever else might be asked for. */
export async function open(room: Room, { account, origin, passwordHash }: Entrance): Promise<SignInOutcome> {
  const { token, device } = await room.db.transaction().execute(async (trx) => {
    const held = await holdAccount(trx, account.id);
    if (!held || (passwordHash !== null && held.passwordHash !== passwordHash))
      throw new KithError('unauthenticated');
    const strange = await isStrange(trx, account.id, origin);
    const session = await insertSession(trx, { userId: account.id, ...origin }, room.now());
    if (origin.locale)
      await trx
        .updateTable('auth_users')
        .set({ locale: origin.locale })
        .where('id', '=', account.id)
        .execute();
    const known = await rememberDevice(trx, account.id, origin.device, room.now());
    await recordEvent(trx, account.id, strange ? 'new_device' : 'signed_in', { sessionId: session.id });
    if (strange) await tellOfDevice(room, trx, account, origin);
    return { token: session.token, device: known };
  });
  room.mail.nudge();
  const { id, email, name, username } = account;
  const signed = room.tokens.sign(token);
  return {
    type: 'signed_in',
    token: signed,
    cookies: [room.tokens.setCookie(signed), room.tokens.setDeviceCookie(device)],
    user: { id, email, name, username },
  };
}

/** Whether the account was used before, and never from this browser, nor from one that looks the same at the same place. */
async function isStrange(db: AccountsDb, userId: string, origin: Origin): Promise<boolean> {
  const devices = await db
    .selectFrom('auth_devices')
    .select('token_hash')
    .where('user_id', '=', userId)
    .execute();
  if (devices.length === 0) return false;
  const hash = deviceHash(origin.device);
  if (devices.some((device) => hash.equals(device.token_hash))) return false;
  // Programs keep no cookies.
  const alike = await db
    .selectFrom('auth_sessions')
    .select('id')
    .where('user_id', '=', userId)
    .where('user_agent', '=', labelOf(origin.userAgent))
    .where('ip_address', '=', origin.address)
    .limit(1)
    .executeTakeFirst();
  return alike === undefined;
}
