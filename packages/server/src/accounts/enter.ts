/**
 * Opens a session for somebody who has shown who they are, and tells them when it is in a browser they were not seen in before.
 * Whether they showed enough is decided here, whichever way they came.
 */
import { KithError } from '@kith/protocol';
import type { Origin, SignInOutcome } from './accounts.ts';
import { type Account, holdAccount, insertSession, labelOf, passwordMark } from './credentials.ts';
import { deviceHash, isTrusted, rememberDevice, trustDevice } from './devices.ts';
import { suspended, tooMany } from './errors.ts';
import { recordEvent } from './events.ts';
import { factorsAt, hasFactor, readSetUp, type SetUp } from './factors/setUp.ts';
import { challengeFor, requestOf } from './factors/webauthn.ts';
import { tellOfDevice } from './notices.ts';
import { addressOf, CODE_MINUTES, type Room, send } from './room.ts';
import type { AccountsDb } from './tables.ts';

export interface Entrance {
  readonly account: Account;
  readonly origin: Origin;
  /** The mark of the password they came with, which must be the same when the session opens; null: otherwise, or as a new account. */
  readonly password: string | null;
}

/** What waits for its code: good for this address, and while the password is the same. */
export interface SignInWaiting {
  readonly email: string;
  readonly password: string | null;
}

/** A second factor, shown: in the transaction that opens the session. @throws when it is not right. */
export type Show = (trx: AccountsDb) => Promise<void>;

/** What signing in comes to, once the password was right, or a link. */
export async function enter(room: Room, entrance: Entrance): Promise<SignInOutcome> {
  const { account, origin, password } = entrance;
  const { email } = account;
  if (!room.proveAddress || email === null || account.emailVerified) return pass(room, entrance);
  const issued = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.issue(trx, {
      purpose: 'sign_in',
      subject: account.id,
      payload: { email, password } satisfies SignInWaiting,
      minutes: CODE_MINUTES,
      code: true,
      address: addressOf(origin),
    });
    if (!proof) throw tooMany();
    await send(room, trx, email, origin.locale ?? account.locale, {
      kind: 'email_code',
      code: proof.code,
      minutes: CODE_MINUTES,
    });
    return proof;
  });
  room.mail.nudge();
  return { type: 'code_sent', ticket: issued.ticket, expiresAt: issued.expiresAt };
}

/** Asks for a second factor where one is set up. */
export async function pass(room: Room, entrance: Entrance): Promise<SignInOutcome> {
  const setUp = await readSetUp(room.db, entrance.account.id);
  return (await asks(room, room.db, setUp, entrance)) ? ask(room, setUp, entrance) : open(room, entrance);
}

/** How long somebody may look for their phone. */
const FACTOR_MINUTES = 10;
/** Begun at one place for one account. */
const FACTOR_TICKETS = 10;

async function ask(
  room: Room,
  setUp: SetUp,
  { account, origin, password }: Entrance,
): Promise<SignInOutcome> {
  const challenge = challengeFor(room.publicOrigins, origin.page);
  const factors = factorsAt(setUp, challenge?.rpId ?? null);
  const issued = await room.proofs.issue(room.db, {
    purpose: 'second_factor',
    subject: account.id,
    payload: { password, challenge },
    minutes: FACTOR_MINUTES,
    code: false,
    address: addressOf(origin),
    keeps: FACTOR_TICKETS,
  });
  if (!issued) throw tooMany();
  return {
    type: 'second_factor',
    ticket: issued.ticket,
    expiresAt: issued.expiresAt,
    factors,
    // Whoever has the device and the password need not be known by their finger, too.
    passkey:
      challenge && factors.includes('passkey') ? requestOf(challenge, setUp.passkeys, 'preferred') : null,
  };
}

const asks = async (
  room: Room,
  db: AccountsDb,
  setUp: SetUp,
  { account, origin }: Entrance,
): Promise<boolean> => hasFactor(setUp) && !(await isTrusted(db, account.id, origin.device, room.now()));

/** A session. `show`: the second factor; `trust`: this browser is not asked for it again. */
export async function open(
  room: Room,
  entrance: Entrance,
  { show, trust = false }: { readonly show?: Show; readonly trust?: boolean } = {},
): Promise<SignInOutcome> {
  const { account, origin, password } = entrance;
  const { token, device } = await room.db.transaction().execute(async (trx) => {
    const held = await holdAccount(trx, account.id);
    if (!held || (password !== null && passwordMark(held.passwordHash) !== password))
      throw new KithError('unauthenticated');
    // Told to who has shown that the account is theirs, and to nobody else.
    if (held.suspended) throw suspended();
    if (show) await show(trx);
    // One was set up since they were let past.
    else if (await asks(room, trx, await readSetUp(trx, account.id), entrance))
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
    return {
      token: session.token,
      device: trust && show ? await trustDevice(trx, account.id, known, room.now()) : known,
    };
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
