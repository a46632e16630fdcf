/** Puts the room together: forms in, sessions out, every failure one of the table's. */
import { createHmac } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Announcer } from '../fanout/announcer.ts';
import type { Bus } from '../fanout/bus.ts';
import type { ConversationLog } from '../log/change.ts';
import type { Logger } from '../logger.ts';
import type { Mail } from '../mail/mail.ts';
import { type Meter, silentMeter } from '../meter.ts';
import type { Caller } from '../services.ts';
import { noSms, type Sms } from '../sms/sms.ts';
import { type Database, toKithError } from '../store/database.ts';
import type { Accounts, Credentials, Identity, SignInOutcome } from './accounts.ts';
import { createDoorman } from './challenge/doorman.ts';
import { createKnocks } from './challenge/knocks.ts';
import { createProofOfWork } from './challenge/proofOfWork.ts';
import { deleteAccount, keepAccount, keepByLink } from './deletion/deletion.ts';
import { type HostSessions, isHostSession } from './embed/hostSessions.ts';
import { evenly } from './evenly.ts';
import { recordEvent } from './events.ts';
import * as factors from './factors/ownFactors.ts';
import { beginPasskeySignIn, passkeySignIn } from './factors/passkeySignIn.ts';
import { getTenantSecurity, updateTenantSecurity } from './factors/tenantSecurity.ts';
import { createGuesses } from './guesses.ts';
import { createGuests, type Guests } from './guests/guests.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createInvites, type Invites } from './invites/invites.ts';
import { createJoining } from './invites/joining.ts';
import { createSettling } from './invites/settle.ts';
import { createInviteTokens } from './invites/tokens.ts';
import { keysFor } from './keys.ts';
import { createFetching } from './outside/fetching.ts';
import { comeBack, depart } from './outside/flow.ts';
import * as links from './outside/links.ts';
import { OUTSIDE_MINUTES, type Outside } from './outside/outside.ts';
import { createProvider } from './outside/provider.ts';
import * as own from './ownAccount.ts';
import type { BreachedList } from './passwords/breached.ts';
import { createPasswords } from './passwords/passwords.ts';
import type { Costs } from './passwords/scrypt.ts';
import { hasPeople, MAIN_TENANT } from './persons.ts';
import { createPhones } from './phones/phones.ts';
import { createProofs } from './proofs.ts';
import { forgotPassword, previewReset, resetPassword, undoEmail } from './recovery.ts';
import type { Room } from './room.ts';
import { loadSecret } from './secret.ts';
import { createSessions } from './sessions.ts';
import { proceed, resend, signIn } from './signIn.ts';
import { isTrapped, signUp } from './signUp.ts';
import { accountsDb } from './tables.ts';
import { createKeeping, type Keeping } from './tenants/keeping.ts';
import { createTokens } from './tokens.ts';

export interface AccountsDependencies {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly bus: Bus;
  readonly mail: Mail;
  /** Absent: nobody signs in by number. */
  readonly sms?: Sms;
  readonly config: Pick<
    Config,
    | 'secret'
    | 'formerSecrets'
    | 'signUp'
    | 'challenge'
    | 'publicOrigins'
    | 'proveEmail'
    | 'rateFactor'
    | 'smtpUrl'
    | 'providers'
  >;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  /** Of those who came by a token of their host; absent: nobody does. */
  readonly hosts?: HostSessions;
  /** All nodes read anew what tenants may do; absent: there is one that looks by itself. */
  readonly tenantsChanged?: () => Promise<void>;
  /** Who is invited is let into conversations by it; without, for tests, nobody is. */
  readonly conversationLog?: ConversationLog | null;
  readonly meter?: Pick<Meter, 'door'>;
  /** Leaked passwords; closed by whoever opened it. */
  readonly breached?: BreachedList | null;
  readonly now?: () => number;
  /** Where people reach this server when nothing is configured. */
  readonly origin?: () => string;
  /** How long another service has for one answer, ms; for tests. */
  readonly outsideMs?: number;
  /** What a password's hash costs; for tests. */
  readonly costs?: Costs;
  /** What is answered alike to all is answered after so long; for tests. */
  readonly evenMs?: number;
}

/** Longer than a password takes to be hashed while somebody else's is. */
const EVEN_MS = 500;

