/** The smallest thing a UI can subscribe to. No derivation graph: whoever changes a value says so. */
import type { Readable } from './types.ts';

/** Gathers what changed in one turn, so that a page of two hundred records redraws a row once. */
export class Scheduler {
  #dirty = new Set<Notifying>();
  #scheduled = false;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = (error) => queueMicrotask(() => raise(error))) {
    this.#onError = onError;
  }

  add(what: Notifying): void {
    this.#dirty.add(what);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const what of dirty) {
      // One listener's mistake must not keep the others from hearing.
      for (const listener of what.listeners()) {
        try {
          listener();
        } catch (error) {
          this.#onError(error);
        }
      }
    }
  }
}

interface Notifying {
  listeners(): readonly (() => void)[];
}

function raise(error: unknown): never {
  throw error instanceof Error ? error : new Error(String(error));
}

/** A value that is set. */
export class Cell<T> implements Readable<T>, Notifying {
  #value: T;
  readonly #scheduler: Scheduler;
  readonly #listeners = new Set<() => void>();
  /** Told when the first listener comes and the last one goes. */
  readonly #onObserved: ((observed: boolean) => void) | undefined;

  constructor(scheduler: Scheduler, value: T, onObserved?: (observed: boolean) => void) {
    this.#scheduler = scheduler;
    this.#value = value;
    this.#onObserved = onObserved;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    // A fresh function each time: the same listener subscribed twice must survive one unsubscription.
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#onObserved?.(true);
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#onObserved?.(false);
    };
  };

  get observed(): boolean {
    return this.#listeners.size > 0;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#scheduler.add(this);
  }

  listeners(): readonly (() => void)[] {
    return [...this.#listeners];
  }
}

/** A value that is computed when read, after somebody said that what it depends on has changed. */
export class Derived<T> implements Readable<T>, Notifying {
  #value: T | undefined;
  #stale = true;
  readonly #compute: (previous: T | undefined) => T;
  readonly #scheduler: Scheduler;
  readonly #listeners = new Set<() => void>();

  /** `compute` returns `previous` when nothing changed after all. */
  constructor(scheduler: Scheduler, compute: (previous: T | undefined) => T) {
    this.#scheduler = scheduler;
    this.#compute = compute;
  }

  readonly get = (): T => {
    if (this.#stale) {
      this.#stale = false;
      this.#value = this.#compute(this.#value);
    }
    return this.#value as T;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  invalidate(): void {
    if (this.#stale) return;
    this.#stale = true;
    this.#scheduler.add(this);
  }

  listeners(): readonly (() => void)[] {
    return [...this.#listeners];
  }
}

/** Cells by key, made when asked for. */
export class Cells<K, T> {
  readonly #cells = new Map<K, Cell<T | undefined>>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The cell of a key. */
  at(key: K): Cell<T | undefined> {
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = new Cell<T | undefined>(this.#scheduler, undefined);
      this.#cells.set(key, cell);
    }
    return cell;
  }

  peek(key: K): T | undefined {
    return this.#cells.get(key)?.get();
  }

  set(key: K, value: T | undefined): void {
    if (value === undefined) this.#cells.get(key)?.set(undefined);
    else this.at(key).set(value);
  }

  *values(): Generator<T | undefined> {
    for (const cell of this.#cells.values()) yield cell.get();
  }

  clear(): void {
    for (const cell of this.#cells.values()) cell.set(undefined);
  }
}
