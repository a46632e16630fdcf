/** Files read by one and by many connections, from us and from a plain nginx, in turn. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../commandLine.ts';
import { within } from '../deadline.ts';
import { type Content, digestOf, noiseOf } from './content.ts';
import { tidyDisk } from './disk.ts';
import type { Kith } from './kith.ts';
import { type Address, demand, Line } from './line.ts';
import { type Measured, meter, type Served } from './meter.ts';
import type { PlainNginx } from './nginx.ts';
import type { FilesOptions } from './options.ts';
import { type Speed, sizeInWords } from './report.ts';

/** Somewhere that files are read from. */
interface Source {
  readonly system: string;
  readonly served: Served;
  readonly address: Address;
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
}

interface Size {
  readonly content: Content;
  readonly sources: readonly Source[];
}

const MIDDLE_BYTES = 10_000_000;
export const SMALL_BYTES = 100_000;
const CONNECTIONS = [1, 16];
/** Different files of each size, so that none is read as the one that everybody reads. */
const copiesOf = (size: number): number => (size <= SMALL_BYTES ? 32 : size <= MIDDLE_BYTES ? 4 : 1);
/** Not counted: connections open, and code becomes fast. */
const WARM_UP_MS = 500;
const MOST_MS = 300_000;

export async function measureDownloads(
  kith: Kith,
  nginx: PlainNginx,
  { largeBytes, rounds, seconds }: FilesOptions,
  say: Say,
): Promise<Speed[]> {
  const sizes: Size[] = [];
  for (const size of [largeBytes, MIDDLE_BYTES, SMALL_BYTES])
    sizes.push(await place(kith, nginx, noiseOf(size)));
  await tidyDisk();
  say('  every file is there, and read whole once');
  const speeds: Speed[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { content, sources } of sizes) {
      for (const connections of CONNECTIONS) {
        for (const source of sources) {
          const measured = await within(
            MOST_MS,
            'a download',
            read(source, content.size, connections, seconds),
          );
          speeds.push({ what: sizeInWords(content.size), connections, system: source.system, measured });
        }
      }
    }
    say(`  downloads: round ${round} of ${rounds}`);
  }
  return speeds;
}

/** Brings the files to both, and sees that they come back as they were. */
async function place(kith: Kith, nginx: PlainNginx, content: Content): Promise<Size> {
  const [ours, theirs]: [string[], string[]] = [[], []];
  const line = await Line.open(kith.address);
  try {
    for (let copy = 0; copy < copiesOf(content.size); copy += 1) {
      ours.push(await kith.send(await kith.upload(line, content)));
      theirs.push(await nginx.write(`${content.size}-${copy}`, content));
    }
  } finally {
    line.close();
  }
  const plain = { served: nginx, headers: {}, paths: theirs };
  const sources = [
    { system: 'Kith', served: kith, address: kith.address, headers: kith.bearer, paths: ours },
    { ...plain, system: 'nginx, sendfile', address: nginx.sendfile },
    { ...plain, system: 'nginx, copying', address: nginx.copying },
  ];
  for (const source of sources) await readWhole(source, content);
  return { content, sources };
}

/** @throws Error when it is not the same. */
export async function readWhole(
  { address, headers, paths }: Pick<Source, 'address' | 'headers' | 'paths'>,
  content: Content,
): Promise<void> {
  const line = await Line.open(address);
  try {
    const hash = createHash('sha256');
    const hear = (part: Buffer): void => void hash.update(part);
    const request = { method: 'GET', path: paths[0]!, headers, hear };
    demand(await within(MOST_MS, 'a file', line.request(request)), 200, content.size);
    if (hash.digest('hex') !== digestOf(content)) throw new Error(`${paths[0]} came back as something else.`);
  } finally {
    line.close();
  }
}

/** For as long as was asked, each connection one file after the other; those under way at the end are cut off. */
async function read(
  { served, address, headers, paths }: Source,
  size: number,
  connections: number,
  seconds: number,
): Promise<Measured> {
  const lines: Line[] = [];
  let files = 0;
  let over = false;
  const readOn = async (line: Line, begin: number): Promise<void> => {
    for (let turn = begin; ; turn += 1) {
      try {
        demand(await line.request({ method: 'GET', path: paths[turn % paths.length]!, headers }), 200, size);
      } catch (error) {
        if (over) return;
        throw error;
      }
      files += 1;
    }
  };
  const bytes = (): number => lines.reduce((sum, line) => sum + line.received, 0);
  const failures: Promise<void>[] = [];
  try {
    for (let index = 0; index < connections; index += 1) lines.push(await Line.open(address));
    failures.push(...lines.map(readOn));
    await Promise.race([sleep(WARM_UP_MS), ...failures]);
    const end = meter(served, () => ({ bytes: bytes(), files }));
    await Promise.race([sleep(seconds * 1_000), ...failures]);
    return end();
  } finally {
    over = true;
    for (const line of lines) line.close();
    await Promise.allSettled(failures);
  }
}
