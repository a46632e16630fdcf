/** Pictures of a form that takes the decoder long: large ones that would have to be drawn anew stay files. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { lookAtPicture } from './picture.ts';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } });

it('an AVIF of more than 25 megapixels that tells of its maker stays a file', {
  timeout: 60_000,
}, async () => {
  const tells = (width: number, height: number): Promise<Buffer> =>
    plain(width, height)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .avif({ quality: 5, effort: 0 })
      .toBuffer();
  expect(await lookAtPicture(await tells(5_100, 5_000), 'image/avif', 'uploaded')).toEqual({
    mime: 'image/avif',
  });
  expect(await lookAtPicture(await tells(400, 300), 'image/avif', 'uploaded')).toMatchObject({
    mime: 'image/webp',
    width: 400,
    replacement: { mime: 'image/webp' },
  });
});

it('a HEIC of more than 25 megapixels stays a file', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-redrawn-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const heicOf = async (width: number, height: number): Promise<Buffer> => {
    const [from, to] = [join(folder, 'a.jpg'), join(folder, `${width}.heic`)];
    await writeFile(from, await plain(width, height).jpeg().toBuffer());
    await promisify(execFile)('heif-enc', ['-q', '10', '-o', to, from]);
    return readFile(to);
  };
  expect(await lookAtPicture(await heicOf(5_100, 5_000), 'image/heic', 'uploaded')).toEqual({
    mime: 'image/heic',
  });
  expect(await lookAtPicture(await heicOf(400, 300), 'image/heic', 'uploaded')).toEqual({
    mime: 'image/heic',
    undecoded: true,
  });
});
