/**
 * What one does with one's own second factors while signed in. With the first one all other sessions end: they were opened by
 * a password alone. With each change every browser is asked again.
 */
import {
  KithError,
  limits,
  newId,
  type Output,
  type ParsedInput,
  type SecurityEventKind,
} from '@kith/protocol';
import { sql } from 'kysely';
import type { SecondFactorChange } from '../../mail/kinds.ts';
import type { Caller } from '../../services.ts';
import { isUniqueViolation } from '../../store/database.ts';
import { type Account, holdAccount } from '../credentials.ts';
import { endTrust } from '../devices.ts';
import { over, tooMany, wrongCode, wrongPasskey } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { tellOfFactor } from '../notices.ts';
import { accountOf, demandConfirmed } from '../ownAccount.ts';
import type { Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';
import { type Services, waysInto } from '../ways.ts';
import { deleteCodes, renewCodes } from './recoveryCodes.ts';
import { hasFactor, type PasskeyRow, readSetUp, type SetUp } from './setUp.ts';
import { isDemanded } from './tenantSecurity.ts';
import { base32, matchTotp, newTotpSecret, openTotp, sealTotp, totpUri } from './totp.ts';
import {
  Challenge,
  challengeFor,
  creationOf,
  noPasskeysHere,
  PASSKEY_MINUTES,
  requestOf,
  verifyNew,
} from './webauthn.ts';

/** Begun in one session. */
const UNDER_WAY = 4;

export async function getFactors(room: Room, caller: Caller): Promise<Output<'getFactors'>> {
  const account = await accountOf(room, caller);
  const { totp, passkeys, codes } = await readSetUp(room.db, account.id);
  return {
    totp: totp?.toISOString() ?? null,
    passkeys: passkeys.map(toPasskey),
    recoveryCodes: codes,
    required: await isDemanded(room.db, caller),
  };
}

export async function beginTotp(room: Room, caller: Caller): Promise<Output<'beginTotp'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const secret = newTotpSecret();
  const sealed = sealTotp(room.keys.totp, account.id, secret);
  const begun = await room.db
    .insertInto('auth_totps')
    .values({ user_id: account.id, secret: sealed, confirmed_at: null })
    .onConflict((oc) =>
      oc
        .column('user_id')
        .doUpdateSet({ secret: sealed, created_at: sql<Date>`now()` })
        .where('auth_totps.confirmed_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst();
  if (!begun) throw alreadyThere();
  return { secret: base32(secret), uri: totpUri(secret, room.site, account.email ?? account.username) };
}

export async function confirmTotp(
  room: Room,
  caller: Caller,
  { code }: ParsedInput<'confirmTotp'>,
): Promise<Output<'confirmTotp'>> {
  const recoveryCodes = await change(room, caller, 'totp_on', async (trx, { id }, before) => {
    if (before.totp) throw alreadyThere();
    const row = await trx
      .selectFrom('auth_totps')
      .select('secret')
      .where('user_id', '=', id)
      .executeTakeFirst();
    if (!row) throw over();
    const secret = openTotp(room.keys.totp, id, row.secret);
    if (!secret) throw over();
    const step = matchTotp(secret, code, room.now());
    if (step === null) throw wrongCode();
    await trx
      .updateTable('auth_totps')
      .set({ confirmed_at: new Date(room.now()), last_step: step })
      .where('user_id', '=', id)
      .execute();
    return firstCodes(room, trx, id, before);
  });
  return { recoveryCodes };
}

export async function removeTotp(room: Room, caller: Caller): Promise<Output<'removeTotp'>> {
  await change(room, caller, 'totp_off', async (trx, { id }, before) => {
    if (!before.totp) throw new KithError('not_found');
    await trx.deleteFrom('auth_totps').where('user_id', '=', id).execute();
    if (before.passkeys.length === 0) await deleteCodes(trx, id);
  });
  return {};
}

export async function renewRecoveryCodes(room: Room, caller: Caller): Promise<Output<'renewRecoveryCodes'>> {
  const recoveryCodes = await change(room, caller, 'recovery_renewed', async (trx, { id }, before) => {
    if (!hasFactor(before)) throw new KithError('not_found');
    return renewCodes(trx, room.keys.recovery, id);
  });
  return { recoveryCodes };
}

export async function beginPasskey(room: Room, caller: Caller): Promise<Output<'beginPasskey'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const challenge = demandChallenge(room, caller);
  const { passkeys } = await readSetUp(room.db, account.id);
  demandSpace(passkeys);
  const begun = await begin(room, caller, 'passkey_add', challenge);
  return { ...begun, options: creationOf(challenge, room.site, account, passkeys) };
}

export async function addPasskey(
  room: Room,
  caller: Caller,
  { ticket, passkey: given, name }: ParsedInput<'addPasskey'>,
): Promise<Output<'addPasskey'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const proof = await room.proofs.spend(room.db, 'passkey_add', ticket);
  if (proof?.subject !== account.id) throw over();
  const challenge = Challenge.parse(proof.payload);
  const made = await verifyNew(challenge, given);
  if (!made) throw wrongPasskey();
  const passkey = {
    id: newId(),
    name,
    backed_up: made.backedUp,
    created_at: new Date(room.now()),
    used_at: null,
  };
  const recoveryCodes = await change(room, caller, 'passkey_added', async (trx, { id }, before) => {
    demandSpace(before.passkeys);
    await trx
      .insertInto('auth_passkeys')
      .values({
        ...passkey,
        user_id: id,
        credential_id: made.credentialId,
        rp_id: challenge.rpId,
        public_key: made.publicKey,
        counter: made.counter,
        transports: JSON.stringify(given.response.transports ?? []),
      })
      .execute();
    return firstCodes(room, trx, id, before);
  }).catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new KithError('conflict', { message: 'This passkey is in use already.' });
  });
  return { passkey: toPasskey(passkey), recoveryCodes };
}

