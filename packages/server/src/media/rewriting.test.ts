import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { patched } from './rewriting.ts';

it('patches lie over the bytes wherever these are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(20), fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }),
      async (bytes, cuts, gaps) => {
        const expected = Buffer.from(bytes);
        const patches: { at: number; bytes: Buffer }[] = [];
        let at = 0;
        for (const [gap, over] of gaps) {
          at += gap;
          if (at + over.length > bytes.length) break;
          patches.push({ at, bytes: Buffer.from(over) });
          Buffer.from(over).copy(expected, at);
          at += over.length;
        }
        const before = Buffer.from(bytes);
        const chunks = (async function* () {
          for (let from = 0, i = 0; from < bytes.length; i++) {
            const length = cuts[i % cuts.length] ?? 1;
            yield before.subarray(from, from + length);
            from += length;
          }
        })();
        expect(await buffer(patched(chunks, patches))).toEqual(expected);
        // What was read is not changed under whoever read it.
        expect(before).toEqual(Buffer.from(bytes));
      },
    ),
  );
});
