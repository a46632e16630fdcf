/**
 * The network between one device and the server, in the test's hands: it can be cut in the middle of a frame, slowed
 * down, stopped from reading, and listened to. Give its `WebSocket` to `createClient`.
 */
import type { SocketConstructor, SocketLike } from '@kith/client';
import type { ClientFrame, ServerFrame } from '@kith/protocol';
import WebSocket from 'ws';
import type { Random } from './random.ts';

export interface Tap {
  /** Handed to the socket; whether it arrives is another matter. */
  readonly sent?: (frame: ClientFrame) => void;
  /** Arrived from the server, before the client sees it. */
  readonly received?: (frame: ServerFrame) => void;
  readonly closed?: (code: number, reason: string) => void;
}

export interface Network {
  readonly WebSocket: SocketConstructor;
  /** Every socket dies at once; what was on its way, in either direction, may or may not arrive. */
  cut(): void;
  /** Cut, and no way back until `online`. */
  offline(): void;
  online(): void;
  /** The device stops reading; the kernel's buffers fill up. */
  pause(): void;
  resume(): void;
}

export interface NetworkOptions {
  readonly tap?: Tap;
  /** Holds each arriving message back for up to `maxMs`, in order. */
  readonly delay?: { readonly random: Random; readonly maxMs: number };
}

/** What a browser's socket says when the connection broke. */
const ABNORMAL = 1006;
const CLOSED = 3;

type Listener = (event: { data: unknown; code: number; reason: string }) => void;

export function createNetwork(options: NetworkOptions = {}): Network {
  const { tap, delay } = options;
  const lines = new Set<Line>();
  let reachable = true;

  class Line implements SocketLike {
    readonly #real: WebSocket;
    readonly #listeners = new Map<string, Set<Listener>>();
    /** When the last held-back message is due: later ones must not overtake it. */
    #due = 0;
    readonly #held: (() => void)[] = [];
    #dead = false;

    constructor(url: string, protocols: string[]) {
      this.#real = new WebSocket(url, protocols, { perMessageDeflate: false });
      this.#real.on('error', () => undefined);
      lines.add(this);
      if (!reachable) {
        queueMicrotask(() => this.die());
        return;
      }
      this.#real.on('open', () => this.#emit('open'));
      this.#real.on('message', (data) => this.#arrive(data.toString()));
      this.#real.on('close', (code, reason) => this.#later(() => this.#close(code, reason.toString())));
    }

    get readyState(): number {
      return this.#dead ? CLOSED : this.#real.readyState;
    }

    send(data: string): void {
      if (this.#dead) return;
      tap?.sent?.(JSON.parse(data) as ClientFrame);
      this.#real.send(data);
    }

    close(code?: number, reason?: string): void {
      if (this.#dead) return;
      this.#real.close(code, reason);
      // ws waits half a minute for a peer that reads nothing; a test has no such patience.
      setTimeout(() => this.#real.terminate(), 1_000).unref();
    }

    addEventListener(type: string, listener: (...args: never[]) => void): void {
      const listeners = this.#listeners.get(type) ?? new Set();
      this.#listeners.set(type, listeners.add(listener as Listener));
    }

    /** The wire breaks. */
    die(): void {
      if (this.#dead) return;
      this.#real.terminate();
      this.#close(ABNORMAL, '');
    }

    pause(): void {
      if (this.#real.readyState === WebSocket.OPEN) this.#real.pause();
    }

    resume(): void {
      this.#real.resume();
    }

    #arrive(data: string): void {
      this.#later(() => {
        if (this.#dead) return;
        if (tap?.received) {
          for (const line of data.split('\n')) if (line !== '') tap.received(JSON.parse(line) as ServerFrame);
        }
        this.#emit('message', { data });
      });
    }

    #later(run: () => void): void {
      if (!delay) return run();
      const now = performance.now();
      this.#due = Math.max(this.#due, now + delay.random.next() * delay.maxMs);
      this.#held.push(run);
      // Timers of fractions of a millisecond may fire in another order: each lets the oldest go.
      setTimeout(() => this.#held.shift()?.(), this.#due - now);
    }

    #close(code: number, reason: string): void {
      if (this.#dead) return;
      this.#dead = true;
      lines.delete(this);
      tap?.closed?.(code, reason);
      this.#emit('close', { code, reason });
    }

    #emit(type: string, event: Partial<Parameters<Listener>[0]> = {}): void {
      for (const listener of this.#listeners.get(type) ?? []) {
        listener({ data: undefined, code: 0, reason: '', ...event });
      }
    }
  }

  const cut = (): void => {
    for (const line of [...lines]) line.die();
  };
  return {
    WebSocket: Line,
    cut,
    offline: () => {
      reachable = false;
      cut();
    },
    online: () => {
      reachable = true;
    },
    pause: () => {
      for (const line of lines) line.pause();
    },
    resume: () => {
      for (const line of lines) line.resume();
    },
  };
}
