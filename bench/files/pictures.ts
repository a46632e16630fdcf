/** How long a sender waits for the server's look at a picture, and what memory decoding takes meanwhile. */
import type { Say } from '../commandLine.ts';
import { forEach, within } from '../deadline.ts';
import { Samples } from '../samples.ts';
import type { Picture } from './content.ts';
import type { Kith, Upload } from './kith.ts';
import { Line } from './line.ts';
import { type Highest, watchMemory } from './meter.ts';
import type { FilesOptions } from './options.ts';

export interface PictureResult {
  readonly what: string;
  readonly bytes: number;
  readonly atOnce: number;
  readonly count: number;
  /** From the last byte until it is ready, ms, over all rounds. */
  readonly p50: number;
  readonly p95: number;
  /** A second, in each round. */
  readonly rates: readonly number[];
  /** Over all rounds. */
  readonly highest: Highest;
}

const AT_ONCE = [1, 8];
const MOST_MS = 600_000;

interface Series {
  readonly picture: Picture;
  readonly atOnce: number;
  readonly times: Samples;
  readonly rates: number[];
  highest: Highest;
}

export async function measurePictures(
  kith: Kith,
  pictures: readonly Picture[],
  { rounds, pictures: count }: FilesOptions,
  say: Say,
): Promise<PictureResult[]> {
  const series = pictures.flatMap((picture) =>
    AT_ONCE.map((atOnce): Series => {
      const highest = { server: 0, worker: 0, program: 0 };
      return { picture, atOnce, times: new Samples(), rates: [], highest };
    }),
  );
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of series)
      await within(MOST_MS, 'pictures', run(kith, one, count * (one.atOnce > 1 ? 2 : 1)));
    say(`  pictures: round ${round} of ${rounds}`);
  }
  return series.map(({ picture: { what, content }, atOnce, times, rates, highest }) => ({
    what,
    bytes: content.size,
    atOnce,
    count: times.count,
    p50: times.at(0.5),
    p95: times.at(0.95),
    rates,
    highest,
  }));
}

async function run(kith: Kith, series: Series, count: number): Promise<void> {
  const { picture, atOnce, times, rates } = series;
  const lines: Line[] = [];
  try {
    for (let index = 0; index < atOnce; index += 1) lines.push(await Line.open(kith.address));
    const free = [...lines];
    const [first] = lines;
    if (!first) throw new Error('Nobody sends.');
    // The process that decodes is there before it is measured.
    const uploads: Upload[] = [await kith.upload(first, picture.content)];
    const end = watchMemory(kith.pid);
    const began = performance.now();
    await forEach(count, atOnce, async () => {
      const line = free.pop();
      if (!line) throw new Error('More at once than there are connections.');
      const upload = await kith.upload(line, picture.content);
      uploads.push(upload);
      times.add(upload.readyMs);
      free.push(line);
    });
    rates.push((count * 1_000) / (performance.now() - began));
    const { server, worker, program } = end();
    const { highest } = series;
    series.highest = {
      server: Math.max(highest.server, server),
      worker: Math.max(highest.worker, worker),
      program: Math.max(highest.program, program),
    };
    for (const upload of uploads) await kith.cancel(first, upload);
  } finally {
    for (const line of lines) line.close();
  }
}
