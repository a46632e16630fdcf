import { expect, it } from 'vitest';
import { together } from './source.ts';

it('sums up what is on its way; what no longer is has arrived', () => {
  expect(
    together([
      { transfer: undefined, size: 100 },
      { transfer: { type: 'sending', sent: 30, size: 60 }, size: 50 },
      { transfer: { type: 'checking', size: 10 }, size: 10 },
    ]),
  ).toEqual({ sent: 140, size: 170, paused: false, going: true });
});

it('is nothing when all has arrived', () => {
  expect(together([{ transfer: undefined, size: 100 }])).toBeUndefined();
  expect(together([])).toBeUndefined();
});

it('can be resumed when one is paused, and held up only when one is going', () => {
  const paused = { transfer: { type: 'paused', sent: 1, size: 2 }, size: 2 } as const;
  const checking = { transfer: { type: 'checking', size: 2 }, size: 2 } as const;
  expect(together([paused, checking])).toMatchObject({ paused: true, going: false });
  expect(together([checking])).toMatchObject({ paused: false, going: false });
});
