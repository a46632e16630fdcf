/**
 * A store that fails is opened once more (the browser may have closed it); one that fails again (blocked, full, corrupt,
 * private window) is replaced by memory, said once, and never thrown at anyone.
 */
import type { Clock } from '../types.ts';
import { memoryStorage } from './memory.ts';
import type { Storage } from './storage.ts';

/** A database that another tab blocks does not fail, it just never answers. */
const PATIENCE_MS = 5_000;

const SILENT = new Error('the cache does not answer');

type Backend =
  | { readonly type: 'given'; readonly storage: Storage }
  | { readonly type: 'memory'; readonly storage: Storage };

export class GuardedStorage implements Storage {
  readonly #given: Storage;
  #backend: Backend;
  /** Of the last time that it was closed to be opened anew. */
  #reopened: Promise<void> | undefined;
  readonly #clock: Clock;
  readonly #lost: (cause: unknown) => void;

  /** `lost`: from now on nothing is kept when the window closes. */
  constructor(storage: Storage, clock: Clock, lost: (cause: unknown) => void) {
    this.#given = storage;
    this.#backend = { type: 'given', storage };
    this.#clock = clock;
    this.#lost = lost;
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
  // Without the guard: a file that is too large for the device is no reason to keep nothing at all.
  putFile = (file: Parameters<Storage['putFile']>[0]) => this.#backend.storage.putFile(file);
  getFile = (fileId: string) => this.#backend.storage.getFile(fileId);
  removeFiles = (fileIds: readonly string[]) => this.#backend.storage.removeFiles(fileIds);
  listFiles = () => this.#backend.storage.listFiles();
  loadWishes = () => this.#run((storage) => storage.loadWishes());
  putWish = (wish: Parameters<Storage['putWish']>[0]) => this.#run((storage) => storage.putWish(wish));
  removeWish = (wish: Parameters<Storage['removeWish']>[0]) =>
    this.#run((storage) => storage.removeWish(wish));
  wipe = async (keep?: 'untold') => {
    await this.#run((storage) => storage.wipe(keep));
    // What the device kept before it failed goes too, where it can.
    if (this.#backend.type === 'memory') await this.#inTime(this.#given.wipe(keep)).catch(() => undefined);
  };
  close = () => this.#run((storage) => storage.close());

  async #run<T>(operation: (storage: Storage) => Promise<T>): Promise<T> {
    const backend = this.#backend;
    if (backend.type === 'memory') return operation(backend.storage);
    try {
      return await this.#twice(() => operation(backend.storage), backend.storage);
    } catch (cause) {
      if (this.#backend === backend) {
        this.#backend = { type: 'memory', storage: memoryStorage() };
        this.#lost(cause);
      }
      return operation(this.#backend.storage);
    }
  }

  async #twice<T>(operation: () => Promise<T>, storage: Storage): Promise<T> {
    // In the order they were asked for: what is being done again comes before this.
    const before = this.#reopened;
    await before?.catch(() => undefined);
    try {
      return await this.#inTime(operation());
    } catch (cause) {
      if (cause === SILENT) throw cause;
      // What was under way together fails together; one of them closes, and the next use opens.
      if (this.#reopened === before) this.#reopened = this.#inTime(storage.close());
      await this.#reopened;
      return this.#inTime(operation());
    }
  }

  #inTime<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => reject(SILENT));
      promise.then(resolve, reject).finally(cancel);
    });
  }
}
