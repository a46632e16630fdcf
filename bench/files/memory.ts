/** A very large file there and back: what memory the server comes to hold. */
import type { Say } from '../commandLine.ts';
import { within } from '../deadline.ts';
import { residentBytes } from '../processes.ts';
import { noiseOf } from './content.ts';
import { tidyDisk } from './disk.ts';
import { readWhole } from './downloads.ts';
import type { Kith } from './kith.ts';
import { Line } from './line.ts';
import { type Highest, watchMemory } from './meter.ts';
import type { FilesOptions } from './options.ts';

export interface MemoryResult {
  readonly bytes: number;
  readonly steps: readonly {
    readonly what: string;
    readonly seconds: number;
    /** Of the server, resident, bytes. */
    readonly before: number;
    readonly highest: Highest;
  }[];
}

const MOST_MS = 900_000;

export async function measureMemory(
  kith: Kith,
  { memoryBytes }: FilesOptions,
  say: Say,
): Promise<MemoryResult> {
  const content = noiseOf(memoryBytes);
  const steps: MemoryResult['steps'][number][] = [];
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const before = residentBytes(kith.pid);
    const end = watchMemory(kith.pid);
    const began = performance.now();
    const result = await within(MOST_MS, what, work());
    const seconds = (performance.now() - began) / 1_000;
    steps.push({ what, seconds, before, highest: end() });
    say(`  ${what}: done`);
    return result;
  };
  await tidyDisk();
  const line = await Line.open(kith.address);
  try {
    const upload = await step('upload', () => kith.upload(line, content));
    const path = await kith.send(upload);
    const source = { address: kith.address, headers: kith.bearer, paths: [path] };
    await step('download', () => readWhole(source, content));
  } finally {
    line.close();
  }
  return { bytes: memoryBytes, steps };
}
