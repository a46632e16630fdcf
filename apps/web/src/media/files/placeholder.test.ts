import { rgbaToThumbHash } from 'thumbhash';
import { expect, it } from 'vitest';
import { placeholderUrl } from './placeholder.ts';

const red = new Uint8Array(8 * 4 * 4).map((_, at) => (at % 4 === 0 || at % 4 === 3 ? 255 : 0));
const hash = btoa(String.fromCharCode(...rgbaToThumbHash(8, 4, red)));

it('is a picture, the same each time', () => {
  const url = placeholderUrl(hash);
  expect(url).toMatch(/^data:image\/png;base64,/);
  expect(placeholderUrl(hash)).toBe(url);
});

it('is nothing where the bytes are no hash', () => {
  expect(placeholderUrl(undefined)).toBeUndefined();
  expect(placeholderUrl('')).toBeUndefined();
  expect(placeholderUrl('AAAA')).toBeUndefined();
  expect(placeholderUrl('not base64!')).toBeUndefined();
});

it('keeps a bounded number', () => {
  for (let at = 0; at < 1_000; at += 1) placeholderUrl(btoa(`${at}`));
  expect(placeholderUrl(hash)).toMatch(/^data:image\/png/);
});
