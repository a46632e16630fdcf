import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Inspected } from '../inspect/inspector.ts';
import { findPrograms } from '../inspect/programs.ts';
import { fileOf } from '../inspect/testing/file.ts';
import { filmFrom, filmOf, framesOf, PICTURE, probe, SOUND } from '../testing/films.ts';
import { makePlayable, type Playable, playsEverywhere } from './playable.ts';

const programs = findPrograms(process.env['PATH'] ?? '');
const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac', '-shortest'];
const BOTH = [...PICTURE, ...SOUND];

interface Made extends Omit<Playable, 'chunks'> {
  readonly bytes: Buffer;
}

async function made(
  bytes: Buffer,
  mime: string,
  { file = fileOf(bytes) as Inspected, told = (_: number): void => undefined, duration = 1_000 } = {},
): Promise<Made | null> {
  return makePlayable({ ...file, mime, duration }, { programs, told }, async ({ chunks, ...measures }) => ({
    ...measures,
    bytes: await buffer(chunks),
  }));
}

/** Of this test alone: others make films at the same time. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-playable-'));
  vi.stubEnv('TMPDIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
const left = (): Promise<string[]> => readdir(folder);

describe('whether all browsers play it', () => {
  it.each([
    ['a.mp4', 'video/mp4', [...BOTH, ...H264, ...AAC], true],
    ['silent.mp4', 'video/mp4', [...PICTURE, ...H264], true],
    ['baseline.mp4', 'video/mp4', [...PICTURE, ...H264, '-profile:v', 'baseline'], true],
    ['pieces.mp4', 'video/mp4', [...PICTURE, ...H264, '-movflags', 'frag_keyframe+empty_moov'], true],
    ['a.webm', 'video/webm', [...PICTURE, '-c:v', 'libvpx'], true],
    ['ten-bit.mp4', 'video/mp4', [...PICTURE, '-c:v', 'libx264', '-pix_fmt', 'yuv420p10le'], false],
    ['full-colour.mp4', 'video/mp4', [...PICTURE, '-c:v', 'libx264', '-pix_fmt', 'yuv444p'], false],
    ['hevc.mp4', 'video/mp4', [...PICTURE, '-c:v', 'libx265', '-x265-params', 'log-level=none'], false],
    ['old.mp4', 'video/mp4', [...PICTURE, '-c:v', 'mpeg4'], false],
    ['ac3.mp4', 'video/mp4', [...BOTH, ...H264, '-c:a', 'ac3'], false],
    ['sound.mp4', 'video/mp4', [...SOUND, '-c:a', 'aac'], false],
    ['a.mov', 'video/quicktime', [...PICTURE, ...H264], false],
    ['a.mkv', 'video/matroska', [...PICTURE, ...H264], false],
  ])('%s', async (name, mime, words, plays) => {
    const bytes = await filmOf(name, ...words);
    expect(await playsEverywhere({ ...fileOf(bytes), mime })).toBe(plays);
  });
});

describe('a film that they do', () => {
  it.each([
    ['hevc.mov', 'video/quicktime', [...BOTH, '-c:v', 'libx265', '-x265-params', 'log-level=none', ...AAC]],
    ['tail.mp4', 'video/mp4', [...BOTH, '-c:v', 'mpeg4', ...AAC]],
    ['a.avi', 'video/vnd.avi', [...BOTH, '-c:v', 'mpeg4', '-c:a', 'mp3', '-shortest']],
    ['a.mkv', 'video/matroska', [...BOTH, ...H264, '-c:a', 'libopus', '-shortest']],
    ['a.mpg', 'video/mpeg', [...PICTURE, '-r', '25', '-c:v', 'mpeg2video']],
    ['a.ts', 'video/mp2t', [...PICTURE, '-c:v', 'mpeg2video']],
  ])('of %s', async (name, mime, words) => {
    const place = ['-metadata', 'location=+48.1370+011.5750/', '-metadata', 'title=Sea'];
    const film = await made(await filmOf(name, ...words, ...place), mime);
    const bytes = film?.bytes ?? Buffer.alloc(0);
    const { streams, format } = await probe(bytes);
    expect(streams[0]).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', width: 64, height: 48 });
    expect(['High', 'Main']).toContain(streams[0]?.profile);
    const sound = words.includes('-c:a') ? ['aac'] : [];
    expect(streams.slice(1).map((stream) => stream.codec_name)).toEqual(sound);
    expect(format.format_name).toContain('mp4');
    expect(Number(format.duration)).toBeGreaterThan(0.8);
    expect(Number(format.duration)).toBeLessThan(1.3);
    expect(film).toMatchObject({ size: bytes.length, width: 64, height: 48 });
    // It begins to play before all of it is there; and it says nothing of whoever made it.
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(JSON.stringify({ streams, format })).not.toMatch(/48\.1|Sea/);
    expect(await playsEverywhere({ ...fileOf(bytes), mime: 'video/mp4' })).toBe(true);
    expect(await left()).toEqual([]);
  });

  it('what is fine in a container that is not, is taken over as it is', async () => {
    const bytes = await filmOf('a.mov', ...BOTH, ...H264, '-c:a', 'pcm_s16le', '-shortest');
    const film = await made(bytes, 'video/quicktime');
    const { streams } = await probe(film!.bytes);
    expect(streams.map((stream) => stream.codec_name)).toEqual(['h264', 'aac']);
    // To make it anew would have cost some of it.
    expect(await framesOf(film!.bytes)).toEqual(await framesOf(bytes));
  });

  it('no larger than a telephone shows, with even sides and dots that are square', async () => {
    const sized = (size: string, ...words: string[]) =>
      filmOf('a.mkv', '-f', 'lavfi', '-i', `testsrc=d=0.2:s=${size}:r=10`, ...words, '-c:v', 'mpeg4');
    const sides = async (film: Buffer): Promise<unknown> => {
      const { width, height } = (await made(film, 'video/matroska')) ?? {};
      return [width, height];
    };
    expect(await sides(await sized('1920x1080'))).toEqual([1280, 720]);
    expect(await sides(await sized('1080x1920'))).toEqual([720, 1280]);
    expect(await sides(await sized('65x49'))).toEqual([64, 48]);
    expect(await sides(await sized('640x2'))).toEqual([640, 2]);
    expect(await sides(await sized('100x100', '-vf', 'setsar=2'))).toEqual([200, 100]);
  });

  it('upright as it was held', async () => {
    const flat = await filmOf('flat.mp4', ...PICTURE, '-c:v', 'mpeg4');
    const upright = await filmFrom(flat, ['-display_rotation', '90'], 'a.mov', '-c', 'copy').catch(() =>
      // Older versions say it so.
      filmFrom(flat, [], 'a.mov', '-c', 'copy', '-metadata:s:v', 'rotate=90'),
    );
    expect(await made(upright, 'video/quicktime')).toMatchObject({ width: 48, height: 64 });
    const plays = await filmOf('flat.mp4', ...PICTURE, ...H264);
    const taken = await filmFrom(plays, ['-display_rotation', '90'], 'a.mov', '-c', 'copy').catch(() =>
      filmFrom(plays, [], 'a.mov', '-c', 'copy', '-metadata:s:v', 'rotate=90'),
    );
    expect(await made(taken, 'video/quicktime')).toMatchObject({ width: 48, height: 64 });
  });

  it('it is told how far it has come', async () => {
    const told: number[] = [];
    const bytes = await filmOf('a.mkv', ...PICTURE, '-c:v', 'mpeg4');
    await made(bytes, 'video/matroska', { told: (progress) => told.push(progress) });
    expect(told.length).toBeGreaterThan(0);
    for (const progress of told) expect(progress).toBeGreaterThanOrEqual(0);
    expect(told.at(-1)).toBeGreaterThan(50);
    expect(told.at(-1)).toBeLessThan(100);
  });

  it('of what is none, nothing; and nothing is left on the disk', async () => {
    const bytes = await filmOf('a.mkv', ...PICTURE, '-c:v', 'mpeg4');
    const film = fileOf(bytes);
    expect(await made(Buffer.from('no film at all'), 'video/matroska')).toBeNull();
    expect(await made(bytes, 'video/vnd.avi')).toBeNull();
    expect(await made(bytes, 'video/unheard-of')).toBeNull();
    expect(await made(await filmOf('s.mkv', ...SOUND), 'video/matroska')).toBeNull();
    expect(await made(bytes, 'video/matroska', { file: { ...film, size: 5 * 1024 ** 3 } })).toBeNull();
    const torn: Inspected = {
      ...film,
      read: async (from, to) => {
        const stream = await film.read(from, to);
        stream.destroy(new Error('the disk is gone'));
        return stream;
      },
    };
    await expect(made(bytes, 'video/matroska', { file: torn })).rejects.toThrow('the disk is gone');
    expect(await left()).toEqual([]);
  });

  it('stopped in the middle, it ends at once', async () => {
    const bytes = await filmOf('a.mkv', ...PICTURE, '-c:v', 'mpeg4');
    const ending = new AbortController();
    const film = fileOf(bytes, { signal: ending.signal });
    const slow: Inspected = {
      ...film,
      // It has begun, and more never comes.
      read: async () => {
        const stream = await film.read(0, 100);
        stream.once('end', () => ending.abort(new Error('we close')));
        return stream;
      },
    };
    await expect(made(bytes, 'video/matroska', { file: slow })).rejects.toThrow('we close');
    expect(await left()).toEqual([]);
  });
});
