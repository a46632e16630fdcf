/** One socket: greets, signs in, takes requests, hands out what the hub brings, and ends with a reason. */
import {
  type CommandName,
  commands,
  type ErrorCode,
  type ErrorDetails,
  errors,
  isCommandName,
  KithError,
  type ServerFrame,
} from '@kith/protocol';
import type { WebSocket } from 'ws';
import type { Credentials } from '../accounts/accounts.ts';
import { Encoded } from '../encoded.ts';
import { demand } from '../limits/rateLimiter.ts';
import type { Turnstile } from '../limits/turnstile.ts';
import type { Logger } from '../logger.ts';
import type { CallerSocket } from '../services.ts';
import { toKithError } from '../store/database.ts';
import { type AdmissionContext, admit, type Entrant, type PeopleCounter } from './admission.ts';
import { type ConnectionState, type Live, liveOf, mayBecome } from './connectionState.ts';
import { parseFrame } from './inbound.ts';
import { Outbound, type Wire } from './outbound.ts';
import { type Newcomer, settled } from './settling.ts';
import { Strikes } from './strikes.ts';

/** What all connections of a gateway share. */
export interface ConnectionContext extends AdmissionContext {
  /** What the log calls the connection of this number: over all nodes there is one of that name. */
  readonly nameOf: (connection: number) => string;
  readonly logger: Logger;
  /** Signing in and registering: what a crowd does first. */
  readonly arrivals: Turnstile;
  /** As `people`, for those that keep a place in the door. */
  readonly settling: PeopleCounter;
  readonly onClosed: (connection: Connection) => void;
}

/** A reader that does not even read our close frame is cut off after this time. */
const CLOSING_MS = 2_000;
/** A draining connection waits this long for the answers of what it has taken. */
const LEAVING_MS = 3_000;
/** WebSocket's own code for "try again later": errors of ours that have none of their own. */
const TRY_AGAIN_LATER = 1013;
/** Pongs to a reader that lags by more than this would only pile up. */
const PONG_BYTES = 64 * 1024;

const encode = (frame: ServerFrame): string => JSON.stringify(frame);
const PONG = encode({ t: 'pong' });
const REPLY_END = Buffer.from('}');

export class Connection implements Entrant, Newcomer {
  readonly address: string;
  readonly page: string | undefined;
  readonly foreignPage: string | null;
  readonly #context: ConnectionContext;
  readonly #number: number;
  readonly #ws: WebSocket;
  readonly #cookie: string | undefined;
  readonly #outbound: Outbound;
  readonly #strikes: Strikes;
  #credentials: Credentials = {};
  #expiring = false;
  #heardAt: number;
  #state: ConnectionState;

