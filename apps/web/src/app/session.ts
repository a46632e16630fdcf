/**
 * Who uses this browser: the state machine above the SDK's client. Someone known is let in from the cache at once, network
 * or not; the server's word comes after.
 */
import {
  type Accounts,
  accounts,
  createClient,
  indexedDbStorage,
  type KithClient,
  type KithError,
  type SignedIn,
} from '@kith/client';
import type { SignInOptions } from '@kith/protocol';
import { useSyncExternalStore } from 'react';
import { pendingInvite, setPendingInvite } from '../auth/invited.ts';
import { takeLink } from '../auth/links.ts';
import type { Return } from '../auth/outside.ts';
import type { Entry } from '../auth/steps.ts';
import { fromWire } from '../composer/text.ts';
import { currentLanguage, type Key, onceSpoken, t } from '../i18n/index.ts';
import { closePersonal, endPassing, toast } from '../ui/toast.ts';
import { forgetPerson } from './forget.ts';
import { navigate } from './route.ts';
import { handleUnsent, offerUnsent } from './unsent.ts';

export type Session =
  /** The cache is being opened, or a first connection made: nothing can be shown yet. */
  | { readonly type: 'opening' }
  | {
      readonly type: 'signedOut';
      readonly notice?: Key;
      /** What the server has to offer at its door. Never rejects. */
      readonly options: Promise<SignInOptions>;
      /**
       * A link of a mail that this page was opened with: it is for whoever presses it, signed in here or not. Or a way back from
       * another service.
       */
      readonly entry?: Entry;
    }
  | { readonly type: 'signedIn'; readonly client: KithClient; readonly userId: string }
  /** The place asks for a second factor, and this person has none. */
  | { readonly type: 'factorDemanded'; readonly client: KithClient; readonly userId: string }
  /** Its person has asked for the end of the account, and may still keep it. */
  | { readonly type: 'deletionPending'; readonly client: KithClient; readonly userId: string }
  /** This app is too old for the server. */
  | { readonly type: 'outdated' };

const url = location.origin;
/** So long the door waits for the server's word: what it offers, or who is in. */
const ANSWER_MS = 2_000;
/** Without an answer the usual door is right: it says itself when the server cannot be reached. */
const USUAL: SignInOptions = {
  hasAccounts: true,
  signUp: 'open',
  domains: [],
  mail: false,
  phone: false,
  providers: [],
};
/** Whose cache to open at the next start; absent: nobody is signed in. */
const KEY = 'kith.user';
/** Whose words and cache lie on this device, also after the session expired. */
const OWNER_KEY = 'kith.owner';

let state: Session = { type: 'opening' };
/** Whose word counts: a client that was left may still have something to say. */
let current: KithClient | undefined;
const listeners = new Set<() => void>();

