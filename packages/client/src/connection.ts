/** Drives the state machine: each state has a socket, a timer, or nothing; entering and leaving it makes and ends them. */
import type { ClientFrame, ServerFrame } from '@kith/protocol';
import { errorOfClose, KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import { type Change, next, type State } from './connectionState.ts';
import type { Network } from './network.ts';
import { Cell, type Scheduler } from './reactive.ts';
import { Transport } from './transport.ts';
import type { Clock, ConnectionState, Readable, SocketConstructor } from './types.ts';

export type Welcome = Extract<ServerFrame, { t: 'welcome' }>;

export interface ConnectionHandlers {
  /** Requests may be sent from now on. */
  live(welcome: Welcome): void;
  frame(frame: ServerFrame): void;
  /** Whatever was in flight is lost. */
  down(): void;
  ended(error: KithError): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string | undefined;
  /** Instead of `token`: one that is asked for with each connection. @throws KithError. */
  readonly open?: () => Promise<string>;
  /** A token of `open` was refused: whether another one may be tried. */
  readonly refused?: () => boolean;
  readonly userAgent: string | undefined;
  readonly WebSocket: SocketConstructor;
  readonly clock: Clock;
  readonly random: () => number;
  readonly network: Network;
  readonly scheduler: Scheduler;
}

/** A socket must be open within this time, ms; slow phones take some seconds for TLS. */
const OPEN_MS = 15_000;
/** And welcomed within this: the server's time, and what the way takes. */
const WELCOME_MS = limits.welcomeMs + 5_000;
/** An application is asked for a token, and the service for a session, within this. */
const TOKEN_MS = 45_000;
/** A pong must come within this time, ms; shorter when there is reason for doubt (wake-up, another network). */
const PONG_MS = 10_000;
const DOUBT_MS = 4_000;

export class Connection {
  #state: State = { type: 'idle' };
  readonly #public: Cell<ConnectionState>;
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  #transport: Transport | undefined;
  /** Why the server said it closes, until the close itself comes. */
  #farewell: KithError | undefined;
  #cancelTimer = () => {};
  #cancelHeartbeat = () => {};
  #unlisten = () => {};

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#public = new Cell<ConnectionState>(options.scheduler, { type: 'idle' });
  }

  get state(): Readable<ConnectionState> {
    return this.#public;
  }

  get live(): boolean {
    return this.#state.type === 'live';
  }

  start(): void {
    this.#unlisten();
    this.#unlisten = this.#options.network.listen({
      back: () => (this.#state.type === 'live' ? this.#doubt() : this.#apply({ type: 'retry' })),
      lost: () => this.#apply({ type: 'networkLost', now: this.#options.clock.now() }),
    });
    this.#apply({ type: 'start' });
  }

  stop(): void {
    this.#unlisten();
    this.#apply({ type: 'stop' });
  }

  retryNow(): void {
    this.#apply({ type: 'retry' });
  }

  send(frame: ClientFrame): boolean {
    return this.#state.type === 'live' && this.#transport?.send(frame) === true;
  }

  /** Ends it from this side, for example because another tab signed out. */
  end(error: KithError): void {
    if (this.#state.type === 'connecting' || this.#state.type === 'live') this.#lost(error);
    else this.#enter({ type: 'ended', error });
  }

  #apply(change: Change): void {
    const state = next(this.#state, change);
    if (state !== this.#state) this.#enter(state);
  }

  #enter(state: State): void {
    const before = this.#state;
    this.#state = state;
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    if (state.type !== 'live') this.#cancelHeartbeat();
    if (state.type !== 'connecting' && state.type !== 'live') this.#disconnect();
    this.#public.set(state);

    if (before.type === 'live') this.#handlers.down();
    switch (state.type) {
      case 'connecting':
        this.#connect();
        break;
      case 'waiting':
      case 'offline':
        this.#timer(state.retryAt - this.#options.clock.now(), () => this.#apply({ type: 'retry' }));
        break;
      case 'ended':
        this.#unlisten();
        this.#handlers.ended(state.error);
        break;
    }
  }

  #connect(): void {
    const { open, token } = this.#options;
    if (!open) return this.#dial(token);
    const state = this.#state;
    this.#timer(TOKEN_MS, () => this.#lost());
    open().then(
      (opened) => {
        if (this.#state === state) this.#dial(opened);
      },
      (cause) => {
        if (this.#state === state) this.#lost(asKithError(cause));
      },
    );
  }

  #dial(token: string | undefined): void {
    const { url, WebSocket, userAgent, refused } = this.#options;
    this.#farewell = undefined;
    this.#timer(OPEN_MS, () => this.#lost());
    try {
      this.#transport = new Transport(url, WebSocket, {
        open: () => {
          this.#timer(WELCOME_MS, () => this.#lost());
          this.#transport?.send({
            t: 'hello',
            ...(token !== undefined && { token }),
            ...(userAgent !== undefined && { client: userAgent.slice(0, 80) }),
          });
        },
        frame: (frame) => this.#receive(frame),
        closed: (code) => {
          this.#transport = undefined;
          const known = errorOfClose(code);
          const error = this.#farewell ?? (known && new KithError(known));
          if (error?.code === 'unauthenticated' && refused?.()) this.#lost();
          else this.#lost(error);
        },
      });
    } catch (cause) {
      // The constructor throws for what can never work (mixed content, bad address); waiting does no harm.
      this.#lost(new KithError('unavailable', { cause }));
    }
  }

  #disconnect(): void {
    this.#transport?.close();
    this.#transport = undefined;
  }

  #lost(error?: KithError): void {
    const { clock, random, network } = this.#options;
    this.#apply({
      type: 'lost',
      now: clock.now(),
      random: random(),
      online: network.online(),
      ...(error && { error }),
    });
  }

  #receive(frame: ServerFrame): void {
    if (this.#state.type === 'live') this.#beat(limits.heartbeatMs);
    switch (frame.t) {
      case 'pong':
        return;
      case 'goodbye':
        this.#farewell = KithError.fromWire(frame.error);
        return;
      case 'welcome':
        if (this.#state.type !== 'connecting') return;
        this.#apply({ type: 'welcomed', now: this.#options.clock.now() });
        this.#beat(limits.heartbeatMs);
        this.#handlers.live(frame);
        return;
      default:
        if (this.#state.type === 'live') this.#handlers.frame(frame);
    }
  }

  /** Asks after this silence whether the other end is still there. A sleeping laptop's socket looks open for minutes. */
  #beat(after: number, patience = PONG_MS): void {
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = this.#options.clock.after(after, () => {
      this.#transport?.send({ t: 'ping' });
      this.#cancelHeartbeat = this.#options.clock.after(patience, () => this.#lost());
    });
  }

  #doubt(): void {
    this.#beat(0, DOUBT_MS);
  }

  #timer(ms: number, run: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(Math.max(0, ms), run);
  }
}
