/** Starts and stops one server process. */
import { flushCompileCache } from 'node:module';
import { networkInterfaces } from 'node:os';
import { BreachedListError } from './accounts/passwords/breached.ts';
import { type Config, parseCommandLine } from './config.ts';
import { DataInUseError, type DataLock, lockData } from './dataLock.ts';
import { BusUnreachableError, createService } from './service.ts';
import type { Services } from './services.ts';

/** Exit codes: 1 it failed, 2 it was told something wrong. */
const FAILED = 1;
const MISUSED = 2;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

async function start(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  if (commandLine.type === 'help') return void process.stdout.write(commandLine.text);
  if (commandLine.type === 'refused') {
    for (const problem of commandLine.problems) complain(problem);
    process.exitCode = MISUSED;
    return;
  }
  const { config, demo } = commandLine;
  stopOnTheUnexpected();
  const stopping = stopOnSignal();
  let lock: DataLock | null = null;
  try {
    lock = config.databaseUrl === null ? await lockData(config.dataDirectory) : null;
    const service = await createService(config);
    if (demo) await seed(service.services);
    const { url, port } = await service.listen();
    greet(config, url, port);
    // Where Node is told to keep what it compiled: now, as a process that is killed keeps nothing.
    flushCompileCache();
    await stopping;
    setTimeout(giveUp, STOP_MS).unref();
    await service.close();
    await lock?.release();
    process.exit(0);
  } catch (error) {
    complain(explain(error, config));
    await lock?.release().catch(() => undefined);
    process.exit(FAILED);
  }
}

/** A stop takes twenty seconds for those who are sent away, and some for the database; then it is stuck. */
const STOP_MS = 29_000;

function giveUp(): void {
  complain('Kith could not stop in order and ends now. Nothing acknowledged is lost.');
  process.exit(FAILED);
}

/** One Ctrl-C arrives twice, from the terminal and from npm; only a later one is a second wish. */
const SAME_WISH_MS = 1_000;

/** Resolves at the first SIGTERM, SIGINT or SIGHUP; a second one means "at once". */
function stopOnSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    const stop = (): void => {
      const now = performance.now();
      if (askedAt !== null && now - askedAt > SAME_WISH_MS) process.exit(FAILED);
      askedAt ??= now;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // The terminal it ran in was closed.
    process.on('SIGHUP', stop);
  });
}

/** Whatever nobody caught leaves the process in a state nobody thought of. What was acknowledged is stored; a supervisor starts it anew. */
function stopOnTheUnexpected(): void {
  const die = (error: unknown): void => {
    complain(
      `Kith stops because of an error nobody caught: ${error instanceof Error ? error.stack : String(error)}`,
    );
    process.exit(FAILED);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

/** Loaded only here: a service of one's own does without the demo's words. */
async function seed(services: Services): Promise<void> {
  const { seedDemo } = await import('./demo/demo.ts');
  await seedDemo(services, print);
}

function greet(config: Config, url: string, port: number): void {
  print(`Kith is ready: ${config.publicOrigins[0] ?? url}`);
  if (config.host === '0.0.0.0' || config.host === '::') {
    for (const address of networkAddresses()) print(`  on your network: http://${address}:${port}`);
  } else if (url.includes('//localhost')) {
    print('  Only this machine can reach it. HOST=0.0.0.0 lets in your network.');
  }
  print(`  API reference: ${url}/docs. Stop with Ctrl-C.`);
}

const networkAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address);

/** The reasons a start fails that a person can mend, in a line; the rest with its stack. */
function explain(error: unknown, config: Config): string {
  const mendable = [DataInUseError, BusUnreachableError, BreachedListError];
  if (mendable.some((kind) => error instanceof kind)) return (error as Error).message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${config.port} is taken on ${config.host}. Choose another with PORT, or stop what uses it.`;
    case 'EADDRNOTAVAIL':
      return `HOST=${config.host} is not an address of this machine.`;
    case 'EACCES':
      return `Not permitted: ${(error as Error).message}`;
    case 'ENOTFOUND':
      if (config.databaseUrl === null) return `HOST=${config.host} is not an address of this machine.`;
      return `The database at DATABASE_URL cannot be found: ${(error as Error).message}`;
    case 'ECONNREFUSED':
    case '28P01':
    case '3D000':
      return `The database at DATABASE_URL cannot be used: ${(error as Error).message || String(code)}`;
    default:
      return `Kith did not start: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

await start();
