/** What is on screen, as the server is told, and the presence that comes for it. */
import type { Presence } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import { Cells, type Scheduler } from './reactive.ts';
import type { ReceiptStore } from './receipts.ts';
import type { Request } from './request.ts';
import type { Clock, Readable } from './types.ts';

export interface WatchDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  readonly receipts: ReceiptStore;
}

interface Watched {
  readonly conversationIds: readonly string[];
  readonly userIds: readonly string[];
}

/** Scrolling changes it many times a second. */
const DELAY_MS = 80;
const NOTHING: Watched = { conversationIds: [], userIds: [] };

export class Watching {
  readonly #deps: WatchDeps;
  readonly #presence: Cells<string, Presence>;
  #wanted: Watched = NOTHING;
  /** What this connection was told. */
  #told: Watched = NOTHING;
  #active: boolean | undefined;
  #live = false;
  #timer = false;
  #failures = 0;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#presence = new Cells(deps.scheduler);
  }

  presence(userId: string): Readable<Presence | undefined> {
    return this.#presence.at(userId);
  }

  watch({ conversationIds, userIds }: Watched): void {
    // Sorted, so that the same screen in another order is the same.
    this.#wanted = {
      conversationIds: [...new Set(conversationIds)].slice(0, limits.watchedConversations).sort(),
      userIds: [...new Set(userIds)].slice(0, limits.watchedUsers).sort(),
    };
    this.#schedule(DELAY_MS);
  }

  setActive(active: boolean): void {
    if (this.#active === active) return;
    this.#active = active;
    this.#tellActivity();
  }

  /** In it from now on: asked before, it may have been passed over, and its marks have moved on since. */
  handleJoined(conversationId: string): void {
    if (!this.#wanted.conversationIds.includes(conversationId)) return;
    this.#told = NOTHING;
    this.#schedule(DELAY_MS);
  }

  handlePresence(presence: Presence): void {
    const known = this.#presence.peek(presence.userId);
    if (known?.state === presence.state && known.lastSeenAt === presence.lastSeenAt) return;
    this.#presence.set(presence.userId, presence);
  }

  handleLive(): void {
    this.#live = true;
    this.#told = NOTHING;
    this.#failures = 0;
    this.#schedule(0);
    if (this.#active !== undefined) this.#tellActivity();
  }

  handleDown(): void {
    this.#live = false;
  }

  clear(): void {
    this.#presence.clear();
  }

  #tellActivity(): void {
    if (!this.#live || this.#active === undefined) return;
    // Said again by the next change or connection; not worth more.
    this.#deps.request('setActivity', { active: this.#active }).catch(() => {});
  }

  #schedule(delay: number): void {
    if (this.#timer || !this.#live || same(this.#wanted, this.#told)) return;
    this.#timer = true;
    this.#deps.clock.after(delay, () => void this.#tell());
  }

  async #tell(): Promise<void> {
    const wanted = this.#wanted;
    let delay = DELAY_MS;
    try {
      if (this.#live) {
        const { conversationIds, userIds } = wanted;
        this.#told = wanted;
        const reply = await this.#deps.request('watch', {
          conversationIds: [...conversationIds],
          userIds: [...userIds],
        });
        for (const presence of reply.presence) this.handlePresence(presence);
        for (const { conversationId, marks } of reply.receipts)
          this.#deps.receipts.handleMarks(conversationId, marks);
        this.#failures = 0;
      }
    } catch {
      if (this.#told === wanted) this.#told = NOTHING;
      delay = backoff(++this.#failures, this.#deps.random());
    }
    this.#timer = false;
    this.#schedule(delay);
  }
}

const same = (a: Watched, b: Watched): boolean =>
  a.conversationIds.join() === b.conversationIds.join() && a.userIds.join() === b.userIds.join();
