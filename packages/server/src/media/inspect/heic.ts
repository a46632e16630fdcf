/**
 * Pictures of telephones in HEIC, which no browser but one draws and no free library decodes here: Debian's `heif-convert` makes them
 * JPEGs, where it is installed.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Programs } from './programs.ts';

const CONVERT_MS = 30_000;
const QUALITY = '88';
const MOST_BYTES = 64 * 1024 * 1024;

/** Null: there is no such program, or it cannot decode this one. Its dots lie as they are shown; what else it says is not to be trusted. */
export async function jpegOfHeic(
  bytes: Buffer,
  programs: Programs,
  signal: AbortSignal,
): Promise<Buffer | null> {
  // It is called the second in newer versions.
  const name = ['heif-convert', 'heif-dec'].find((one) => programs.has(one));
  if (name === undefined) return null;
  // Nobody else can look into it.
  const folder = await mkdtemp(join(tmpdir(), 'kith-heic-'));
  try {
    const source = join(folder, 'source.heic');
    await writeFile(source, bytes);
    const answer = await programs.run(name, ['-q', QUALITY, source, join(folder, 'made.jpg')], {
      signal,
      folder,
      ms: CONVERT_MS,
      mostBytes: 64 * 1024,
      memoryBytes: 2 * 1024 ** 3,
      fileBytes: MOST_BYTES,
    });
    if (!answer) return null;
    // Of several pictures in one file, the first.
    return (await readIfThere(join(folder, 'made.jpg'))) ?? (await readIfThere(join(folder, 'made-1.jpg')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
