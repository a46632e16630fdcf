import { MimeType } from '@kith/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniff } from './sniff.ts';

const typeOf = (text: string, encoding: BufferEncoding = 'utf8'): Promise<string> =>
  sniff(Buffer.from(text, encoding), true);

describe('what bytes are', () => {
  it.each([
    ['', 'application/octet-stream'],
    ['hello', 'text/plain'],
    ['a,b\n1,2\n', 'text/plain'],
    ['Grüße, 你好, \u{1f600}', 'text/plain'],
    ['{"a": 1}', 'text/plain'],
    ['hello\0world', 'application/octet-stream'],
    ['\x01\x02\x03', 'application/octet-stream'],
    ['%PDF-1.7\n', 'application/pdf'],
    ['{\\rtf1\\ansi', 'application/rtf'],
  ])('%j: %s', async (text, mime) => {
    expect(await typeOf(text)).toBe(mime);
  });

  it.each([
    ['<!DOCTYPE html><p>', 'text/html'],
    ['\ufeff  \n<HTML><script>alert(1)</script>', 'text/html'],
    ['<!-- hello --><script>alert(1)</script>', 'text/html'],
    ['<script src=x></script>', 'text/html'],
    ['<iframe src="javascript:1">', 'text/html'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['<?xml version="1.0"?>\n<!-- a drawing -->\n<svg onload="alert(1)"/>', 'image/svg+xml'],
    ['<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y" [<!ENTITY a "b">]><svg/>', 'image/svg+xml'],
    ['<?xml version="1.0"?><s:svg xmlns:s="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['<?xml version="1.0"?><note/>', 'application/xml'],
    ['<?xml version="1.0"?><?xml-stylesheet href="x"?><html/>', 'application/xml'],
    ['<3 you all', 'text/plain'],
    ['<nobody@example.org>', 'text/plain'],
  ])('programs in letters are called what they are: %j', async (text, mime) => {
    expect(await typeOf(text)).toBe(mime);
  });

  it.each(['GIF89a/*x*/=1;alert(1)', 'BMW is a car', 'II* a note', 'RIFF....WEBPVP8 letters only'])(
    'letters that begin like a picture are letters: %j',
    async (text) => {
      expect(await typeOf(text)).toBe('text/plain');
    },
  );

  it('a letter cut in two at the end of what was read is no sign of anything, at the end of the file it is', async () => {
    const cut = Buffer.from('Grüß').subarray(0, 3);
    expect(await sniff(cut, false)).toBe('text/plain');
    expect(await sniff(cut, true)).toBe('application/octet-stream');
  });

  it('a prologue without end ends', async () => {
    expect(await typeOf(`<?xml?>${'<!-- -->'.repeat(200_000)}<svg/>`)).toBe('application/xml');
    expect(await typeOf(`<!doctype x ${'['.repeat(500_000)}`)).toBe('application/xml');
  });

  it('any bytes have one type, in the form that the wire takes', async () => {
    const begins = [
      'GIF89a',
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'PK\x03\x04',
      'OggS',
      '\x1aE\xdf\xa3',
      'ID3',
      '\x1f\x8b\x08',
      '0&\xb2u\x8ef\xcf\x11',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', ...begins),
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        async (begin, rest, whole) => {
          const mime = await sniff(Buffer.concat([Buffer.from(begin, 'latin1'), rest]), whole);
          expect(MimeType.safeParse(mime).success, mime).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
