/**
 * Coming in by number: a code goes there by text message, and what it opens is decided when it comes back. Who has it is in
 * their account, or asked for a name where nobody has the number yet; before, the answer is the same for every number.
 */
import type { PhoneInput, PhoneSignUpInput } from '@kith/protocol';
import { z } from 'zod';
import { isUniqueViolation } from '../../store/database.ts';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { type Credential, findCredential } from '../credentials.ts';
import { pass } from '../enter.ts';
import { over, tooMany } from '../errors.ts';
import type { Arriving } from '../invites/joining.ts';
import type { Proof } from '../proofs.ts';
import { addressOf, CODE_MINUTES, type Room } from '../room.ts';
import { inviteOf, makeAccount } from '../signUp.ts';
import type { AccountsDb } from '../tables.ts';
import { holderOf, putPhone } from './phoneRows.ts';
import { countAsked, sendCode } from './texts.ts';

/** Of an invitation that was in hand: its id. */
const Invited = z.object({ invite: z.string().nullable() });
/** What waits for its code; `sent` false: nobody has the number, they may not join, and no code will ever be right. */
const Waiting = Invited.extend({ sent: z.boolean() });
/** Begun at one place for one number: the older go, as the texts are counted elsewhere. */
const TICKETS = 4;
/** How long somebody may look for a name. */
const NAME_MINUTES = 30;

export async function askByPhone(
  room: Room,
  { phone, region, invite: token }: PhoneInput,
  origin: Origin,
): Promise<SignInOutcome> {
  room.sms.demand();
  const { number, shown } = room.sms.read(phone, region);
  const account = await accountWith(room.db, number, origin);
  const invite = await inviteOf(room, token);
  const sent = account !== null || (await room.joining.judge(newcomer(invite))) === 'allowed';
  const issued = await room.db.transaction().execute(async (trx) => {
    await countAsked(room, trx, { number, by: asker(account, origin) });
    const proof = await room.proofs.issue(trx, {
      purpose: 'phone_sign_in',
      subject: number,
      payload: { sent, invite } satisfies z.input<typeof Waiting>,
      minutes: CODE_MINUTES,
      code: true,
      address: addressOf(origin),
      keeps: TICKETS,
    });
    if (!proof) throw tooMany();
    if (sent)
      await sendCode(room, trx, {
        number,
        locale: origin.locale,
        code: proof.code,
        minutes: CODE_MINUTES,
        known: account !== null,
      });
    return proof;
  });
  room.sms.nudge();
  return { type: 'code_sent', ticket: issued.ticket, expiresAt: issued.expiresAt, phone: shown };
}

/** Another one for the same ticket. */
export async function askAgain(
  room: Room,
  trx: AccountsDb,
  { subject: number, payload, code }: Proof & { readonly code: string },
  minutes: number,
  origin: Origin,
): Promise<void> {
  const account = await accountWith(trx, number, origin);
  await countAsked(room, trx, { number, by: asker(account, origin) });
  if (Waiting.parse(payload).sent)
    await sendCode(room, trx, { number, locale: origin.locale, code, minutes, known: account !== null });
}

/** The code came back. */
export async function arriveByPhone(
  room: Room,
  { subject, payload }: Proof,
  origin: Origin,
): Promise<SignInOutcome> {
  const { sent, invite } = Waiting.parse(payload);
  if (!sent) throw over();
  const account = await accountWith(room.db, subject, origin);
  if (account) return pass(room, { account, origin, password: null });
  await room.joining.demand(newcomer(invite));
  const issued = await room.proofs.issue(room.db, {
    purpose: 'phone_new',
    subject,
    payload: { invite } satisfies z.input<typeof Invited>,
    minutes: NAME_MINUTES,
    code: false,
    address: addressOf(origin),
    keeps: TICKETS,
  });
  if (!issued) throw tooMany();
  return { type: 'name_wanted', ticket: issued.ticket, expiresAt: issued.expiresAt };
}

/** Somebody new, with the name that was asked for. The ticket is spent with the account: a name that is taken costs nothing. */
export async function signUpByPhone(
  room: Room,
  { ticket, name, username }: PhoneSignUpInput,
  origin: Origin,
): Promise<SignInOutcome> {
  const proof = await room.proofs.read(room.db, ['phone_new'], ticket);
  if (!proof) throw over();
  const { invite } = Invited.parse(proof.payload);
  const one = { email: null, emailVerified: false, name, username, passwordHash: null, link: null, invite };
  try {
    return await makeAccount(room, one, origin, async (trx, userId) => {
      if (!(await room.proofs.spend(trx, 'phone_new', ticket))) throw over();
      await putPhone(trx, userId, proof.subject, room.now());
    });
  } catch (error) {
    // Somebody came by the same number meanwhile.
    if (isUniqueViolation(error)) throw over();
    throw error;
  }
}

async function accountWith(db: AccountsDb, number: string, origin: Origin): Promise<Credential | null> {
  const id = await holderOf(db, number);
  return id === null ? null : findCredential(db, { id }, origin.device);
}

/** Who was signed in from this browser before does not wait for what strangers ask. */
const asker = (account: Credential | null, { address }: Origin) =>
  account?.deviceId
    ? ({ type: 'device', deviceId: account.deviceId } as const)
    : ({ type: 'address', address } as const);

/** Without an address, and so of no domain. */
const newcomer = (invite: string | null): Arriving => ({ email: null, proven: false, invite });
