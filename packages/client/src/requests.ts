/** Requests of one client: each is answered, refused, or given up, once. Fed by `handle*`; knows no socket. */
import type { ClientFrame, CommandName, Input, Output, WireError } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import type { Clock, RequestOptions } from './types.ts';

interface Waiting {
  readonly command: CommandName;
  readonly input: unknown;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: KithError) => void;
}

/** The server answers within `limits.requestMs`; the rest is for the way and for a connection to come. */
const TIMEOUT_MS = limits.requestMs + 5_000;
/** Waiting to be sent; more means a loop somewhere. */
const QUEUE_MAX = 2_000;

type Gate =
  | { readonly type: 'closed' }
  | { readonly type: 'open' }
  | { readonly type: 'ended'; readonly error: KithError };

export class Requests {
  readonly #send: (frame: ClientFrame) => boolean;
  readonly #clock: Clock;
  readonly #inFlight = new Map<number, Waiting>();
  #queue: Waiting[] = [];
  #gate: Gate = { type: 'closed' };
  #lastId = 0;

  constructor(send: (frame: ClientFrame) => boolean, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  request<N extends CommandName>(
    command: N,
    input: Input<N>,
    options: RequestOptions = {},
  ): Promise<Output<N>> {
    return new Promise<Output<N>>((resolve, reject) => {
      const { signal, timeoutMs = TIMEOUT_MS } = options;
      if (this.#gate.type === 'ended') throw this.#gate.error;
      if (signal?.aborted) throw aborted(signal);
      if (this.#queue.length >= QUEUE_MAX) throw new KithError('too_many_in_flight');

      const settle = () => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = {
        command,
        input,
        resolve: (output) => {
          settle();
          resolve(output as Output<N>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => this.#giveUp(waiting, () => aborted(signal));
      const cancel = this.#clock.after(timeoutMs, () =>
        this.#giveUp(waiting, (sent) =>
          sent
            ? new KithError('timeout')
            : new KithError('unavailable', { message: 'There is no connection.' }),
        ),
      );
      signal?.addEventListener('abort', onAbort);
      this.#queue.push(waiting);
      this.#pump();
    });
  }

  handleReply(id: number, output: unknown): void {
    this.#take(id)?.resolve(output);
  }

  handleFailed(id: number, error: WireError): void {
    this.#take(id)?.reject(KithError.fromWire(error));
  }

  /** Connected and welcomed. */
  open(): void {
    if (this.#gate.type === 'ended') return;
    this.#gate = { type: 'open' };
    this.#pump();
  }

  /** What was sent may or may not have been done: retryable. What was not sent waits for the next connection. */
  close(error: KithError): void {
    if (this.#gate.type === 'open') this.#gate = { type: 'closed' };
    const lost = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const waiting of lost) waiting.reject(error);
  }

  /** Nothing will ever be answered. */
  end(error: KithError): void {
    this.#gate = { type: 'ended', error };
    this.close(error);
    const queue = this.#queue;
    this.#queue = [];
    for (const waiting of queue) waiting.reject(error);
  }

  #pump(): void {
    while (this.#gate.type === 'open' && this.#queue.length > 0 && this.#inFlight.size < limits.inFlight) {
      const waiting = this.#queue.shift()!;
      const id = ++this.#lastId;
      this.#inFlight.set(id, waiting);
      const { command, input } = waiting;
      if (this.#send({ t: 'request', id, command, input })) continue;
      this.#inFlight.delete(id);
      this.#queue.unshift(waiting);
      return;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#inFlight.get(id);
    this.#inFlight.delete(id);
    if (waiting) queueMicrotask(() => this.#pump());
    return waiting;
  }

  #giveUp(waiting: Waiting, why: (sent: boolean) => KithError): void {
    const index = this.#queue.indexOf(waiting);
    if (index >= 0) {
      this.#queue.splice(index, 1);
      waiting.reject(why(false));
      return;
    }
    // It keeps its place in flight at the server until that answers; ours is freed, its late answer is ignored.
    for (const [id, other] of this.#inFlight) if (other === waiting) this.#take(id);
    waiting.reject(why(true));
  }
}

const aborted = (signal: AbortSignal | undefined): KithError =>
  new KithError('timeout', { message: 'The request was given up.', cause: signal?.reason });
