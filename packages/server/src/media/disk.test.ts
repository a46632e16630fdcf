import { mkdir, mkdtemp, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDiskStore, usualReserve } from './disk.ts';
import { byteStoreContract } from './testing/byteStoreContract.ts';
import { allKeys, bytesOf, inPieces } from './testing/bytes.ts';

const KEY = 'c0ffee00112233445566778899aabbcc';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-disk-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

byteStoreContract(
  'a disk',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'kith-disk-contract-'));
    return {
      open: () => createDiskStore(join(root, 'files')),
      close: () => rm(root, { recursive: true, force: true }),
    };
  },
  60,
);

it('lays a file where its first letters say, for nobody else to read', async () => {
  const root = join(folder, 'modes');
  await createDiskStore(root).append(KEY, 0, inPieces(bytesOf(10)));
  const file = await stat(join(root, 'c0', 'ff', KEY));
  expect(file.mode & 0o777).toBe(0o600);
  for (const path of ['', 'c0', 'c0/ff']) expect((await stat(join(root, path))).mode & 0o777).toBe(0o700);
});

it('names by the time of the last change, and nothing that is not its own', async () => {
  const root = join(folder, 'keys');
  const store = createDiskStore(root);
  await store.append(KEY, 0, inPieces(bytesOf(10)));
  await mkdir(join(root, 'lost+found', 'aa'), { recursive: true });
  await writeFile(join(root, 'c0', 'ff', 'notes.txt'), 'mine');
  await writeFile(join(root, 'c0', 'readme'), 'mine');
  const path = join(root, 'c0', 'ff', KEY);
  const changed = new Date('2024-05-01T12:00:00Z');
  await utimes(path, changed, changed);
  expect(await allKeys(store.keys(new Date('2024-05-01T12:00:00Z')))).toEqual([]);
  expect(await allKeys(store.keys(new Date('2024-05-01T12:00:01Z')))).toEqual([KEY]);
});

it.runIf(process.platform === 'linux')('keeps no file open that is read no more', async () => {
  const root = join(folder, 'open');
  const store = createDiskStore(root);
  await store.append(KEY, 0, inPieces(bytesOf(2_000_000)));
  const streams = await Promise.all(Array.from({ length: 10 }, () => store.read(KEY, 0, 2_000_000)));
  expect(await openFiles(root)).toBe(10);
  const closed = streams.map((stream) => new Promise((resolve) => stream.once('close', resolve)));
  for (const [index, stream] of streams.entries()) {
    if (index % 2 === 0) stream.destroy();
    else stream.resume();
  }
  await Promise.all(closed);
  expect(await openFiles(root)).toBe(0);
});

it('says that it cannot, when something else stands in its place', async () => {
  const root = join(folder, 'blocked');
  await writeFile(root, 'a file');
  const store = createDiskStore(root);
  const append = store.append(KEY, 0, inPieces(bytesOf(10)));
  await expect(append).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(store.length(KEY)).rejects.toMatchObject({ code: 'unavailable' });
});

it('leaves room on the disk: nothing begins, and nothing goes on, below the reserve', async () => {
  const root = join(folder, 'reserve');
  const kept = KEY.replace('c0', 'c1');
  await createDiskStore(root).append(kept, 0, inPieces(bytesOf(10)));
  const full = createDiskStore(root, { reserve: () => Number.POSITIVE_INFINITY });
  const refused = { code: 'storage_full', retryable: true };
  await expect(full.append(KEY, 0, inPieces(bytesOf(10)))).rejects.toMatchObject(refused);
  expect((await full.length(KEY)) ?? 0).toBe(0);
  await expect(full.append(kept, 10, inPieces(bytesOf(10)))).rejects.toMatchObject(refused);
  expect(await full.length(kept)).toBe(10);
  // It can be emptied still.
  await full.remove(kept);
  expect(await full.length(kept)).toBeNull();
  let looks = 0;
  const filling = createDiskStore(root, {
    reserve: () => (++looks > 1 ? Number.POSITIVE_INFINITY : 0),
  });
  await expect(filling.append(KEY, 0, inPieces(bytesOf(20_000_000)))).rejects.toMatchObject(refused);
  expect(await filling.length(KEY)).toBeGreaterThan(1_000_000);
  expect(await filling.length(KEY)).toBeLessThan(6_000_000);
});

it('leaves half a gigabyte or a fiftieth, and of a small disk a tenth', () => {
  const MB = 1024 * 1024;
  const reserves = [2 * MB, 1_000 * MB, 10_000 * MB, 1_000_000 * MB].map(usualReserve);
  expect(reserves.map((bytes) => Math.round(bytes / MB))).toEqual([0, 100, 512, 20_000]);
});

async function openFiles(under: string): Promise<number> {
  const open = await readdir('/proc/self/fd');
  const targets = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(under)).length;
}
