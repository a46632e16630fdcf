/** Who somebody is: the wall towards better-auth. Nothing outside this room knows how people sign in. */
import type { Output, User } from '@kith/protocol';
import type { Caller } from '../services.ts';

/** Credentials as they come: a bearer token, or the browser's cookie header. */
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

export interface Accounts {
  /** The person behind the credentials, or null. Heals a missing person row (S15: the tenant comes from here). */
  authenticate(credentials: Credentials): Promise<Identity | null>;
  listSessions(caller: Caller): Promise<SessionInfo[]>;
  /** False when this person has no such session. Announces the revocation, so that its sockets close everywhere. */
  revokeSession(caller: Caller, sessionId: string): Promise<boolean>;
  /** How many were ended. */
  revokeOtherSessions(caller: Caller): Promise<number>;
  /** Serves `/v1/auth/*`. */
  handle(request: Request): Promise<Response>;
}
