/**
 * Programs of others that know formats which we do not: `ffprobe` and `ffmpeg`, `heif-convert`. Each runs without a shell, without
 * our environment, in bounds of time, memory, and of what it may write; none of them needs to be there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createTurns } from './turns.ts';

export interface Programs {
  has(name: string): boolean;
  /**
   * When its turn has come. Null: it is not there, ended badly, or took more than it may.
   * @throws KithError unavailable: too many wait; the signal's reason; what reading its input threw.
   */
  run(name: string, args: readonly string[], options: RunOptions): Promise<Buffer | null>;
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly ms: number;
  /** Of its answer. */
  readonly mostBytes: number;
  readonly memoryBytes: number;
  /** Of a file it writes. */
  readonly fileBytes: number;
  readonly input?: () => Promise<Readable>;
  readonly folder?: string;
  /** An open file of ours that it finds as its fourth, 3. */
  readonly file?: number;
  /** Only when nobody else wants the processor. */
  readonly patient?: boolean;
  /** Its answer as it comes; then it is not kept, and has no bound. */
  readonly told?: (part: Buffer) => void;
}

/** One that takes long must not keep all others waiting; more would take the service's own processors. */
const SIDE_BY_SIDE = 2;
const MOST_WAITING = 1_000;

/** `path`: where they are looked for, as in the environment. */
export function findPrograms(path: string): Programs {
  const turns = createTurns(SIDE_BY_SIDE, MOST_WAITING);
  const known = new Map<string, string | undefined>();
  const find = (name: string): string | undefined => {
    if (!known.has(name)) {
      const places = path.split(delimiter).filter(Boolean);
      known.set(name, places.map((folder) => join(folder, name)).find(isExecutable));
    }
    return known.get(name);
  };

  return {
    has: (name) => find(name) !== undefined,
    run: (name, args, options) => turns.take(() => run(find, name, args, options), options),
  };
}

async function run(
  find: (name: string) => string | undefined,
  name: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Buffer | null> {
  const { signal, ms, memoryBytes, fileBytes, input, folder = tmpdir(), file, patient = false } = options;
  const program = find(name);
  if (program === undefined) return null;
  const given = await input?.();
  // On other systems than Linux the time and the size of the answer have to do.
  const prlimit = find('prlimit');
  const seconds = Math.ceil(ms / 1_000);
  const bounds = [
    `--as=${memoryBytes}`,
    `--fsize=${fileBytes}`,
    `--cpu=${seconds}`,
    '--core=0',
    '--nofile=64',
  ];
  const nice = patient ? find('nice') : undefined;
  const [command = program, ...rest] = [
    ...(nice ? [nice, '-n', '19'] : []),
    ...(prlimit ? [prlimit, ...bounds] : []),
    program,
    ...args,
  ];
  const child = spawn(command, rest, {
    cwd: folder,
    // Nothing of ours: the environment holds keys.
    env: { TMPDIR: folder, MALLOC_ARENA_MAX: '2' },
    stdio: [given ? 'pipe' : 'ignore', 'pipe', 'ignore', ...(file === undefined ? [] : [file])],
    timeout: ms,
    killSignal: 'SIGKILL',
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [answer] = await Promise.all([answerOf(child, options), given && feed(child, given)]);
    signal.throwIfAborted();
    return answer;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function answerOf(
  child: ChildProcess,
  { mostBytes: most, told }: Pick<RunOptions, 'mostBytes' | 'told'>,
): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  child.stdout?.on('data', (part: Buffer) => {
    if (told) return told(part);
    length += part.length;
    if (length > most) child.kill('SIGKILL');
    else parts.push(part);
  });
  const isFine = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
  return isFine && length <= most ? Buffer.concat(parts) : null;
}

/** It may have seen enough before the end. What goes wrong in reading is another matter: that is thrown. */
async function feed(child: ChildProcess, input: Readable): Promise<void> {
  const stdin = child.stdin;
  if (!stdin) return;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    input.destroy();
  };
  ended.then(stop, stop);
  // It closed its end: it has seen enough.
  stdin.on('error', stop);
  try {
    for await (const part of input) {
      if (isOver) return;
      if (!stdin.write(part)) await Promise.race([once(stdin, 'drain'), ended]);
    }
    stdin.end();
  } catch (error) {
    if (isOver) return;
    child.kill('SIGKILL');
    throw error;
  }
}
