/**
 * The load generator: starts the server and its database on one core, drives them from another, measures, and ends by
 * itself. See README.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPostgresBinaries } from '@kith/tools/services/binaries.ts';
import { type Options, parseOptions, type ScenarioName, usage } from './options.ts';
import { addUp, readProfile } from './profile.ts';
import { markdown, type Results } from './report.ts';
import { direct, group, idle } from './scenarios.ts';
import { loadCore, type Stack, startStack } from './stack.ts';

/** Set for the copy of this process that is pinned to its core. */
const PINNED = 'KITH_BENCH_PINNED';
const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  let options: Options | null;
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
  await run(options);
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

async function run(options: Options): Promise<void> {
  const results: Results = {
    machine: {
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      postgres: options.database === 'postgres' ? postgresVersion() : 'PGlite (in the server)',
    },
    options: { ...options },
    direct: await scenario(options, 'direct', options.clients, (stack) => direct(stack, options, print), []),
    group: await scenario(options, 'group', options.clients, (stack) => group(stack, options, print), []),
    idle: await scenario(options, 'idle', options.idleSockets, (stack) => idle(stack, options), null),
  };
  print(`\n${markdown(results)}`);
  if (options.save) {
    await mkdir(RESULTS, { recursive: true });
    await writeFile(join(RESULTS, `${options.save}.json`), `${JSON.stringify(results, null, 2)}\n`);
    await writeFile(join(RESULTS, `${options.save}.md`), `# ${options.save}\n\n${markdown(results)}`);
  }
}

/** Each scenario has a server and a database of its own, so that none inherits another's memory. */
async function scenario<T>(
  options: Options,
  name: ScenarioName,
  people: number,
  drive: (stack: Stack) => Promise<T>,
  absent: T,
): Promise<T> {
  if (!options.scenarios.includes(name)) return absent;
  print(`${name}: starting`);
  const stack = await startStack({ database: options.database, people, profile: options.profile });
  const stopAtOnce = (): void => void stack.stop().finally(() => process.exit(1));
  process.on('SIGINT', stopAtOnce);
  process.on('SIGTERM', stopAtOnce);
  try {
    const result = await drive(stack);
    await stack.stopServer();
    if (options.profile) await printProfile(stack.folder);
    return result;
  } finally {
    await stack.stop();
    process.off('SIGINT', stopAtOnce);
    process.off('SIGTERM', stopAtOnce);
  }
}

async function printProfile(folder: string): Promise<void> {
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
  if (!file) return;
  const { places, functions } = addUp(await readProfile(join(folder, file)));
  const lines = (title: string, shares: typeof places, count: number): void => {
    print(title);
    for (const { name, share } of shares.slice(0, count))
      print(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  };
  lines('Where the time of the server goes, by place:', places, 16);
  lines('by function:', functions, 40);
}

function postgresVersion(): string {
  const folder = findPostgresBinaries();
  if (!folder) return 'no PostgreSQL';
  const version = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/\d+(\.\d+)*/.exec(version)?.[0] ?? ''}, fsync on`;
}

process.exitCode = await main();
