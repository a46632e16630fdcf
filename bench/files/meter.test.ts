import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { meter, parseHighest, watchMemory } from './meter.ts';

it('reads the highest memory of a process, and none of one that has ended', () => {
  expect(parseHighest('Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t  200 kB\nVmRSS:\t  100 kB\n')).toBe(204_800);
  expect(parseHighest('Name:\tnode\nState:\tZ (zombie)\n')).toBe(0);
});

it('counts what is done between its two ends only', () => {
  let files = 5;
  const end = meter({ pid: process.pid, databasePid: null }, () => ({ bytes: files * 10, files }));
  files = 8;
  expect(end()).toMatchObject({ bytes: 30, files: 3, databaseSeconds: null });
});

it('knows what a program that a server called took, though it has given it back', async () => {
  const end = watchMemory(process.pid);
  const script = `Buffer.alloc(200e6, 1); setTimeout(() => process.stdout.write('done'), 50); setTimeout(() => {}, 60_000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const { server, program, worker } = end();
    expect(program).toBeGreaterThan(200e6);
    expect(server).toBeGreaterThan(10e6);
    expect(worker).toBe(0);
  } finally {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
});
