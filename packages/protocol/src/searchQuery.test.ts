import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { parseSearch, parseSearchDate } from './searchQuery.ts';

/** Without the places. */
const clauses = (query: string) =>
  parseSearch(query).map(({ start: _start, end: _end, ...clause }) => clause);

const word = (text: string, negated = false) => ({ type: 'word', text, negated });

describe('a search query', () => {
  it.each([
    ['two words', 'red  apple', [word('red'), word('apple')]],
    ['a phrase', 'a "b c"', [word('a'), { type: 'phrase', text: 'b c', negated: false }]],
    ['a phrase in German and typographic quotes', '„b c“', [{ type: 'phrase', text: 'b c', negated: false }]],
    ['a phrase that is still being typed', '"b c', [{ type: 'phrase', text: 'b c', negated: false }]],
    ['without', 'a -b -"c d"', [word('a'), word('b', true), { type: 'phrase', text: 'c d', negated: true }]],
    ['a hyphen within a word', 'e-mail', [word('e-mail')]],
    [
      'people',
      'from:@anna From:"Anna M"',
      [
        { type: 'from', who: 'anna', negated: false },
        { type: 'from', who: 'Anna M', negated: false },
      ],
    ],
    [
      'conversations',
      'in:#general -in:@ben',
      [
        { type: 'in', where: 'general', negated: false },
        { type: 'in', where: 'ben', negated: true },
      ],
    ],
    [
      'kinds',
      'has:link has:Image',
      [
        { type: 'has', kind: 'link', negated: false },
        { type: 'has', kind: 'image', negated: false },
      ],
    ],
    [
      'dates',
      'before:2026 after:2026-3 on:2026-03-09',
      [
        { type: 'before', date: { year: 2026 }, negated: false },
        { type: 'after', date: { year: 2026, month: 3 }, negated: false },
        { type: 'on', date: { year: 2026, month: 3, day: 9 }, negated: false },
      ],
    ],
    ['operators that are still being typed', 'a from: in:# -', [word('a'), word('in:#'), word('-')]],
    [
      'operators there are not',
      'http://x re:invent has:cheese on:soon',
      [word('http://x'), word('re:invent'), word('has:cheese'), word('on:soon')],
    ],
    ['nothing', '  ""  ', []],
  ])('understands %s', (_what, query, expected) => {
    expect(clauses(query)).toEqual(expected);
  });

  it('says where each stands', () => {
    const query = 'tea  -from:"Anna M" x';
    expect(parseSearch(query).map(({ start, end }) => query.slice(start, end))).toEqual([
      'tea',
      '-from:"Anna M"',
      'x',
    ]);
  });

  it('fails at nothing, and takes no more than it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: limits.searchLength }), (query) => {
        const found = parseSearch(query);
        expect(found.length).toBeLessThanOrEqual(limits.searchClauses);
        for (const { start, end } of found) expect(query.slice(start, end).trim()).not.toBe('');
      }),
    );
  });
});

describe('a date in a query', () => {
  it.each(['2026-02-29', '2026-13', '2026-00', '2026-1-0', '26', '0000', '2026-1-1-1', 'today', ''])(
    'is not %s',
    (value) => {
      expect(parseSearchDate(value)).toBeNull();
    },
  );
  it('may be the 29th of February', () => {
    expect(parseSearchDate('2024-02-29')).toEqual({ year: 2024, month: 2, day: 29 });
  });
});
