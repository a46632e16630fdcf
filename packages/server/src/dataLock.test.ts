import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DataInUseError, lockData } from './dataLock.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-lock-'));
  path = join(directory, 'kith.lock');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('lets one in, refuses the next by name, and lets it in afterwards', async () => {
  const lock = await lockData(directory);
  await expect(lockData(directory)).rejects.toThrow(`in use by process ${process.pid}`);
  await lock.release();
  await lock.release();
  const next = await lockData(directory);
  await next.release();
});

it('makes the directory', async () => {
  const lock = await lockData(join(directory, 'a/b'));
  await lock.release();
});

it('takes over from the dead: a killed process, a reused id, an empty file', async () => {
  const old = JSON.stringify({ pid: await deadPid(), began: '1' });
  const reused = JSON.stringify({ pid: process.pid, began: '1' });
  for (const content of [old, reused, 'garbage', '']) {
    await writeFile(path, content);
    await utimes(path, 0, 0);
    const lock = await lockData(directory);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  }
});

it('lets exactly one of many take over', async () => {
  await writeFile(path, JSON.stringify({ pid: await deadPid(), began: '1' }));
  const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => lockData(directory)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(DataInUseError);
  }
});

it('is not kept by a clearing that was cut short', async () => {
  await writeFile(path, JSON.stringify({ pid: await deadPid(), began: '1' }));
  await writeFile(`${path}.clearing`, '');
  await utimes(`${path}.clearing`, 0, 0);
  const lock = await lockData(directory);
  await lock.release();
});
