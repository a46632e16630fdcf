/**
 * SHA-256 of what fits into one round (55 bytes), without waiting for anybody: the browser's own answers by promise, which
 * takes ten times as long as the hash does.
 */

const ROUND: Int32Array = constants();
/** The first words of a hash of nothing yet. */
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
export const ONE_ROUND = 55;

/**
 * The first 32 bits behind the point of the cube roots of the first primes, as the standard has them. In whole numbers: engines
 * do not agree on the last bit of a root.
 */
function constants(): Int32Array {
  const found = new Int32Array(64);
  let candidate = 2n;
  for (let at = 0; at < 64; candidate += 1n) {
    let isPrime = true;
    for (let by = 2n; by * by <= candidate; by += 1n) if (candidate % by === 0n) isPrime = false;
    if (!isPrime) continue;
    const cube = candidate << 96n;
    let root = 1n << 36n;
    for (let next = root - 1n; next < root; next = (2n * root + cube / (root * root)) / 3n) {
      root = next;
    }
    found[at] = Number(BigInt.asIntN(32, root));
    at += 1;
  }
  return found;
}

/** A hasher of its own memory; `hash` fills `words`, eight of 32 bits. */
export function createHasher() {
  const schedule = new Int32Array(64);
  const words = new Int32Array(8);
  /** `bytes` holds the text in its first `length` bytes, and is overwritten behind them; 64 long. */
  const hash = (bytes: Uint8Array, length: number): Int32Array => {
    bytes[length] = 0x80;
    bytes.fill(0, length + 1);
    for (let at = 0; at < 14; at += 1) {
      const from = at * 4;
      schedule[at] =
        ((bytes[from] as number) << 24) |
        ((bytes[from + 1] as number) << 16) |
        ((bytes[from + 2] as number) << 8) |
        (bytes[from + 3] as number);
    }
    schedule[14] = 0;
    schedule[15] = length * 8;
    for (let at = 16; at < 64; at += 1) {
      const early = schedule[at - 15] as number;
      const late = schedule[at - 2] as number;
      const mixed = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
      const other = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
      schedule[at] = ((schedule[at - 16] as number) + mixed + (schedule[at - 7] as number) + other) | 0;
    }
    words.set(START);
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
    for (let at = 0; at < 64; at += 1) {
      const turned = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const first =
        (h + turned + ((e & f) ^ (~e & g)) + (ROUND[at] as number) + (schedule[at] as number)) | 0;
      const other = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const second = (other + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    words[0] = (words[0] as number) + a;
    words[1] = (words[1] as number) + b;
    words[2] = (words[2] as number) + c;
    words[3] = (words[3] as number) + d;
    words[4] = (words[4] as number) + e;
    words[5] = (words[5] as number) + f;
    words[6] = (words[6] as number) + g;
    words[7] = (words[7] as number) + h;
    return words;
  };
  return hash;
}
