/**
 * The session of somebody who comes by a token of their host: opened when a connection needs one, and kept going by fresh tokens
 * that the application is asked for a minute before its end, without the socket noticing.
 */
import type { HostTokenReply, WireError } from '@kith/protocol';
import { type ErrorCode, KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import { backoff } from './backoff.ts';
import type { Request } from './request.ts';
import type { Clock } from './types.ts';

/** The application's own answer; null: nobody is signed in there any more. */
export type GetToken = () => Promise<string | null>;

export interface HostSessionOptions {
  readonly url: string;
  readonly getToken: GetToken;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly request: Request;
  /** The host, or the service, will not have this person any more. */
  readonly ended: (error: KithError) => void;
}

/** So long before its end a session gets a fresh token, ms. */
const EARLY_MS = 60_000;
/** One with less left is not worth a connection, ms. */
const LEFT_MS = 5_000;
/** An application that does not answer is asked anew, ms. */
const ASK_MS = 20_000;

/** No trying again helps: the person is signed out. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'session_revoked',
  'bad_input',
  'conflict',
  'limit_reached',
  'not_found',
]);

export class HostSession {
  readonly #options: HostSessionOptions;
  #session: { readonly token: string; readonly userId: string; endsAt: number } | undefined;
  /** It was opened for the connection that is being made: if it is refused, so is the person. */
  #isNew = false;
  #cancel = (): void => {};
  /** Rises when the connection goes: what was begun for it is of no use any more. */
  #round = 0;

  constructor(options: HostSessionOptions) {
    this.#options = options;
  }

  /** Of the session; empty before there is one, and never a reason to send cookies. */
  get token(): string {
    return this.#session?.token ?? '';
  }

  /** For a connection: the token of a session that is open. @throws KithError: unauthenticated, when that is for good. */
  async open(): Promise<string> {
    const { clock } = this.#options;
    if (this.#session && this.#session.endsAt - clock.now() > LEFT_MS) {
      this.#isNew = false;
      return this.#session.token;
    }
    try {
      const { token, expiresAt, user } = await this.#exchange(await this.#ask());
      this.#session = { token, userId: user.id, endsAt: Date.parse(expiresAt) };
      this.#isNew = true;
      return token;
    } catch (cause) {
      throw asFinal(cause);
    }
  }

  /** Who it is, before anything of a cache is shown. Tries until it is known. @throws KithError when that is for good. */
  async person(): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.open();
        if (this.#session) return this.#session.userId;
      } catch (cause) {
        const error = asKithError(cause);
        if (error.code === 'unauthenticated') throw error;
        const { clock, random } = this.#options;
        await new Promise<void>((resolve) => {
          clock.after(backoff(attempt, random(), error.retryAfterMs), resolve);
        });
      }
    }
  }

  /** The service does not know the session any more: true, when another one may be tried. */
  handleRefused(): boolean {
    this.#session = undefined;
    return !this.#isNew;
  }

  handleWelcome({
    expiresAt,
    serverTime,
  }: {
    readonly expiresAt?: string | undefined;
    readonly serverTime: string;
  }): void {
    this.#isNew = false;
    if (expiresAt === undefined || !this.#session) return;
    // By the server's clock: this device's may be wrong by hours.
    const left = Date.parse(expiresAt) - Date.parse(serverTime);
    const offset = Date.parse(serverTime) - this.#options.clock.now();
    this.#session.endsAt = this.#options.clock.now() + left;
    this.#plan(offset);
  }

  handleDown(): void {
    this.#round += 1;
    this.#cancel();
  }

  #plan(offset: number, attempt = 0): void {
    const { clock, random } = this.#options;
    const round = this.#round;
    const inTime = (this.#session?.endsAt ?? 0) - clock.now() - EARLY_MS;
    const wait = attempt === 0 ? Math.max(0, inTime) : backoff(attempt - 1, random());
    this.#cancel();
    this.#cancel = clock.after(wait, () => {
      void this.#renew(round, offset, attempt);
    });
  }

  async #renew(round: number, offset: number, attempt: number): Promise<void> {
    try {
      const token = await this.#ask();
      if (round !== this.#round) return;
      const { expiresAt } = await this.#options.request('refreshToken', { token });
      if (round !== this.#round || !this.#session) return;
      this.#session.endsAt = Date.parse(expiresAt) - offset;
      this.#plan(offset);
    } catch (cause) {
      if (round !== this.#round) return;
      const error = asFinal(cause);
      if (error.code === 'unauthenticated' || error.code === 'session_revoked') this.#options.ended(error);
      else this.#plan(offset, attempt + 1);
    }
  }

  /** @throws KithError unauthenticated, when the application says that nobody is signed in. */
  async #ask(): Promise<string> {
    const { clock, getToken } = this.#options;
    const token = await new Promise<string | null>((resolve, reject) => {
      const cancel = clock.after(ASK_MS, () =>
        reject(new KithError('timeout', { message: 'The application did not give a token in time.' })),
      );
      Promise.resolve().then(getToken).then(resolve, reject).finally(cancel);
    });
    if (token === null)
      throw new KithError('unauthenticated', { message: 'Nobody is signed in to the application.' });
    return token;
  }

  async #exchange(token: string): Promise<HostTokenReply> {
    const { url, fetch } = this.#options;
    let response: Response;
    let json: unknown;
    try {
      response = await fetch(new URL('/v1/auth/token', url), {
        method: 'POST',
        // Neither ours nor the host's: the token says it all.
        credentials: 'omit',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
        signal: AbortSignal.timeout(limits.requestMs + 5_000),
      });
      json = await response.json();
    } catch (cause) {
      throw new KithError('unavailable', { message: 'The server cannot be reached.', cause });
    }
    if (response.ok) return json as HostTokenReply;
    const error = (json as { readonly error?: WireError } | null)?.error;
    throw error ? KithError.fromWire(error) : new KithError('internal');
  }
}

/** What is for good ends the connection, and the connection ends by this one word. */
function asFinal(cause: unknown): KithError {
  const error = asKithError(cause);
  if (!FINAL.has(error.code) || error.code === 'session_revoked') return error;
  return new KithError('unauthenticated', { message: error.message, cause: error });
}
