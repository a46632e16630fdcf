import type { Challenge } from './challenge.ts';

/**
 * Every error of the wire in one table (E1): its HTTP status, the WebSocket close code when it ends the connection,
 * and whether the same request may succeed later.
 */
interface ErrorSpec {
  readonly status: number;
  readonly close?: number;
  readonly retryable: boolean;
  /** What happened and what to do, in plain words; the default `message`. */
  readonly text: string;
}

const table = {
  bad_input: { status: 400, retryable: false, text: 'The request does not have the expected form.' },
  bad_frame: { status: 400, close: 4400, retryable: false, text: 'The frame is not valid.' },
  unsupported_version: {
    status: 400,
    close: 4406,
    retryable: false,
    text: 'This version of the protocol is not spoken here.',
  },
  unauthenticated: { status: 401, close: 4401, retryable: false, text: 'Sign in first.' },
  session_revoked: {
    status: 401,
    close: 4403,
    retryable: false,
    text: 'This session was ended. Sign in again.',
  },
  forbidden: { status: 403, retryable: false, text: 'You may not do this.' },
  /** Something dear: `confirmIdentity`, then again. */
  confirmation_required: {
    status: 403,
    retryable: false,
    text: 'Show first that it is you: confirm your password.',
  },
  /** The tenant asks for a second factor, and this person has none yet: nothing else is allowed before. */
  second_factor_required: {
    status: 403,
    close: 4432,
    retryable: false,
    text: 'Set up a second factor first: an authenticator app or a passkey.',
  },
  /** Its person has asked for the end of the account: until then it can be kept, and nothing else. */
  account_deletion_pending: {
    status: 403,
    close: 4433,
    retryable: false,
    text: 'This account is about to be deleted. Keep it first.',
  },
  /** Many knock at this moment: the form again, with what `challenge` asks for. */
  challenge_required: {
    status: 403,
    retryable: true,
    text: 'Many people come in at this moment. Show that you are none of many machines: solve the challenge.',
  },
  not_found: { status: 404, retryable: false, text: 'There is no such thing, or you may not see it.' },
  unknown_command: { status: 404, retryable: false, text: 'There is no such command.' },
  hello_timeout: { status: 408, close: 4408, retryable: true, text: 'No hello came in time.' },
  conflict: { status: 409, retryable: false, text: 'This contradicts what already exists.' },
  too_large: { status: 413, close: 4413, retryable: false, text: 'The request is too large.' },
  file_refused: { status: 422, retryable: false, text: 'This file cannot be sent.' },
  /** Of a file: its upload has not ended, or it is still being looked at. */
  not_ready: { status: 409, retryable: true, text: 'The file is not ready yet. Try again shortly.' },
  storage_full: {
    status: 507,
    retryable: true,
    text: 'The server has no room left for files. Whoever runs it must make some.',
  },
  limit_reached: { status: 422, retryable: false, text: 'A limit is reached.' },
  rate_limited: { status: 429, close: 4429, retryable: true, text: 'Too many requests. Wait a moment.' },
  too_many_in_flight: { status: 429, retryable: true, text: 'Too many requests wait for their reply.' },
  too_many_connections: { status: 429, close: 4430, retryable: true, text: 'Too many connections are open.' },
  slow_consumer: {
    status: 503,
    close: 4431,
    retryable: true,
    text: 'The connection could not keep up. Connect again.',
  },
  internal: { status: 500, close: 4500, retryable: true, text: 'Something went wrong on the server.' },
  unavailable: {
    status: 503,
    retryable: true,
    text: 'The service cannot reach its database. Try again shortly.',
  },
  draining: { status: 503, close: 4503, retryable: true, text: 'This server is going away. Connect again.' },
  timeout: { status: 504, retryable: true, text: 'The server took too long. Try again.' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof table;
export const errors: { readonly [C in ErrorCode]: ErrorSpec } = table;
export const errorCodes = Object.keys(table) as ErrorCode[];

/** What is wrong with one field of the input: its path in the input and why. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
  /** The same as one word, for whoever says it in another language; absent where `message` is all there is. */
  readonly reason?: string;
}

/** An error as it travels. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly fields?: readonly FieldError[];
  /** Wait at least this long before a retry, ms. */
  readonly retryAfterMs?: number;
  /** What the server's log calls the request that failed: for whoever runs the server. */
  readonly requestId?: string;
  /** With `challenge_required`: what is to be solved. */
  readonly challenge?: Challenge;
}

export interface ErrorDetails {
  readonly message?: string;
  readonly fields?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  readonly challenge?: Challenge;
  /** Only for a code this side does not know: what the other side says of it. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of both sides: thrown by commands on the server, by requests in the client. */
export class KithError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly challenge: Challenge | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? errors[code].text, { cause: details.cause });
    this.name = 'KithError';
    this.code = code;
    this.fields = details.fields;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    this.challenge = details.challenge;
    this.retryable = details.retryable ?? errors[code].retryable;
  }

  /** The form that travels; `cause` and stack stay here (E1). */
  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.fields && { fields: this.fields }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.requestId !== undefined && { requestId: this.requestId }),
      ...(this.challenge && { challenge: this.challenge }),
    };
  }

  static fromWire(wire: WireError): KithError {
    // A newer server's error keeps what it says of itself under the one name that fits everything.
    return new KithError(Object.hasOwn(table, wire.code) ? wire.code : 'internal', wire);
  }
}

/** The error behind a WebSocket close code, or undefined for a code that is not ours. */
export const errorOfClose = (code: number): ErrorCode | undefined =>
  errorCodes.find((c) => errors[c].close === code);
