import { limits } from '@kith/client';
import { describe, expect, it } from 'vitest';
import { changed, firstOptions, moved, problemOf, removed, written } from './options.ts';

const made = (...texts: string[]) =>
  texts.reduce((options, text) => {
    const free = options.find((option) => option.text === '');
    return free ? changed(options, free.key, text) : options;
  }, firstOptions());

describe('the answers of a poll', () => {
  it('have an empty field more than is written, up to the limit', () => {
    expect(made().map(({ text }) => text)).toEqual(['', '']);
    expect(made('a').map(({ text }) => text)).toEqual(['a', '']);
    expect(made('a', 'b', 'c').map(({ text }) => text)).toEqual(['a', 'b', 'c', '']);
    const many = made(...Array.from({ length: 40 }, (_, i) => `${i}`));
    expect(many).toHaveLength(limits.pollOptions);
  });

  it('move by one place, not over the empty field', () => {
    const options = made('a', 'b');
    const [a, b] = options;
    expect(written(moved(options, b!.key, -1))).toEqual(['b', 'a']);
    expect(moved(options, a!.key, -1)).toBe(options);
    expect(moved(options, b!.key, 1)).toBe(options);
  });

  it('leave without a gap, and never fewer than two fields', () => {
    const options = made('a', 'b');
    expect(written(removed(options, options[0]!.key))).toEqual(['b']);
    expect(removed(made(), made()[0]!.key).length).toBeGreaterThanOrEqual(2);
  });

  it('say what is missing', () => {
    expect(problemOf(' ', made('a', 'b'))).toBe('poll.needQuestion');
    expect(problemOf('Q', made('a'))).toBe('poll.needOptions');
    expect(problemOf('Q', made('Tea', ' tea '))).toBe('poll.doubles');
    expect(problemOf('Q', made('a', 'b'))).toBeNull();
  });

  it('are sent without what the server refuses', () =>
    expect(written(made('\u202Eevil', 'a\tb'))).toEqual(['evil', 'a b']));
});
