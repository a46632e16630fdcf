import { describe, expect, it } from 'vitest';
import { fromField, laterTimes, toField } from './times.ts';

const local = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).getTime();
const offered = (now: number) => laterTimes(now).map(({ id, at }) => [id, toField(at)]);

describe('laterTimes', () => {
  // 4 March 2026 is a Wednesday.
  it('offers an hour, the evening, tomorrow and Monday', () => {
    expect(offered(local(4, 10, 20))).toEqual([
      ['hour', '2026-03-04T11:20'],
      ['tonight', '2026-03-04T19:00'],
      ['tomorrow', '2026-03-05T09:00'],
      ['monday', '2026-03-09T09:00'],
    ]);
  });

  it('offers no evening that has nearly begun, and no day twice', () => {
    expect(offered(local(4, 18, 5)).map(([id]) => id)).toEqual(['hour', 'tomorrow', 'monday']);
    expect(offered(local(8, 9)).map(([id]) => id)).toEqual(['hour', 'tonight', 'tomorrow']);
    expect(offered(local(9, 9)).at(-1)).toEqual(['monday', '2026-03-16T09:00']);
  });

  it('offers a little later where that is meant', () => {
    const now = local(4, 10, 20);
    expect(laterTimes(now, { soon: true })[0]).toEqual({ id: 'soon', at: local(4, 10, 40) });
    expect(laterTimes(now, { soon: true }).slice(1)).toEqual(laterTimes(now));
  });

  it('is ahead, whatever the time', () => {
    for (let hour = 0; hour < 24 * 14; hour++) {
      const now = local(1, hour, 59);
      const times = laterTimes(now).map(({ at }) => at);
      expect(times.every((at) => at > now)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });
});

it('a field holds the time as it is on the clock here', () => {
  expect(fromField(toField(local(4, 10, 20)))).toBe(local(4, 10, 20));
  expect(fromField('')).toBeUndefined();
});
