/** Bytes of a picture, read. Reading beyond their end throws a RangeError: the picture is broken. */

export interface Bytes {
  readonly length: number;
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  /** Little end first, as the next ones. */
  u16le(at: number): number;
  u24le(at: number): number;
  u32le(at: number): number;
  /** Characters of one byte. */
  text(at: number, length: number): string;
  /** Without a copy. */
  part(from: number, to?: number): Uint8Array<ArrayBuffer>;
}

export function bytesOf(array: Uint8Array<ArrayBuffer>): Bytes {
  const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
  return {
    length: array.length,
    u8: (at) => view.getUint8(at),
    u16: (at) => view.getUint16(at),
    u32: (at) => view.getUint32(at),
    u16le: (at) => view.getUint16(at, true),
    u24le: (at) => view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00,
    u32le: (at) => view.getUint32(at, true),
    text: (at, length) => {
      let text = '';
      for (let i = at; i < at + length; i += 1) text += String.fromCharCode(view.getUint8(i));
      return text;
    },
    part: (from, to) => array.subarray(from, to),
  };
}

/** All of them, one after the other. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
