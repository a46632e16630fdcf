import { beforeAll, describe, expect, it } from 'vitest';
import { speak } from '../i18n/index.ts';
import { endOf, isOver, untilText } from './status.ts';

describe('the end of a status', () => {
  // A Wednesday.
  const now = new Date(2026, 10, 18, 14, 20).getTime();

  it.each([
    ['30m', new Date(2026, 10, 18, 14, 50)],
    ['1h', new Date(2026, 10, 18, 15, 20)],
    ['4h', new Date(2026, 10, 18, 18, 20)],
    ['today', new Date(2026, 10, 19)],
    ['week', new Date(2026, 10, 23)],
    ['never', null],
  ] as const)('%s', (span, end) => {
    expect(endOf(span, now)).toEqual(end);
  });

  it('a week ends with its Sunday, also on one', () => {
    expect(endOf('week', new Date(2026, 10, 22, 9).getTime())).toEqual(new Date(2026, 10, 23));
  });

  it('is over at its time', () => {
    const until = new Date(now).toISOString();
    expect([now - 1, now].map((at) => isOver({ text: 'Lunch', until }, at))).toEqual([false, true]);
    expect(isOver({ text: 'Here' }, now)).toBe(false);
  });
});

describe('until when', () => {
  beforeAll(() => speak('en'));
  const now = new Date(2026, 10, 18, 14, 20).getTime();
  const said = (end: Date) =>
    untilText({ text: 'Away', until: end.toISOString() }, now)?.replace(/\u202f/g, ' ');

  it.each([
    [new Date(2026, 10, 18, 15, 0), 'until 3:00 PM'],
    // Late is not the end of the day.
    [new Date(2026, 10, 18, 23, 0, 1), 'until 11:00 PM'],
    [new Date(2026, 10, 18, 23, 59), 'until 11:59 PM'],
    [new Date(2026, 10, 19, 0), 'until the end of today'],
    [new Date(2026, 10, 19, 0, 20), 'until Thu 12:20 AM'],
    [new Date(2026, 10, 23, 0), 'until Sun, Nov 22'],
    [new Date(2026, 11, 23, 9), 'until Wed, Dec 23'],
  ] as const)('%s', (end, words) => {
    expect(said(end)).toBe(words);
  });
});
