/**
 * The number of one's own account: proven by a code, then a way in. A number that another account has goes to whoever shows that
 * they hold it now, as numbers are given to others in time; unless it is the other's only way in, which nobody takes away.
 */
import { KithError, type Output, type ParsedInput } from '@kith/protocol';
import type { Caller } from '../../services.ts';
import { masked } from '../../sms/numbers.ts';
import { isUniqueViolation } from '../../store/database.ts';
import { type Account, findCredential, holdAccount } from '../credentials.ts';
import { over, tooMany, wrongCode } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { codesOf } from '../guesses.ts';
import { tellOfPhone } from '../notices.ts';
import { accountOf, demandConfirmed, holdOwn } from '../ownAccount.ts';
import type { Proof } from '../proofs.ts';
import { CODE_MINUTES, type Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';
import { type Services, waysInto } from '../ways.ts';
import { dropPhone, holderOf, putPhone, readPhone } from './phoneRows.ts';
import { countAsked, sendCode } from './texts.ts';

export async function getPhone(room: Room, caller: Caller): Promise<Output<'getPhone'>> {
  const account = await accountOf(room, caller);
  const phone = await readPhone(room.db, account.id);
  return {
    phone: phone && { shown: masked(phone.number), provenAt: phone.provenAt.toISOString() },
    works: room.sms.works,
  };
}

/** Whoever has shown an address is not the stranger who makes accounts to have numbers called. */
const isKnown = async (trx: AccountsDb, number: string, account: Account): Promise<boolean> =>
  account.emailVerified || (await holderOf(trx, number)) !== null;

interface Upcoming {
  readonly number: string;
}

export async function changePhone(
  room: Room,
  caller: Caller,
  { phone, region }: ParsedInput<'changePhone'>,
): Promise<Output<'changePhone'>> {
  room.sms.demand();
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const { number, shown } = room.sms.read(phone, region);
  const issued = await room.db.transaction().execute(async (trx) => {
    await countAsked(room, trx, { number, by: { type: 'account', userId: account.id } });
    const proof = await room.proofs.issue(trx, {
      purpose: 'phone',
      subject: account.id,
      payload: { number } satisfies Upcoming,
      minutes: CODE_MINUTES,
      code: true,
      address: caller.sessionId,
      keeps: 1,
    });
    if (!proof) throw tooMany();
    await sendCode(room, trx, {
      number,
      locale: account.locale,
      code: proof.code,
      minutes: CODE_MINUTES,
      known: await isKnown(trx, number, account),
    });
    return proof;
  });
  room.sms.nudge();
  return { ticket: issued.ticket, expiresAt: issued.expiresAt.toISOString(), phone: shown };
}

/** Another code for the same ticket. */
export async function sendOwnAgain(
  room: Room,
  trx: AccountsDb,
  { subject, payload, code }: Proof & { readonly code: string },
  minutes: number,
): Promise<void> {
  const { number } = payload as Upcoming;
  await countAsked(room, trx, { number, by: { type: 'account', userId: subject } });
  const account = await findCredential(trx, { id: subject });
  if (!account) throw over();
  const known = await isKnown(trx, number, account);
  await sendCode(room, trx, { number, locale: account.locale, code, minutes, known });
}

export async function confirmPhone(
  room: Room,
  services: Services,
  caller: Caller,
  { ticket, code }: ParsedInput<'confirmPhone'>,
): Promise<Output<'confirmPhone'>> {
  const account = await accountOf(room, caller);
  const waiting = await room.proofs.read(room.db, ['phone'], ticket);
  if (waiting?.subject !== account.id) throw over();
  const guess = codesOf(account.id);
  await room.guesses.take([guess]);
  const attempt = await room.proofs.attempt(room.db, ['phone'], ticket, code);
  if (attempt.type === 'wrong') throw wrongCode();
  if (attempt.type === 'over') throw over();
  await room.guesses.giveBack(guess);
  const { number } = attempt.proof.payload as Upcoming;
  const { sessionId } = caller;
  try {
    await room.db.transaction().execute(async (trx) => {
      const holder = await holderOf(trx, number);
      // In one order, whoever takes whose.
      const both = [account.id, ...(holder !== null && holder !== account.id ? [holder] : [])].sort();
      for (const id of both) await holdAccount(trx, id);
      await holdOwn(room, trx, caller);
      const before = await readPhone(trx, account.id);
      if (holder !== null && holder !== account.id) await takeFrom(room, services, trx, holder, number);
      await putPhone(trx, account.id, number, room.now());
      await room.proofs.withdraw(trx, account.id, ['phone']);
      if (before?.number === number) return;
      const what = before ? 'phone_changed' : 'phone_added';
      await recordEvent(trx, account.id, what, { sessionId });
      await tellOfPhone(room, trx, account, what, masked(number));
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw over();
    throw error;
  }
  room.mail.nudge();
  return { phone: { shown: masked(number), provenAt: new Date(room.now()).toISOString() } };
}

/** From an account whose lock is held. */
async function takeFrom(
  room: Room,
  services: Services,
  trx: AccountsDb,
  holder: string,
  number: string,
): Promise<void> {
  if ((await readPhone(trx, holder))?.number !== number) return;
  const account = await findCredential(trx, { id: holder });
  const mayAskByMail = room.mail.works && account?.emailVerified === true && account.email !== null;
  if (!mayAskByMail && !(await hasAnotherWay(room, services, trx, holder)))
    throw new KithError('conflict', {
      message:
        'Another account has this number, and no other way in. Sign in with the number to use it or to give it another.',
      fields: [{ path: 'phone', message: 'Another account has this number, and no other way in.' }],
    });
  await dropPhone(trx, holder);
  // Not from where: that is somebody else's matter.
  await recordEvent(trx, holder, 'phone_moved', { address: null, userAgent: null });
  if (account) await tellOfPhone(room, trx, account, 'phone_moved', masked(number));
}

export async function removePhone(
  room: Room,
  services: Services,
  caller: Caller,
): Promise<Output<'removePhone'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  await room.db.transaction().execute(async (trx) => {
    await holdOwn(room, trx, caller);
    const phone = await readPhone(trx, account.id);
    if (!phone) throw new KithError('not_found');
    if (!(await hasAnotherWay(room, services, trx, account.id)))
      throw new KithError('conflict', {
        message: 'This is the only way into your account. Set a password or a passkey first.',
      });
    await dropPhone(trx, account.id);
    await room.proofs.withdraw(trx, account.id, ['phone']);
    await recordEvent(trx, account.id, 'phone_removed', { sessionId: caller.sessionId });
    await tellOfPhone(room, trx, account, 'phone_removed', masked(phone.number));
  });
  room.mail.nudge();
  return {};
}

/** But for the number. */
const hasAnotherWay = async (...of: Parameters<typeof waysInto>): Promise<boolean> =>
  (await waysInto(...of)).some(({ type }) => type !== 'phone');
