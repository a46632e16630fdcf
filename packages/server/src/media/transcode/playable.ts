/**
 * Whether every browser plays a film, and an MP4 of it that they do, made by `ffmpeg`. It gets the film as film.ts gives it (through a
 * pipe, told the format, with no other file or address in reach), one processor that nobody else wants, and bounds of time and memory.
 * Pictures and sound that are fine as they are, in a container that is not, are taken over as they are.
 */
import { type FileHandle, mkdtemp, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pagesOf } from '../inspect/bytes.ts';
import { type Playing, playingOfMp4 } from '../inspect/codecs.ts';
import { FORMATS, INPUT, MOST_PAGES } from '../inspect/film.ts';
import type { Inspected } from '../inspect/inspector.ts';
import { tracksOfMp4 } from '../inspect/mp4.ts';
import type { Programs } from '../inspect/programs.ts';

export interface Film extends Inspected {
  readonly mime: string;
  /** ms */
  readonly duration?: number | undefined;
}

/** What was made, while its file is there. */
export interface Playable {
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  readonly duration?: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface MakingOptions {
  readonly programs: Programs;
  /** How far it has come, 0 to 100. */
  readonly told: (progress: number) => void;
}

/** Of larger ones, of which it would have a second and a third copy on this machine's disk, nothing is made. */
const MOST_BYTES = 4 * 1024 ** 3;
const MEMORY_BYTES = 2 * 1024 ** 3;
/** An hour of 4K takes one slow processor some six. What takes longer than that keeps all others waiting. */
const MS_A_MS = 6;
const LEAST_MS = 2 * 60_000;
const MOST_MS = 4 * 3_600_000;
/** Of a film that does not say how long it is. */
const UNKNOWN_MS = 30 * 60_000;
/** What a telephone shows, also on its side; what is smaller stays as large as it is. */
const LONGEST_SIDE = 1_280;
const PIECE = 512 * 1024;

/** WebM is played by all browsers of the last years. Otherwise it is MP4 with what all of them decode. */
export async function playsEverywhere(film: Film): Promise<boolean> {
  if (film.mime === 'video/webm') return true;
  if (film.mime !== 'video/mp4') return false;
  const { picture, sound } = await playingOf(film);
  return picture === true && sound !== false;
}

/** Hands what was made to `use` and forgets it then. Null: nothing could be made. */
export async function makePlayable<T>(
  film: Film,
  { programs, told }: MakingOptions,
  use: (made: Playable) => Promise<T>,
): Promise<T | null> {
  const format = FORMATS[film.mime];
  if (format === undefined || film.size > MOST_BYTES) return null;
  const playing = format === 'mov' ? await playingOf(film) : NOTHING_KNOWN;
  // Nobody else can look into it.
  const folder = await mkdtemp(join(tmpdir(), 'kith-transcode-'));
  try {
    const { handle, path } = await outputIn(folder);
    try {
      const ms = Math.min(
        MOST_MS,
        film.duration === undefined ? UNKNOWN_MS : LEAST_MS + MS_A_MS * film.duration,
      );
      const answer = await programs.run('ffmpeg', wordsFor(format, playing, path), {
        ms,
        folder,
        signal: film.signal,
        mostBytes: 0,
        memoryBytes: MEMORY_BYTES,
        fileBytes: MOST_BYTES + 1024 * 1024,
        input: () => film.read(0, film.size),
        file: handle.fd,
        patient: true,
        told: progressOf(film.duration, told),
      });
      // What it made is looked at like anything else, before somebody is told that it plays.
      const made = answer && (await lookAt(handle, film.signal));
      return made && (await use(made));
    } finally {
      await handle.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const playingOf = (film: Inspected): Promise<Playing> => playingOfMp4(pagesOf(film, MOST_PAGES), film.size);
const NOTHING_KNOWN: Playing = { picture: null, sound: null };

/** Where a file that has no name any more can still be written to, it loses it at once: nothing of it outlives this process. */
async function outputIn(folder: string): Promise<{ readonly handle: FileHandle; readonly path: string }> {
  const path = join(folder, 'made.mp4');
  const handle = await open(path, 'wx+', 0o600);
  if (process.platform !== 'linux') return { handle, path };
  await unlink(path);
  return { handle, path: '/dev/fd/3' };
}

/** Even sides, dots that are square, and no larger than it is. */
const SIZE = (() => {
  const side = (own: string): string => `max(2,2*trunc(${own}*min(1,${LONGEST_SIDE}/max(iw*sar,ih))/2))`;
  return `scale=w='${side('iw*sar')}':h='${side('ih')}',setsar=1,format=yuv420p`;
})();

const PICTURE = [
  ...['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryfast', '-crf', '23'],
  ...['-maxrate', '4M', '-bufsize', '8M', '-fpsmax', '60', '-filter_threads', '1', '-vf', SIZE],
];
const SOUND = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'];

const wordsFor = (format: string, { picture, sound }: Playing, output: string): string[] => [
  ...['-v', 'quiet', '-nostdin', '-y', '-threads', '1', ...INPUT, '-f', format, '-i', 'cache:pipe:0'],
  // The first pictures that are no cover, the first sound. Nothing that is said about them.
  ...['-map', '0:V:0', '-map', '0:a:0?', '-map_metadata', '-1', '-map_chapters', '-1', '-dn', '-sn'],
  ...(picture ? ['-c:v', 'copy'] : PICTURE),
  ...(sound ? ['-c:a', 'copy'] : SOUND),
  ...['-threads', '1', '-movflags', '+faststart', '-progress', 'pipe:1', '-f', 'mp4', output],
];

/** It says now and then how many microseconds are made. */
function progressOf(duration: number | undefined, told: (progress: number) => void): (part: Buffer) => void {
  return (part) => {
    const us = [...part.toString('latin1').matchAll(/out_time_us=(\d{1,15})/g)].at(-1)?.[1];
    if (us === undefined || !duration) return;
    told(Math.min(99, Math.floor(Number(us) / 10 / duration)));
  };
}

async function lookAt(handle: FileHandle, signal: AbortSignal): Promise<Playable | null> {
  const { size } = await handle.stat();
  const file: Inspected = {
    size,
    signal,
    read: async (from, to) => Readable.from(piecesOf(handle, from, to)),
  };
  if (size === 0 || !(await playsEverywhere({ ...file, mime: 'video/mp4' }))) return null;
  const tracks = await tracksOfMp4(pagesOf(file, MOST_PAGES), size);
  const { width, height, duration } = tracks ?? {};
  return {
    size,
    ...(width !== undefined && height !== undefined && { width, height }),
    ...(duration !== undefined && { duration }),
    chunks: piecesOf(handle, 0, size),
  };
}

async function* piecesOf(handle: FileHandle, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(PIECE, to - at)), 0, null, at);
    if (bytesRead === 0) throw new Error('What was made of a film became shorter.');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
