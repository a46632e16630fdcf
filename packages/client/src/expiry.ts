/**
 * Messages that disappear by themselves: whether the time of one is over, by this device's clock. The server deletes it soon
 * after; until it says so, what showed the message is told here.
 */
import type { MessageRecord } from '@kith/protocol';
import type { Clock } from './types.ts';

/** Timers hold no longer than 2³¹ ms; and a laptop that slept looks again soon. */
const LONGEST_WAIT = 60 * 60_000;

export class Expiry {
  readonly #clock: Clock;
  readonly #ended: (conversationId: string) => void;
  /** When the first ends of those that were asked for, by conversation. Who is told asks again, and so names the next. */
  readonly #next = new Map<string, number>();
  #waking: { readonly at: number; readonly cancel: () => void } | undefined;

  /** `ended`: something in this conversation that was there is over. */
  constructor(clock: Clock, ended: (conversationId: string) => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  isOver({ conversationId, expiresAt }: Pick<MessageRecord, 'conversationId' | 'expiresAt'>): boolean {
    if (expiresAt === undefined) return false;
    const end = Date.parse(expiresAt);
    if (end <= this.#clock.now()) return true;
    if (end < (this.#next.get(conversationId) ?? Number.POSITIVE_INFINITY)) {
      this.#next.set(conversationId, end);
      this.#plan(end);
    }
    return false;
  }

  clear(): void {
    this.#next.clear();
    this.#waking?.cancel();
    this.#waking = undefined;
  }

  #plan(end: number): void {
    const now = this.#clock.now();
    const at = Math.min(end, now + LONGEST_WAIT);
    if (this.#waking && this.#waking.at <= at) return;
    this.#waking?.cancel();
    this.#waking = { at, cancel: this.#clock.after(at - now, () => this.#wake()) };
  }

  #wake(): void {
    this.#waking = undefined;
    const now = this.#clock.now();
    const over = [...this.#next].filter(([, end]) => end <= now).map(([id]) => id);
    for (const id of over) this.#next.delete(id);
    for (const id of over) this.#ended(id);
    const next = Math.min(...this.#next.values(), Number.POSITIVE_INFINITY);
    if (next < Number.POSITIVE_INFINITY) this.#plan(next);
  }
}
