/** How high the rows of a long list are: as measured, or guessed as long as they were never drawn. */
export interface Keyed {
  readonly key: string;
}

/** Of a row that was never drawn, px. A wrong guess costs nothing but a scroll bar that is a little off. */
const GUESS = 64;
/** Many times what is loaded at once; beyond it the first to be measured are guessed again. */
const KNOWN_MAX = 20_000;

export class Heights {
  readonly #known = new Map<string, number>();

  /** Says whether that is news. */
  note(key: string, height: number): boolean {
    if (this.#known.get(key) === height) return false;
    this.#known.set(key, height);
    const [first] = this.#known.size > KNOWN_MAX ? this.#known.keys() : [];
    if (first !== undefined) this.#known.delete(first);
    return true;
  }

  /** Where each row begins, from the top of the list, and at last where the list ends. */
  tops(rows: readonly Keyed[]): Float64Array {
    const tops = new Float64Array(rows.length + 1);
    for (let i = 0; i < rows.length; i++) tops[i + 1] = tops[i]! + (this.#known.get(rows[i]!.key) ?? GUESS);
    return tops;
  }
}

/** The row that is so far from the top of the list; the first or the last one for what is beyond; -1 when there is none. */
export function rowAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return high;
}
