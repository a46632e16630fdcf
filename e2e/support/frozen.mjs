/**
 * Preloaded into the server that pictures are taken of: its calendar stands still and its dice fall the same, so that ids,
 * colours and times come out alike on every machine. Timers run on.
 */
import { syncBuiltinESMExports } from 'node:module';

const NOW = Number(process.env.KITH_FROZEN_AT);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [NOW] : args));
  }
  static now() {
    return NOW;
  }
};

let state = 20261121;
const next = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
};
globalThis.crypto.getRandomValues = (array) => {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = next() & 255;
  return array;
};
syncBuiltinESMExports();
