/**
 * Making an account. Where addresses are proven first, nothing is made before the code came back, and the answer is the same
 * for an address that has an account: its owner is told by mail.
 */
import { randomBytes } from 'node:crypto';
import { type FieldError, KithError, newId, type SignUpInput } from '@kith/protocol';
import { z } from 'zod';
import { isUniqueViolation } from '../store/database.ts';
import type { Origin, SignInOutcome } from './accounts.ts';
import type { Admission } from './challenge/doorman.ts';
import { type Account, findCredential, insertAccount } from './credentials.ts';
import { open } from './enter.ts';
import { over, tooMany } from './errors.ts';
import { recordEvent } from './events.ts';
import { mailsAskedFrom } from './guesses.ts';
import { insertLink, type Link } from './outside/linkRows.ts';
import { ensurePerson } from './persons.ts';
import type { Proof } from './proofs.ts';
import { issueReset } from './recovery.ts';
import { addressOf, CODE_MINUTES, linkTo, type Room, send } from './room.ts';
import type { AccountsDb } from './tables.ts';

/** What waits for its code. `known`: the address has an account, and no code will ever be right. */
export const SignUpWaiting = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('new'),
    name: z.string(),
    username: z.string(),
    passwordHash: z.string().nullable(),
    /** Whom another service knows them as; null: they come by password. */
    link: z
      .object({ provider: z.string(), subject: z.string(), label: z.string().nullable() })
      .nullable()
      .default(null),
    /** The id of an invitation. */
    invite: z.string().nullable().default(null),
  }),
  z.object({ type: z.literal('known') }),
]);

/** `admission`: of the doorman, which is asked before all of this. */
export async function signUp(
  room: Room,
  input: SignUpInput,
  origin: Origin,
  admission: Admission,
): Promise<SignInOutcome> {
  const { email, name, username } = input;
  const invite = await inviteOf(room, input.invite);
  await room.joining.demand({ email, proven: room.proveAddress, invite });
  if (room.proveAddress) await room.guesses.take([mailsAskedFrom(origin.address)]);
  const passwordHash = await room.passwords.hashNew(input.password, [email, name, username], 'strangers');
  if (!room.proveAddress) {
    await refuseTaken(room, input);
    if (isTrapped(input)) return pretendToMake(room, input);
    return makeAccount(
      room,
      { email, emailVerified: false, name, username, passwordHash, link: null, invite },
      origin,
    );
  }
  await refuseTaken(room, { username });
  const known = await findCredential(room.db, { email });
  const one = { email, name, username, passwordHash, link: null, invite };
  return proveNewAddress(room, one, isTrapped(input) ? 'nobody' : known, origin, admission);
}

/** The id of an invitation that is good now; one that is over, or makes guests, counts as none. */
export async function inviteOf({ joining }: Room, token: string | undefined): Promise<string | null> {
  const invite = token === undefined ? null : await joining.find(token);
  return invite?.guestSeconds === null ? invite.id : null;
}

/** A machine filled in what nobody sees. It is not told: or the next one leaves it empty. */
export const isTrapped = ({ website }: Pick<SignUpInput, 'website'>): boolean => !!website;

/** As if there were an account and a session; their token opens nothing. */
export function pretendToMake(
  { tokens }: Room,
  {
    email,
    name,
    username,
  }: { readonly email: string | null; readonly name: string; readonly username: string },
): SignInOutcome {
  const token = tokens.sign(randomBytes(24).toString('base64url'));
  const device = randomBytes(24).toString('base64url');
  return {
    type: 'signed_in',
    token,
    cookies: [tokens.setCookie(token), tokens.setDeviceCookie(device)],
    user: { id: newId(), email, name, username },
  };
}

/**
 * A code goes to the address; or word to whose it is already, which whoever asks does not learn. `known` 'nobody': no mail goes
 * to anybody, and no code will ever be right.
 */
export async function proveNewAddress(
  room: Room,
  {
    email,
    name,
    username,
    passwordHash,
    link,
    invite,
  }: Omit<NewOne, 'emailVerified' | 'email'> & { readonly email: string },
  known: Account | null | 'nobody',
  origin: Origin,
  admission: Admission = { type: 'unasked' },
): Promise<SignInOutcome> {
  const waiting: z.input<typeof SignUpWaiting> = known
    ? { type: 'known' }
    : { type: 'new', name, username, passwordHash, link, invite };
  const { ticket, expiresAt } = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.issue(trx, {
      purpose: 'sign_up',
      subject: email,
      payload: waiting,
      minutes: CODE_MINUTES,
      code: true,
      address: addressOf(origin),
      worked: admission.type === 'solved',
    });
    if (!proof) throw tooMany();
    if (known === 'nobody') return proof;
    const reset = known && (await issueReset(room, trx, { id: known.id, email }, origin));
    if (!known || reset)
      await send(
        room,
        trx,
        email,
        known?.locale ?? origin.locale,
        reset
          ? { kind: 'sign_up_known', name: known.name, resetPath: linkTo('reset', reset.ticket) }
          : { kind: 'sign_up_code', code: proof.code, minutes: CODE_MINUTES },
      );
    return proof;
  });
  room.mail.nudge();
  return { type: 'code_sent', ticket, expiresAt };
}

