/** Puts the room together: forms in, sessions out, every failure one of the table's. */
import { type FieldError, KithError, newId } from '@kith/protocol';
import type { Config } from '../config.ts';
import type { Announcer } from '../fanout/announcer.ts';
import type { Bus } from '../fanout/bus.ts';
import type { Logger } from '../logger.ts';
import { type Database, toKithError } from '../store/database.ts';
import type { Accounts, Credentials, Origin, SignedIn } from './accounts.ts';
import { ADDRESS_HEADER, createBetterAuth, preparedHash } from './betterAuth.ts';
import type { SignInInput, SignUpInput, UsernameSignInInput } from './forms.ts';
import type { BreachedList } from './passwords/breached.ts';
import { createPasswords } from './passwords/hashing.ts';
import { createPasswordJudge, passwordRefused } from './passwords/strength.ts';
import { ensurePerson, hasPeople, MAIN_TENANT } from './persons.ts';
import { loadSecret } from './secret.ts';
import { createSessions } from './sessions.ts';
import { type AccountsDb, accountsDb } from './tables.ts';
import { createTokens } from './tokens.ts';

export interface AccountsDependencies {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly bus: Bus;
  readonly config: Pick<Config, 'secret' | 'signUp' | 'publicOrigins'>;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** Leaked passwords; closed by whoever opened it. */
  readonly breached?: BreachedList | null;
  readonly now?: () => number;
}

/** Async, because the secret may come from the database. */
export async function createAccounts(dependencies: AccountsDependencies): Promise<Accounts> {
  const { database, announcer, bus, config, log, breached = null, now } = dependencies;
  const db = accountsDb(database.db);
  const secret = config.secret ?? (await loadSecret(database.db, 'session'));
  const secure = config.publicOrigins[0]?.startsWith('https:') ?? false;
  const passwords = createPasswords();
  const judge = createPasswordJudge({ breached, log });
  const tokens = createTokens(secret, secure);
  const sessions = createSessions({ db, announcer, bus, ...(now && { now }) });
  const auth = createBetterAuth({ db, secret, secure, passwords, log });

  let known = false;

  const tokenIn = ({ token, cookie }: Credentials): string | null => {
    const signed = token ?? (cookie === undefined ? null : tokens.fromCookies(cookie));
    return signed === null ? null : tokens.verify(signed);
  };

  const signedIn = (reply: { token: string | null; user: Record<string, unknown> }): SignedIn => {
    const { id, email, name, username } = reply.user;
    if (reply.token === null) throw new KithError('internal');
    const token = tokens.sign(reply.token);
    const user = { id: String(id), email: String(email), name: String(name), username: String(username) };
    return { token, setCookie: tokens.setCookie(token), user };
  };

  return {
    authenticate: async (credentials) => {
      const token = tokenIn(credentials);
      return token === null ? null : failing(() => sessions.identify(token));
    },
    signUp: (input, origin) =>
      failing(async () => {
        if (config.signUp === 'closed' && (await hasPeople(db))) {
          throw new KithError('forbidden', {
            message: 'New accounts are not open here. Ask whoever runs this server.',
          });
        }
        const judgement = await judge(input.password, [input.name, input.username, input.email]);
        if (!judgement.ok) throw passwordRefused(judgement.reason);
        await refuseTaken(db, input);
        const hash = await passwords.hash(input.password);
        const reply = await preparedHash
          .run(hash, () => auth.api.signUpEmail({ body: input, headers: headersOf(origin) }))
          .catch(async (error: unknown) => {
            // Of two that asked for one name at once, the later finds it taken only now.
            await refuseTaken(db, input);
            throw error;
          });
        // The account is made; should this fail, the first request with the new session heals it.
        await ensurePerson(db, reply.user).catch((err: unknown) =>
          log.error({ err }, 'a person is still to be made'),
        );
        return signedIn(reply);
      }),
    hasAccounts: () =>
      failing(async () => {
        known ||= await hasPeople(db);
        return known;
      }),
    signIn: (input, origin) =>
      failing(async () => {
        const { password } = input;
        const email = await emailOf(db, input);
        return signedIn(
          await auth.api.signInEmail({ body: { email, password }, headers: headersOf(origin) }),
        );
      }),
    signOut: async (credentials) => {
      const token = tokenIn(credentials);
      if (token !== null) await failing(() => sessions.end(token));
      return tokens.clearCookie();
    },
    listSessions: (caller) => failing(() => sessions.list(caller)),
    revokeSession: (caller, sessionId) => failing(() => sessions.revoke(caller, sessionId)),
    revokeOtherSessions: (caller) => failing(() => sessions.revokeOthers(caller)),
    forgetSessions: sessions.forgetAll,
    close: sessions.close,
  };
}

