/** The load has a core of its own: a program that measures runs itself again there. */
import { spawn } from 'node:child_process';
import { loadCore } from './stack.ts';

/**
 * A pause of the load counts as one of whoever is measured. With V8's defaults its collections took 20 to 27 ms of each
 * two seconds: more than the one message in a hundred that the latencies tell of.
 */
const LOAD_FLAGS = ['--no-parallel-scavenge', '--no-allocation-site-pretenuring', '--max-semi-space-size=4'];

/** Set for the copy that is pinned to its core. */
const PINNED = 'KITH_BENCH_PINNED';

export const isPinned = (): boolean => process.env[PINNED] !== undefined;

/** Runs this program again on the core of the load; resolves with its exit code. */
export function onLoadCore(): Promise<number> {
  const child = spawn(
    'taskset',
    ['-c', String(loadCore), process.execPath, ...LOAD_FLAGS, ...process.argv.slice(1)],
    {
      stdio: 'inherit',
      env: { ...process.env, [PINNED]: '1' },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
