import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import type { KithError } from '@kith/protocol';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { thumbHashToApproximateAspectRatio } from 'thumbhash';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pngChunk } from '../../testing/images.ts';
import { patched } from '../rewriting.ts';
import { createInspector } from './createInspector.ts';
import { withoutTelling } from './heifItems.ts';
import { type Findings, type Inspector, THUMBNAIL_SIDE } from './inspector.ts';
import { fileOf } from './testing/file.ts';

const run = promisify(execFile);
let inspector: Inspector;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-pictures-test-'));
  // A place of our own: a test looks whether anything stays behind, and other runs may make some, too.
  vi.stubEnv('TMPDIR', folder);
  inspector = createInspector();
});
afterAll(async () => {
  await inspector.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const look = (bytes: Uint8Array, by = inspector): Promise<Findings> => by.inspect(fileOf(bytes));
const refusal = async (bytes: Uint8Array, by = inspector): Promise<string> => {
  try {
    const { mime } = await look(bytes, by);
    return `taken as ${mime}`;
  } catch (error) {
    const { code, message } = error as KithError;
    return `${code}: ${message}`;
  }
};

/** Red above, blue below, with enough grain that it does not shrink to nothing. */
function scene(width: number, height: number, grain = 40): Sharp {
  const dots = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    const noise = ((i * 2_654_435_761) >>> 13) % (grain + 1);
    dots[i * 3] = (i < (width * height) / 2 ? 200 : 0) + noise;
    dots[i * 3 + 1] = noise;
    dots[i * 3 + 2] = (i < (width * height) / 2 ? 0 : 200) + noise;
  }
  return sharp(dots, { raw: { width, height, channels: 3 } });
}
const SECRET = 'SECRETCAMERA';
const secrets = {
  IFD0: { Make: SECRET, Software: SECRET },
  IFD3: {
    GPSLatitudeRef: 'N',
    GPSLatitude: '51/1 30/1 3230/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '0/1 7/1 0/1',
  },
};
const tellTale = (picture: Sharp, orientation = 1): Sharp =>
  picture.withExif(secrets).withMetadata({ orientation });
const film = (width: number, height: number, frames: number): Promise<Buffer> =>
  // Frames below each other, each of another colour.
  sharp(
    Buffer.from(
      Array.from(
        { length: width * height * frames * 3 },
        (_, i) => (Math.floor(i / (width * height * 3)) * 50) % 256,
      ),
    ),
    {
      raw: { width, height: height * frames, channels: 3, pageHeight: height },
    },
  )
    .gif({ loop: 0 })
    .toBuffer();
const dot = async (bytes: Uint8Array, from: 'above' | 'below'): Promise<number[]> => {
  const upright = await sharp(bytes).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = upright.info;
  const at = ((from === 'above' ? 2 : height - 3) * width + Math.floor(width / 2)) * 3;
  return [...upright.data.subarray(at, at + 3)];
};

/** Of this one: those that decode. */
const workersOf = async (): Promise<number[]> => {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, i) => lines[i]?.includes('inspect/worker.ts'));
};

