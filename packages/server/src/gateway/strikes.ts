/** Persistent flooding of one socket: what it was refused, forgiven with time. */

/** So many refusals, beyond what time forgives, end the connection. A client that waits as told never comes near. */
const MAX = 200;
const FORGIVEN_PER_MS = 10 / 1_000;
/** A ping is cheap and allowed, but not by the hundred a second. */
const MILD = 0.2;

export class Strikes {
  readonly #now: () => number;
  #count = 0;
  #at: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** A refused request. False: enough. */
  hard(): boolean {
    return this.#add(1);
  }

  /** A frame that costs next to nothing. False: enough. */
  mild(): boolean {
    return this.#add(MILD);
  }

  #add(weight: number): boolean {
    const time = this.#now();
    this.#count = Math.max(0, this.#count - (time - this.#at) * FORGIVEN_PER_MS) + weight;
    this.#at = time;
    return this.#count <= MAX;
  }
}