function headersOf({ address, userAgent }: Origin): Headers {
  const headers = new Headers();
  if (address !== null) headers.set(ADDRESS_HEADER, address);
  // Headers take no control characters, and a session's label needs no more than this.
  if (userAgent !== null) headers.set('user-agent', userAgent.replace(/[^\x20-\x7e]/g, '?').slice(0, 250));
  return headers;
}

/** A name that nobody bears becomes an address that nobody can have: it fails as late as a wrong password does. */
async function emailOf(db: AccountsDb, input: SignInInput | UsernameSignInInput): Promise<string> {
  if ('email' in input) return input.email;
  const account = await db
    .selectFrom('users')
    .innerJoin('tenants', 'tenants.id', 'users.tenant_id')
    .innerJoin('auth_users', 'auth_users.id', 'users.id')
    .select('auth_users.email')
    .where('tenants.slug', '=', MAIN_TENANT)
    .where('users.username', '=', input.username)
    .executeTakeFirst();
  return account?.email ?? `${newId()}@nobody.invalid`;
}

/** Throws a conflict that names the field, for an address or a name that somebody has. */
async function refuseTaken(db: AccountsDb, { email, username }: SignUpInput): Promise<void> {
  const [accounts, person] = await Promise.all([
    db
      .selectFrom('auth_users')
      .select(['email', 'username'])
      .where((eb) => eb.or([eb('email', '=', email), eb('username', '=', username)]))
      .execute(),
    db.selectFrom('users').select('id').where('username', '=', username).limit(1).executeTakeFirst(),
  ]);
  const fields: FieldError[] = [];
  if (accounts.some((account) => account.email === email)) {
    fields.push({ path: 'email', message: 'There is an account with this address. Sign in instead.' });
  }
  if (person || accounts.some((account) => account.username === username)) {
    fields.push({ path: 'username', message: 'Somebody has this username. Choose another.' });
  }
  if (fields.length > 0) throw new KithError('conflict', { message: fields[0]?.message ?? '', fields });
}

/** better-auth's errors and the database's, as ours (E1). */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromBetterAuth(error) ?? toKithError(error);
  }
}

function fromBetterAuth(error: unknown): KithError | null {
  if (!(error instanceof Error) || error.name !== 'APIError' || !('body' in error)) return null;
  const body = (error.body ?? {}) as { code?: unknown; message?: unknown };
  switch (body.code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return new KithError('unauthenticated', {
        message: 'The email address, the username or the password is wrong.',
      });
    case 'INVALID_EMAIL':
      return new KithError('bad_input', {
        fields: [{ path: 'email', message: 'must be an email address' }],
      });
    case 'PASSWORD_TOO_SHORT':
    case 'PASSWORD_TOO_LONG':
    case 'INVALID_PASSWORD':
      return new KithError('bad_input', { fields: [{ path: 'password', message: String(body.message) }] });
    case 'FAILED_TO_CREATE_USER':
    case 'FAILED_TO_CREATE_SESSION':
      // What failed was a statement: better-auth logged which, and says no more.
      return new KithError('unavailable', { cause: error, retryAfterMs: 500 });
    default:
      return null;
  }
}
