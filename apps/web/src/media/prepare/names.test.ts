import { FileName, MimeType } from '@kith/protocol';
import { expect, it } from 'vitest';
import { nameOf, renamed, typeOf } from './names.ts';

it.each([
  ['Übung.pdf', 'Übung.pdf'],
  // As a Mac tells it: letter and dots apart. It stays so.
  ['U\u0308bung.pdf', 'U\u0308bung.pdf'],
  ['C:\\Users\\ada\\x.txt', 'x.txt'],
  ['../../etc/passwd', 'passwd'],
  ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
  ['a\u0000b\nc.txt', 'abc.txt'],
  ['', 'file'],
  ['..', 'file'],
  ['folder/', 'file'],
  [' ', 'file'],
  ['lone \uD800 half', 'lone \uFFFD half'],
  [`${'x'.repeat(400)}.tar`, `${'x'.repeat(251)}.tar`],
  [`${'😀'.repeat(200)}.txt`, `${'😀'.repeat(125)}.txt`],
])('%j is called %j', (given, expected) => {
  expect(nameOf(given, 'file')).toBe(expected);
  expect(FileName.safeParse(expected).success).toBe(true);
});

it.each([
  ['photo.png', 'image/webp', 'photo.webp'],
  ['photo.JPEG', 'image/jpeg', 'photo.JPEG'],
  ['photo.heic', 'image/jpeg', 'photo.jpg'],
  ['no ending', 'image/webp', 'no ending.webp'],
  ['at 12.30 h', 'image/png', 'at 12.30 h.png'],
])('%j drawn anew as %s is %j', (name, mime, expected) => {
  expect(renamed(name, mime)).toBe(expected);
});

it.each([
  [{ type: 'Text/Plain; charset=utf-8', name: 'x' }, 'text/plain'],
  [{ type: '', name: 'film.MKV' }, 'video/x-matroska'],
  [{ type: 'application/octet-stream', name: 'song.opus' }, 'audio/ogg'],
  [{ type: 'nonsense', name: 'x' }, 'application/octet-stream'],
  [{ type: `a/${'b'.repeat(200)}`, name: 'x.pdf' }, 'application/pdf'],
])('%o is %s', ({ type, name }, expected) => {
  // Not every name a platform gives is kept by Blob itself.
  expect(typeOf({ type } as Blob, name)).toBe(expected);
  expect(MimeType.safeParse(expected).success).toBe(true);
});
