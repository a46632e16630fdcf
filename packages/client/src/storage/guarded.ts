/** A store that fails (blocked, full, corrupt, private window) is replaced by memory, said once, and never thrown at anyone. */
import type { Clock } from '../types.ts';
import { memoryStorage } from './memory.ts';
import type { Storage } from './storage.ts';

/** A database that another tab blocks does not fail, it just never answers. */
const PATIENCE_MS = 5_000;

type Backend =
  | { readonly type: 'given'; readonly storage: Storage }
  | { readonly type: 'memory'; readonly storage: Storage };

export class GuardedStorage implements Storage {
  #backend: Backend;
  readonly #clock: Clock;
  readonly #warn: (message: string, cause: unknown) => void;

  constructor(storage: Storage, clock: Clock, warn: (message: string, cause: unknown) => void) {
    this.#backend = { type: 'given', storage };
    this.#clock = clock;
    this.#warn = warn;
  }

  get name(): string | undefined {
    return this.#backend.storage.name;
  }

  load = () => this.#run((storage) => storage.load());
  loadWindow = (id: string) => this.#run((storage) => storage.loadWindow(id));
  write = (batch: Parameters<Storage['write']>[0]) => this.#run((storage) => storage.write(batch));
  loadOutbox = () => this.#run((storage) => storage.loadOutbox());
  putOutbox = (entry: Parameters<Storage['putOutbox']>[0]) =>
    this.#run((storage) => storage.putOutbox(entry));
  removeOutbox = (id: string) => this.#run((storage) => storage.removeOutbox(id));
  wipe = (keep?: 'outbox') => this.#run((storage) => storage.wipe(keep));
  close = () => this.#run((storage) => storage.close());

  async #run<T>(operation: (storage: Storage) => Promise<T>): Promise<T> {
    const backend = this.#backend;
    if (backend.type === 'memory') return operation(backend.storage);
    try {
      return await this.#inTime(operation(backend.storage));
    } catch (cause) {
      if (this.#backend === backend) {
        this.#backend = { type: 'memory', storage: memoryStorage() };
        this.#warn(
          'The cache of this device cannot be used; nothing is kept when this window closes.',
          cause,
        );
      }
      return operation(this.#backend.storage);
    }
  }

  #inTime<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => reject(new Error('the cache does not answer')));
      promise.then(resolve, reject).finally(cancel);
    });
  }
}
