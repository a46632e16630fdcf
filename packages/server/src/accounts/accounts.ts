/** Who somebody is: the wall towards better-auth. Nothing outside this room knows how people sign in. */
import type { Output, User } from '@kith/protocol';
import type { Caller } from '../services.ts';
import type { SignInInput, SignUpInput, UsernameSignInInput } from './forms.ts';

/** Credentials as they come: a bearer token, or the browser's Cookie header. A token, even a wrong one, hides the cookie. */
export interface Credentials {
  readonly token?: string | undefined;
  readonly cookie?: string | undefined;
}

export interface Identity {
  readonly tenantId: number;
  readonly tenant: { readonly slug: string; readonly name: string };
  readonly user: User;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

export type SessionInfo = Output<'listSessions'>['sessions'][number];

/** Where a sign-in comes from, for the list of sessions. */
export interface Origin {
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface SignedIn {
  /** Bearer token of the new session. */
  readonly token: string;
  /** The Set-Cookie header that does the same for a browser. */
  readonly setCookie: string;
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly username: string;
  };
}

export interface Accounts {
  /**
   * The person behind the credentials, or null. Heals a missing person row; the tenant comes from here (S15). Cached for
   * some seconds, but never beyond the end of the session.
   */
  authenticate(credentials: Credentials): Promise<Identity | null>;
  /** Makes an account and its person, and signs in. The first one becomes the owner. @throws KithError bad_input, conflict (with fields), forbidden when closed. */
  signUp(input: SignUpInput, origin: Origin): Promise<SignedIn>;
  /** Whether there is an account yet. The first yes is kept: people go, the owner stays. */
  hasAccounts(): Promise<boolean>;
  /** @throws KithError unauthenticated, for an unknown address or username and a wrong password alike. */
  signIn(input: SignInInput | UsernameSignInInput, origin: Origin): Promise<SignedIn>;
  /** Ends the session of these credentials, if there is one. Returns the Set-Cookie header that forgets it. */
  signOut(credentials: Credentials): Promise<string>;
  /** The most recently used first. */
  listSessions(caller: Caller): Promise<SessionInfo[]>;
  /** False when this person has no such session. Announces the revocation, so that its sockets close everywhere. */
  revokeSession(caller: Caller, sessionId: string): Promise<boolean>;
  /** How many were ended. */
  revokeOtherSessions(caller: Caller): Promise<number>;
  /** Looks every session up anew when it is next asked for: revocations may have been missed. */
  forgetSessions(): void;
  close(): void;
}
