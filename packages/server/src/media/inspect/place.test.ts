import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patched } from '../rewriting.ts';
import { filmOf, framesOf, PICTURE, probe, SOUND } from '../testing/films.ts';
import { pagesOf } from './bytes.ts';
import { createInspector } from './createInspector.ts';
import type { Inspector, Patch } from './inspector.ts';
import { placesOfMp4 } from './place.ts';
import { fileOf } from './testing/file.ts';

const PLACE = '+48.1370+011.5750/';
/** Its numbers in 16.16, as 3GPP has them. */
const LOCI = Buffer.from([0, 11, 0x93, 0x33, 0, 48, 0x23, 0x12]);
const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest'];
const KEY = 'com.apple.quicktime.location.ISO6709';

let inspector: Inspector;
beforeAll(() => {
  inspector = createInspector();
});
afterAll(() => inspector.close());

const without = async (bytes: Buffer, patches: readonly Patch[] = []): Promise<Buffer> =>
  buffer(patched(await fileOf(bytes).read(0, bytes.length), patches));

describe('the place where a film was made', () => {
  it.each([
    ['3GPP, as MP4 has it', 'a.mp4', ['-metadata', `location=${PLACE}`]],
    ['MP4 with its head at the front', 'f.mp4', ['-metadata', `location=${PLACE}`, '-movflags', 'faststart']],
    ['QuickTime', 'a.mov', ['-metadata', `location=${PLACE}`]],
    [
      'keys, as telephones have it',
      'k.mov',
      ['-metadata', `${KEY}=${PLACE}`, '-movflags', 'use_metadata_tags'],
    ],
    ['keys in MP4', 'k.mp4', ['-metadata', `${KEY}=${PLACE}`, '-movflags', 'use_metadata_tags']],
  ])('%s: gone, and nothing else of it', async (_name, name, words) => {
    const bytes = await filmOf(name, ...PICTURE, ...SOUND, ...H264, ...words, '-metadata', 'title=Sea');
    const said = JSON.stringify(await probe(bytes));
    expect(said).toContain('+48.1');
    const { patches, ...found } = await inspector.inspect(fileOf(bytes));
    const clean = await without(bytes, patches);
    expect(clean.length).toBe(bytes.length);
    expect(clean.includes('+48.1') || clean.includes(LOCI)).toBe(false);
    const left = await probe(clean);
    expect(JSON.stringify(left)).not.toContain('48.1');
    expect(left.format.tags?.['title']).toBe('Sea');
    expect(await framesOf(clean)).toEqual(await framesOf(bytes));
    // And so it is found to be what it was.
    expect(await inspector.inspect(fileOf(clean))).toEqual(found);
  });

  it('what does not say where, stays as it is', async () => {
    const bytes = await filmOf('a.mov', ...PICTURE, ...H264, '-metadata', 'title=Sea');
    expect(await inspector.inspect(fileOf(bytes))).not.toHaveProperty('patches');
  });

  it('a recording too', async () => {
    const bytes = await filmOf('a.mov', ...SOUND, '-c:a', 'aac', '-metadata', `location=${PLACE}`);
    const { mime, patches } = await inspector.inspect(fileOf(bytes));
    expect(mime).toBe('audio/mp4');
    expect((await without(bytes, patches)).includes('+48.1')).toBe(false);
  });
});

const box = (name: string, ...parts: (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, content]);
};
const u32 = (...values: number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
const key = (name: string): Buffer => box('mdta', name);
const item = (index: number, value: string): Buffer =>
  box(u32(index).toString('latin1'), box('data', u32(1, 0), value));
const places = (bytes: Buffer): Promise<Patch[]> => placesOfMp4(pagesOf(fileOf(bytes), 100), bytes.length);

describe('boxes that ffmpeg does not write', () => {
  const handler = box('hdlr', u32(0, 0), 'mdta', u32(0, 0, 0));
  const keys = box('keys', u32(0, 2), key('com.apple.quicktime.make'), key(KEY));
  const values = box('ilst', item(1, 'Camera'), item(2, PLACE));

  it.each([
    ['in the head, as QuickTime has it', box('moov', box('meta', handler, keys, values))],
    ['with a version, as MP4 has it', box('moov', box('meta', u32(0), handler, keys, values))],
    ['of a track', box('moov', box('trak', box('meta', handler, keys, values)))],
    ['beside the head', box('meta', u32(0), handler, keys, values)],
    ['XMP', box('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'), `<x>${PLACE}</x>`)],
    ['XMP of QuickTime', box('moov', box('udta', box('XMP_', PLACE)))],
  ])('%s', async (_name, boxes) => {
    const bytes = Buffer.concat([box('ftyp', 'qt  '), boxes, box('mdat', '+48.1 in the pictures')]);
    const clean = await without(bytes, await places(bytes));
    expect(clean.length).toBe(bytes.length);
    expect(clean.includes(PLACE)).toBe(false);
    expect(clean.includes('+48.1 in the pictures')).toBe(true);
    expect(clean.includes('Camera')).toBe(bytes.includes('Camera'));
    expect(await places(clean)).toEqual([]);
  });

  it('whatever is written there, patches keep within the file, in order, none over another', async () => {
    const whole = Buffer.concat([
      box('moov', box('udta', box('\xa9xyz', u32(1), PLACE)), box('meta', handler, keys, values)),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes.writeUInt8(value, at);
          let end = 0;
          for (const patch of await places(bytes)) {
            expect(patch.at).toBeGreaterThanOrEqual(end);
            end = patch.at + patch.bytes.length;
          }
          expect(end).toBeLessThanOrEqual(bytes.length);
        },
      ),
    );
  });
});