/** Async, because the secret may come from the database. */
export async function createAccounts(dependencies: AccountsDependencies): Promise<Accounts> {
  const {
    database,
    announcer,
    bus,
    mail,
    sms = noSms,
    config,
    log,
    hosts,
    meter = silentMeter,
    breached = null,
    now = Date.now,
    costs,
    evenMs = EVEN_MS,
  } = dependencies;
  const db = accountsDb(database.db);
  const secret = config.secret ?? (await loadSecret(database.db, 'session'));
  const secure = config.publicOrigins[0]?.startsWith('https:') ?? false;
  const tenant = await db
    .selectFrom('tenants')
    .select(['id', 'name'])
    .where('slug', '=', MAIN_TENANT)
    .executeTakeFirstOrThrow();
  const secrets = [secret, ...config.formerSecrets] as const;
  const tokens = createTokens(secrets, secure);
  const sessions = createSessions({ db, announcer, bus, now });
  let known = false;
  const hasAccounts = async (): Promise<boolean> => {
    known ||= await hasPeople(db);
    return known;
  };
  // What is printed to the log, whoever runs this for themselves need not look up.
  const proveAddress = config.proveEmail ?? config.smtpUrl !== null;
  const inviteTokens = createInviteTokens(keysFor(secrets, 'invitations'));
  const joining = createJoining({
    db,
    tenantId: tenant.id,
    tokens: inviteTokens,
    config,
    proveAddress,
    hasAccounts,
    now,
  });
  const settling = createSettling({
    db,
    tenantId: tenant.id,
    announcer,
    conversationLog: dependencies.conversationLog ?? null,
    log,
    now,
  });
  const housekeeping = createHousekeeping({ db, log, now, also: settling.sweep });
  const passwords = createPasswords({ breached, log, costs });
  const room: Room = {
    db,
    now,
    log,
    mail,
    sms,
    sessions,
    tokens,
    tenantId: tenant.id,
    passwords,
    // Another key than that of the tokens: neither can be asked for signatures of the other.
    proofs: createProofs(createHmac('sha256', secret).update('proofs').digest('base64'), now),
    guesses: createGuesses(db, config.rateFactor > 0, now),
    proveAddress,
    joining,
    settle: settling.settle,
    doorman: createDoorman({
      db,
      // Where nothing is counted, nothing is too much.
      mode: config.challenge === 'auto' && config.rateFactor === 0 ? 'off' : config.challenge,
      kind: createProofOfWork(keysFor(secrets, 'challenges')[0], now),
      knocks: createKnocks(db, config.rateFactor, now),
      crowded: passwords.crowded,
      tell: (fate) => meter.door(`challenge_${fate}`),
    }),
    site: tenant.name,
    publicOrigins: config.publicOrigins,
    keys: { totp: keysFor(secrets, 'totp'), recovery: keysFor(secrets, 'recovery codes') },
  };

  const providers = config.providers.map((settings) =>
    createProvider(settings, { fetch: createFetching(dependencies.outsideMs), now }),
  );
  const outside: Outside = {
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    origin: () => config.publicOrigins[0] ?? dependencies.origin?.() ?? 'http://localhost:4040',
  };

  const invites = createInvites(room, {
    tokens: inviteTokens,
    configured: config.signUp,
    proves: proveAddress || providers.length > 0,
  });

  const guests = createGuests(room, { conversationLog: dependencies.conversationLog ?? null });
  const keeping = createKeeping(room, {
    people: database.db,
    announcer,
    services: outside.providers,
    changed: dependencies.tenantsChanged ?? (() => Promise.resolve()),
  });

  const tokenIn = ({ token, cookie }: Credentials): string | null => {
    const signed = token ?? (cookie === undefined ? null : tokens.fromCookies(cookie));
    const known = signed === null ? null : tokens.verify(signed);
    // Of a host: any page that such a person visits could make a browser send a cookie.
    return known !== null && token === undefined && isHostSession(known) ? null : known;
  };
  const identify = (token: string): Promise<Identity | null> =>
    isHostSession(token) ? (hosts?.identify(token) ?? Promise.resolve(null)) : sessions.identify(token);
  /** Accounts are in the main tenant; whoever is of another one came by their host. */
  const hostOf = (caller: Caller): HostSessions | undefined =>
    caller.tenantId === tenant.id ? undefined : hosts;

  const identityIn = async (cookie: string): Promise<Identity | null> => {
    const token = tokenIn({ cookie });
    return token === null ? null : identify(token);
  };

  return {
    authenticate: async (credentials) => {
      const token = tokenIn(credentials);
      return token === null ? null : failing(() => identify(token));
    },
    deviceOf: (cookie) => tokens.deviceFromCookies(cookie),
    options: () =>
      failing(async () => ({
        hasAccounts: await hasAccounts(),
        ...(await joining.shown().then(({ signUp, domains }) => ({ signUp, domains: [...domains] }))),
        mail: mail.works,
        phone: sms.works,
        providers: providers.map(({ id, name, preset }) => ({ id, name, preset })),
      })),
    signUp: (input, origin) =>
      failing(async () => {
        const knock = { deed: 'sign_up', subject: input.email, address: origin.address } as const;
        const admission = await room.doorman.admit(knock, input.challenge);
        if (isTrapped(input)) meter.door('trapped');
        const work = (): Promise<SignInOutcome> => signUp(room, input, origin, admission);
        return proveAddress ? evenly(evenMs, work) : work();
      }),
    signIn: (input, origin) => failing(() => signIn(room, input, origin)),
    proceed: (input, origin) => failing(() => proceed(room, input, origin)),
    beginPasskeySignIn: (origin) => failing(() => beginPasskeySignIn(room, origin)),
    passkeySignIn: (input, origin) => failing(() => passkeySignIn(room, input, origin)),
    resend: (ticket, origin) => failing(() => evenly(evenMs, () => resend(room, ticket, origin))),
    forgotPassword: (email, origin, challenge) =>
      failing(async () => {
        await room.doorman.admit({ deed: 'forgot', subject: email, address: origin.address }, challenge);
        await evenly(evenMs, () => forgotPassword(room, email, origin));
      }),
    previewReset: (token) => failing(() => previewReset(room, token)),
    resetPassword: (input, origin) => failing(() => resetPassword(room, input, origin)),
    undoEmail: (token, origin) => failing(() => undoEmail(room, token, origin)),
    keepByLink: (token, origin) => failing(() => keepByLink(room, token, origin)),
    departOutside: ({ cookie, ...request }) =>
      failing(async () => {
        const outcome = await depart(room, outside, { ...request, identity: await identityIn(cookie) });
        if (outcome.type === 'refused') return { ...outcome, cookies: [] };
        const { ticket, isFormPost } = outcome;
        return { ...outcome, cookies: [tokens.setOutsideCookie(ticket, isFormPost, OUTSIDE_MINUTES * 60)] };
      }),
    returnFromOutside: ({ cookie, ...request }) =>
      failing(async () => {
        const outcome = await comeBack(room, outside, {
          ...request,
          ticket: tokens.outsideFromCookies(cookie),
          identity: await identityIn(cookie),
        });
        const entered = outcome.type === 'entered' ? outcome.outcome : null;
        const cookies = entered?.type === 'signed_in' ? entered.cookies : [];
        return { ...outcome, cookies: [tokens.clearOutsideCookie(), ...cookies] };
      }),
    phones: createPhones({ room, services: outside.providers, evenMs, failing }),
    listLinks: (caller) => failing(() => links.listLinks(room, outside, caller)),
    beginLink: (caller, input) => failing(() => links.beginLink(room, outside, caller, input)),
    unlink: (caller, input) => failing(() => links.unlink(room, outside, caller, input)),
    signOut: async (credentials, origin) => {
      const token = tokenIn(credentials);
      if (token !== null)
        await failing(async () => {
          if (isHostSession(token)) return hosts?.end(token);
          const ended = await sessions.end(token);
          if (ended) await recordEvent(db, ended.userId, 'signed_out', origin);
        });
      return tokens.clearCookie();
    },
    getAccount: (caller) => failing(() => own.getAccount(room, caller)),
    confirmIdentity: (caller, input) => failing(() => own.confirmIdentity(room, caller, input)),
    deleteAccount: (caller, input) => failing(() => deleteAccount(room, caller, input)),
    keepAccount: (caller) => failing(() => keepAccount(room, caller)),
    changePassword: (caller, input) => failing(() => own.changePassword(room, caller, input)),
    changeEmail: (caller, input) => failing(() => evenly(evenMs, () => own.changeEmail(room, caller, input))),
    confirmEmail: (caller, input) => failing(() => own.confirmEmail(room, caller, input)),
    listSecurityEvents: (caller, input) => failing(() => own.listSecurityEvents(room, caller, input)),
    getFactors: (caller) => failing(() => factors.getFactors(room, caller)),
    beginTotp: (caller) => failing(() => factors.beginTotp(room, caller)),
    confirmTotp: (caller, input) => failing(() => factors.confirmTotp(room, caller, input)),
    removeTotp: (caller) => failing(() => factors.removeTotp(room, caller)),
    renewRecoveryCodes: (caller) => failing(() => factors.renewRecoveryCodes(room, caller)),
    beginPasskey: (caller) => failing(() => factors.beginPasskey(room, caller)),
    addPasskey: (caller, input) => failing(() => factors.addPasskey(room, caller, input)),
    renamePasskey: (caller, input) => failing(() => factors.renamePasskey(room, caller, input)),
    removePasskey: (caller, input) =>
      failing(() => factors.removePasskey(room, outside.providers, caller, input)),
    beginPasskeyConfirm: (caller) => failing(() => factors.beginPasskeyConfirm(room, caller)),
    getTenantSecurity: (caller) => failing(() => getTenantSecurity(room, caller)),
    updateTenantSecurity: (caller, input) => failing(() => updateTenantSecurity(room, caller, input)),
    listSessions: (caller) => failing(() => (hostOf(caller) ?? sessions).list(caller)),
    revokeSession: (caller, sessionId) =>
      failing(async () => {
        const host = hostOf(caller);
        if (host) return (await host.endOf(caller, { only: sessionId })) > 0;
        const revoked = await sessions.revoke(caller, sessionId);
        if (revoked) await recordEvent(db, caller.userId, 'session_revoked', caller);
        return revoked;
      }),
    revokeOtherSessions: (caller) =>
      failing(async () => {
        const host = hostOf(caller);
        if (host) return host.endOf(caller, { but: caller.sessionId });
        const revoked = await sessions.revokeOthers(caller);
        if (revoked > 0) await recordEvent(db, caller.userId, 'other_sessions_revoked', caller);
        return revoked;
      }),
    invites: failingAll(invites),
    guests: failingGuests({
      ...guests,
      enter: async (input, origin) => {
        await room.doorman.admit(
          { deed: 'sign_up', subject: input.name, address: origin.address },
          input.challenge,
        );
        if (isTrapped(input)) meter.door('trapped');
        return guests.enter(input, origin);
      },
    }),
    keeping: failingKeeping(keeping),
    forgetSessions: () => {
      sessions.forgetAll();
      hosts?.forgetAll();
    },
    start: housekeeping.start,
    close: async () => {
      sessions.close();
      await housekeeping.close();
    },
  };
}

