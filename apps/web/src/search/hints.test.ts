import { describe, expect, it } from 'vitest';
import { dayOf } from '../app/time.ts';
import { completed, hintAt } from './hints.ts';

describe('a hint', () => {
  it.each([
    ['', 'operators'],
    ['lunch ', 'operators'],
    ['lunch fr', 'operators'],
    ['lunch', 'operators'],
    ['from:', 'from'],
    ['lunch -from:@an', 'from'],
    ['in:"Book cl', 'in'],
    ['has:', 'has'],
    ['has:link', 'operators'],
    ['has:li', 'has'],
    ['before:', 'date'],
    ['before:2026', 'operators'],
    ['http://x', 'operators'],
  ])('at the end of "%s" is about %s', (query, type) => {
    expect(hintAt(query).type).toBe(type);
  });

  it('knows what was typed', () => {
    expect(hintAt('x from:@An')).toEqual({ type: 'from', typed: 'an' });
    expect(hintAt('in:"Book cl')).toEqual({ type: 'in', typed: 'book cl' });
    expect(hintAt('b')).toEqual({ type: 'operators', operators: ['before'] });
  });

  it('leaves out what makes no sense there', () => {
    expect(hintAt('in:', ['in']).type).toBe('operators');
    expect(hintAt('', ['in'])).not.toMatchObject({ operators: expect.arrayContaining(['in']) });
  });
});

describe('a completed query', () => {
  it.each([
    ['', 'from', null, 'from:'],
    ['lunch fr', 'from', null, 'lunch from:'],
    ['lunch ', 'has', null, 'lunch has:'],
    ['lunch', 'has', null, 'lunch has:'],
    ['lunch -fr', 'from', null, 'lunch -from:'],
    ['lunch from:@an', 'from', '@anna', 'lunch from:@anna '],
    ['-in:"Book cl', 'in', 'Book club', '-in:"Book club" '],
    ['has:', 'has', 'link', 'has:link '],
  ] as const)('%s → %s:%s', (query, operator, value, expected) => {
    expect(completed(query, operator, value)).toBe(expected);
  });
});

it('writes a day of the calendar here', () => {
  expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});
