import type { OutgoingFile } from '@kith/client';
import { expect, it } from 'vitest';
import { inMessages } from './messages.ts';

const files = (...names: string[]): OutgoingFile[] =>
  names.map((name) => ({ data: new Blob([name]), kind: 'file', name, mime: 'text/plain' }));
const told = (texts: readonly string[], all: readonly OutgoingFile[], each = 2) =>
  inMessages(texts, all, each).map((part) => [part.text, part.files?.map(({ name }) => name).join('')]);

it.each([
  [['hello'], [], [['hello', undefined]]],
  [
    ['one', 'two'],
    [],
    [
      ['one', undefined],
      ['two', undefined],
    ],
  ],
  [['hello'], ['a', 'b'], [['hello', 'ab']]],
  [
    [''],
    ['a', 'b', 'c', 'd', 'e'],
    [
      ['', 'ab'],
      ['', 'cd'],
      ['', 'e'],
    ],
  ],
  [
    ['one', 'two'],
    ['a', 'b', 'c'],
    [
      ['one', 'ab'],
      ['', 'c'],
      ['two', undefined],
    ],
  ],
] as const)('%j with %j', (texts, names, expected) => {
  expect(told(texts, files(...names))).toEqual(expected);
});
