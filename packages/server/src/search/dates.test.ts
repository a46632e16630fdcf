import { parseSearch } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import { periodOf } from './dates.ts';

const period = (query: string, timeZone: string) => {
  const { from, until } = periodOf(parseSearch(query), timeZone);
  return [from?.toISOString() ?? null, until?.toISOString() ?? null];
};

describe('the period of a query', () => {
  it('is a day where somebody is, also when the clocks change', () => {
    expect(period('on:2026-03-29', 'UTC')).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z']);
    expect(period('on:2026-03-29', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(period('on:2026-12-31', 'Asia/Kolkata')).toEqual([
      '2026-12-30T18:30:00.000Z',
      '2026-12-31T18:30:00.000Z',
    ]);
  });

  it('is a month or a year', () => {
    expect(period('on:2024-02', 'UTC')).toEqual(['2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z']);
    expect(period('on:2024', 'UTC')).toEqual(['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z']);
  });

  it('ends before the one and begins after the other', () => {
    expect(period('after:2024-02 before:2024-05-03', 'UTC')).toEqual([
      '2024-03-01T00:00:00.000Z',
      '2024-05-03T00:00:00.000Z',
    ]);
    expect(period('-after:2024 -before:2023', 'UTC')).toEqual([
      '2023-01-01T00:00:00.000Z',
      '2025-01-01T00:00:00.000Z',
    ]);
  });

  it('is the narrowest of several', () => {
    expect(period('after:2020 after:2022 before:2026 before:2025', 'UTC')).toEqual([
      '2023-01-01T00:00:00.000Z',
      '2025-01-01T00:00:00.000Z',
    ]);
  });

  it('refuses a zone there is not, whether or not it is needed', () => {
    expect(() => period('x', 'Mars/Olympus')).toThrow();
  });
});