function become(next: Session): void {
  if (next.type !== 'signedIn') closePersonal();
  state = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSession = (): Session => useSyncExternalStore(subscribe, () => state);

function remember(key: typeof KEY | typeof OWNER_KEY, userId: string | undefined): void {
  try {
    if (userId === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, userId);
  } catch {
    // Storage is blocked: one signs in anew at the next visit.
  }
}

function remembered(key: typeof KEY | typeof OWNER_KEY): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** One database each: whatever a tab that slept does late to the cache of the former person, it cannot reach another's. */
const cacheOf = (userId: string) => indexedDbStorage(`kith.${userId}`);

/** At start: to what a link asks for, into the app when somebody is known here, else to the door. */
export async function open(): Promise<void> {
  const link = takeLink();
  if (link) return become({ type: 'signedOut', options: askOptions(), entry: link });
  // Few come by another service: what reads their address is fetched for them.
  const back = location.hash.length > 1 ? (await import('../auth/outside.ts')).takeReturn() : null;
  if (back) await comeBack(back);
  else await enterOrAsk();
}

/** From another service. */
async function comeBack(back: Return): Promise<void> {
  switch (back.type) {
    case 'entered': {
      const userId = await accountsHere()
        .whoIsIn()
        .catch(() => null);
      if (userId !== null) return admit({ userId });
      return ask({ type: 'refused', problem: 'outside.failed', linking: false });
    }
    case 'asked':
      return ask(back);
    case 'linked':
      await enterOrAsk();
      navigate({ left: 'security' });
      return onceSpoken(() => toast(t('security.linked')));
    case 'refused': {
      const { problem, linking } = back;
      if (!linking) return ask(back);
      await enterOrAsk();
      navigate({ left: 'security' });
      return onceSpoken(() => toast(t(problem), { tone: 'error' }));
    }
  }
}

const ask = (entry: Entry): void => become({ type: 'signedOut', options: askOptions(), entry });

/** The link is done with, or was not meant: on as if there had been none. */
export async function enterOrAsk(): Promise<void> {
  const userId = remembered(KEY);
  if (userId === undefined) become({ type: 'signedOut', options: askOptions() });
  else await enter(userId);
}

function askOptions(): Promise<SignInOptions> {
  const late = new Promise<SignInOptions>((resolve) => setTimeout(resolve, ANSWER_MS, USUAL));
  const asked = accountsHere()
    .options()
    .then(
      (offered) => ({ ...USUAL, ...offered }),
      () => USUAL,
    );
  return Promise.race([asked, late]);
}

/** Whether this browser was left signed in. */
export const isKnownHere = (): boolean => remembered(KEY) !== undefined;

/** Someone has just signed in or up. */
export async function admit(signedIn: SignedIn): Promise<void> {
  const { userId } = signedIn;
  const owner = remembered(OWNER_KEY);
  if (owner !== undefined && owner !== userId) {
    forgetPerson();
    navigate({ conversationId: null, panel: null, left: 'chats' }, { replace: true });
    await cacheOf(owner)
      .wipe()
      .catch(() => undefined);
  }
  remember(OWNER_KEY, userId);
  remember(KEY, userId);
  await enter(userId);
}

async function enter(userId: string): Promise<void> {
  const client = createClient({
    url,
    userId,
    userAgent: `Kith Web (${navigator.userAgent})`.slice(0, 80),
    storage: cacheOf(userId),
    onWarning: (message, cause) => console.warn(message, cause),
    onStorageLost: () => onceSpoken(() => toast(t('app.storageLost'), { tone: 'error', lasting: 'storage' })),
    onUnsent: (_conversationId, messages) => {
      const nameOf = (id: string) => client.users.get(id).get()?.displayName;
      handleUnsent(
        new Map(
          messages.flatMap(({ id, content }) =>
            content.type === 'plain' ? [[id, fromWire(content.text, nameOf).text]] : [],
          ),
        ),
      );
    },
  });
  current = client;
  // Of whoever was ended the client knows nothing any more.
  let isGuest = false;
  const look = (): void => {
    if (client !== current) return;
    const connection = client.connection.get();
    const me = client.me.get();
    if (me) isGuest = me.user.role === 'guest';
    if (me && me.user.id !== userId) void changeTo(client, me.user.id);
    else if (connection.type === 'ended') void expel(client, userId, connection.error, isGuest);
    else if (state.type !== 'signedIn' && me) {
      become({ type: 'signedIn', client, userId });
      offerUnsent();
      if (pendingInvite() !== null)
        void import('../auth/acceptInvite.ts').then(({ acceptInvite }) => acceptInvite(client));
    }
  };
  client.connection.subscribe(look);
  client.me.subscribe(look);
  await client.start();
  look();
}

/** The cookie was somebody else's, who signed in where this tab did not hear of it. */
async function changeTo(client: KithClient, userId: string): Promise<void> {
  current = undefined;
  become({ type: 'opening' });
  await client.stop();
  await admit({ userId });
}

/**
 * The server ended it. On purpose (revoked, signed out in another tab): nothing of this person stays. Expired: what they
 * wrote and could not send, and what they began, waits for them unseen; whoever else signs in first wipes it.
 */
async function expel(client: KithClient, userId: string, error: KithError, isGuest: boolean): Promise<void> {
  if (error.code === 'second_factor_required') {
    if (state.type !== 'factorDemanded') become({ type: 'factorDemanded', client, userId });
    return;
  }
  if (error.code === 'account_deletion_pending') {
    if (state.type !== 'deletionPending') become({ type: 'deletionPending', client, userId });
    return;
  }
  if (error.code === 'unsupported_version') {
    become({ type: 'outdated' });
    return;
  }
  current = undefined;
  // A guest has no way back, for whom anything could wait.
  const onPurpose = error.code === 'session_revoked' || isGuest;
  if (onPurpose) {
    // Nothing of the person stays in sight meanwhile.
    become({ type: 'opening' });
    const userId = await whoIsInNow();
    if (userId !== null) {
      await client.stop();
      return admit({ userId });
    }
    forgetPerson();
  }
  remember(KEY, undefined);
  become({ type: 'signedOut', notice: isGuest ? 'guest.over' : 'app.signedOut', options: askOptions() });
  if (onPurpose) await client.signOut().catch(() => undefined);
  await client.stop();
}

/** What kept somebody out is done: in, with a client that has not been refused. */
export async function reenter(client: KithClient, userId: string): Promise<void> {
  current = undefined;
  become({ type: 'opening' });
  await client.stop();
  await enter(userId);
}

/** Held by a tab in which a link ends all sessions and begins another. */
const RENEWING = 'kith.renewing';

/** For what ends the session of this browser and begins another: its other tabs wait for that before they forget the person. */
export async function renewSession(work: () => Promise<void>): Promise<void> {
  // Without HTTPS there are no such locks: the other tabs are signed out, and this one may be with them.
  if ('locks' in navigator) await navigator.locks.request(RENEWING, { mode: 'shared' }, work);
  else await work();
}

/** Whose session the cookie is of, now that this tab's was ended. */
async function whoIsInNow(): Promise<string | null> {
  const inTime = { signal: AbortSignal.timeout(ANSWER_MS) };
  try {
    if ('locks' in navigator) await navigator.locks.request(RENEWING, inTime, () => undefined);
    const late = new Promise<null>((resolve) => setTimeout(resolve, ANSWER_MS, null));
    return await Promise.race([accountsHere().whoIsIn(), late]);
  } catch (error) {
    console.warn('Whether somebody has signed in here since is not known:', error);
    return null;
  }
}

/** The person leaves by themselves. */
export async function leave(client: KithClient): Promise<void> {
  setPendingInvite(null);
  remember(KEY, undefined);
  // What waits for the end of its notice is done while there is a client to do it.
  endPassing();
  forgetPerson();
  // First, so that the `ended` that follows is not taken for an eviction.
  current = undefined;
  become({ type: 'signedOut', options: askOptions() });
  navigate({ conversationId: null, panel: null, left: 'chats' }, { replace: true });
  await client.signOut().catch(() => undefined);
  await client.stop();
}

let door: Accounts | undefined;
/** Signing in and up. */
export function accountsHere(): Accounts {
  door ??= accounts(url, {
    language: currentLanguage,
    solve: async (challenge, signal) => (await import('../auth/solver.ts')).solveBeside(challenge, signal),
  });
  return door;
}
