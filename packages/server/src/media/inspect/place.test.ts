import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patched } from '../rewriting.ts';
import { filmOf, framesOf, PICTURE, probe, SOUND } from '../testing/films.ts';
import { pagesOf } from './bytes.ts';
import { createInspector } from './createInspector.ts';
import type { Inspector, Patch } from './inspector.ts';
import { placesOfMp4 } from './place.ts';
import { placesOfWebm } from './placeWebm.ts';
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

/** Up to six bytes of it are changed, at random: patches keep within the file, in order, none over another. */
async function expectApart(
  whole: Buffer,
  placesOf: (bytes: Buffer) => Promise<readonly Patch[]>,
): Promise<void> {
  const changed = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(changed, async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes.writeUInt8(value, at);
      let end = 0;
      for (const patch of await placesOf(bytes)) {
        expect(patch.at).toBeGreaterThanOrEqual(end);
        end = patch.at + patch.bytes.length;
      }
      expect(end).toBeLessThanOrEqual(bytes.length);
    }),
  );
}

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

  it.each(['a.mov', 'a.mkv'])('what does not say where, stays as it is: %s', async (name) => {
    const bytes = await filmOf(name, ...PICTURE, ...H264, '-metadata', 'title=Sea');
    expect(await inspector.inspect(fileOf(bytes))).not.toHaveProperty('patches');
  });

  const VP8 = ['-c:v', 'libvpx', '-c:a', 'libopus', '-shortest'];
  it.each([
    ['Matroska', 'a.mkv', H264],
    ['WebM', 'a.webm', VP8],
    ['one that does not say how long it is', 'l.webm', [...VP8, '-live', '1', '-f', 'webm']],
  ])('%s: gone with its tags, at the front and at the end', async (_name, name, words) => {
    const place = ['-metadata', `location=${PLACE}`];
    const bytes = await filmOf(name, ...PICTURE, ...SOUND, ...words, ...place);
    const tags = bytes.subarray(bytes.lastIndexOf(TAGS));
    const front = elementOf(tags);
    // Recorders write them last.
    for (const film of [bytes, Buffer.concat([bytes, front])]) {
      expect(film.includes(PLACE)).toBe(true);
      const { patches, ...found } = await inspector.inspect(fileOf(film));
      const clean = await without(film, patches);
      expect(clean.length).toBe(film.length);
      expect(clean.includes('+48.1')).toBe(false);
      expect(JSON.stringify(await probe(clean))).not.toContain('48.1');
      expect(await framesOf(clean)).toEqual(await framesOf(film));
      expect(await inspector.inspect(fileOf(clean))).toEqual(found);
    }
  });

  it('one in pieces: what comes after them, too', async () => {
    const pieces = ['-movflags', 'frag_keyframe+empty_moov', '-g', '2'];
    const film = await filmOf('a.mp4', ...PICTURE, ...H264, ...pieces);
    const bytes = Buffer.concat([film, box('udta', box('\xa9xyz', u32(0x1215c7), PLACE))]);
    const { patches } = await inspector.inspect(fileOf(bytes));
    const clean = await without(bytes, patches);
    expect(clean.includes(PLACE)).toBe(false);
    expect(await framesOf(clean)).toEqual(await framesOf(bytes));
  });

  it('a recording too', async () => {
    const bytes = await filmOf('a.mov', ...SOUND, '-c:a', 'aac', '-metadata', `location=${PLACE}`);
    const { mime, patches } = await inspector.inspect(fileOf(bytes));
    expect(mime).toBe('audio/mp4');
    expect((await without(bytes, patches)).includes('+48.1')).toBe(false);
  });
});

const TAGS = Buffer.from('1254c367', 'hex');
/** The element that the bytes begin with. */
const elementOf = (bytes: Buffer): Buffer => {
  const width = Math.clz32(bytes.readUInt8(4)) - 23;
  const length = bytes.readUIntBE(4, width) - 2 ** (7 * width);
  return bytes.subarray(0, 4 + width + length);
};

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
    [
      'words of a camera',
      box('meta', u32(0), handler, box('xml ', u32(0), `<Item name="Latitude" value="${PLACE}"/>`)),
    ],
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

  it('words of a camera of a film, found beyond its pictures', async () => {
    const words = box('meta', u32(0), handler, box('bxml', u32(0), PLACE));
    const pictures = Array.from({ length: 200 }, () => [box('moof', 'x'), box('mdat', Buffer.alloc(90_000))]);
    const bytes = Buffer.concat([box('ftyp', 'isom'), box('moov'), ...pictures.flat(), words]);
    const { patches } = await inspector.inspect(fileOf(bytes));
    expect((await without(bytes, patches)).includes(PLACE)).toBe(false);
  });

  it('whatever is written there, patches keep within the file, in order, none over another', async () => {
    const whole = Buffer.concat([
      box('moov', box('udta', box('\xa9xyz', u32(1), PLACE)), box('meta', handler, keys, values)),
    ]);
    await expectApart(whole, places);
  });
});

const vint = (length: number): Buffer => Buffer.concat([Buffer.from([0x10]), u32(length).subarray(1)]);
const element = (id: string, ...parts: (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(id, 'hex'), vint(content.length), content]);
};
const webmPlaces = (bytes: Buffer, pages = 100): Promise<Patch[]> =>
  placesOfWebm(pagesOf(fileOf(bytes), pages), bytes.length);

describe('tags that ffmpeg does not write', () => {
  const tags = element('1254c367', element('7373', element('67c8', element('45a3', 'LOCATION'), PLACE)));

  it('far behind, where the index says, without going through what lies before', async () => {
    const head = (position: number): Buffer =>
      element('114d9b74', element('4dbb', element('53ab', TAGS), element('53ac', u32(position))));
    const clusters = Array.from({ length: 30 }, () => element('1f43b675', Buffer.alloc(100_000)));
    const before = Buffer.concat([head(0), ...clusters]);
    const bytes = element('18538067', head(before.length), ...clusters, tags);
    const clean = await without(bytes, await webmPlaces(bytes, 5));
    expect(clean.includes(PLACE)).toBe(false);
    // Its length is told in another form, but it is the same.
    expect(clean.readUInt8(bytes.length - tags.length)).toBe(0xec);
  });

  it.each([5, 6, 8, 9, 12])('%i bytes of them, and what comes after', async (length) => {
    const small = Buffer.concat([
      TAGS,
      Buffer.from([0x80 | (length - 5)]),
      Buffer.from('gps4567'.slice(0, length - 5)),
    ]);
    const bytes = element('18538067', small, tags);
    const clean = await without(bytes, await webmPlaces(bytes));
    expect(clean.includes(PLACE) || clean.includes('gps')).toBe(false);
  });

  it('whatever is written there, patches keep within the file, in order, none over another', async () => {
    const head = element('114d9b74', element('4dbb', element('53ac', u32(24))));
    const whole = element('18538067', head, tags, element('1f43b675', 'pictures'), tags);
    await expectApart(whole, webmPlaces);
  });
});
