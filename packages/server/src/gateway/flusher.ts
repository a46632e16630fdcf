/**
 * When queues are written out. Idle, at once (the next turn of the event loop); under load, in ticks that grow with
 * the work: after a flush that took n ms the next one waits as long again, at most `maxIntervalMs`. So frames for one
 * socket share a write exactly when writes are what the core is busy with, and nobody waits when they are not.
 *
 * Sources (conversations with a batch to hand out) go before sinks (sockets with something to write).
 */
export interface Flushable {
  flush(): void;
}

export interface FlusherOptions {
  readonly maxIntervalMs?: number;
  readonly onError?: (error: unknown) => void;
  /** Told after a run, for each moment noted before it: how long ago that was. */
  readonly onWritten?: (seconds: number) => void;
}

const DEFAULT_MAX_INTERVAL_MS = 20;
/** One turn of the event loop writes for at most about this long; other sockets' reads come between. */
const SLICE_MS = 12;
/** Timers are no finer than a millisecond; a shorter rest is none. */
const NEGLIGIBLE_MS = 0.3;
/** Moments noted between two runs; the rest is as late as these are. */
const MAX_NOTED = 256;

export class Flusher {
  readonly #maxIntervalMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #onWritten: ((seconds: number) => void) | undefined;
  /** When what is about to be written was accepted, ms since the epoch. */
  #accepted: number[] = [];
  #sources = new Set<Flushable>();
  #sinks = new Set<Flushable>();
  #planned = false;
  #restUntil = 0;

  constructor(options: FlusherOptions = {}) {
    this.#maxIntervalMs = options.maxIntervalMs ?? DEFAULT_MAX_INTERVAL_MS;
    this.#onError = options.onError ?? (() => undefined);
    this.#onWritten = options.onWritten;
  }

  scheduleSource(source: Flushable): void {
    this.#sources.add(source);
    if (!this.#planned) this.#plan();
  }

  scheduleSink(sink: Flushable): void {
    this.#sinks.add(sink);
    if (!this.#planned) this.#plan();
  }

  /** Something accepted at this moment, ms since the epoch, is written by the next run. */
  noteAccepted(at: number): void {
    if (this.#onWritten && this.#accepted.length < MAX_NOTED) this.#accepted.push(at);
  }

  #plan(): void {
    this.#planned = true;
    const rest = this.#restUntil - performance.now();
    if (rest < NEGLIGIBLE_MS) setImmediate(this.#run);
    else setTimeout(this.#run, Math.ceil(rest));
  }

  readonly #run = (): void => {
    const begun = performance.now();
    const sources = this.#sources;
    this.#sources = new Set();
    for (const source of sources) this.#flush(source);
    // Taken after the sources, which add to it.
    const sinks = this.#sinks;
    this.#sinks = new Set();
    let count = 0;
    for (const sink of sinks) {
      this.#flush(sink);
      sinks.delete(sink);
      count += 1;
      if (count % 32 === 0 && performance.now() - begun > SLICE_MS) break;
    }
    for (const sink of sinks) this.#sinks.add(sink);
    const ended = performance.now();
    if (sinks.size === 0) this.#tellWritten(ended);
    this.#restUntil = sinks.size > 0 ? 0 : ended + Math.min(this.#maxIntervalMs, ended - begun);
    this.#planned = false;
    if (this.#sources.size > 0 || this.#sinks.size > 0) this.#plan();
  };

  #tellWritten(ended: number): void {
    const now = performance.timeOrigin + ended;
    // Clocks of two machines may differ by more than a message takes.
    for (const at of this.#accepted) this.#onWritten?.(Math.max(0, now - at) / 1_000);
    this.#accepted = [];
  }

  #flush(item: Flushable): void {
    try {
      item.flush();
    } catch (error) {
      this.#onError(error);
    }
  }
}
