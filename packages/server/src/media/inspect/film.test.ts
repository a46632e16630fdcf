import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInspector } from './createInspector.ts';
import { bounds, INPUT, measureFilm } from './film.ts';
import type { Findings, Inspector } from './inspector.ts';
import { findPrograms } from './programs.ts';
import { fileOf } from './testing/file.ts';

const run = promisify(execFile);
let folder: string;
let inspector: Inspector;
/** On a machine without any program. */
let bare: Inspector;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-film-test-'));
  inspector = createInspector();
  bare = createInspector({ path: '' });
});
afterAll(async () => {
  await Promise.all([inspector.close(), bare.close()]);
  await rm(folder, { recursive: true, force: true });
});

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=d=2:s=320x240:r=10'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=3'];
async function made(name: string, ...args: string[]): Promise<Buffer> {
  const path = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-y', ...args, path]);
  return readFile(path);
}
const look = (bytes: Uint8Array, by = inspector): Promise<Findings> => by.inspect(fileOf(bytes));
const near = (ms: number) =>
  expect.toSatisfy((value: unknown) => typeof value === 'number' && Math.abs(value - ms) < 120);

describe('films', () => {
  it.each([
    ['a.mp4', 'video/mp4', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']],
    ['faststart.mp4', 'video/mp4', ['-c:v', 'libx264', '-movflags', 'faststart']],
    ['a.mov', 'video/quicktime', ['-c:v', 'libx264']],
    ['a.webm', 'video/webm', ['-c:v', 'libvpx', '-deadline', 'realtime']],
    ['a.mkv', 'video/matroska', ['-c:v', 'libx264']],
    ['a.avi', 'video/vnd.avi', ['-c:v', 'mpeg4']],
  ])('%s: type, size, length, a frame of it', async (name, mime, args) => {
    const bytes = await made(name, ...PICTURE, ...args);
    const { thumbnail, placeholder, ...found } = await look(bytes);
    expect(found).toEqual({ mime, width: 320, height: 240, duration: near(2_000) });
    expect(placeholder).toEqual(expect.any(String));
    expect(await sharp(thumbnail?.bytes).metadata()).toMatchObject({
      format: 'webp',
      width: 320,
      height: 240,
    });
    // Where nothing is installed, what the boxes say is enough.
    if (name !== 'a.avi') expect(await look(bytes, bare)).toEqual(found);
    else expect(await look(bytes, bare)).toEqual({ mime });
  });

  it('one that was held upright is told as it is shown', async () => {
    const flat = join(folder, 'flat.mp4');
    await made('flat.mp4', ...PICTURE, '-c:v', 'libx264');
    const bytes = await made('upright.mp4', '-display_rotation', '90', '-i', flat, '-c', 'copy').catch(() =>
      // Older versions say it so.
      made('upright.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90'),
    );
    const { thumbnail, ...found } = await look(bytes);
    expect(found).toMatchObject({ width: 240, height: 320 });
    expect(thumbnail).toMatchObject({ width: 240, height: 320 });
    expect(await look(bytes, bare)).toMatchObject({ width: 240, height: 320 });
  });

  it('one recorded in pieces, whose head does not say how long it is', async () => {
    const bytes = await made(
      'pieces.mp4',
      ...PICTURE,
      '-c:v',
      'libx264',
      '-movflags',
      'frag_keyframe+empty_moov',
    );
    expect(await look(bytes)).toMatchObject({
      mime: 'video/mp4',
      width: 320,
      height: 240,
      duration: near(2_000),
    });
    expect(await look(bytes, bare)).toMatchObject({ mime: 'video/mp4', width: 320, height: 240 });
  });

  it('the largest film is measured by a few pages of it', async () => {
    const bytes = await made('head.mp4', ...PICTURE, '-c:v', 'libx264', '-movflags', 'faststart');
    const gigabytes = fileOf(bytes, { size: 5 * 1024 ** 3 });
    expect(await inspector.inspect(gigabytes)).toMatchObject({
      mime: 'video/mp4',
      width: 320,
      duration: near(2_000),
    });
    expect(gigabytes.wasRead()).toBeLessThan(1024 * 1024);
  });
});

describe('recordings', () => {
  it.each([
    ['s.m4a', 'audio/mp4', ['-c:a', 'aac']],
    ['s.mp4', 'audio/mp4', ['-c:a', 'aac']],
    ['s.webm', 'audio/webm', ['-c:a', 'libopus']],
    ['s.ogg', 'audio/ogg', ['-c:a', 'libopus']],
    ['s.mp3', 'audio/mpeg', []],
    ['s.wav', 'audio/wav', []],
    ['s.flac', 'audio/flac', []],
  ])('%s: sound only, and how long', async (name, mime, args) => {
    const bytes = await made(name, ...SOUND, ...args);
    expect(await look(bytes)).toEqual({ mime, duration: near(3_000) });
    // That it is sound is known in any case.
    expect((await look(bytes, bare)).mime).toBe(mime);
  });

  it('as a browser records it: to a pipe, without an end', async () => {
    const path = join(folder, 'live.webm');
    await run('sh', [
      '-c',
      `ffmpeg -v error -f lavfi -i sine=d=3 -c:a libopus -f webm -live 1 pipe:1 > ${path}`,
    ]);
    const bytes = await readFile(path);
    expect((await look(bytes)).mime).toBe('audio/webm');
    expect((await look(bytes, bare)).mime).toBe('audio/webm');
  });

  it('the cover of a record is no film', async () => {
    const cover = join(folder, 'cover.png');
    await sharp({ create: { width: 50, height: 50, channels: 3, background: 'red' } }).toFile(cover);
    const song = join(folder, 'song.mp3');
    await made('song.mp3', ...SOUND);
    const bytes = await made(
      'covered.mp3',
      '-i',
      song,
      '-i',
      cover,
      '-map',
      '0',
      '-map',
      '1',
      '-c',
      'copy',
      '-id3v2_version',
      '3',
    );
    expect(await look(bytes)).toEqual({ mime: 'audio/mpeg', duration: near(3_000) });
  });
});

describe('crafted files', () => {
  it('lists of other files lead nowhere: nothing is fetched, nothing of this machine is opened', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('x');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const film = join(folder, 'target.ts');
    await made('target.ts', ...PICTURE, '-c:v', 'mpeg2video');
    const targets = [`http://127.0.0.1:${address.port}/secret.ts`, film];
    const lists = targets.flatMap((target) => [
      `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n${target}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${target}'\n`,
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ]);
    try {
      const programs = findPrograms(process.env['PATH'] ?? '');
      for (const list of lists) {
        const bytes = Buffer.from(list);
        expect((await look(bytes)).mime, list).toMatch(/^(text\/plain|application\/xml)$/);
        // Even one that was taken for a film of any kind, by whatever mistake.
        for (const mime of ['video/mp4', 'video/mp2t', 'audio/mpeg']) {
          const found = await measureFilm(fileOf(bytes), mime, programs);
          expect(found.width, `${mime} ${list}`).toBeUndefined();
        }
      }
      // The same list leads there without our bounds: the test would notice.
      const path = join(folder, 'list.m3u8');
      await writeFile(path, lists[0]!);
      await run('ffprobe', ['-v', 'quiet', '-protocol_whitelist', 'file,http,tcp', path]).catch(
        () => undefined,
      );
      expect(asked).toEqual(['/secret.ts']);
    } finally {
      server.close();
    }
  });

  it('a list that is taken for one all the same opens nothing: it is the bounds that hold, not the guess', async () => {
    const film = join(folder, 'elsewhere.ts');
    await made('elsewhere.ts', ...PICTURE, '-c:v', 'mpeg2video');
    const list = Buffer.from(`ffconcat version 1.0\nfile 'file:${film}'\n`);
    const programs = findPrograms(process.env['PATH'] ?? '');
    const { signal, read } = fileOf(list);
    const probe = (input: readonly string[]): Promise<Buffer | null> =>
      programs.run(
        'ffprobe',
        [
          '-v',
          'quiet',
          ...input,
          '-f',
          'concat',
          '-safe',
          '0',
          '-show_entries',
          'stream=width',
          '-i',
          'cache:pipe:0',
        ],
        { ...bounds, signal, mostBytes: 10_000, input: () => read(0, list.length) },
      );
    expect(await probe(INPUT)).toBeNull();
    // With leave to open files it does: the test would notice.
    const loose = INPUT.map((word) => (word === 'cache,pipe' ? 'cache,pipe,file' : word));
    expect((await probe(loose))?.toString()).toContain('width=320');
  });

  it('cut off anywhere, or with any byte changed, it is told as something and harms nothing', async () => {
    const whole = await made(
      'small.mp4',
      '-f',
      'lavfi',
      '-i',
      'testsrc=d=0.2:s=64x48:r=10',
      '-c:v',
      'libx264',
      '-movflags',
      'faststart',
    );
    const webm = await made(
      'small.webm',
      '-f',
      'lavfi',
      '-i',
      'testsrc=d=0.2:s=64x48:r=10',
      '-c:v',
      'libvpx',
    );
    for (const [mime, bytes] of [
      ['video/mp4', whole],
      ['video/webm', webm],
    ] as const) {
      for (let i = 0; i < 400; i += 1) {
        const changed = Buffer.from(i % 2 === 0 ? bytes : bytes.subarray(0, (i * 7) % bytes.length));
        changed[(i * 13) % Math.min(changed.length, 1_000)] = (i * 37) % 256;
        const found = await measureFilm(fileOf(changed), mime, findPrograms(''));
        expect(found.mime).toMatch(/^(video|audio)\//);
        for (const side of [found.width, found.height]) expect(side ?? 1).toBeGreaterThan(0);
      }
    }
  });

  it('what cannot be read is thrown, and nothing stays behind', async () => {
    const bytes = await made('torn.ogg', ...SOUND, '-c:a', 'libopus');
    const file = fileOf(bytes);
    const torn = {
      ...file,
      read: async (from: number, to: number) => {
        if (to - from < bytes.length) return file.read(from, to);
        const stream = await file.read(from, to);
        stream.destroy(new Error('the disk is gone'));
        return stream;
      },
    };
    await expect(measureFilm(torn, 'audio/ogg', findPrograms(process.env['PATH'] ?? ''))).rejects.toThrow(
      'the disk is gone',
    );
    const kept = async () => (await readdir('/tmp')).filter((name) => name.startsWith('ffcache'));
    await expect.poll(kept).toEqual([]);
  });
});