/** The same for each of a room's verbs. */
const failingAll = (invites: Invites): Invites => ({
  getJoinPolicy: (caller, input) => failing(() => invites.getJoinPolicy(caller, input)),
  updateJoinPolicy: (caller, input) => failing(() => invites.updateJoinPolicy(caller, input)),
  createInvite: (caller, input) => failing(() => invites.createInvite(caller, input)),
  listInvites: (caller, input) => failing(() => invites.listInvites(caller, input)),
  revokeInvite: (caller, input) => failing(() => invites.revokeInvite(caller, input)),
  acceptInvite: (caller, input) => failing(() => invites.acceptInvite(caller, input)),
  preview: (token) => failing(() => invites.preview(token)),
});

const failingGuests = (guests: Guests): Guests => ({
  enter: (input, origin) => failing(() => guests.enter(input, origin)),
  listGuests: (caller, input) => failing(() => guests.listGuests(caller, input)),
  updateGuest: (caller, input) => failing(() => guests.updateGuest(caller, input)),
  endGuest: (caller, input) => failing(() => guests.endGuest(caller, input)),
  leave: (guest) => failing(() => guests.leave(guest)),
});

const failingKeeping = (keeping: Keeping): Keeping => ({
  getTenant: (caller, input) => failing(() => keeping.getTenant(caller, input)),
  updateTenant: (caller, input) => failing(() => keeping.updateTenant(caller, input)),
  createTenantKey: (caller, input) => failing(() => keeping.createTenantKey(caller, input)),
  rotateTenantKey: (caller, input) => failing(() => keeping.rotateTenantKey(caller, input)),
  revokeTenantKey: (caller, input) => failing(() => keeping.revokeTenantKey(caller, input)),
  listTenantPeople: (caller, input) => failing(() => keeping.listTenantPeople(caller, input)),
  setTenantRole: (caller, input) => failing(() => keeping.setTenantRole(caller, input)),
  transferTenant: (caller, input) => failing(() => keeping.transferTenant(caller, input)),
  resetFactors: (caller, input) => failing(() => keeping.resetFactors(caller, input)),
  suspendAccount: (caller, input) => failing(() => keeping.suspendAccount(caller, input)),
  restoreAccount: (caller, input) => failing(() => keeping.restoreAccount(caller, input)),
});

/** The database's errors as ours (E1). */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toKithError(error);
  }
}
