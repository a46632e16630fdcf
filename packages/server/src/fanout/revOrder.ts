/**
 * The records of one conversation leave this node in order of rev (S1, S4): what comes early waits for what is
 * missing, what comes late or twice is dropped. Pure: the hub sets the clock and reads the database.
 */
export interface Revisions {
  /** Both included. */
  readonly from: number;
  readonly to: number;
}

/** More than this many waiting events are not worth keeping: the database has them. */
const MAX_WAITING = 256;

export class RevOrder<T extends Revisions> {
  /** The last revision handed out; null until it is known where to begin, and everything waits. */
  #announced: number | null = null;
  #waiting: T[] = [];

  get announced(): number | null {
    return this.#announced;
  }

  /** Whether something waits for revisions that have not come. */
  get hasGap(): boolean {
    return this.#announced !== null && this.#waiting.length > 0;
  }

  /** Takes an event; returns what may go out now, in order. */
  accept(event: T): T[] {
    const announced = this.#announced;
    if (announced !== null) {
      if (event.to <= announced) return [];
      if (event.from <= announced + 1) {
        this.#announced = event.to;
        return [event, ...this.#drain()];
      }
    }
    if (this.#waiting.length < MAX_WAITING) {
      const place = this.#waiting.findLastIndex((other) => other.from <= event.from);
      this.#waiting.splice(place + 1, 0, event);
    }
    return [];
  }

  /** Everything up to `rev` is known to the subscribers; returns what may follow. */
  startAt(rev: number): T[] {
    if (this.#announced === null || rev > this.#announced) this.#announced = rev;
    return this.#drain();
  }

  #drain(): T[] {
    const ready: T[] = [];
    let announced = this.#announced ?? 0;
    let next = this.#waiting[0];
    while (next && next.from <= announced + 1) {
      this.#waiting.shift();
      if (next.to > announced) {
        ready.push(next);
        announced = next.to;
      }
      next = this.#waiting[0];
    }
    this.#announced = announced;
    return ready;
  }
}
