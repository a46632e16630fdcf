/** Durations that are kept one by one: for when there are few of them, or when they may be long. */

export class Samples {
  readonly #values: number[] = [];
  #sorted = true;

  get count(): number {
    return this.#values.length;
  }

  add(value: number): void {
    this.#values.push(value);
    this.#sorted = false;
  }

  /** The value that the share `q` (0 to 1) of all stays within; NaN when there are none. */
  at(q: number): number {
    if (!this.#sorted) this.#values.sort((a, b) => a - b);
    this.#sorted = true;
    const place = Math.max(0, Math.ceil(this.#values.length * q) - 1);
    return this.#values[place] ?? Number.NaN;
  }
}

/** As people read them. */
export const ms = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
};
export const whole = (value: number): string =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
export const mebibytes = (bytes: number): string => `${whole(bytes / 2 ** 20)} MiB`;
