/** Films made on the spot by ffmpeg, small and short, and what ffprobe says of some. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=d=1:s=64x48:r=10'];
export const SOUND = ['-f', 'lavfi', '-i', 'sine=d=1'];

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-films-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** `name`: its ending says the container. */
export const filmOf = (name: string, ...words: string[]): Promise<Buffer> =>
  inFolder(async (folder) => {
    const path = join(folder, name);
    await run('ffmpeg', ['-v', 'error', '-y', ...words, path]);
    return readFile(path);
  });

/** One made of another. */
export const filmFrom = (
  bytes: Buffer,
  before: string[],
  name: string,
  ...words: string[]
): Promise<Buffer> =>
  inFolder(async (folder) => {
    const source = join(folder, 'source');
    await writeFile(source, bytes);
    return filmOf(name, ...before, '-i', source, ...words);
  });

export interface Probed {
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly profile?: string;
    readonly pix_fmt?: string;
    readonly width?: number;
    readonly height?: number;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly format: {
    readonly format_name: string;
    readonly duration: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

export const probe = (bytes: Buffer): Promise<Probed> =>
  inFolder(async (folder) => {
    const path = join(folder, 'film');
    await writeFile(path, bytes);
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-of',
      'json',
      '-show_format',
      '-show_streams',
      path,
    ]);
    return JSON.parse(stdout) as Probed;
  });

/** A digest of each frame of it, in order. */
export const framesOf = (bytes: Buffer): Promise<string[]> =>
  inFolder(async (folder) => {
    const path = join(folder, 'film');
    await writeFile(path, bytes);
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v', '-f', 'framemd5', '-']);
    return stdout
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(',').at(-1)?.trim() ?? '');
  });
