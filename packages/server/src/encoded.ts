/** Outputs that are encoded already: what many are answered alike is encoded once, and goes out as the same bytes. */

/** JSON in UTF-8, in parts that other outputs may share. */
export class Encoded<T> {
  readonly parts: readonly Buffer[];

  constructor(parts: readonly Buffer[]) {
    this.parts = parts;
  }

  get byteLength(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  decode(): T {
    return JSON.parse(Buffer.concat(this.parts).toString()) as T;
  }
}
