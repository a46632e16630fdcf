import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountSmallDisk } from '../testing/smallDisk.ts';
import { BLOCK_BYTES, type ByteStore, CHUNK_BYTES } from './byteStore.ts';
import { createVault } from './cipherVault.ts';
import { createDiskStore } from './disk.ts';
import { allKeys, allOf, breakingOff, bytesOf, digestOf, inPieces } from './testing/bytes.ts';
import type { Vault, VaultPlace } from './vault.ts';

const MASTER_KEY = 'a master key, forty characters long, yes';
const OTHER_KEY = 'the next master key, of some characters!';
const dropped = new Error('the line dropped');
const CHILD = fileURLToPath(new URL('./testing/vaultChild.ts', import.meta.url));

let folder: string;
let root: string;
let store: ByteStore;
let vault: Vault;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-vault-'));
  root = join(folder, 'files');
  store = createDiskStore(root);
  vault = createVault({ store, masterKeys: [MASTER_KEY], ciphers: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pathOf = ({ key }: VaultPlace, at = root): string => join(at, key.slice(0, 2), key.slice(2, 4), key);

async function written(bytes: Buffer): Promise<VaultPlace> {
  const place = vault.newPlace();
  await vault.append(place, 0, inPieces(bytes));
  await vault.finish(place);
  return place;
}

describe('what lies there', () => {
  it('opens whole and in ranges, and is nowhere plain', async () => {
    const bytes = bytesOf(3 * CHUNK_BYTES + 1_234);
    const place = await written(bytes);
    expect(await vault.length(place)).toBe(bytes.length);
    const lying = await readFile(pathOf(place));
    expect(lying).toHaveLength(3 * BLOCK_BYTES + 1_234 + 28);
    for (let at = 0; at < bytes.length; at += 4_096) {
      expect(lying.includes(bytes.subarray(at, at + 16))).toBe(false);
    }
    for (const [from, to] of [
      [0, bytes.length],
      [0, 1],
      [CHUNK_BYTES - 1, CHUNK_BYTES + 1],
      [CHUNK_BYTES, 2 * CHUNK_BYTES],
      [bytes.length - 1, bytes.length],
      [70_000, 70_000],
    ] as const) {
      const read = await allOf(vault.read(place, from, to));
      expect(digestOf(read), `${from} to ${to}`).toBe(digestOf(bytes.subarray(from, to)));
    }
  });

  it('is read no further than the blocks that are asked for', async () => {
    const bytes = bytesOf(4 * CHUNK_BYTES);
    const place = await written(bytes);
    const lying = await readFile(pathOf(place));
    lying.fill(0, 0, BLOCK_BYTES);
    lying.fill(0, 2 * BLOCK_BYTES);
    await writeFile(pathOf(place), lying);
    const read = await allOf(vault.read(place, CHUNK_BYTES + 5, 2 * CHUNK_BYTES));
    expect(digestOf(read)).toBe(digestOf(bytes.subarray(CHUNK_BYTES + 5, 2 * CHUNK_BYTES)));
  });

  it('keeps an empty file, and knows one that was never begun', async () => {
    const place = vault.newPlace();
    expect(await vault.length(place)).toBeNull();
    expect(await vault.append(place, 0, inPieces(bytesOf(0)))).toBe(0);
    expect(await vault.length(place)).toBe(0);
    await vault.finish(place);
    expect(await allOf(vault.read(place, 0, 0))).toHaveLength(0);
    await vault.remove(place);
    expect(await vault.length(place)).toBeNull();
    await expect(allOf(vault.read(place, 0, 1))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is plain where nothing is to be ciphered, and only then has a link', async () => {
    const linking: ByteStore = { ...store, link: async (key) => `https://files.example/${key}` };
    const options = { seconds: 60, mime: 'image/png', disposition: 'inline' };
    const plain = createVault({ store: linking, masterKeys: [], ciphers: false });
    const place = plain.newPlace();
    expect(place.secret).toBeNull();
    const bytes = bytesOf(100_000);
    await expect(plain.append(place, 0, breakingOff(bytes.subarray(0, 70_001), dropped))).rejects.toBe(
      dropped,
    );
    expect(await plain.length(place)).toBe(70_001);
    expect(await plain.append(place, 70_001, inPieces(bytes.subarray(70_001)))).toBe(100_000);
    await plain.finish(place);
    expect((await readFile(pathOf(place))).equals(bytes)).toBe(true);
    expect((await allOf(plain.read(place, 10, 99_000))).equals(bytes.subarray(10, 99_000))).toBe(true);
    await truncate(pathOf(place), 99_999);
    await expect(allOf(plain.read(place, 0, 100_000))).rejects.toThrow('shorter');
    expect(await plain.link(place, options)).toBe(`https://files.example/${place.key}`);
    expect(await plain.link(vault.newPlace(), options)).toBeNull();
    expect(await vault.link(place, options)).toBeNull();
  });

  it('does not hold back what opens when its reader goes away', async () => {
    const place = await written(bytesOf(2_000_000));
    let below: Readable | undefined;
    const watching: ByteStore = {
      ...store,
      read: async (...given) => {
        below = await store.read(...given);
        return below;
      },
    };
    const watched = createVault({ store: watching, masterKeys: [MASTER_KEY], ciphers: true });
    const stream = await watched.read(place, 0, 2_000_000);
    for await (const _ of stream) break;
    await expect.poll(() => below?.closed).toBe(true);
  });
});

describe('an upload that goes on', () => {
  it('goes on at odd places, after the line dropped', async () => {
    const bytes = bytesOf(3 * CHUNK_BYTES);
    const place = vault.newPlace();
    const ends = [
      1,
      2,
      100,
      CHUNK_BYTES - 1,
      CHUNK_BYTES,
      CHUNK_BYTES + 1,
      2 * CHUNK_BYTES + 9,
      bytes.length,
    ];
    let at = 0;
    for (const end of ends) {
      await expect(vault.append(place, at, breakingOff(bytes.subarray(at, end), dropped))).rejects.toBe(
        dropped,
      );
      expect(await vault.length(place)).toBe(end);
      // The line drops again, before anything came.
      await expect(vault.append(place, end, breakingOff(bytesOf(0), dropped))).rejects.toBe(dropped);
      expect(await vault.append(place, end, inPieces(bytesOf(0)))).toBe(end);
      at = end;
    }
    await vault.finish(place);
    expect(digestOf(await allOf(vault.read(place, 0, bytes.length)))).toBe(digestOf(bytes));
  });

  it('never uses a nonce twice, although a block is written again', async () => {
    const place = vault.newPlace();
    const nonces = new Set<string>();
    for (let at = 0; at < 20; at += 1) {
      await vault.append(place, at, inPieces(bytesOf(1)));
      nonces.add((await readFile(pathOf(place))).subarray(0, 12).toString('hex'));
    }
    expect(nonces.size).toBe(20);
  });

  it('refuses to go on elsewhere than at the end', async () => {
    const place = vault.newPlace();
    await vault.append(place, 0, inPieces(bytesOf(CHUNK_BYTES + 500)));
    for (const at of [CHUNK_BYTES - 1, CHUNK_BYTES + 499, CHUNK_BYTES + 501, 2 * CHUNK_BYTES + 1]) {
      const append = vault.append(place, at, inPieces(bytesOf(10)));
      await expect(append, String(at)).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await vault.length(place)).toBe(CHUNK_BYTES + 500);
  });

  it('counts a block that was cut off while it was written as not there', async () => {
    const bytes = bytesOf(CHUNK_BYTES + 500);
    for (const left of [1, 12, 28, 29, 300, 527]) {
      const place = vault.newPlace();
      await vault.append(place, 0, inPieces(bytes));
      await truncate(pathOf(place), BLOCK_BYTES + left);
      expect(await vault.length(place)).toBe(CHUNK_BYTES);
      expect(await vault.append(place, CHUNK_BYTES, inPieces(bytes.subarray(CHUNK_BYTES)))).toBe(
        bytes.length,
      );
      await vault.finish(place);
      expect(digestOf(await allOf(vault.read(place, 0, bytes.length)))).toBe(digestOf(bytes));
    }
  });

  it('gives back what went in, whatever the pieces, the drops and the ranges', async () => {
    const length = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: CHUNK_BYTES - 2, max: CHUNK_BYTES + 2 }),
      fc.integer({ min: 0, max: 10 * CHUNK_BYTES }),
    );
    const step = fc.record({ length, piece: fc.integer({ min: 100, max: 300_000 }), drops: fc.boolean() });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(share, share), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      async (steps, ranges, ciphers) => {
        const some = createVault({ store, masterKeys: [MASTER_KEY], ciphers });
        const place = some.newPlace();
        let bytes = bytesOf(0);
        for (const [index, { length, piece, drops }] of steps.entries()) {
          const more = bytesOf(length, index + 1);
          const chunks = drops ? breakingOff(more, dropped, piece) : inPieces(more, piece);
          const outcome = some.append(place, bytes.length, chunks);
          const end = bytes.length + length;
          if (drops) await expect(outcome).rejects.toBe(dropped);
          else expect(await outcome).toBe(end);
          bytes = Buffer.concat([bytes, more]);
          // A drop before the first byte begins nothing, or it begins an empty file.
          expect((await some.length(place)) ?? 0).toBe(end);
        }
        for (const [one, other] of ranges) {
          if (bytes.length === 0) break;
          const from = Math.floor(Math.min(one, other) * bytes.length);
          const to = Math.ceil(Math.max(one, other) * bytes.length);
          const read = await allOf(some.read(place, from, to));
          expect(digestOf(read), `${from} to ${to}`).toBe(digestOf(bytes.subarray(from, to)));
        }
        await some.remove(place);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('what is not what was written', () => {
  const bytes = bytesOf(3 * CHUNK_BYTES + 100);

  async function spoilt(spoil: (lying: Buffer) => Buffer): Promise<VaultPlace> {
    const place = await written(bytes);
    await writeFile(pathOf(place), spoil(await readFile(pathOf(place))));
    return place;
  }

  it('is noticed, whichever bit it is', async () => {
    const size = 3 * BLOCK_BYTES + 128;
    const place = fc.oneof(
      // Nonces and tags, and anywhere.
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: BLOCK_BYTES - 16, max: BLOCK_BYTES + 11 }),
      fc.integer({ min: size - 128, max: size - 1 }),
      fc.integer({ min: 0, max: size - 1 }),
    );
    const property = fc.asyncProperty(place, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const flipped = await spoilt((lying) => {
        lying.writeUInt8(lying.readUInt8(at) ^ (1 << bit), at);
        return lying;
      });
      await expect(allOf(vault.read(flipped, 0, bytes.length))).rejects.toThrow(
        'not those that were written',
      );
      await vault.remove(flipped);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('is noticed when blocks change places, or come twice', async () => {
    const block = (lying: Buffer, index: number) =>
      lying.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
    const orders = [
      [1, 0, 2, 3],
      [0, 0, 2, 3],
      [0, 2, 3],
      [3, 0, 1, 2],
    ];
    for (const order of orders) {
      const place = await spoilt((lying) => Buffer.concat(order.map((index) => block(lying, index))));
      await expect(allOf(vault.read(place, 0, bytes.length)), String(order)).rejects.toThrow('not those');
    }
  });

  it('is noticed when its end is missing, at a block or inside one', async () => {
    for (const left of [
      0,
      BLOCK_BYTES,
      2 * BLOCK_BYTES,
      3 * BLOCK_BYTES,
      3 * BLOCK_BYTES + 127,
      BLOCK_BYTES + 5,
    ]) {
      const place = await spoilt((lying) => lying.subarray(0, left));
      await expect(allOf(vault.read(place, 0, bytes.length)), String(left)).rejects.toThrow(
        /shorter|not those/,
      );
    }
  });

  it('is noticed when the last block is what it was before the file went on', async () => {
    const place = vault.newPlace();
    await vault.append(place, 0, inPieces(bytes.subarray(0, 50)));
    const earlier = await readFile(pathOf(place));
    await vault.append(place, 50, inPieces(bytes.subarray(50, 90)));
    await vault.finish(place);
    await writeFile(pathOf(place), earlier);
    await expect(allOf(vault.read(place, 0, 90))).rejects.toThrow('shorter');
  });

  it('is noticed when a block is of another file', async () => {
    const other = await readFile(pathOf(await written(bytes)));
    const place = await spoilt((lying) => {
      other.copy(lying, BLOCK_BYTES, BLOCK_BYTES, 2 * BLOCK_BYTES);
      return lying;
    });
    await expect(allOf(vault.read(place, 0, bytes.length))).rejects.toThrow('not those');
    // What lies before it is what it was.
    expect(digestOf(await allOf(vault.read(place, 0, 100)))).toBe(digestOf(bytes.subarray(0, 100)));
  });
});

describe('master keys', () => {
  const secretOf = ({ secret }: VaultPlace): Buffer => {
    if (!secret) throw new Error('It is not ciphered.');
    return secret;
  };

  it('come and go: the present one wraps, the others still open', async () => {
    const bytes = bytesOf(100_000);
    const old = await written(bytes);
    expect(vault.rewrap(secretOf(old))).toBeNull();
    const both = createVault({ store, masterKeys: [OTHER_KEY, MASTER_KEY], ciphers: true });
    expect(digestOf(await allOf(both.read(old, 0, bytes.length)))).toBe(digestOf(bytes));
    const secret = both.rewrap(secretOf(old));
    if (!secret) throw new Error('It was not wrapped again.');
    expect(both.rewrap(secret)).toBeNull();
    const present = createVault({ store, masterKeys: [OTHER_KEY], ciphers: true });
    const place = { ...old, secret };
    expect(digestOf(await allOf(present.read(place, 0, bytes.length)))).toBe(digestOf(bytes));
    await expect(present.read(old, 0, bytes.length)).rejects.toThrow('not given');
    expect(() => present.rewrap(secretOf(old))).toThrow('not given');
  });

  it('open nothing of another, nor what was changed', async () => {
    const place = await written(bytesOf(100));
    const wrong = createVault({ store, masterKeys: [OTHER_KEY], ciphers: true });
    await expect(wrong.read(place, 0, 100)).rejects.toThrow('not given');
    await expect(wrong.length(place)).rejects.toThrow('not given');
    await expect(wrong.append(place, 100, inPieces(bytesOf(1)))).rejects.toThrow('not given');
    expect(await vault.length(place)).toBe(100);
    for (let at = 0; at < secretOf(place).length; at += 1) {
      const secret = Buffer.from(secretOf(place));
      secret.writeUInt8(secret.readUInt8(at) ^ 1, at);
      await expect(vault.read({ ...place, secret }, 0, 100), String(at)).rejects.toThrow();
    }
    for (const secret of [Buffer.alloc(0), secretOf(place).subarray(0, 20), randomBytes(68)]) {
      await expect(vault.read({ ...place, secret }, 0, 100)).rejects.toThrow();
    }
  });

  it('are long, and there where they are needed', () => {
    expect(() => createVault({ store, masterKeys: ['x'.repeat(31)], ciphers: true })).toThrow(
      '32 characters',
    );
    expect(() => createVault({ store, masterKeys: [], ciphers: true })).toThrow('no master key');
  });
});

describe('trouble below', () => {
  it('keeps what was acknowledged, but for the block in hand, when the process is killed', async () => {
    for (let round = 0; round < 3; round += 1) {
      const at = join(folder, `killed-${round}`);
      const child = spawn(process.execPath, [CHILD, 'write', at], { stdio: ['ignore', 'pipe', 'inherit'] });
      const words: Record<string, string | number>[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        words.push(JSON.parse(line));
        if (words.length > 20 + round * 7) break;
      }
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      const [place, ...acknowledged] = words;
      const after = createVault({
        store: createDiskStore(at),
        masterKeys: ['a master key of a child in a test'],
        ciphers: true,
      });
      const found = { key: String(place?.['key']), secret: Buffer.from(String(place?.['secret']), 'hex') };
      const length = (await after.length(found)) ?? 0;
      const last = Number(acknowledged.at(-1)?.['at']);
      expect(last).toBeGreaterThan(200_000);
      expect(length).toBeGreaterThanOrEqual(last - (last % CHUNK_BYTES));
      const seeds = Array.from({ length: 1_000 }, (_, index) => index + 1);
      const sent = Buffer.concat(seeds.map((seed) => bytesOf(10_000 + seed * 31, seed)));
      expect(sent.length).toBeGreaterThan(length);
      expect(digestOf(await allOf(after.read(found, 0, length)))).toBe(digestOf(sent.subarray(0, length)));
      // And it goes on.
      await after.append(found, length, inPieces(sent.subarray(length)));
      await after.finish(found);
      expect(digestOf(await allOf(after.read(found, 0, sent.length)))).toBe(digestOf(sent));
    }
  });

  it('says that the disk is full, and goes on when there is room', async (test) => {
    const mounted = join(folder, 'small');
    await mkdir(mounted);
    const disk = mountSmallDisk(mounted, 1);
    test.skip(!disk, 'this user may not mount one');
    try {
      const small = createVault({ store: createDiskStore(mounted), masterKeys: [MASTER_KEY], ciphers: true });
      const [ballast, place] = [small.newPlace(), small.newPlace()];
      const bytes = bytesOf(700_000);
      await small.append(ballast, 0, inPieces(bytesOf(500_000, 2)));
      const append = small.append(place, 0, inPieces(bytes));
      await expect(append).rejects.toMatchObject({ code: 'storage_full', retryable: true });
      const kept = (await small.length(place)) ?? 0;
      expect(kept).toBeGreaterThanOrEqual(CHUNK_BYTES);
      expect(kept).toBeLessThan(600_000);
      // Full still: what is there stays.
      const again = small.append(place, kept, inPieces(bytes.subarray(kept)));
      await expect(again).rejects.toMatchObject({ code: 'storage_full' });
      const still = (await small.length(place)) ?? 0;
      expect(still).toBeGreaterThanOrEqual(kept - (kept % CHUNK_BYTES));
      await small.remove(ballast);
      expect(await small.append(place, still, inPieces(bytes.subarray(still)))).toBe(bytes.length);
      await small.finish(place);
      expect(digestOf(await allOf(small.read(place, 0, bytes.length)))).toBe(digestOf(bytes));
      expect(await allKeys(small.keys(new Date(Date.now() + 3_600_000)))).toEqual([place.key]);
    } finally {
      disk?.unmount();
    }
  });

  it('has no more in memory for a large file than for a small one', async () => {
    const child = spawn(process.execPath, [CHILD, 'memory', join(folder, 'memory')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const words: { grown: number }[] = [];
    for await (const line of createInterface({ input: child.stdout })) words.push(JSON.parse(line));
    expect((await exit)[0]).toBe(0);
    expect(words).toHaveLength(1);
    expect(words[0]?.grown).toBeLessThan(64 * 1024 * 1024);
  }, 60_000);

  it('leaves no file where nothing was kept', async () => {
    const place = vault.newPlace();
    await expect(stat(pathOf(place))).rejects.toMatchObject({ code: 'ENOENT' });
    await vault.remove(place);
  });
});
