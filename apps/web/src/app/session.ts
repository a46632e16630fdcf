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
import { useSyncExternalStore } from 'react';
import { clearDrafts } from '../composer/drafts.ts';

export type Session =
  /** The cache is being opened, or a first connection made: nothing can be shown yet. */
  | { readonly type: 'opening' }
  | { readonly type: 'signedOut'; readonly notice?: string }
  | { readonly type: 'signedIn'; readonly client: KithClient; readonly userId: string }
  /** This app is too old for the server. */
  | { readonly type: 'outdated' };

const url = location.origin;
/** Whose cache to open at the next start; absent: nobody is signed in. */
const KEY = 'kith.user';

let state: Session = { type: 'opening' };
/** Whose word counts: a client that was left may still have something to say. */
let current: KithClient | undefined;
const listeners = new Set<() => void>();

function become(next: Session): void {
  state = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSession = (): Session => useSyncExternalStore(subscribe, () => state);

function remember(userId: string | undefined): void {
  try {
    if (userId === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, userId);
  } catch {
    // Storage is blocked: one signs in anew at the next visit.
  }
}

function remembered(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** At start: into the app when somebody is known here, else to the door. */
export async function open(): Promise<void> {
  const userId = remembered();
  if (userId === undefined) become({ type: 'signedOut' });
  else await enter(userId);
}

/** Someone has just signed in or up. */
export async function admit(signedIn: SignedIn): Promise<void> {
  remember(signedIn.userId);
  await enter(signedIn.userId);
}

async function enter(userId: string): Promise<void> {
  const client = createClient({
    url,
    userId,
    userAgent: `Kith Web (${navigator.userAgent})`.slice(0, 80),
    storage: indexedDbStorage('kith'),
    onWarning: (message, cause) => console.warn(message, cause),
  });
  current = client;
  const look = (): void => {
    if (client !== current) return;
    const connection = client.connection.get();
    if (connection.type === 'ended') void expel(client, connection.error);
    else if (state.type !== 'signedIn' && client.me.get()) become({ type: 'signedIn', client, userId });
  };
  client.connection.subscribe(look);
  client.me.subscribe(look);
  await client.start();
  look();
}

/** The server ended it: nothing of this person stays on this device. */
async function expel(client: KithClient, error: KithError): Promise<void> {
  if (error.code === 'unsupported_version') {
    become({ type: 'outdated' });
    return;
  }
  current = undefined;
  remember(undefined);
  clearDrafts();
  become({ type: 'signedOut', notice: 'You were signed out on this device. Sign in to go on.' });
  await client.signOut().catch(() => undefined);
}

/** The person leaves by themselves. */
export async function leave(client: KithClient): Promise<void> {
  remember(undefined);
  clearDrafts();
  // First, so that the `ended` that follows is not taken for an eviction.
  current = undefined;
  become({ type: 'signedOut' });
  history.replaceState(null, '', '/');
  await client.signOut().catch(() => undefined);
}

let door: Accounts | undefined;
/** Signing in and up. */
export function accountsHere(): Accounts {
  door ??= accounts(url);
  return door;
}
