import { describe, expect, it } from 'vitest';
import { inWords, isTaken, MOST_SMALL_BYTES, mayBegin, takenByBoth } from './limits.ts';

describe('what is taken', () => {
  it('is given by media types or their first halves; nothing said: all, an empty list: none', () => {
    expect(isTaken(undefined, 'text/html')).toBe(true);
    expect(isTaken([], 'image/png')).toBe(false);
    expect(isTaken(['image', 'application/pdf'], 'image/png')).toBe(true);
    expect(isTaken(['image', 'application/pdf'], 'application/pdf')).toBe(true);
    expect(isTaken(['image', 'application/pdf'], 'application/zip')).toBe(false);
    expect(isTaken(['image/png'], 'image/jpeg')).toBe(false);
    expect(isTaken(['imag', 'image/pn'], 'image/png')).toBe(false);
  });

  it('by two lists is what both take, never more than either', () => {
    expect(takenByBoth(undefined, undefined)).toBeUndefined();
    expect(takenByBoth(['image'], undefined)).toEqual(['image']);
    expect(takenByBoth(undefined, [])).toEqual([]);
    expect(takenByBoth(['image', 'video/mp4', 'text'], ['image/png', 'video', 'audio'])).toEqual([
      'video/mp4',
      'image/png',
    ]);
    expect(takenByBoth(['image'], ['image'])).toEqual(['image']);
    expect(takenByBoth(['images'], ['image'])).toEqual([]);
    expect(takenByBoth(['image'], ['application'])).toEqual([]);
  });

  it('may be begun as the small picture of a file, too, where files are taken at all', () => {
    expect(mayBegin(['application/pdf'], 'image/webp', MOST_SMALL_BYTES)).toBe(true);
    expect(mayBegin(['application/pdf'], 'image/webp', MOST_SMALL_BYTES + 1)).toBe(false);
    expect(mayBegin(['application/pdf'], 'text/plain', 10)).toBe(false);
    expect(mayBegin([], 'image/webp', 10)).toBe(false);
  });

  it('says sizes as people do', () => {
    expect([0, 999, 1_500, 20_000_000, 2e9].map(inWords)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.5 kB',
      '20 MB',
      '2.0 GB',
    ]);
  });
});