  constructor(
    context: ConnectionContext,
    number: number,
    ws: WebSocket,
    wire: Wire,
    address: string,
    {
      cookie,
      origin,
      foreign,
    }: {
      readonly cookie?: string | undefined;
      readonly origin?: string | undefined;
      readonly foreign: string | null;
    },
  ) {
    this.#context = context;
    this.#number = number;
    this.#ws = ws;
    this.address = address;
    this.page = origin;
    this.foreignPage = foreign;
    this.#cookie = cookie;
    this.#heardAt = context.now();
    this.#state = { name: 'greeting', deadline: this.#heardAt + context.limits.helloMs };
    this.#strikes = new Strikes(context.now);
    this.#outbound = new Outbound({
      wire,
      flusher: context.hub.flusher,
      maxBytes: context.limits.outboundBytes,
      onOverflow: () => this.close('slow_consumer'),
    });
    ws.on('message', (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    ws.on('ping', (data: Buffer) => this.#onPing(() => ws.pong(data)));
    ws.on('close', () => this.#become({ name: 'closed' }));
    // Oversized, badly encoded or broken: ws has answered with its own close code.
    ws.on('error', () => this.#become({ name: 'closing', deadline: context.now() + CLOSING_MS }));
  }

  /** Time passes: called about once a second. */
  tick(now: number): void {
    const { limits } = this.#context;
    const state = this.#state;
    if (state.name === 'closing') {
      if (now >= state.deadline) this.#ws.terminate();
    } else if (state.name === 'leaving') {
      if (now >= state.deadline) this.#end(state.error);
    } else if (state.name !== 'live' && state.name !== 'closed') {
      if (now >= state.deadline) this.close('hello_timeout');
    } else if (now - this.#heardAt > limits.idleMs) {
      this.#ws.terminate();
    } else if (state.name === 'live' && state.live.identity.expiresAt.getTime() <= Date.now()) {
      void this.#expire(state.live);
    }
  }

  /** The end of its session, as far as is known here: it may go on by a fresh token that came another way. */
  async #expire(live: Live): Promise<void> {
    if (this.#expiring) return;
    this.#expiring = true;
    try {
      const identity = await this.#context.accounts.authenticate(this.#credentials);
      if (identity?.sessionId === live.identity.sessionId && identity.expiresAt.getTime() > Date.now())
        live.identity = identity;
      // Nobody took it back: what the device holds stays its own until the person signs in again.
      else this.close('unauthenticated');
    } catch (err) {
      // Asked again with the next tick.
      this.#context.logger.warn({ err }, 'could not look at a session that ends');
    } finally {
      this.#expiring = false;
    }
  }

  /** Whether it is this person's. */
  isOf(userId: string): boolean {
    return liveOf(this.#state)?.identity.user.id === userId;
  }

  /** Whether its session should be looked at again; asking starts the next interval. */
  isDueForRevalidation(now: number): boolean {
    const live = liveOf(this.#state);
    if (!live || now < live.revalidateAt) return false;
    live.revalidateAt = now + this.#context.revalidateMs;
    return true;
  }

  /** The net under lost revocations: asks again who this is. */
  async revalidate(): Promise<void> {
    if (!liveOf(this.#state)) return;
    const identity = await this.#context.accounts.authenticate(this.#credentials);
    const live = liveOf(this.#state);
    if (!live) return;
    const same =
      identity?.user.id === live.identity.user.id && identity.sessionId === live.identity.sessionId;
    if (same && identity.restriction) this.close(identity.restriction);
    // What its commands are judged by was made when it came in.
    else if (same && (identity.user.role === 'guest') !== (live.caller.guest === true))
      this.close('draining');
    else if (same) live.identity = identity;
    else this.close('session_revoked');
  }

  /** For commands: what this socket shows from now on. */
  watch(what: Parameters<CallerSocket['watch']>[0]): void {
    liveOf(this.#state)?.registration.watch(what);
  }

  /** For commands: whether somebody is at the device. */
  setActive(active: boolean): void {
    liveOf(this.#state)?.presence.setActive(active);
  }

  /** Says goodbye and closes. */
  close(code: ErrorCode, details: ErrorDetails = {}): void {
    this.#end(new KithError(code, details));
  }

  /** Answers what was asked, then closes. */
  leave(code: ErrorCode, details: ErrorDetails = {}): void {
    const state = this.#state;
    const error = new KithError(code, details);
    if (state.name !== 'live' || state.live.inFlight.size === 0) this.#end(error);
    else
      this.#become({ name: 'leaving', live: state.live, error, deadline: this.#context.now() + LEAVING_MS });
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #end(error: KithError): void {
    if (!this.#become({ name: 'closing', deadline: this.#context.now() + CLOSING_MS })) return;
    this.#context.services.meter.disconnected(error.code);
    this.#outbound.close(encode({ t: 'goodbye', error: error.toWire() }));
    this.#ws.close(errors[error.code].close ?? TRY_AGAIN_LATER, error.code);
  }

  #name(): string {
    return this.#context.nameOf(this.#number);
  }

  /** For an operator who asks for that much: a line when it lives, and one when it is gone. */
  #tell(state: ConnectionState, before: Live | null): void {
    const { userId, sessionId } = (liveOf(state) ?? before)?.caller ?? {};
    this.#context.logger.debug({ connection: this.#name(), userId, sessionId }, `connection ${state.name}`);
  }

  /** The one place where the state changes. False: it may not become that. */
  #become(state: ConnectionState): boolean {
    const before = this.#state;
    if (!mayBecome(before.name, state.name)) return false;
    this.#state = state;
    const live = liveOf(before);
    if (state.name === 'live' || state.name === 'closed') this.#tell(state, live);
    if (live && !liveOf(state)) {
      live.registration.close();
      live.presence.close();
      this.#context.people.leave(live.identity);
    }
    if (state.name === 'closed') {
      this.#outbound.discard();
      this.#context.onClosed(this);
    }
    return true;
  }

  // ---- what comes in ----

  #onMessage(data: Buffer, isBinary: boolean): void {
    const { name } = this.#state;
    if (name === 'closing' || name === 'closed') return;
    this.#heardAt = this.#context.now();
    try {
      if (isBinary) throw new KithError('bad_frame', { message: 'Binary frames are not spoken here.' });
      this.#onFrame(parseFrame(data.toString(), this.#context.limits.frameDepth));
    } catch (error) {
      if (error instanceof KithError) {
        this.#end(error);
      } else {
        this.#context.logger.error({ err: error, connection: this.#name() }, 'a frame broke its connection');
        this.close('internal');
      }
    }
  }

  #onFrame(frame: ReturnType<typeof parseFrame>): void {
    const state = this.#state;
    if (frame.t === 'ping') {
      this.#onPing(() => this.#outbound.push(PONG));
    } else if (state.name === 'greeting' && frame.t === 'hello') {
      // It may have to wait for its turn.
      this.#become({ name: 'admitting', deadline: this.#heardAt + this.#context.limits.welcomeMs });
      void this.#context.arrivals
        .pass(async () => {
          await this.#admit(frame.token);
          await this.#settle();
        })
        .catch((error: unknown) => this.#end(this.#toKithError(error, 'hello')));
    } else if (frame.t === 'request' && (state.name === 'live' || state.name === 'leaving')) {
      this.#onRequest(state.live, frame.id, frame.command, frame.input);
    } else {
      throw new KithError('bad_frame', { message: 'This frame is out of turn.' });
    }
  }

  #onPing(pong: () => void): void {
    this.#heardAt = this.#context.now();
    if (!this.#strikes.mild()) this.close('rate_limited');
    else if (this.#outbound.waitingBytes < PONG_BYTES) pong();
  }

  async #admit(token: string | undefined): Promise<void> {
    // A token is meant; a cookie comes along by itself.
    this.#credentials = token === undefined ? { cookie: this.#cookie } : { token };
    try {
      await admit(this.#context, this, this.#outbound, this.#credentials);
    } catch (error) {
      this.#end(this.#toKithError(error, 'hello'));
    }
  }

  /** For its admission. */
  isAdmitting(): boolean {
    return this.#state.name === 'admitting';
  }

  /** For its admission: it is in, and this is what it is told. */
  begin(live: Live, welcome: ServerFrame): void {
    this.#become({ name: 'live', live });
    this.#outbound.open(encode(welcome));
  }

  /** Keeps its place in the door until it has what it came for; of one person, one socket does. */
  async #settle(): Promise<void> {
    const { arrivals, settling, now } = this.#context;
    const live = liveOf(this.#state);
    if (!live) return;
    const { identity } = live;
    if (!settling.enter(identity)) return;
    await settled(arrivals, this, now).finally(() => settling.leave(identity));
  }

  isHere(): boolean {
    return liveOf(this.#state) !== null;
  }

  isBusy(): boolean {
    return (liveOf(this.#state)?.inFlight.size ?? 0) > 0;
  }

  // ---- requests ----

  #onRequest(live: Live, id: number, name: string, input: unknown): void {
    if (live.inFlight.has(id)) {
      throw new KithError('bad_frame', { message: 'A request with this id is still unanswered.' });
    }
    try {
      if (this.#state.name === 'leaving') throw this.#state.error;
      if (live.inFlight.size >= this.#context.limits.inFlight) throw new KithError('too_many_in_flight');
      const rateClass = isCommandName(name) ? commands[name].rate : 'read';
      const { rateLimiter } = this.#context;
      demand(rateLimiter, { tenantId: live.caller.tenantId, userId: live.caller.userId }, rateClass);
      demand(rateLimiter, { address: this.address }, rateClass);
      if (!isCommandName(name)) throw new KithError('unknown_command');
      live.inFlight.add(id);
      // Runs at once up to its first wait: messages reach the log in the order they came.
      void this.#run(live, id, name, input);
    } catch (error) {
      const refused = this.#toKithError(error, name, id);
      this.#outbound.push(encode({ t: 'failed', id, error: refused.toWire() }));
      if (!this.#strikes.hard()) this.close('rate_limited', { retryAfterMs: refused.retryAfterMs ?? 1_000 });
    }
  }

  async #run(live: Live, id: number, name: CommandName, input: unknown): Promise<void> {
    let answer: string | readonly Buffer[];
    try {
      const output = await this.#context.dispatch(this.#context.services, live.caller, name, input);
      answer =
        output instanceof Encoded
          ? [Buffer.from(`{"t":"reply","id":${id},"output":`), ...output.parts, REPLY_END]
          : encode({ t: 'reply', id, output });
    } catch (error) {
      answer = encode({ t: 'failed', id, error: this.#toKithError(error, name, id).toWire() });
    }
    live.inFlight.delete(id);
    if (typeof answer === 'string') this.#outbound.push(answer);
    else this.#outbound.pushEncoded(answer);
    const state = this.#state;
    if (state.name === 'leaving' && live.inFlight.size === 0) this.#end(state.error);
  }

  /** E1: what is not ours to tell is `internal`, and in the log. */
  #toKithError(error: unknown, command: string, request = 0): KithError {
    const known = toKithError(error);
    if (known instanceof KithError) return known;
    const connection = this.#name();
    const requestId = `${connection}.${request}`;
    this.#context.logger.error({ err: error, command, connection, requestId }, 'a command failed');
    return new KithError('internal', { requestId });
  }
}
