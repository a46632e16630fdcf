import { expect, it } from 'vitest';
import { parseFilesOptions } from './options.ts';

it('measures everything, in full, unless told otherwise', () => {
  expect(parseFilesOptions([])).toEqual({
    parts: ['download', 'upload', 'pictures', 'memory'],
    rounds: 3,
    seconds: 5,
    largeBytes: 1_000_000_000,
    smallFiles: 200,
    pictures: 16,
    memoryBytes: 2_000_000_000,
    save: null,
  });
});

it('takes a short look, with what is said besides', () => {
  const options = parseFilesOptions([
    '--quick',
    '--part',
    'upload,memory',
    '--large',
    '9',
    '--save',
    'files',
  ]);
  expect(options).toMatchObject({
    parts: ['upload', 'memory'],
    rounds: 1,
    largeBytes: 9_000_000,
    memoryBytes: 60_000_000,
    save: 'files',
  });
});

it('asks for the usage', () => expect(parseFilesOptions(['--help'])).toBeNull());

it.each([
  ['--large', '2001'],
  ['--rounds', '0'],
  ['--seconds', '1.5'],
  ['--small', 'many'],
  ['--part', 'films'],
  ['--save', '../elsewhere'],
  ['--fast', '1'],
])('refuses %s %s', (...args) => expect(() => parseFilesOptions(args)).toThrow(args[0]));
