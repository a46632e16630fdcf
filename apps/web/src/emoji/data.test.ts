import { describe, expect, it } from 'vitest';
import { canonical, loadEmoji, searchEmoji } from './data.ts';

describe('emoji data', () => {
  it('finds by shortcode, name and word', async () => {
    const data = await loadEmoji();
    const first = (query: string) => searchEmoji(data, query, 5).map((emoji) => emoji.char);
    expect(first('+1')[0]).toBe('👍');
    expect(first('smile')[0]).toBe('😄');
    expect(first('tada')[0]).toBe('🎉');
    expect(first('heart')[0]).toBe('❤️');
    expect(first('portug')).toContain('🇵🇹');
    expect(first('')).toEqual([]);
    expect(first('zzzzzz')).toEqual([]);
  });

  it('gives every emoji once, written as keyboards write it', async () => {
    const data = await loadEmoji();
    expect(data.byChar.size).toBe(data.all.length);
    expect(data.byChar.get('👍')?.tones).toHaveLength(5);
    expect(canonical('👍\uFE0F')).toBe('👍');
    expect(canonical('❤️')).toBe('❤️');
  });
});
