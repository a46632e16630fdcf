/**
 * Which account somebody is who came by another service. Known there: theirs. Else their address decides, and only where both
 * sides have proven it: an address that anybody may write down would be a key to whoever it belongs to.
 */
import { randomBytes } from 'node:crypto';
import { KithError } from '@kith/protocol';
import type { JoinVerdict } from '../../policy/joining.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { Origin, SignInOutcome } from '../accounts.ts';
import { type Credential, findCredential, holdAccount } from '../credentials.ts';
import { enter } from '../enter.ts';
import { recordEvent } from '../events.ts';
import { tellOfSignInWay } from '../notices.ts';
import type { Room } from '../room.ts';
import { makeAccount, proveNewAddress } from '../signUp.ts';
import { type Arrival, usernameIn } from './claims.ts';
import { findLinked, insertLink } from './linkRows.ts';
import type { Provider } from './provider.ts';
import { OutsideTrouble } from './trouble.ts';

/** Of several who arrive as one new person at once, the later find what the first made. */
const TRIES = 4;

export async function comeIn(
  room: Room,
  provider: Provider,
  arrival: Arrival,
  invite: string | null,
  origin: Origin,
): Promise<SignInOutcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryToComeIn(room, provider, arrival, invite, origin);
    } catch (error) {
      const isTaken = isUniqueViolation(error) || (error instanceof KithError && error.code === 'conflict');
      if (!isTaken || tries === TRIES) throw error;
    }
  }
}

async function tryToComeIn(
  room: Room,
  provider: Provider,
  arrival: Arrival,
  invite: string | null,
  origin: Origin,
): Promise<SignInOutcome> {
  const linked = await findLinked(room.db, provider.id, arrival.subject);
  if (linked !== null) {
    const account = await findCredential(room.db, { id: linked }, origin.device);
    if (!account) throw new OutsideTrouble('over', 'the account is gone');
    return enter(room, { account, origin, password: null });
  }
  const { email, emailVerified } = arrival;
  if (email === null) throw new OutsideTrouble('no_address', 'it tells no address');
  const verdict = await room.joining.judge({ email, proven: emailVerified || room.proveAddress, invite });
  // Before anybody is looked for: who may write down any address there is not to learn who has an account here.
  if (verdict !== 'allowed' && !emailVerified) throw notLetIn(verdict);
  const found = await findCredential(room.db, { email }, origin.device);
  if (found && emailVerified) {
    await linkByAddress(room, provider, arrival, found, origin);
    return enter(room, { account: found, origin, password: null });
  }
  if (found && !room.proveAddress) throw new OutsideTrouble('address_taken', 'the address is not proven');
  if (verdict !== 'allowed') throw notLetIn(verdict);
  const link = { provider: provider.id, subject: arrival.subject, label: email };
  const name = arrival.name ?? arrival.username ?? email.split('@', 1)[0] ?? email;
  const username = await freeUsername(room, arrival.username ?? usernameIn(email) ?? usernameIn(name));
  const one = { email, emailVerified, name, username, passwordHash: null, link, invite };
  // Nothing is made for an address that is not shown to be theirs; who has it hears of it by mail, and nobody else does.
  if (!emailVerified && room.proveAddress) return proveNewAddress(room, one, found, origin);
  return makeAccount(room, one, origin);
}

const notLetIn = (verdict: Exclude<JoinVerdict, 'allowed'>): OutsideTrouble =>
  verdict === 'closed'
    ? new OutsideTrouble('sign_up_closed', 'sign-up is closed')
    : new OutsideTrouble('invitation_needed', 'sign-up is for who was invited');

/** Both sides have proven the address. @throws OutsideTrouble where this one has not. */
async function linkByAddress(
  room: Room,
  provider: Provider,
  { subject, email }: Arrival,
  account: Credential,
  origin: Origin,
): Promise<void> {
  await room.db.transaction().execute(async (trx) => {
    await holdAccount(trx, account.id);
    const now = await findCredential(trx, { id: account.id });
    // Whoever made it here in somebody else's name would get that person with it.
    if (!now?.emailVerified || now.email !== email)
      throw new OutsideTrouble('address_taken', 'the address is not proven here');
    await insertLink(trx, account.id, { provider: provider.id, subject, label: email });
    await recordEvent(trx, account.id, 'provider_linked', origin);
    await tellOfSignInWay(room, trx, now, 'linked', provider.name);
  });
  room.mail.nudge();
}

const BASE_LENGTH = 26;

/** The one they have elsewhere, if nobody has it here; it can be changed. */
async function freeUsername({ db }: Room, wished: string | null): Promise<string> {
  const suffix = (): string => randomBytes(2).toString('hex');
  if (wished === null) return `kith-${suffix()}${suffix()}`;
  const [account, person] = await Promise.all([
    db.selectFrom('auth_users').select('id').where('username', '=', wished).executeTakeFirst(),
    db.selectFrom('users').select('id').where('username', '=', wished).limit(1).executeTakeFirst(),
  ]);
  return account || person ? `${wished.slice(0, BASE_LENGTH)}-${suffix()}` : wished;
}
