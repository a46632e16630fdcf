import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreachedListError, BreachedListUnreadable, openBreachedList } from './breached.ts';

const sha1 = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();

let directory: string;
let files = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-breached-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function fileOf(content: string): Promise<string> {
  files += 1;
  const path = join(directory, `${files}.txt`);
  await writeFile(path, content);
  return path;
}

const linesOf = (passwords: readonly string[], counts: readonly number[] = [1]): string[] =>
  passwords
    .map(sha1)
    .sort()
    .map((hash, at) => `${hash}:${counts[at % counts.length]}`);

describe('the list of leaked passwords', () => {
  it('finds exactly what is in it, with either end of line, lines of any length, and none at the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 }),
        fc.array(fc.oneof(fc.nat(9), fc.nat(999_999_999)), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        async (many, counts, end, ended, small) => {
          // Every other number is in the list.
          const passwords = Array.from({ length: many }, (_, n) => `password ${2 * n}`);
          const lines = linesOf(passwords, counts).map((line) => (small ? line.toLowerCase() : line));
          const list = await openBreachedList(await fileOf(lines.join(end) + (ended ? end : '')));
          const linear = (password: string) =>
            lines.some((line) => line.slice(0, 40).toUpperCase() === sha1(password));
          const first = lines[0]?.slice(0, 40).toUpperCase();
          const last = lines.at(-1)?.slice(0, 40).toUpperCase();
          const ends = passwords.filter((password) => [first, last].includes(sha1(password)));
          const some = Array.from({ length: 40 }, (_, n) => `password ${(n * 37) % (2 * many)}`);
          for (const password of [...ends, ...some]) {
            expect(await list.has(password), password).toBe(linear(password));
          }
          for (const password of ends) expect(linear(password)).toBe(true);
          await list.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('finds every one of many', async () => {
    const passwords = Array.from({ length: 5_000 }, (_, n) => `password ${n}`);
    const list = await openBreachedList(
      await fileOf(`${linesOf(passwords, [7, 10_437_277]).join('\r\n')}\r\n`),
    );
    for (const password of passwords) if (!(await list.has(password))) expect.fail(password);
    for (let n = 5_000; n < 6_000; n += 1) expect(await list.has(`password ${n}`)).toBe(false);
    await list.close();
  });

  it('finds a letter typed in two ways', async () => {
    const list = await openBreachedList(await fileOf(linesOf(['caf\u00E9 au lait']).join('\n')));
    expect(await list.has('cafe\u0301 au lait')).toBe(true);
    expect(await list.has('cafe au lait')).toBe(false);
    await list.close();
  });

  const sorted = linesOf(['a', 'b', 'c']);
  it.each([
    ['an empty file', '', 'is empty.'],
    ['one byte', 'A', 'does not begin with'],
    ['an end of line alone', '\n', 'does not begin with'],
    ['passwords in plain', 'password\n123456\n', 'does not begin with'],
    ['hashes of another kind', `${'A'.repeat(32)}:1\n`, 'does not begin with'],
    ['hashes without a count', `${'A'.repeat(40)}\n`, 'does not begin with'],
    ['a mark of the byte order', `\uFEFF${sorted.join('\n')}`, 'does not begin with'],
    ['a download that broke off', sorted.join('\n').slice(0, -10), 'does not end with a whole line'],
    ['an order by count', sorted.toReversed().join('\n'), 'is not sorted by hash.'],
  ])('is refused at the start: %s', async (_, content, why) => {
    const path = await fileOf(content);
    const refused = openBreachedList(path);
    await expect(refused).rejects.toThrow(BreachedListError);
    await expect(refused).rejects.toThrow(`KITH_BREACHED_PASSWORDS: ${path} ${why}`);
  });

  it('is refused at the start when there is none', async () => {
    await expect(openBreachedList(join(directory, 'nothing'))).rejects.toThrow(/cannot be opened: ENOENT/);
    await expect(openBreachedList(directory)).rejects.toThrow('is not a file.');
  });

  it('says that it cannot be read, when it is no longer what it was', async () => {
    const passwords = Array.from({ length: 1_000 }, (_, n) => `password ${n}`);
    const path = await fileOf(linesOf(passwords).join('\n'));
    const list = await openBreachedList(path);
    await truncate(path, 10);
    await expect(list.has('password 1')).rejects.toThrow(BreachedListUnreadable);
    await list.close();
    await expect(list.has('password 1')).rejects.toThrow(BreachedListUnreadable);
    const few = await fileOf(sorted.join('\n'));
    const short = await openBreachedList(few);
    await truncate(few, 43);
    await expect(short.has('a')).rejects.toThrow('shorter than it was');
    await short.close();
    const noise = await fileOf([...sorted.slice(0, 1), 'x'.repeat(100_000), ...sorted.slice(1)].join('\n'));
    const strange = await openBreachedList(noise);
    await expect(strange.has('password 1')).rejects.toThrow('a line of another form');
    await strange.close();
  });
});
