/** What the command line asks of the benchmark of files. */
import { parseArgs } from 'node:util';

export const parts = ['download', 'upload', 'pictures', 'memory'] as const;
export type Part = (typeof parts)[number];

export interface FilesOptions {
  readonly parts: readonly Part[];
  /** Each is measured once, then again; the median of so many counts. */
  readonly rounds: number;
  /** How long a download is measured. */
  readonly seconds: number;
  /** Of the largest file that is measured for speed. */
  readonly largeBytes: number;
  /** Of 100 kB each, sent one after the other. */
  readonly smallFiles: number;
  /** Of each kind and round, one at a time; twice as many eight at once. */
  readonly pictures: number;
  /** Of the file during which the server's memory is watched. */
  readonly memoryBytes: number;
  /** Results are written under this name; null, and they are only printed. */
  readonly save: string | null;
}

export const usage = `Usage: node bench/files.ts [options]

  --part a,b      of ${parts.join(', ')} (all)
  --rounds n      the median of so many counts (3; quick 1)
  --seconds n     each download is measured that long (5; quick 1)
  --large n       of the largest file, MB (1000; quick 40)
  --small n       files of 100 kB to upload (200; quick 20)
  --pictures n    of each kind and round (16; quick 2)
  --memory n      of the file for memory, MB, at most 2000 (2000; quick 60)
  --quick         a short look, rough figures
  --save name     write results/<name>.json and results/<name>.md
  --help`;

const MB = 1_000_000;

/** Null: the usage was asked for. Throws for what it does not understand. */
export function parseFilesOptions(args: readonly string[]): FilesOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      large: { type: 'string' },
      small: { type: 'string' },
      pictures: { type: 'string' },
      memory: { type: 'string' },
      quick: { type: 'boolean', default: false },
      save: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (values.save !== undefined && !/^[\w-]{1,60}$/.test(values.save)) {
    throw new Error('--save must be a name of letters, digits and dashes');
  }
  // Bounds keep a slip of the finger from filling the disk. The server takes no file of more than 2 GB unless told so.
  const number = (
    name: 'rounds' | 'seconds' | 'large' | 'small' | 'pictures' | 'memory',
    presets: readonly [whole: number, quick: number],
    max: number,
  ): number => {
    const value = Number(values[name] ?? presets[values.quick ? 1 : 0]);
    if (!(Number.isInteger(value) && value >= 1 && value <= max)) {
      throw new Error(`--${name} must be a whole number from 1 to ${max}`);
    }
    return value;
  };
  return {
    parts: values.part?.split(',').map(known) ?? parts,
    rounds: number('rounds', [3, 1], 20),
    seconds: number('seconds', [5, 1], 60),
    largeBytes: number('large', [1_000, 40], 2_000) * MB,
    smallFiles: number('small', [200, 20], 400),
    pictures: number('pictures', [16, 2], 100),
    memoryBytes: number('memory', [2_000, 60], 2_000) * MB,
    save: values.save ?? null,
  };
}

function known(name: string): Part {
  const part = parts.find((one) => one === name);
  if (!part) throw new Error(`--part: there is no ${name}, but ${parts.join(', ')}`);
  return part;
}
