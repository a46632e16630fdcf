/** People, by id. What is asked for in one turn is fetched in one request. */
import type { User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import { Cells, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { Clock, Readable } from './types.ts';

export interface UsersDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** For the cache. */
  changed(user: User): void;
}

export class UserStore {
  readonly #deps: UsersDeps;
  readonly #cells: Cells<string, User>;
  readonly #wanted = new Set<string>();
  /** Asked for and not there; asked again after a reconnect. */
  readonly #missing = new Set<string>();
  #scheduled = false;
  #live = false;
  #failures = 0;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
    this.#cells = new Cells(deps.scheduler);
  }

  get(id: string): Readable<User | undefined> {
    const cell = this.#cells.at(id);
    if (cell.get() === undefined) this.#want(id);
    return cell;
  }

  peek(id: string): User | undefined {
    return this.#cells.peek(id);
  }

  *all(): Generator<User> {
    for (const user of this.#cells.values()) if (user) yield user;
  }

  handleUsers(users: readonly User[], fromCache = false): void {
    for (const user of users) {
      const known = this.#cells.peek(user.id);
      if (known && sameUser(known, user)) continue;
      this.#cells.set(user.id, user);
      this.#wanted.delete(user.id);
      if (!fromCache) this.#deps.changed(user);
    }
  }

  handleLive(): void {
    this.#live = true;
    this.#failures = 0;
    for (const id of this.#missing) this.#wanted.add(id);
    this.#missing.clear();
    this.#schedule();
  }

  handleDown(): void {
    this.#live = false;
  }

  clear(): void {
    this.#cells.clear();
    this.#wanted.clear();
    this.#missing.clear();
  }

  #want(id: string): void {
    if (this.#missing.has(id)) return;
    this.#wanted.add(id);
    this.#schedule();
  }

  #schedule(delay = 0): void {
    if (this.#scheduled || !this.#live || this.#wanted.size === 0) return;
    this.#scheduled = true;
    this.#deps.clock.after(delay, () => void this.#fetch());
  }

  async #fetch(): Promise<void> {
    const ids = [...this.#wanted].slice(0, limits.lookup);
    for (const id of ids) this.#wanted.delete(id);
    let delay = 0;
    try {
      if (ids.length > 0) {
        const { users } = await this.#deps.request('getUsers', { userIds: ids });
        this.handleUsers(users);
      }
      for (const id of ids) if (!this.peek(id)) this.#missing.add(id);
      this.#failures = 0;
    } catch (error) {
      const again = error instanceof KithError && error.retryable;
      for (const id of ids) (again ? this.#wanted : this.#missing).add(id);
      if (again) delay = backoff(this.#failures++, this.#deps.random(), error.retryAfterMs);
    }
    this.#scheduled = false;
    this.#schedule(delay);
  }
}

export const sameUser = (a: User, b: User): boolean =>
  a.displayName === b.displayName &&
  a.username === b.username &&
  a.role === b.role &&
  a.avatar?.blobId === b.avatar?.blobId &&
  a.bio === b.bio &&
  a.status?.emoji === b.status?.emoji &&
  a.status?.text === b.status?.text &&
  a.status?.until === b.status?.until;