export async function renamePasskey(
  room: Room,
  caller: Caller,
  { passkeyId, name }: ParsedInput<'renamePasskey'>,
): Promise<Output<'renamePasskey'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const renamed = await room.db
    .updateTable('auth_passkeys')
    .set({ name })
    .where('id', '=', passkeyId)
    .where('user_id', '=', account.id)
    .returning('id')
    .executeTakeFirst();
  if (!renamed) throw new KithError('not_found');
  return {};
}

export async function removePasskey(
  room: Room,
  services: Services,
  caller: Caller,
  { passkeyId }: ParsedInput<'removePasskey'>,
): Promise<Output<'removePasskey'>> {
  await change(room, caller, 'passkey_removed', async (trx, { id }, before) => {
    if (!before.passkeys.some((passkey) => passkey.id === passkeyId)) throw new KithError('not_found');
    const ways = await waysInto(room, services, trx, id);
    if (!ways.some((way) => !('id' in way && way.id === passkeyId)))
      throw new KithError('conflict', {
        message: 'This is the only way into your account. Set a password first.',
      });
    await trx.deleteFrom('auth_passkeys').where('id', '=', passkeyId).where('user_id', '=', id).execute();
    if (before.passkeys.length === 1 && !before.totp) await deleteCodes(trx, id);
  });
  return {};
}

export async function beginPasskeyConfirm(
  room: Room,
  caller: Caller,
): Promise<Output<'beginPasskeyConfirm'>> {
  const account = await accountOf(room, caller);
  const challenge = demandChallenge(room, caller);
  const { passkeys } = await readSetUp(room.db, account.id);
  const options = requestOf(challenge, passkeys, 'required');
  if (options.allowCredentials.length === 0)
    throw new KithError('not_found', { message: 'You have no passkey for this site.' });
  return { ...(await begin(room, caller, 'passkey_confirm', challenge)), options };
}

/** One change of the factors, under the account's lock, with its event and its mail. */
async function change<T>(
  room: Room,
  caller: Caller,
  what: SecondFactorChange & SecurityEventKind,
  work: (trx: AccountsDb, account: Account, before: SetUp) => Promise<T>,
): Promise<T> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const { result, ended } = await room.db.transaction().execute(async (trx) => {
    await holdAccount(trx, account.id);
    const before = await readSetUp(trx, account.id);
    const result = await work(trx, account, before);
    await endTrust(trx, account.id);
    await room.proofs.withdraw(trx, account.id, ['second_factor']);
    await recordEvent(trx, account.id, what, { sessionId: caller.sessionId });
    await tellOfFactor(room, trx, account, what);
    const ended = hasFactor(before) ? null : await room.sessions.endAll(trx, account.id, caller.sessionId);
    return { result, ended };
  });
  if (ended) room.sessions.tell(ended);
  // What it may do may be another thing now.
  room.sessions.forget(caller.sessionId);
  room.mail.nudge();
  return result;
}

/** For an account that had no factor. */
const firstCodes = async (
  room: Room,
  trx: AccountsDb,
  userId: string,
  before: SetUp,
): Promise<string[] | null> => (hasFactor(before) ? null : renewCodes(trx, room.keys.recovery, userId));

async function begin(
  room: Room,
  { userId, sessionId }: Caller,
  purpose: 'passkey_add' | 'passkey_confirm',
  challenge: Challenge,
): Promise<{ readonly ticket: string; readonly expiresAt: string }> {
  const issued = await room.proofs.issue(room.db, {
    purpose,
    subject: userId,
    payload: challenge,
    minutes: PASSKEY_MINUTES,
    code: false,
    address: sessionId,
    keeps: UNDER_WAY,
  });
  if (!issued) throw tooMany();
  return { ticket: issued.ticket, expiresAt: issued.expiresAt.toISOString() };
}

function demandChallenge(room: Room, { page }: Caller): Challenge {
  const challenge = challengeFor(room.publicOrigins, page);
  if (!challenge) throw noPasskeysHere();
  return challenge;
}

function demandSpace(passkeys: readonly PasskeyRow[]): void {
  if (passkeys.length >= limits.passkeys)
    throw new KithError('limit_reached', { message: `There are at most ${limits.passkeys} passkeys.` });
}

const alreadyThere = (): KithError =>
  new KithError('conflict', { message: 'There is an authenticator app already. Remove it first.' });

const toPasskey = (row: Pick<PasskeyRow, 'id' | 'name' | 'created_at' | 'used_at' | 'backed_up'>) => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  usedAt: row.used_at?.toISOString() ?? null,
  backedUp: row.backed_up,
});
