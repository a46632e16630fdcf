/** Which conversations' messages are in memory: those on screen, and some of the latest others; the rest is cold, in the cache. */
import type { MessageRecord } from '@kith/protocol';
import type { WindowRow } from '../storage/storage.ts';
import { type Batch, ConversationWindow } from './window.ts';

/** Windows in memory that nobody looks at. */
const IDLE_MAX = 50;
/** Messages a window keeps in memory, and what stays of it when nobody looks. */
export const OPEN_MAX = 5_000;
export const IDLE_MESSAGES = 1_000;
/** Batches held while a cold window is read; more, and it catches up through the server. */
const HELD_MAX = 100;

export type LoadCold = (
  conversationId: string,
) => Promise<{ row: WindowRow; messages: readonly MessageRecord[] } | undefined>;

export class Windows {
  /** In order of last use. */
  readonly #warm = new Map<string, ConversationWindow>();
  /** What the cache holds, by conversation. */
  readonly cold = new Map<string, WindowRow>();
  readonly #warming = new Map<string, { readonly done: Promise<void>; readonly held: Batch[] }>();
  readonly #openCount = new Map<string, number>();
  readonly #load: LoadCold;
  /** Told of each window that leaves memory, before it goes. */
  readonly #onEvict: (window: ConversationWindow) => void;

  constructor(load: LoadCold, onEvict: (window: ConversationWindow) => void) {
    this.#load = load;
    this.#onEvict = onEvict;
  }

  get(id: string): ConversationWindow | undefined {
    return this.#warm.get(id);
  }

  *all(): Generator<ConversationWindow> {
    yield* this.#warm.values();
  }

  isOpen(id: string): boolean {
    return this.#openCount.has(id);
  }

  /** Keeps the window in memory until `release`. */
  retain(id: string): void {
    this.#openCount.set(id, (this.#openCount.get(id) ?? 0) + 1);
  }

  release(id: string): void {
    const count = (this.#openCount.get(id) ?? 1) - 1;
    if (count > 0) {
      this.#openCount.set(id, count);
      return;
    }
    this.#openCount.delete(id);
    const window = this.#warm.get(id);
    window?.trim(IDLE_MESSAGES, window.endSeq);
    this.#evict();
  }

  /** From memory, else from the cache, else a blank one at this place. `undefined` while the cache is read: see `warm`. */
  ensure(id: string, rev: number, lastSeq: number): ConversationWindow | undefined {
    const known = this.#touch(id);
    if (known) return known;
    if (this.cold.has(id) || this.#warming.has(id)) return undefined;
    return this.#add(new ConversationWindow(id, rev, lastSeq));
  }

  /** Reads a cold window into memory. Batches that come meanwhile are handed to `hold`. */
  warm(id: string): Promise<void> {
    const running = this.#warming.get(id);
    if (running) return running.done;
    if (!this.cold.has(id) || this.#warm.has(id)) return Promise.resolve();
    const held: Batch[] = [];
    const done = this.#load(id)
      .catch(() => undefined)
      .then((found) => {
        // Dropped meanwhile (left, wiped): it must not come back.
        if (this.#warming.get(id)?.held !== held) return;
        this.#warming.delete(id);
        if (!found) {
          this.cold.delete(id);
          return;
        }
        const window = this.#add(ConversationWindow.restore(found.row, found.messages));
        for (const batch of held) if (batch.from <= window.rev + 1) window.apply(batch);
      });
    this.#warming.set(id, { done, held });
    return done;
  }

  /** For a window that is just being read: true when the batch will be applied to it. */
  hold(id: string, batch: Batch): boolean {
    const held = this.#warming.get(id)?.held;
    if (!held || held.length >= HELD_MAX) return false;
    held.push(batch);
    return true;
  }

  isCold(id: string): boolean {
    return this.cold.has(id) && !this.#warm.has(id);
  }

  drop(id: string): void {
    this.#warm.delete(id);
    this.#warming.delete(id);
    this.cold.delete(id);
  }

  clear(): void {
    this.#warm.clear();
    this.#warming.clear();
    this.cold.clear();
  }

  #touch(id: string): ConversationWindow | undefined {
    const window = this.#warm.get(id);
    if (!window) return undefined;
    this.#warm.delete(id);
    this.#warm.set(id, window);
    return window;
  }

  #add(window: ConversationWindow): ConversationWindow {
    this.#warm.set(window.conversationId, window);
    this.#evict();
    return window;
  }

  #evict(): void {
    let idle = [...this.#warm.keys()].filter((id) => !this.#openCount.has(id)).length;
    for (const [id, window] of this.#warm) {
      if (idle <= IDLE_MAX) return;
      if (this.#openCount.has(id)) continue;
      this.#onEvict(window);
      this.#warm.delete(id);
      idle--;
    }
  }
}
