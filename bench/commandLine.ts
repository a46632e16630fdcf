/** How a scenario is run by itself: its own numbers on the command line, on the core of the load, printed as Markdown. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isPinned, onLoadCore } from './pinning.ts';

export type Say = (line: string) => void;

/** Whatever has to end when somebody stops us early. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** A whole number on the command line. Bounds keep a slip of the finger from filling the disk. */
export interface Flag {
  readonly preset: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

const MISUSED = 2;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The presets of these flags: the numbers a scenario is run with unless told otherwise. */
export const presetsOf = <Name extends string>(flags: Readonly<Record<Name, Flag>>): Record<Name, number> =>
  parseFlags(flags, []);

/** Throws for what it does not understand. */
export function parseFlags<Name extends string>(
  flags: Readonly<Record<Name, Flag>>,
  args: readonly string[],
): Record<Name, number> {
  const names = Object.keys(flags) as Name[];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options });
  const numbers = names.map((name) => {
    const { preset, min, max } = flags[name];
    const given = values[name];
    const value = typeof given === 'string' ? Number(given) : preset;
    if (!(Number.isInteger(value) && value >= min && value <= max)) {
      throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(numbers) as Record<Name, number>;
}

export interface Alone<Name extends string> {
  /** Of the module: nothing happens unless it is the one that was started. */
  readonly file: string;
  readonly flags: Readonly<Record<Name, Flag>>;
  /** Whether the load has a core of its own. */
  readonly pinned: boolean;
  /** Resolves with Markdown. */
  run(options: Record<Name, number>, say: Say): Promise<string>;
}

export async function alone<Name extends string>(scenario: Alone<Name>): Promise<void> {
  if (process.argv[1] !== scenario.file) return;
  const args = process.argv.slice(2);
  let options: Record<Name, number>;
  try {
    if (args.includes('--help')) return print(usageOf(scenario.flags));
    options = parseFlags(scenario.flags, args);
    if (availableParallelism() < 2 && !isPinned()) throw new Error('This takes two cores.');
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n\n${usageOf(scenario.flags)}`);
    process.exitCode = MISUSED;
    return;
  }
  if (scenario.pinned && !isPinned()) process.exitCode = await onLoadCore();
  else print(`\n${await scenario.run(options, print)}`);
}

const usageOf = (flags: Readonly<Record<string, Flag>>): string =>
  Object.entries(flags)
    .map(([name, { preset, help }]) => `  --${`${name} n`.padEnd(18)} ${help} (${preset})`)
    .join('\n');

/** Hands out what was started, and ends it afterwards, also when somebody stops us. */
export async function withStack<S extends Stoppable, T>(
  starting: Promise<S>,
  drive: (stack: S) => Promise<T>,
): Promise<T> {
  const stack = await starting;
  const stopAtOnce = (): void => void stack.stop().finally(() => process.exit(1));
  process.on('SIGINT', stopAtOnce);
  process.on('SIGTERM', stopAtOnce);
  try {
    return await drive(stack);
  } finally {
    await stack.stop();
    process.off('SIGINT', stopAtOnce);
    process.off('SIGTERM', stopAtOnce);
  }
}
