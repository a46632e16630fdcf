/** Who somebody is. Nothing outside this room knows how people sign in. */
import type {
  ChallengeSolution,
  CommandName,
  ContinueInput,
  Output,
  ParsedInput,
  PasskeyRequest,
  PasskeySignInInput,
  ResetPreviewReply,
  SecondFactor,
  SignInInput,
  SignInOptions,
  SignUpInput,
  UndoEmailReply,
  User,
  UsernameSignInInput,
} from '@kith/protocol';
import type { Restriction } from '../policy/restriction.ts';
import type { Caller } from '../services.ts';
import type { Guests } from './guests/guests.ts';
import type { Invites } from './invites/invites.ts';
import type { DepartureOutcome, ReturnOutcome } from './outside/flow.ts';
import type { Phones } from './phones/phones.ts';
import type { Keeping } from './tenants/keeping.ts';

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
  /** Why it may do little: see policy/restriction.ts. */
  readonly restriction: Restriction | null;
  /** Came by a token of a host: the session ends with it, unless a fresh one comes. */
  readonly byHost?: true;
}

export type SessionInfo = Output<'listSessions'>['sessions'][number];

/** Where a request at the door comes from. */
export interface Origin {
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The language mails are to be written in, as the browser says; null: it does not. */
  readonly locale?: string | null | undefined;
  /** By which this browser is known again; see `deviceOf`. */
  readonly device?: string | undefined;
  /** The page that sent it, where it is one of ours: `https://chat.example.org`. */
  readonly page?: string | undefined;
}

export type SignInOutcome =
  | {
      readonly type: 'signed_in';
      /** Bearer token of the new session. */
      readonly token: string;
      /** The Set-Cookie headers that do the same for a browser, and know it again. */
      readonly cookies: readonly string[];
      readonly user: {
        readonly id: string;
        readonly email: string | null;
        readonly name: string;
        readonly username: string;
      };
    }
  /** Six digits went to the address, or to the phone. */
  | {
      readonly type: 'code_sent';
      readonly ticket: string;
      readonly expiresAt: Date;
      /** The number, as it was understood. */
      readonly phone?: string;
    }
  /** The number is theirs and no account's: they are to say what they are called. */
  | { readonly type: 'name_wanted'; readonly ticket: string; readonly expiresAt: Date }
  /** What was shown is right, and one of these is asked for besides. */
  | {
      readonly type: 'second_factor';
      readonly ticket: string;
      readonly expiresAt: Date;
      readonly factors: readonly SecondFactor[];
      readonly passkey: PasskeyRequest | null;
    };

/** A browser that is to be sent to another service. */
export interface OutsideDeparture {
  readonly provider: string;
  readonly link: string | undefined;
  /** What the link of an invitation carries. */
  readonly invite?: string | undefined;
  readonly cookie: string;
  readonly origin: Origin;
}

/** A browser that was sent back from there. */
export interface OutsideReturn {
  readonly provider: string;
  readonly parameters: URLSearchParams;
  readonly cookie: string;
  readonly origin: Origin;
}

/** What a signed-in person does with their own account. */
type OwnCommand<N extends CommandName> = (caller: Caller, input: ParsedInput<N>) => Promise<Output<N>>;

