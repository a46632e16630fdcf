/** Files, as people read them: medians of the rounds in tables, everything else in the JSON beside. */
import { figureOf } from '../fieldReport.ts';
import { type Machine, table } from '../report.ts';
import { mebibytes, ms, whole } from '../samples.ts';
import type { MemoryResult } from './memory.ts';
import type { Measured } from './meter.ts';
import type { FilesOptions } from './options.ts';
import type { PictureResult } from './pictures.ts';

/** One step of one round. */
export interface Speed {
  readonly what: string;
  readonly connections: number;
  readonly system: string;
  readonly measured: Measured;
}

export interface FilesResults {
  readonly machine: Machine;
  readonly options: FilesOptions;
  readonly downloads: readonly Speed[];
  readonly uploads: readonly Speed[];
  readonly pictures: readonly PictureResult[];
  readonly memory: MemoryResult | null;
}

const MB = 1e6;
const GB = 1e9;

export const sizeInWords = (bytes: number): string => {
  if (bytes >= GB) return `${bytes / GB} GB`;
  return bytes >= MB ? `${bytes / MB} MB` : `${bytes / 1e3} kB`;
};

const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–');
const hundredth = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–');

/** Linux counts CPU time in steps of 10 ms: of less than a few of them nothing is known. */
const LEAST_SECONDS = 0.05;
const secondsPerGb = (seconds: number | null, bytes: number): number =>
  seconds === null || seconds < LEAST_SECONDS ? Number.NaN : seconds / (bytes / GB);

const columns: readonly (readonly [string, (of: Measured) => number, (value: number) => string])[] = [
  ['MB/s', ({ bytes, seconds }) => bytes / MB / seconds, whole],
  // Of large files none may be done within a step; then it says nothing.
  ['files/s', ({ files, seconds }) => (files > 0 ? files / seconds : Number.NaN), ms],
  ['server, CPU s/GB', ({ serverSeconds, bytes }) => secondsPerGb(serverSeconds, bytes), hundredth],
  ['database', ({ databaseSeconds, bytes }) => secondsPerGb(databaseSeconds, bytes), hundredth],
  ['core', ({ coreBusy }) => coreBusy, percent],
  ['load', ({ loadBusy }) => loadBusy, percent],
];

/** A row for each step, in the order of the first round. */
export function speedTable(speeds: readonly Speed[]): string {
  const rows = Map.groupBy(speeds, ({ what, connections, system }) => `${what} ${connections} ${system}`);
  return table(
    ['file', 'connections', 'system', ...columns.map(([name]) => name)],
    [...rows.values()].map((rounds) => {
      const { what, connections, system } = rounds[0]!;
      const cells = columns.map(([, value, cell]) =>
        cell(figureOf(rounds.map(({ measured }) => value(measured)))?.median ?? Number.NaN),
      );
      return [what, String(connections), system, ...cells];
    }),
  );
}

const held = (bytes: number): string => (bytes > 0 ? mebibytes(bytes) : '–');

const pictureTable = (pictures: readonly PictureResult[]): string =>
  table(
    ['picture', 'MB', 'at once', 'times', 'p50', 'p95', 'a second', 'server', 'worker', 'program'],
    pictures.map(({ what, bytes, atOnce, count, p50, p95, rates, highest }) => [
      what,
      (bytes / MB).toFixed(1),
      String(atOnce),
      whole(count),
      ms(p50),
      ms(p95),
      ms(figureOf(rates)?.median ?? Number.NaN),
      ...[highest.server, highest.worker, highest.program].map(held),
    ]),
  );

const memoryTable = ({ bytes, steps }: MemoryResult): string =>
  table(
    ['', 'MB/s', 'server before', 'highest'],
    steps.map(({ what, seconds, before, highest }) => [
      what,
      whole(bytes / MB / seconds),
      mebibytes(before),
      mebibytes(highest.server),
    ]),
  );

export function markdownFiles({
  machine,
  options,
  downloads,
  uploads,
  pictures,
  memory,
}: FilesResults): string {
  const parts = [
    `${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.postgres}. ` +
      'Server, database and nginx share one core, the load has the other; 127.0.0.1, no TLS. ' +
      `Medians of ${options.rounds}. *core* and *load* say how full the two cores were: near 100 % of *load*, the load is what was measured.`,
  ];
  if (downloads.length > 0) {
    parts.push(
      '## Downloads',
      `${options.seconds} s each, from the page cache. Kith deciphers, and asks at each request who may read.`,
      speedTable(downloads),
    );
  }
  if (uploads.length > 0) {
    parts.push(
      '## Uploads',
      'To Kith in requests of 8 MiB at most, until it has looked at the file; it ciphers and waits for the disk, nginx does neither.',
      speedTable(uploads),
    );
  }
  if (pictures.length > 0) {
    parts.push(
      '## Pictures',
      'Milliseconds from the last byte until it can be sent. Memory: the highest of the server, of the process that decodes, of a program it calls.',
      pictureTable(pictures),
    );
  }
  if (memory) parts.push(`## A file of ${sizeInWords(memory.bytes)}`, memoryTable(memory));
  return `${parts.join('\n\n')}\n`;
}
