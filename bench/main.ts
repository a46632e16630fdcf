/**
 * The load generator: starts servers and their databases on one core, drives them from another, measures, and ends by
 * itself. See README.md.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { measureAlone } from './alone.ts';
import { measureField } from './field.ts';
import { type AloneOptions, type FieldOptions, parseOptions, usage } from './options.ts';
import { loadCore } from './stack.ts';

/** Set for the copy of this process that is pinned to its core. */
const PINNED = 'KITH_BENCH_PINNED';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  let options: FieldOptions | AloneOptions | null;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 2;
  }
  if (!options) {
    print(usage);
    return 0;
  }
  if (availableParallelism() < 2 && !process.env[PINNED]) {
    print('This takes two cores: one for what is measured, one for the load.');
    return 2;
  }
  if (!process.env[PINNED]) return pinned();
  if (options.mode === 'kith') await measureAlone(options, print);
  else await measureField(options, print);
  return 0;
}

/** Runs this again on the core of the load. */
function pinned(): Promise<number> {
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

process.exitCode = await main();