export interface Accounts {
  /**
   * The person behind the credentials, or null. Heals a missing person row; the tenant comes from here (S15). Cached for
   * some seconds, but never beyond the end of the session.
   */
  authenticate(credentials: Credentials): Promise<Identity | null>;
  /** The browser's own token in a Cookie header. */
  deviceOf(cookie: string): string | undefined;
  /** Whether there is an account yet is kept from the first yes on: people go, the owner stays. */
  options(): Promise<SignInOptions>;
  /**
   * Makes an account and its person, and signs in; where addresses are proven first, sends a code instead. The first one becomes
   * the owner. @throws KithError challenge_required, bad_input, conflict (with fields), forbidden when closed, rate_limited.
   */
  signUp(input: SignUpInput, origin: Origin): Promise<SignInOutcome>;
  /** @throws KithError unauthenticated, for an unknown address or username and a wrong password alike; challenge_required, rate_limited. */
  signIn(input: SignInInput | UsernameSignInInput, origin: Origin): Promise<SignInOutcome>;
  /**
   * The code of a ticket, or a second factor. @throws KithError bad_input (of the field) for a wrong one, not_found when the
   * ticket is over, conflict, rate_limited.
   */
  proceed(input: ContinueInput, origin: Origin): Promise<SignInOutcome>;
  /** Begins to sign in by passkey. @throws KithError bad_input where no page of ours asks. */
  beginPasskeySignIn(origin: Origin): Promise<{
    readonly ticket: string;
    readonly expiresAt: Date;
    readonly options: PasskeyRequest;
  }>;
  /** A passkey alone. @throws KithError not_found when the ticket is over, unauthenticated. */
  passkeySignIn(input: PasskeySignInInput, origin: Origin): Promise<SignInOutcome>;
  /** Another code for a ticket. @throws KithError not_found, rate_limited. */
  resend(ticket: string, origin: Origin): Promise<{ readonly expiresAt: Date }>;
  /** Mails a link, if there is such an account; says the same if not. @throws KithError challenge_required, unavailable without mail. */
  forgotPassword(email: string, origin: Origin, challenge?: ChallengeSolution): Promise<void>;
  /** Whose password the token of the link is about. @throws KithError not_found when it is over. */
  previewReset(token: string): Promise<ResetPreviewReply>;
  /** With the token of the link. Ends all sessions. @throws KithError not_found when it is over, bad_input. */
  resetPassword(
    input: { readonly token: string; readonly password: string },
    origin: Origin,
  ): Promise<SignInOutcome>;
  /** The address before the last change counts again. Ends all sessions. @throws KithError not_found, conflict. */
  undoEmail(token: string, origin: Origin): Promise<UndoEmailReply>;
  /** With the token of the mailed link: the account stays. Ends all sessions. @throws KithError not_found. */
  keepByLink(token: string, origin: Origin): Promise<void>;
  /** To another service. @throws KithError not_found. */
  departOutside(
    request: OutsideDeparture,
  ): Promise<DepartureOutcome & { readonly cookies: readonly string[] }>;
  /** Back from there. @throws KithError not_found. */
  returnFromOutside(request: OutsideReturn): Promise<ReturnOutcome & { readonly cookies: readonly string[] }>;
  /** Ends the session of these credentials, if there is one. Returns the Set-Cookie header that forgets it. */
  signOut(credentials: Credentials, origin: Origin): Promise<string>;
  readonly phones: Phones;
  readonly getAccount: OwnCommand<'getAccount'>;
  readonly confirmIdentity: OwnCommand<'confirmIdentity'>;
  readonly deleteAccount: OwnCommand<'deleteAccount'>;
  readonly keepAccount: OwnCommand<'keepAccount'>;
  readonly changePassword: OwnCommand<'changePassword'>;
  readonly changeEmail: OwnCommand<'changeEmail'>;
  readonly confirmEmail: OwnCommand<'confirmEmail'>;
  readonly listSecurityEvents: OwnCommand<'listSecurityEvents'>;
  readonly listLinks: OwnCommand<'listLinks'>;
  readonly beginLink: OwnCommand<'beginLink'>;
  readonly unlink: OwnCommand<'unlink'>;
  readonly getFactors: OwnCommand<'getFactors'>;
  readonly beginTotp: OwnCommand<'beginTotp'>;
  readonly confirmTotp: OwnCommand<'confirmTotp'>;
  readonly removeTotp: OwnCommand<'removeTotp'>;
  readonly renewRecoveryCodes: OwnCommand<'renewRecoveryCodes'>;
  readonly beginPasskey: OwnCommand<'beginPasskey'>;
  readonly addPasskey: OwnCommand<'addPasskey'>;
  readonly renamePasskey: OwnCommand<'renamePasskey'>;
  readonly removePasskey: OwnCommand<'removePasskey'>;
  readonly beginPasskeyConfirm: OwnCommand<'beginPasskeyConfirm'>;
  readonly getTenantSecurity: OwnCommand<'getTenantSecurity'>;
  readonly updateTenantSecurity: OwnCommand<'updateTenantSecurity'>;
  readonly invites: Invites;
  readonly guests: Guests;
  /** The place, as its owner and admins look after it. */
  readonly keeping: Keeping;
  /** The most recently used first. */
  listSessions(caller: Caller): Promise<SessionInfo[]>;
  /** False when this person has no such session. Announces the revocation, so that its sockets close everywhere. */
  revokeSession(caller: Caller, sessionId: string): Promise<boolean>;
  /** How many were ended. */
  revokeOtherSessions(caller: Caller): Promise<number>;
  /** Looks every session up anew when it is next asked for: revocations may have been missed. */
  forgetSessions(): void;
  /** Begins to delete what is over. */
  start(): void;
  close(): Promise<void>;
}
