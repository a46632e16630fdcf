/** What is sent: bytes that cannot be packed, the same in every run, and pictures as people send them. */
import { execFile } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programs } from '@kith/tools/services/binaries.ts';
import type { Say } from '../commandLine.ts';

/** In one request, as the SDK has it (packages/client/src/uploads/transfer.ts). */
export const CHUNK_BYTES = 8 * 1024 * 1024;

/** A file that is sent from memory: as long as it is, it is made of one chunk again and again. */
export interface Content {
  readonly size: number;
  readonly mime: string;
  /** In the pieces that it is sent in, the last of them shorter. */
  pieces(): Generator<Buffer>;
}

const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
  Buffer.alloc(CHUNK_BYTES),
);

export const noiseOf = (size: number): Content => ({
  size,
  mime: 'application/octet-stream',
  pieces: () => piecesOf(noise, size),
});

export const contentOf = (bytes: Buffer, mime: string): Content => {
  if (bytes.length > CHUNK_BYTES) throw new Error('A picture is sent in one request here.');
  return { size: bytes.length, mime, pieces: () => piecesOf(bytes, bytes.length) };
};

function* piecesOf(chunk: Buffer, size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= chunk.length)
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

export function digestOf(content: Content): string {
  const hash = createHash('sha256');
  for (const piece of content.pieces()) hash.update(piece);
  return hash.digest('hex');
}

export interface Picture {
  readonly what: string;
  readonly content: Content;
}

const run = promisify(execFile);
/** An encoder of HEIC takes its time. */
const MAKE_MS = 180_000;

/** Made by ffmpeg and heif-enc; what cannot be made is left out, loudly. */
export async function makePictures(say: Say): Promise<Picture[]> {
  if (!programs.ffmpeg.find()) {
    say(`NO PICTURES: ${programs.ffmpeg.howTo}`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'kith-bench-pictures-'));
  try {
    const path = (name: string): string => join(folder, name);
    const make = (program: string, words: readonly string[]) =>
      run(program, [...words], { timeout: MAKE_MS });
    const picture = async (what: string, name: string, mime: string): Promise<Picture> => ({
      what,
      content: contentOf(await readFile(path(name)), mime),
    });
    // Colours that flow, with the grain of a sensor: some 3 MB, as a telephone's are.
    const photo = [
      'gradients=s=4032x3024:n=6:seed=7:d=1',
      'format=yuvj420p',
      'noise=alls=18:all_seed=7:allf=p',
    ].join(',');
    await make('ffmpeg', [...still(photo), '-pix_fmt', 'yuvj420p', '-q:v', '3', path('photo.jpg')]);
    await make('ffmpeg', [...still('testsrc2=s=2560x1440:d=1'), path('screenshot.png')]);
    const made = [
      await picture('JPEG, 12 megapixels', 'photo.jpg', 'image/jpeg'),
      await picture('PNG, screenshot 2560 × 1440', 'screenshot.png', 'image/png'),
    ];
    if (programs.heif.find()) {
      const words = ['-q', '50', '-p', 'preset=ultrafast', path('photo.jpg'), '-o', path('photo.heic')];
      await make('heif-enc', words);
      made.push(await picture('HEIC, 12 megapixels', 'photo.heic', 'image/heic'));
    } else say(`NO HEIC: ${programs.heif.howTo}`);
    return made;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const still = (graph: string): string[] => ['-v', 'error', '-f', 'lavfi', '-i', graph, '-frames:v', '1'];
