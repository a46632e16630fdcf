/** The load has a core of its own: a program that measures runs itself again there. */
import { spawn } from 'node:child_process';
import { loadCore } from './stack.ts';

/** Set for the copy that is pinned to its core. */
const PINNED = 'KITH_BENCH_PINNED';

export const isPinned = (): boolean => process.env[PINNED] !== undefined;

/** Runs this program again on the core of the load; resolves with its exit code. */
export function onLoadCore(): Promise<number> {
  const child = spawn('taskset', ['-c', String(loadCore), process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [PINNED]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