describe('every kind', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    '%s: measures, a blur, a small one of it',
    async (form) => {
      const bytes = await scene(1_200, 800)
        .toFormat(form, { ...(form === 'avif' && { effort: 0 }) })
        .toBuffer();
      const { placeholder, thumbnail, replacement, ...found } = await look(bytes);
      expect(found).toEqual({ mime: `image/${form}`, width: 1_200, height: 800 });
      expect(replacement).toBeUndefined();
      expect(thumbnail).toMatchObject({ width: THUMBNAIL_SIDE, height: 427 });
      expect(await sharp(thumbnail?.bytes).metadata()).toMatchObject({
        format: 'webp',
        width: 640,
        height: 427,
      });
      expect(await dot(thumbnail!.bytes, 'above')).toSatisfy(
        ([red = 0, , blue = 0]) => red > 150 && blue < 100,
      );
      expect(thumbHashToApproximateAspectRatio(Buffer.from(placeholder!, 'base64'))).toBeCloseTo(1.5, 0);
    },
  );

  it('a small picture needs no smaller one', async () => {
    const found = await look(await scene(64, 48).png().toBuffer());
    expect(found).toMatchObject({ width: 64, height: 48, placeholder: expect.any(String) });
    expect(found.thumbnail).toBeUndefined();
  });

  it('what moves is told, and keeps moving', async () => {
    const gif = await film(40, 30, 5);
    expect(await look(gif)).toMatchObject({ mime: 'image/gif', width: 40, height: 30, animated: true });
    const webp = await sharp(gif, { animated: true }).withExif(secrets).webp().toBuffer();
    expect(webp.includes(SECRET)).toBe(true);
    const { replacement, ...found } = await look(webp);
    expect(found).toMatchObject({ mime: 'image/webp', width: 40, height: 30, animated: true });
    expect(replacement?.bytes.includes(SECRET)).toBe(false);
    expect(await sharp(replacement?.bytes).metadata()).toMatchObject({ pages: 5 });
  });

  it('HEIC is made a JPEG, upright, without what it told', async () => {
    const upright = join(folder, 'upright.jpg');
    await writeFile(upright, await tellTale(scene(640, 480), 6).jpeg({ quality: 95 }).toBuffer());
    await run('heif-enc', ['-q', '70', '-o', join(folder, 'a.heic'), upright]);
    const heic = await readFile(join(folder, 'a.heic'));
    expect(heic.includes(SECRET)).toBe(true);
    const { replacement, thumbnail, ...found } = await look(heic);
    // In this form the metadata turns nothing: dots lie as they are shown, and a second turn would be one too many.
    expect(found).toMatchObject({ mime: 'image/jpeg', width: 640, height: 480 });
    expect(replacement?.mime).toBe('image/jpeg');
    expect(replacement?.bytes.includes(SECRET)).toBe(false);
    expect(await sharp(replacement?.bytes).metadata()).toMatchObject({
      format: 'jpeg',
      width: 640,
      height: 480,
    });
    expect((await sharp(replacement?.bytes).metadata()).orientation ?? 1).toBe(1);
    expect(await dot(replacement!.bytes, 'above')).toSatisfy(
      ([red = 0, , blue = 0]) => red > 150 && blue < 100,
    );
    expect(thumbnail).toMatchObject({ width: 640, height: 480 });
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('kith-heic-'))).toEqual([]);
  });

  it('HEIC where no program is installed stays a file, without what it told', async () => {
    const bare = createInspector({ path: '' });
    try {
      const heic = await readFile(join(folder, 'a.heic'));
      const { patches, ...found } = await look(heic, bare);
      expect(found).toEqual({ mime: 'image/heic' });
      const clean = await buffer(patched(Readable.from([heic]), patches ?? []));
      expect(clean.length).toBe(heic.length);
      expect(clean.includes(SECRET)).toBe(false);
      // All that is left of it says nothing; its dots are as they were.
      const { exif } = await sharp(clean).metadata();
      expect(exif?.toString('hex') ?? '').toMatch(/^(457869660000)?4d4d002a00000008(00)*$/);
      const drawn = await Promise.all([heic, clean].map((bytes) => look(bytes)));
      expect(drawn[0]?.replacement).toEqual(drawn[1]?.replacement);
    } finally {
      await bare.close();
    }
  });

  it('AVIF that is not drawn again: Exif and XMP of it are blanked', async () => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:a="a:" a:maker="${SECRET}"/></rdf:RDF></x:xmpmeta>`;
    const avif = await tellTale(scene(64, 48)).withXmp(xmp).avif({ effort: 0 }).toBuffer();
    expect(avif.toString('latin1').split(SECRET).length).toBeGreaterThan(2);
    const { patches = [] } = await withoutTelling(fileOf(avif), { mime: 'image/avif' });
    const clean = await buffer(patched(Readable.from([avif]), patches));
    expect(clean.includes(SECRET)).toBe(false);
    const dots = await Promise.all([avif, clean].map((bytes) => sharp(bytes).raw().toBuffer()));
    expect(dots[0]).toEqual(dots[1]);
    // Of one that is kept in another form, nothing is left to be blanked; of one that does not tell, either.
    const replacement = { bytes: avif, mime: 'image/webp' };
    expect(await withoutTelling(fileOf(avif), { mime: 'image/avif', replacement })).not.toHaveProperty(
      'patches',
    );
    const silent = await scene(64, 48).avif({ effort: 0 }).toBuffer();
    expect(await withoutTelling(fileOf(silent), { mime: 'image/avif' })).not.toHaveProperty('patches');
  });

  it('whatever its lists say, patches keep within the file, in order, none over another', async () => {
    const whole = await readFile(join(folder, 'a.heic'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(800), fc.nat(255)), { maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes.writeUInt8(value, at);
        let end = 0;
        const { patches = [] } = await withoutTelling(fileOf(bytes), { mime: 'image/heic' });
        for (const patch of patches) {
          expect(patch.at).toBeGreaterThanOrEqual(end);
          end = patch.at + patch.bytes.length;
        }
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('a small TIFF becomes a picture that browsers draw; a large one, one of many pages and a BMP stay files', async () => {
    const { replacement, ...found } = await look(await tellTale(scene(300, 200)).tiff().toBuffer());
    expect(found).toMatchObject({ mime: 'image/png', width: 300, height: 200 });
    expect(replacement?.bytes.includes(SECRET)).toBe(false);
    expect(await look(await scene(4_000, 2_500, 0).tiff({ compression: 'lzw' }).toBuffer())).toEqual({
      mime: 'image/tiff',
    });
    const small = await scene(30, 20).tiff().toBuffer();
    expect(await look(small.subarray(0, 500))).toEqual({ mime: 'image/tiff' });
    const bmp = Buffer.concat([
      Buffer.from('424d3a0000000000000036000000280000000100000001000000010018', 'hex'),
      Buffer.alloc(40),
    ]);
    expect(await look(bmp)).toEqual({ mime: 'image/bmp' });
  });

  it('a drawing is never a picture here', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>1</script></svg>',
    );
    expect(await look(svg)).toEqual({ mime: 'image/svg+xml' });
  });
});

describe('place, camera and time', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('%s: are gone, all else stays', async (form) => {
    const bytes = await tellTale(scene(400, 300)).toFormat(form).toBuffer();
    expect(bytes.includes(SECRET)).toBe(true);
    const { replacement } = await look(bytes);
    expect(replacement?.bytes.includes(SECRET)).toBe(false);
    const after = await sharp(replacement?.bytes).metadata();
    expect(after).toMatchObject({ width: 400, height: 300 });
    expect(after.exif).toBeUndefined();
    if (form === 'avif') return;
    // Without a loss: dot for dot the same.
    const dots = (one: Uint8Array) => sharp(one).raw().toBuffer();
    expect((await dots(replacement!.bytes)).equals(await dots(bytes))).toBe(true);
  });

  it.each([
    [1, 400, 300],
    [3, 400, 300],
    [6, 300, 400],
    [8, 300, 400],
  ])('a picture turned by metadata (%i) is shown as before', async (orientation, width, height) => {
    for (const form of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await tellTale(scene(400, 300), orientation).toFormat(form).toBuffer();
      const { replacement, thumbnail, ...found } = await look(bytes);
      expect(found, form).toMatchObject({ mime: `image/${form}`, width, height });
      const before = await sharp(bytes)
        .autoOrient()
        .resize(8, 8, { fit: 'fill' })
        .removeAlpha()
        .raw()
        .toBuffer();
      for (const one of [replacement!.bytes, thumbnail?.bytes ?? replacement!.bytes]) {
        expect(one.includes(SECRET)).toBe(false);
        const after = await sharp(one)
          .autoOrient()
          .resize(8, 8, { fit: 'fill' })
          .removeAlpha()
          .raw()
          .toBuffer();
        const farthest = Math.max(...after.map((value, i) => Math.abs(value - before[i]!)));
        expect(farthest, `${form} ${orientation}`).toBeLessThan(40);
      }
    }
  });

  it('colours stay what they were', async () => {
    for (const form of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await scene(50, 40).withIccProfile('p3').withExifMerge(secrets).toFormat(form).toBuffer();
      const { replacement } = await look(bytes);
      expect(replacement?.bytes.includes(SECRET), form).toBe(false);
      const [before, after] = [await sharp(bytes).metadata(), await sharp(replacement?.bytes).metadata()];
      expect(before.icc?.length, form).toBeGreaterThan(100);
      expect(after.icc?.equals(before.icc!), form).toBe(true);
    }
  });
});

/** A PNG that says it has such a size, and all the dots it needs if they are black: deflated, a thousandth of them. */
function pngSaying(width: number, height: number, rows = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const dots = deflateSync(Buffer.alloc(rows * (1 + width * 3)), { level: 9 });
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', dots),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('what unfolds', () => {
  it('a tiny file that says it is huge is refused before anything is decoded', async () => {
    expect(await refusal(pngSaying(50_000, 50_000))).toBe(
      'file_refused: The picture says that it is 50000 × 50000 pixels; at most 32768 a side are taken.',
    );
    expect(await refusal(pngSaying(20_000, 20_000))).toBe(
      'file_refused: The picture says that it is 20000 × 20000 pixels; at most 100 million are taken.',
    );
    // Without its end: our reader knows nothing of it, the decoder does.
    expect(await refusal(pngSaying(50_000, 50_000).subarray(0, 45))).toMatch(/^file_refused: /);
  });

  it('one that is as large as it may be is looked at, in bounded memory', async () => {
    const bytes = pngSaying(10_000, 9_990, 9_990);
    expect(bytes.length).toBeLessThan(1_000_000);
    expect(await look(bytes)).toMatchObject({ width: 10_000, height: 9_990, thumbnail: { width: 640 } });
    for (const pid of process.platform === 'linux' ? await workersOf() : []) {
      const [, most] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
      expect(Number(most)).toBeLessThan(1024 * 1024);
    }
  });

  it('a film of too many large frames is refused, one of thousands of small ones is not', async () => {
    const one = await scene(1_000, 1_000, 0).gif().toBuffer();
    // Its one frame again and again: 2,000 times a megapixel.
    const at = one.indexOf(Buffer.from('21f904', 'hex'));
    expect(at).toBeGreaterThan(0);
    const frame = one.subarray(at, -1);
    const long = Buffer.concat([
      one.subarray(0, at),
      ...Array.from({ length: 2_000 }, () => frame),
      Buffer.from(';'),
    ]);
    expect(await refusal(long)).toBe(
      'file_refused: The picture says that it is 1000 × 1000 pixels, 2000 times over: the moving picture is too long for its size.',
    );
    expect(await look(await film(4, 4, 2_500))).toMatchObject({ width: 4, height: 4, animated: true });
  });

  it('what is larger than a picture to look at is not read to its end', async () => {
    const file = fileOf(await scene(10, 10).png().toBuffer(), { size: 65 * 1024 * 1024 });
    expect(await inspector.inspect(file)).toEqual({ mime: 'image/png' });
    expect(file.wasRead()).toBeLessThan(200_000);
  });

  it('an archive is an archive, and never opened', async () => {
    const zip = Buffer.from('504b0304140000000800', 'hex');
    expect((await look(Buffer.concat([zip, Buffer.alloc(20_000)]))).mime).toBe('application/zip');
  });
});

describe('what lies', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    '%s that is cut off is refused, in words',
    async (form) => {
      const bytes = await scene(400, 300).toFormat(form).toBuffer();
      for (const part of [0.3, 0.7, 0.98]) {
        expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * part))), `${part}`).toBe(
          'file_refused: The picture is damaged.',
        );
      }
    },
  );

  it('noise that begins like a picture is none', async () => {
    for (const begin of [
      '\xff\xd8\xff\xe0',
      '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
      'GIF89a\x01\0\x01\0',
      'RIFF\xff\xff\0\0WEBPVP8 ',
    ]) {
      const noise = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 2_654_435_761) >>> 24));
      expect(
        await refusal(Buffer.concat([Buffer.from(begin, 'latin1'), noise])),
        JSON.stringify(begin),
      ).toMatch(/^file_refused: The picture|octet-stream$/);
    }
  });

  it('a WebP whose picture is larger than its frame says', async () => {
    const bytes = Buffer.from(
      await sharp(await scene(400, 300).png().toBuffer())
        .ensureAlpha(0.5)
        .webp()
        .toBuffer(),
    );
    expect(bytes.toString('latin1', 12, 16)).toBe('VP8X');
    bytes.writeUIntLE(99, 24, 3);
    expect(await refusal(bytes)).toBe('file_refused: The picture is damaged.');
  });

  it.each(['jpeg', 'png', 'webp', 'gif'] as const)(
    'a %s with something behind it is a picture without it',
    async (form) => {
      const picture = await scene(100, 80).toFormat(form).toBuffer();
      for (const tail of ['PK\x03\x04 an archive', '<html><script>alert(1)</script>', '%PDF-1.7']) {
        const { mime, replacement } = await look(Buffer.concat([picture, Buffer.from(tail, 'latin1')]));
        expect(mime).toBe(`image/${form}`);
        expect(replacement?.bytes.equals(picture)).toBe(true);
      }
    },
  );

  it('a document with a page before or behind it is what its first bytes say, and is never drawn', async () => {
    const page = '<html><script>alert(1)</script></html>';
    expect(await look(Buffer.from(`%PDF-1.7\n${page}\xe2\xe3`, 'latin1'))).toEqual({
      mime: 'application/pdf',
    });
    expect(await look(Buffer.from(`${page}\n%PDF-1.7`))).toEqual({ mime: 'text/html' });
    expect(await look(Buffer.from('GIF89a/*\n*/=1;alert(1)//'))).toEqual({ mime: 'text/plain' });
  });

  it('a GIF that is not in order, yet drawn by all, is drawn anew', async () => {
    const whole = await film(40, 30, 3);
    const { replacement, ...found } = await look(whole.subarray(0, -1));
    expect(found).toMatchObject({ mime: 'image/gif', width: 40, height: 30, animated: true });
    expect(await sharp(replacement?.bytes).metadata()).toMatchObject({ format: 'gif', pages: 3 });
  });
});

describe('its processes', () => {
  it.runIf(process.platform === 'linux')(
    'of one that is killed another does the work; one that hangs loses its file, and no other',
    async () => {
      const before = new Set(await workersOf());
      const own = createInspector({ jobMs: 8_000 });
      try {
        const picture = await scene(3_000, 3_000).png().toBuffer();
        expect(await look(picture, own)).toMatchObject({ width: 3_000 });
        for (const [signal, outcome] of [
          ['SIGKILL', 'taken as image/png'],
          ['SIGSTOP', 'file_refused: The file is damaged, or made to do harm.'],
        ] as const) {
          const [worker] = (await workersOf()).filter((pid) => !before.has(pid));
          if (worker === undefined) throw new Error('there is no worker');
          // Stopped now, it hangs; killed while it works, it is gone.
          process.kill(worker, 'SIGSTOP');
          const lost = refusal(picture, own);
          const next = look(await scene(30, 20).png().toBuffer(), own);
          if (signal === 'SIGKILL') process.kill(worker, signal);
          expect(await lost).toBe(outcome);
          expect(await next).toMatchObject({ width: 30, height: 20 });
        }
      } finally {
        await own.close();
      }
      expect((await workersOf()).filter((pid) => !before.has(pid))).toEqual([]);
    },
  );

  it('an album at once is looked at one by one, all of it', async () => {
    const sizes = Array.from({ length: 12 }, (_, i) => 100 + i);
    const files = await Promise.all(sizes.map((side) => scene(side, 50).jpeg().toBuffer()));
    const found = await Promise.all(files.map((bytes) => look(bytes)));
    expect(found.map(({ width }) => width)).toEqual(sizes);
  }, 60_000);

  it('stops when the service does', async () => {
    const stop = new AbortController();
    const held = inspector.inspect(
      fileOf(await scene(2_000, 2_000).png().toBuffer(), { signal: stop.signal }),
    );
    stop.abort(new Error('the service stops'));
    await expect(held).rejects.toThrow('the service stops');
  });
});
