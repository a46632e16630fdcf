import { expect, it } from 'vitest';
import { markdownFiles, type Speed, sizeInWords, speedTable } from './report.ts';

const speed = (system: string, megabytes: number, files = 4, serverSeconds = 0.5): Speed => ({
  what: '10 MB',
  connections: 16,
  system,
  measured: {
    bytes: megabytes * 1e6,
    files,
    seconds: 2,
    serverSeconds,
    databaseSeconds: system === 'a' ? 1 : null,
    coreBusy: 0.5,
    loadBusy: 0.994,
  },
});

/** Cells without the spaces that align them. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

it('gives a row to each step, with the median of its rounds', () => {
  const rounds = [speed('a', 1_000), speed('b', 10), speed('a', 3_000), speed('b', 10), speed('a', 2_000)];
  expect(rowsOf(speedTable(rounds))).toEqual([
    ['10 MB', '16', 'a', '1,000', '2.0', '0.25', '0.50', '50 %', '99 %'],
    ['10 MB', '16', 'b', '5', '2.0', '50.00', '–', '50 %', '99 %'],
  ]);
});

it('has no figure of CPU time that was too short to be counted', () => {
  expect(rowsOf(speedTable([speed('b', 10, 4, 0.04)]))[0]?.[5]).toBe('–');
});

it('has no rate of files of which none was done', () => {
  expect(rowsOf(speedTable([speed('a', 1_000, 0)]))[0]?.[4]).toBe('–');
});

it('says sizes as people do', () => {
  expect([100_000, 10_000_000, 1_000_000_000, 1_500_000_000].map(sizeInWords)).toEqual([
    '100 kB',
    '10 MB',
    '1 GB',
    '1.5 GB',
  ]);
});

it('leaves out what was not measured', () => {
  const text = markdownFiles({
    machine: { cores: 2, memoryGiB: 8, node: '24', postgres: 'PostgreSQL 15' },
    options: {
      parts: ['memory'],
      rounds: 1,
      seconds: 1,
      largeBytes: 1,
      smallFiles: 1,
      pictures: 1,
      memoryBytes: 2e9,
      save: null,
    },
    downloads: [],
    uploads: [],
    pictures: [],
    memory: {
      bytes: 2e9,
      steps: [
        {
          what: 'upload',
          seconds: 4,
          before: 2 ** 27,
          highest: { server: 2 ** 28, worker: 2 ** 26, program: 0 },
        },
      ],
    },
  });
  expect(text.match(/^## .*/gm)).toEqual(['## A file of 2 GB']);
  expect(rowsOf(text.slice(text.indexOf('|')).trim())).toEqual([['upload', '500', '128 MiB', '256 MiB']]);
});
