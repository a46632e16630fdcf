/** Real pictures, made by another program: what is cut out is gone, what is drawn is the same to the pixel. */
import sharp, { type CreateRaw, type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { joined } from './bytes.ts';
import { formatOf, HEAD_BYTES, type Look, look } from './look.ts';

const GPS = { IFD0: { Make: 'Kamera', Copyright: 'somebody' }, IFD3: { GPSLatitude: '48/1 8/1 0/1' } };
const XMP =
  '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">Kamera</x:xmpmeta><?xpacket end="w"?>';

/** 60 × 40, no two quarters alike. */
async function picture(): Promise<Sharp> {
  const rgb = Buffer.alloc(60 * 40 * 3);
  for (let i = 0; i < rgb.length; i += 1) rgb[i] = (i * 7 + Math.floor(i / 180) * 31) % 256;
  return sharp(rgb, { raw: { width: 60, height: 40, channels: 3 } });
}
const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);
const seen = (buffer: Buffer): Look => {
  const found = look(bytesOf(buffer));
  if (!found) throw new Error('it is not known to be a picture');
  return found;
};
const cut = ({ told }: Look): Buffer => {
  if (told.type !== 'cut') throw new Error(`what it tells is ${told.type}`);
  return Buffer.from(joined(told.parts));
};
/** As it is shown. */
const pixels = (buffer: Buffer): Promise<Buffer> =>
  sharp(buffer, { pages: -1 }).autoOrient().raw().toBuffer();

describe.each(['jpeg', 'png', 'webp'] as const)('%s', (format) => {
  const made = async (): Promise<Buffer> =>
    (await picture()).withExif(GPS).withXmp(XMP).withIccProfile('p3').toFormat(format).toBuffer();

  it('loses what it tells, and nothing that is drawn', async () => {
    const before = await made();
    const told = await sharp(before).metadata();
    expect([told.exif !== undefined, told.xmp !== undefined]).toEqual([true, true]);
    const after = cut(seen(before));
    const left = await sharp(after).metadata();
    expect([left.exif, left.xmp]).toEqual([undefined, undefined]);
    expect(left.icc?.equals(told.icc ?? Buffer.alloc(0))).toBe(true);
    expect(after.includes('Kamera')).toBe(false);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
    expect(seen(after).told).toEqual({ type: 'nothing' });
  });

  it('has its size without being decoded', async () => {
    expect(seen(await made())).toMatchObject({
      mime: `image/${format}`,
      width: 60,
      height: 40,
      animated: false,
    });
  });

  it('is none when it is cut off anywhere', async () => {
    const whole = bytesOf(await made());
    for (let length = 0; length < whole.length; length += 17)
      expect(look(whole.subarray(0, length))).toBeUndefined();
  });
});

describe('which side is up', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('stays so in a JPEG: %i', async (orientation) => {
    const before = await (await picture()).withExif(GPS).withMetadata({ orientation }).jpeg().toBuffer();
    const found = seen(before);
    const after = cut(found);
    expect((await sharp(after).metadata()).orientation ?? 1).toBe(orientation);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
    const { info } = await sharp(before).autoOrient().toBuffer({ resolveWithObject: true });
    expect([found.width, found.height]).toEqual([info.width, info.height]);
  });

  it.each(['png', 'webp'] as const)('is not lost in a %s: it must be drawn anew', async (format) => {
    const turned = await (await picture()).withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
    expect(seen(turned).told).toEqual({ type: 'stuck' });
  });
});

it('a JPEG loses what a phone hides behind it', async () => {
  const still = await (await picture()).jpeg().toBuffer();
  const after = cut(seen(Buffer.concat([still, Buffer.from('....ftypmp42 a film of the whole room')])));
  expect(after.equals(still)).toBe(true);
});

it('a progressive JPEG is read through all its scans', async () => {
  const before = await (await picture()).withExif(GPS).jpeg({ progressive: true }).toBuffer();
  expect((await pixels(cut(seen(before)))).equals(await pixels(before))).toBe(true);
});

describe('what moves', () => {
  const film = async (format: 'gif' | 'webp', pages: number): Promise<Buffer> => {
    const rgb = Buffer.alloc(20 * 10 * pages * 3, 90);
    for (let page = 0; page < pages; page += 1) rgb.fill(page * 60, page * 600, page * 600 + 300);
    return sharp(rgb, {
      raw: { width: 20, height: 10 * pages, channels: 3, pageHeight: 10 } as CreateRaw,
    })
      .withExif(GPS)
      .toFormat(format, { loop: 0, delay: Array.from({ length: pages }, () => 100) })
      .toBuffer();
  };

  it.each(['gif', 'webp'] as const)('is known in a %s', async (format) => {
    expect(seen(await film(format, 3))).toMatchObject({
      mime: `image/${format}`,
      animated: true,
      width: 20,
      height: 10,
    });
    expect(seen(await film(format, 1)).animated).toBe(false);
  });

  it('keeps all its frames when a WebP loses what it tells', async () => {
    const before = await film('webp', 3);
    const after = cut(seen(before));
    expect((await sharp(after, { pages: -1 }).metadata()).pages).toBe(3);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
  });

  it('loses the comments of a GIF, and not how often it repeats', async () => {
    const before = await film('gif', 2);
    const comment = Buffer.from('\x21\xfe\x06Kamera\x00', 'latin1');
    const after = cut(seen(Buffer.concat([before.subarray(0, -1), comment, before.subarray(-1)])));
    expect(after.equals(before)).toBe(true);
    expect(after.includes('NETSCAPE2.0')).toBe(true);
  });

  it('is known in a PNG by its control chunk', async () => {
    const still = await (await picture()).png().toBuffer();
    const control = Buffer.alloc(20);
    control.writeUInt32BE(8, 0);
    control.write('acTL', 4, 'latin1');
    control.writeUInt32BE(2, 8);
    const moving = Buffer.concat([still.subarray(0, 33), control, still.subarray(33)]);
    expect(seen(still).animated).toBe(false);
    expect(seen(moving).animated).toBe(true);
  });
});

describe('AVIF', () => {
  it('has its size, and says when something is told that only drawing it anew takes out', async () => {
    const plain = await (await picture()).avif().toBuffer();
    expect(seen(plain)).toEqual({
      mime: 'image/avif',
      width: 60,
      height: 40,
      animated: false,
      told: { type: 'nothing' },
    });
    const told = await (await picture()).withExif(GPS).avif().toBuffer();
    expect(seen(told).told).toEqual({ type: 'stuck' });
  });
});

it('a header may say what it likes: a bomb is known by it', async () => {
  const bomb = await (await picture()).png().toBuffer();
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  expect(seen(bomb)).toMatchObject({ width: 50_000, height: 50_000 });
});

it('a BMP has a size too, and what only begins like one is none', () => {
  const bmp = Buffer.alloc(60);
  bmp.write('BM', 'latin1');
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(31, 18);
  bmp.writeInt32LE(-17, 22);
  expect(seen(bmp)).toMatchObject({ mime: 'image/bmp', width: 31, height: 17 });
  expect(formatOf(bytesOf(Buffer.from('BMW is what this long enough text is about.')))).toBeUndefined();
});

it.each([
  '',
  'short',
  'a text that is long enough to be looked at, and no picture',
  '%PDF-1.7 and on and on and on and on',
])('no picture: %j', (text) => {
  const bytes = bytesOf(Buffer.from(text));
  expect([formatOf(bytes.subarray(0, HEAD_BYTES)), look(bytes)]).toEqual([undefined, undefined]);
});
