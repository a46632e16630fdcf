/** The custom emoji of this place, by name: asked for when the server's revision of them is another than the known one. */
import type { CustomEmoji } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { backoff } from './backoff.ts';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedEmoji } from './storage/storage.ts';
import type { Clock } from './types.ts';

export interface EmojiDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** For the cache. */
  changed(): void;
}

/** Everybody hears of a change at once, and need not ask at once, ms. */
const SPREAD_MS = 2_000;
const NONE: ReadonlyMap<string, CustomEmoji> = new Map();

export class EmojiStore {
  readonly byName: Cell<ReadonlyMap<string, CustomEmoji>>;
  readonly #deps: EmojiDeps;
  /** At what revision they are known; 0: there are none. */
  #rev = 0;
  #wanted = 0;
  #live = false;
  #failures = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: EmojiDeps) {
    this.#deps = deps;
    this.byName = new Cell(deps.scheduler, NONE);
  }

  get cached(): CachedEmoji | undefined {
    return this.#rev === 0 ? undefined : { rev: this.#rev, emoji: [...this.byName.get().values()] };
  }

  restore({ rev, emoji }: CachedEmoji): void {
    this.#rev = rev;
    this.#wanted = rev;
    this.byName.set(new Map(emoji.map((one) => [one.name, one])));
  }

  handleLive(rev: number): void {
    this.#live = true;
    this.#failures = 0;
    // Also a lower one is right: another database stands behind the address.
    this.#wanted = rev;
    this.#ask(0);
  }

  handleNotice(rev: number): void {
    if (rev <= this.#wanted) return;
    this.#wanted = rev;
    this.#ask(this.#deps.random() * SPREAD_MS);
  }

  handleDown(): void {
    this.#live = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  clear(): void {
    this.#rev = 0;
    this.#wanted = 0;
    this.byName.set(NONE);
  }

  /** What was just changed from here, without waiting for the notice of it. */
  handleChange(rev: number, change: (emoji: Map<string, CustomEmoji>) => void): void {
    // Something else changed between: all of it is asked for.
    if (rev !== this.#rev + 1) return this.handleNotice(rev);
    const emoji = new Map(this.byName.get());
    change(emoji);
    this.#known(rev, emoji);
  }

  #known(rev: number, emoji: ReadonlyMap<string, CustomEmoji>): void {
    this.#rev = rev;
    this.#wanted = Math.max(rev, this.#wanted);
    this.byName.set(emoji);
    this.#deps.changed();
  }

  #ask(delay: number): void {
    if (!this.#live || this.#cancel || this.#wanted === this.#rev) return;
    this.#cancel = this.#deps.clock.after(delay, () => void this.#fetch());
  }

  async #fetch(): Promise<void> {
    let delay = 0;
    try {
      const { emoji, rev } = await this.#deps.request('listEmoji', {});
      // A node that has not heard yet answers an older list; it hears within a moment.
      const behind = rev < this.#wanted;
      if (!behind) this.#wanted = rev;
      this.#known(rev, new Map(emoji.map((one) => [one.name, one])));
      this.#failures = behind ? this.#failures + 1 : 0;
      if (behind) delay = backoff(this.#failures, this.#deps.random());
    } catch (error) {
      // The next welcome asks again.
      if (!(error instanceof KithError && error.retryable)) this.#wanted = this.#rev;
      delay = backoff(this.#failures++, this.#deps.random());
    }
    this.#cancel = undefined;
    this.#ask(delay);
  }
}
