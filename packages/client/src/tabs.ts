/**
 * Several tabs of one browser: each has its own connection and store. One of them, the holder of a Web Lock, writes
 * the cache and sends what closed tabs left. Where the browser has no such locks there is one tab, as far as we know.
 */
import { newId } from '@kith/protocol/ids';
import type { OutboxEntry } from './storage/storage.ts';
import type { Wish, WishOutcome } from './wishes.ts';

export type TabMessage =
  | { readonly type: 'put'; readonly entry: OutboxEntry }
  | { readonly type: 'removed'; readonly id: string }
  /** Whoever has it to send does not. */
  | { readonly type: 'discarded'; readonly id: string }
  | { readonly type: 'wish'; readonly wish: Wish }
  | { readonly type: 'wishDone'; readonly wish: Wish; readonly outcome: WishOutcome }
  | { readonly type: 'signedOut' };

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request(name: string, options: { signal?: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  close(): void;
}

export interface TabsEnvironment {
  readonly locks: Locks | undefined;
  readonly openChannel: ((name: string) => Channel) | undefined;
}

export const browserTabs = (): TabsEnvironment => ({
  locks:
    typeof navigator !== 'undefined' && 'locks' in navigator && typeof window !== 'undefined'
      ? (navigator.locks as Locks)
      : undefined,
  openChannel:
    typeof BroadcastChannel !== 'undefined' && typeof window !== 'undefined'
      ? (name) => new BroadcastChannel(name) as unknown as Channel
      : undefined,
});

export interface TabsHandlers {
  /** This tab writes the cache from now on. */
  lead(): void;
  message(message: TabMessage): void;
}

const tabLock = (id: string): string => `kith:tab:${id}`;

export class Tabs {
  readonly id = newId();
  readonly #environment: TabsEnvironment;
  readonly #handlers: TabsHandlers;
  #channel: Channel | undefined;
  #leave: AbortController | undefined;

  constructor(environment: TabsEnvironment, handlers: TabsHandlers) {
    this.#environment = environment;
    this.#handlers = handlers;
  }

  /** `scope` names the cache and whose it is; undefined: nobody shares it. Resolves when other tabs can see this one. */
  async join(scope: string | undefined): Promise<void> {
    this.leave();
    const leave = new AbortController();
    this.#leave = leave;
    const { locks, openChannel } = this.#environment;
    if (scope === undefined || !locks) {
      this.#handlers.lead();
      return;
    }
    this.#channel = openChannel?.(`kith:${scope}`);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#handlers.message(data as TabMessage);
    const until = new Promise<void>((resolve) => leave.signal.addEventListener('abort', () => resolve()));
    await new Promise<void>((resolve) => {
      locks
        .request(tabLock(this.id), { signal: leave.signal }, () => {
          resolve();
          return until;
        })
        .catch(() => resolve());
    });
    locks
      .request(`kith:cache:${scope}`, { signal: leave.signal }, () => {
        if (!leave.signal.aborted) this.#handlers.lead();
        return until;
      })
      // Left while waiting for its turn.
      .catch(() => {});
  }

  post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  /** Of these tabs, the ones that are gone. */
  async gone(owners: Iterable<string>): Promise<string[]> {
    const others = [...owners].filter((owner) => owner !== this.id);
    const { locks } = this.#environment;
    if (!locks || others.length === 0) return others;
    const { held } = await locks.query();
    const names = new Set(held?.map((lock) => lock.name));
    return others.filter((owner) => !names.has(tabLock(owner)));
  }

  leave(): void {
    this.#leave?.abort();
    this.#leave = undefined;
    this.#channel?.close();
    this.#channel = undefined;
  }
}
