/** What every home of bytes owes to the vault in front of it (byteStore.ts). */
import { randomBytes } from 'node:crypto';
import { KithError } from '@kith/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, type ByteStore } from '../byteStore.ts';
import { allKeys, allOf, breakingOff, bytesOf, digestOf, inPieces } from './bytes.ts';

export interface Home {
  /** Each call: as another node, or this one after it was started again. */
  open(): ByteStore;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const inAnHour = (): Date => new Date(Date.now() + HOUR_MS);
const newKey = (): string => randomBytes(16).toString('hex');
const nothing = bytesOf(0);

export function byteStoreContract(name: string, begin: () => Promise<Home>, runs: number): void {
  describe(`${name} is a home of bytes`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await begin();
    });
    afterAll(() => home?.close());

    it('knows nothing of a key that was never begun', async () => {
      const [store, key] = [home.open(), newKey()];
      expect(await store.length(key)).toBeNull();
      await expect(allOf(store.read(key, 0, 10))).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.finish(key)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.append(key, 1, inPieces(bytesOf(9)))).rejects.toMatchObject({ code: 'conflict' });
      await store.remove(key);
      expect(await store.length(key)).toBeNull();
    });

    it('changes nothing where somebody else may be writing by now', async () => {
      const key = newKey();
      const bytes = bytesOf(30 * BLOCK_BYTES + 700);
      const [stale, other] = [home.open(), home.open()];
      const begun = BLOCK_BYTES + 500;
      await stale.append(key, 0, inPieces(bytes.subarray(0, begun)));
      let ended = false;
      const fence = (): void => {
        if (ended) throw new KithError('not_ready');
      };
      const late = async function* () {
        yield bytes.subarray(BLOCK_BYTES, begun + 10);
        ended = true;
        await other.append(key, BLOCK_BYTES, inPieces(bytes.subarray(BLOCK_BYTES)));
        yield bytesOf(BLOCK_BYTES, 9);
      };
      await expect(stale.append(key, BLOCK_BYTES, late(), fence)).rejects.toMatchObject({
        code: 'not_ready',
      });
      const nobody = stale.append(key, 30 * BLOCK_BYTES, inPieces(nothing), fence);
      await expect(nobody).rejects.toMatchObject({ code: 'not_ready' });
      expect(await other.length(key)).toBe(bytes.length);
      await other.finish(key);
      expect(digestOf(await allOf(other.read(key, 0, bytes.length)))).toBe(digestOf(bytes));
      await other.remove(key);
    });

    it('keeps an empty file', async () => {
      const [store, key] = [home.open(), newKey()];
      await store.append(key, 0, inPieces(nothing));
      expect(await home.open().length(key)).toBe(0);
      await store.finish(key);
      expect(await home.open().length(key)).toBe(0);
      expect(await allOf(store.read(key, 0, 0))).toHaveLength(0);
      expect(await allOf(store.read(key, 0, 10))).toHaveLength(0);
      await store.remove(key);
    });

    it('keeps what came in several appends, each to another node, and gives any range of it', async () => {
      const key = newKey();
      const bytes = bytesOf(3 * BLOCK_BYTES + 777);
      let at = 0;
      for (const end of [1, 100, BLOCK_BYTES, BLOCK_BYTES + 1, bytes.length]) {
        await home.open().append(key, at, inPieces(bytes.subarray(at, end), 10_007));
        expect(await home.open().length(key)).toBe(end);
        at = end;
      }
      await home.open().finish(key);
      await home.open().finish(key);
      expect(await home.open().length(key)).toBe(bytes.length);
      const store = home.open();
      for (const [from, to] of [
        [0, bytes.length],
        [0, 1],
        [BLOCK_BYTES - 1, BLOCK_BYTES + 1],
        [bytes.length - 1, bytes.length],
        [5, 5],
        [100, bytes.length + 1_000],
        [bytes.length, bytes.length + 1],
        [bytes.length + 5, bytes.length + 9],
      ] as const) {
        const read = await allOf(store.read(key, from, to));
        expect(digestOf(read), `${from} to ${to}`).toBe(digestOf(bytes.subarray(from, to)));
      }
      await store.remove(key);
      expect(await home.open().length(key)).toBeNull();
    });

    it('keeps a file of many parts, whose line drops in the middle of one', async () => {
      const key = newKey();
      const bytes = bytesOf(30_000_000);
      const dropped = new Error('the line dropped');
      const sent = bytes.subarray(0, 19_999_999);
      await expect(home.open().append(key, 0, breakingOff(sent, dropped))).rejects.toBe(dropped);
      expect(await home.open().length(key)).toBe(sent.length);
      await home.open().append(key, sent.length, inPieces(bytes.subarray(sent.length)));
      await home.open().finish(key);
      const read = await allOf(home.open().read(key, 0, bytes.length));
      expect(digestOf(read)).toBe(digestOf(bytes));
      await home.open().remove(key);
    });

    it('goes back to the last multiple of a block, no further, and no further on', async () => {
      const [store, key] = [home.open(), newKey()];
      const bytes = bytesOf(2 * BLOCK_BYTES + 500);
      await store.append(key, 0, inPieces(bytes));
      for (const at of [0, BLOCK_BYTES, 2 * BLOCK_BYTES - 1, bytes.length + 1]) {
        const again = store.append(key, at, inPieces(bytesOf(9)));
        await expect(again, String(at)).rejects.toMatchObject({ code: 'conflict' });
      }
      expect(await store.length(key)).toBe(bytes.length);
      // Behind it is what the last, started block is read from when it is written again.
      const rest = await allOf(store.read(key, 2 * BLOCK_BYTES, bytes.length));
      expect(rest.equals(bytes.subarray(2 * BLOCK_BYTES))).toBe(true);
      const other = bytesOf(40, 2);
      await store.append(key, 2 * BLOCK_BYTES + 10, inPieces(other));
      expect(await store.length(key)).toBe(2 * BLOCK_BYTES + 50);
      await store.finish(key);
      const read = await allOf(store.read(key, 2 * BLOCK_BYTES, bytes.length));
      expect(read.equals(Buffer.concat([bytes.subarray(2 * BLOCK_BYTES).subarray(0, 10), other]))).toBe(true);
      await store.remove(key);
    });

    it('keeps what came before the source broke off, and passes its error on', async () => {
      const [store, key] = [home.open(), newKey()];
      const dropped = new Error('the line dropped');
      const bytes = bytesOf(200_000);
      await expect(store.append(key, 0, breakingOff(nothing, dropped))).rejects.toBe(dropped);
      expect(await store.length(key)).toBe(0);
      await expect(store.append(key, 0, breakingOff(bytes, dropped))).rejects.toBe(dropped);
      expect(await home.open().length(key)).toBe(bytes.length);
      await store.finish(key);
      expect((await allOf(store.read(key, 0, bytes.length))).equals(bytes)).toBe(true);
      await store.remove(key);
    });

    it('lets go of a file while it is read to its first piece only', async () => {
      const [store, key] = [home.open(), newKey()];
      await store.append(key, 0, inPieces(bytesOf(12_000_000)));
      await store.finish(key);
      for (let round = 0; round < 20; round += 1) {
        const stream = await store.read(key, 0, 12_000_000);
        if (round % 2 === 0) for await (const _ of stream) break;
        stream.destroy();
        await new Promise((resolve) => (stream.closed ? resolve(null) : stream.once('close', resolve)));
      }
      await store.remove(key);
    });

    it('names all there is that is older than a time, begun or finished, once', async () => {
      const [store, begun, finished] = [home.open(), newKey(), newKey()];
      await store.append(begun, 0, inPieces(bytesOf(9_000_000)));
      await store.append(finished, 0, inPieces(bytesOf(100)));
      await store.finish(finished);
      const hourAgo = new Date(Date.now() - HOUR_MS);
      expect(await allKeys(store.keys(hourAgo))).toEqual([]);
      expect(await allKeys(store.keys(inAnHour()))).toEqual([begun, finished].sort());
      await store.remove(begun);
      await store.remove(finished);
      expect(await allKeys(store.keys(inAnHour()))).toEqual([]);
    });

    it('takes no key but those this service makes', async () => {
      const store = home.open();
      const keys = ['', '../../../../etc/passwd', 'A'.repeat(32), 'a'.repeat(31), `${'a'.repeat(31)}/`, '..'];
      for (const key of [...keys, `${'a'.repeat(32)}\n`, `../${'a'.repeat(32)}`]) {
        await expect((async () => store.append(key, 0, inPieces(nothing)))(), key).rejects.toThrow('no key');
        await expect((async () => store.length(key))(), key).rejects.toThrow('no key');
        await expect((async () => store.read(key, 0, 1))(), key).rejects.toThrow('no key');
        await expect((async () => store.finish(key))(), key).rejects.toThrow('no key');
        await expect((async () => store.remove(key))(), key).rejects.toThrow('no key');
      }
      expect(await allKeys(store.keys(inAnHour()))).toEqual([]);
    });

    it('is what a plain buffer would be, whatever comes in which pieces', async () => {
      const size = fc.oneof(
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: BLOCK_BYTES - 3, max: BLOCK_BYTES + 3 }),
        fc.integer({ min: 0, max: 3 * BLOCK_BYTES }),
      );
      const step = fc.record({
        size,
        piece: fc.integer({ min: 500, max: 200_000 }),
        breaks: fc.boolean(),
        /** How far it goes back, of what it may. */
        back: fc.double({ min: 0, max: 1, noNaN: true }),
      });
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const key = newKey();
        let expected = nothing;
        for (const [index, { size: length, piece, breaks, back }] of steps.entries()) {
          const at = expected.length - Math.floor((expected.length % BLOCK_BYTES) * back);
          const bytes = bytesOf(length, index + 1);
          const dropped = new Error('the line dropped');
          const chunks = breaks ? breakingOff(bytes, dropped, piece) : inPieces(bytes, piece);
          const outcome = home.open().append(key, at, chunks);
          if (breaks) await expect(outcome).rejects.toBe(dropped);
          else await outcome;
          expected = Buffer.concat([expected.subarray(0, at), bytes]);
          expect(await home.open().length(key)).toBe(expected.length);
        }
        await home.open().finish(key);
        const [from, to] = [Math.floor(expected.length / 3), expected.length];
        const read = await allOf(home.open().read(key, from, to));
        expect(digestOf(read)).toBe(digestOf(expected.subarray(from, to)));
        await home.open().remove(key);
      });
      await fc.assert(property, { numRuns: runs });
    });
  });
}
