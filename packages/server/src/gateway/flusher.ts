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
}

const DEFAULT_MAX_INTERVAL_MS = 20;
/** One turn of the event loop writes for at most about this long; other sockets' reads come between. */
const SLICE_MS = 12;
/** Timers are no finer than a millisecond; a shorter rest is none. */
const NEGLIGIBLE_MS = 0.3;

export class Flusher {
  readonly #maxIntervalMs: number;
  readonly #onError: (error: unknown) => void;
  #sources = new Set<Flushable>();
  #sinks = new Set<Flushable>();
  #planned = false;
  #restUntil = 0;

  constructor(options: FlusherOptions = {}) {
    this.#maxIntervalMs = options.maxIntervalMs ?? DEFAULT_MAX_INTERVAL_MS;
    this.#onError = options.onError ?? (() => undefined);
  }

  scheduleSource(source: Flushable): void {
    this.#sources.add(source);
    if (!this.#planned) this.#plan();
  }

  scheduleSink(sink: Flushable): void {
    this.#sinks.add(sink);
    if (!this.#planned) this.#plan();
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
    this.#restUntil = sinks.size > 0 ? 0 : ended + Math.min(this.#maxIntervalMs, ended - begun);
    this.#planned = false;
    if (this.#sources.size > 0 || this.#sinks.size > 0) this.#plan();
  };

  #flush(item: Flushable): void {
    try {
      item.flush();
    } catch (error) {
      this.#onError(error);
    }
  }
}
