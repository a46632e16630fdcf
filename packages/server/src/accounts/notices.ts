/** What a person is told by mail, unasked: whoever took over an account cannot keep it from its owner. */
import { devicePartsOf } from '@kith/protocol';
import type { PhoneChange, SecondFactorChange } from '../mail/kinds.ts';
import type { Account } from './credentials.ts';
import { type Room, send } from './room.ts';
import type { AccountsDb } from './tables.ts';

interface From {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Where sessions are ended. */
const SESSIONS = '/settings/security';

/** The same in every language: mails are in one, and its words for it are the template's. */
function nameOf(userAgent: string | null): string {
  const { browser, system, program } = devicePartsOf(userAgent);
  return [browser, system].filter((part) => part !== null).join(', ') || program;
}

/** To an address that may be somebody else's, nothing is told. */
const mayTell = (room: Room, account: Account): account is Account & { readonly email: string } =>
  room.mail.works && account.emailVerified && account.email !== null;

export async function tellOfPassword(
  room: Room,
  trx: AccountsDb,
  account: Account,
  { userAgent }: From,
): Promise<void> {
  if (!mayTell(room, account)) return;
  await send(room, trx, account.email, account.locale, {
    kind: 'password_changed',
    when: new Date(room.now()).toISOString(),
    device: nameOf(userAgent),
  });
}

export async function tellOfSignInWay(
  room: Room,
  trx: AccountsDb,
  account: Account,
  what: 'linked' | 'unlinked',
  service: string,
): Promise<void> {
  if (!mayTell(room, account)) return;
  await send(room, trx, account.email, account.locale, {
    kind: 'sign_in_way_changed',
    what,
    service,
    securityPath: SESSIONS,
  });
}

/** `phone`: with most of its digits hidden. */
export async function tellOfPhone(
  room: Room,
  trx: AccountsDb,
  account: Account,
  what: PhoneChange,
  phone: string,
): Promise<void> {
  if (!mayTell(room, account)) return;
  await send(room, trx, account.email, account.locale, {
    kind: 'phone_changed',
    what,
    phone,
    securityPath: SESSIONS,
  });
}

export async function tellOfFactor(
  room: Room,
  trx: AccountsDb,
  account: Account,
  what: SecondFactorChange,
): Promise<void> {
  if (mayTell(room, account))
    await send(room, trx, account.email, account.locale, { kind: 'second_factor_changed', what });
}

export async function tellOfDevice(
  room: Room,
  trx: AccountsDb,
  account: Account,
  { address, userAgent }: From,
): Promise<void> {
  if (!mayTell(room, account)) return;
  await send(room, trx, account.email, account.locale, {
    kind: 'new_device',
    device: nameOf(userAgent),
    address: address ?? '',
    when: new Date(room.now()).toISOString(),
    sessionsPath: SESSIONS,
  });
}