/** The code came back: now it is made. */
export async function finishSignUp(room: Room, proof: Proof, origin: Origin): Promise<SignInOutcome> {
  const waiting = SignUpWaiting.parse(proof.payload);
  if (waiting.type === 'known') throw over();
  const { name, username, passwordHash, link, invite } = waiting;
  const account = { email: proof.subject, emailVerified: true, name, username, passwordHash, link, invite };
  try {
    return await makeAccount(room, account, origin);
  } catch (error) {
    // The name was free when they asked for it, and who has come so far is not sent back for it: it can be changed.
    if (link && isUniqueViolation(error)) throw over();
    const taken = error instanceof KithError && error.code === 'conflict' && isOf(error, 'username');
    if (!taken) throw error;
    const other = `${username.slice(0, 26)}-${randomBytes(2).toString('hex')}`;
    return makeAccount(room, { ...account, username: other }, origin);
  }
}

const isOf = (error: KithError, field: string): boolean =>
  error.fields?.length === 1 && error.fields[0]?.path === field;

interface NewOne {
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly username: string;
  readonly passwordHash: string | null;
  readonly link: Link | null;
  /** The id of an invitation. */
  readonly invite: string | null;
}

/** Of an invitation that was good a moment ago. */
class InviteOver extends Error {}

/**
 * With its person, and signed in. Whether they may come in is asked here, whichever way they came. `within`: what belongs to it,
 * in its transaction. @throws KithError conflict, forbidden; unique violation where another has the link by now.
 */
export async function makeAccount(
  room: Room,
  one: NewOne,
  origin: Origin,
  within?: (trx: AccountsDb, userId: string) => Promise<void>,
): Promise<SignInOutcome> {
  const { email, emailVerified: proven, invite } = one;
  await room.joining.demand({ email, proven, invite });
  let account: Account;
  try {
    account = await room.db.transaction().execute(async (trx) => {
      const made = await insertAccount(trx, { ...one, locale: origin.locale ?? null });
      if (one.link) await insertLink(trx, made.id, one.link);
      await within?.(trx, made.id);
      if (invite !== null && !(await room.joining.take(trx, invite, made.id, email, 'member')))
        throw new InviteOver();
      await recordEvent(trx, made.id, 'signed_up', origin);
      return made;
    });
  } catch (error) {
    // Others were faster: then it counts as none, and only who needs none comes in.
    if (error instanceof InviteOver) return makeAccount(room, { ...one, invite: null }, origin, within);
    // Of two that asked for one name at once, the later finds it taken only now.
    if (isUniqueViolation(error)) await refuseTaken(room, one);
    throw error;
  }
  // The account is made; should this fail, the first request with the new session heals it.
  await ensurePerson(room.db, account).catch((err: unknown) =>
    room.log.error({ err }, 'a person is still to be made'),
  );
  if (invite !== null) await room.settle(account.id);
  return open(room, { account, origin, password: null });
}

/** Throws a conflict that names the field, for an address or a name that somebody has. */
async function refuseTaken(
  { db }: Room,
  { email = null, username }: { readonly email?: string | null; readonly username: string },
): Promise<void> {
  const [accounts, person] = await Promise.all([
    db
      .selectFrom('auth_users')
      .select(['email', 'username'])
      .where((eb) => eb.or([eb('email', '=', email ?? ''), eb('username', '=', username)]))
      .execute(),
    db.selectFrom('users').select('id').where('username', '=', username).limit(1).executeTakeFirst(),
  ]);
  const fields: FieldError[] = [];
  if (email !== null && accounts.some((account) => account.email === email)) {
    fields.push({ path: 'email', message: 'There is an account with this address. Sign in instead.' });
  }
  if (person || accounts.some((account) => account.username === username)) {
    fields.push({ path: 'username', message: 'Somebody has this username. Choose another.' });
  }
  if (fields.length > 0) throw new KithError('conflict', { message: fields[0]?.message ?? '', fields });
}
