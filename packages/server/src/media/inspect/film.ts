/**
 * How large a film is and how long, how long a recording. MP4 and WebM say it in boxes that are read here; what else there is, is
 * measured by `ffprobe`, where it is installed. A crafted file must not make these programs open another one, here or anywhere: they
 * get bytes through a pipe, may use no other protocol, and are told the format instead of guessing it, so that lists of files
 * (HLS, concat) are never even recognised.
 */
import { limits } from '@kith/protocol';
import { z } from 'zod';
import { pagesOf } from './bytes.ts';
import { type Findings, type Inspected, type Patch, THUMBNAIL_SIDE } from './inspector.ts';
import { type Tracks, tracksOfMp4 } from './mp4.ts';
import { placesOfMp4 } from './place.ts';
import { placesOfWebm } from './placeWebm.ts';
import type { Programs } from './programs.ts';
import { tracksOfWebm } from './webm.ts';

/** What each is called by ffmpeg. What is not here is not measured. */
export const FORMATS: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'audio/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/3gpp': 'mov',
  'video/3gpp2': 'mov',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/vnd.avi': 'avi',
  'video/mpeg': 'mpeg',
  'video/mp2t': 'mpegts',
  'video/x-flv': 'flv',
  'video/x-ms-asf': 'asf',
  'audio/x-ms-asf': 'asf',
  'video/ogg': 'ogg',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/wav': 'wav',
  'audio/aiff': 'aiff',
  'audio/amr': 'amr',
};

/** Boxes of a long film lie in some dozen places. */
export const MOST_PAGES = 100;
/** What a film in pieces has after them is looked for through some hundred of these. */
const MOST_PLACES = 400;
/** Of larger files nothing is handed to a program: it would be kept a second time, in a temporary file, while it is looked at. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_DURATION = 7 * 24 * 3_600_000;
const PROGRAM_MS = 30_000;
const POSTER_BYTES = 8 * 1024 * 1024;
/** A second into it: films begin in black. */
const POSTER_AT_MS = 1_000;
export const bounds = { ms: PROGRAM_MS, memoryBytes: 2 * 1024 ** 3, fileBytes: MOST_BYTES + 1024 * 1024 };
/** `cache` is what makes a pipe something that can be wound back. No other file, no address. */
export const INPUT = ['-protocol_whitelist', 'cache,pipe', '-read_ahead_limit', '-1'];

export type FilmFindings = Pick<Findings, 'mime' | 'width' | 'height' | 'duration'>;

export async function measureFilm(file: Inspected, mime: string, programs: Programs): Promise<FilmFindings> {
  const format = FORMATS[mime];
  if (format === undefined) return { mime };
  const boxes = await tracksOf(file, format);
  // A recording in the browser does not say how long it is before it is over; in these two forms the head comes first.
  const isKnown = boxes !== null && boxes.duration !== undefined;
  const probed = isKnown || file.size > MOST_BYTES ? null : await probe(file, format, programs);
  const { hasPicture, hasSound, width, height, duration } = { ...probed, ...boxes };
  const found =
    boxes || probed
      ? withoutPicture(mime, { hasPicture: hasPicture === true, hasSound: hasSound === true })
      : mime;
  const isShown = found.startsWith('video/') && isSide(width) && isSide(height);
  return {
    mime: found,
    ...(isShown && { width, height }),
    ...(duration !== undefined && duration > 0 && duration <= MOST_DURATION && { duration }),
  };
}

/** What takes the place where it was made out of a film or a recording. */
export async function placesOf(file: Inspected, mime: string): Promise<Patch[]> {
  const format = FORMATS[mime];
  if (format === 'mov') return placesOfMp4(pagesOf(file, MOST_PLACES), file.size);
  return format === 'matroska' ? placesOfWebm(pagesOf(file, MOST_PLACES), file.size) : [];
}

async function tracksOf(file: Inspected, format: string): Promise<Tracks | null> {
  if (format === 'mov') return tracksOfMp4(pagesOf(file, MOST_PAGES), file.size);
  if (format === 'matroska') return tracksOfWebm(pagesOf(file, MOST_PAGES), file.size);
  return null;
}

/** A voice message and a film may come in the same container. */
function withoutPicture(
  mime: string,
  { hasPicture, hasSound }: Pick<Tracks, 'hasPicture' | 'hasSound'>,
): string {
  const format = FORMATS[mime];
  if (format === 'mov') {
    if (hasSound && !hasPicture) return 'audio/mp4';
    return mime === 'audio/mp4' && hasPicture ? 'video/mp4' : mime;
  }
  return hasSound && !hasPicture ? mime.replace(/^video/, 'audio') : mime;
}

const isSide = (value: number | undefined): value is number =>
  value !== undefined && value >= 1 && value <= limits.imageSide;

const Probed = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        width: z.number().optional(),
        height: z.number().optional(),
        disposition: z.object({ attached_pic: z.number().optional() }).optional(),
        side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
      }),
    )
    .default([]),
  format: z.object({ duration: z.coerce.number().optional().catch(undefined) }).optional(),
});

async function probe(file: Inspected, format: string, programs: Programs): Promise<Tracks | null> {
  if (!programs.has('ffprobe')) return null;
  const entries =
    'format=duration:stream=codec_type,width,height:stream_disposition=attached_pic:stream_side_data=rotation';
  const args = [
    '-v',
    'quiet',
    ...INPUT,
    '-f',
    format,
    '-of',
    'json',
    '-show_entries',
    entries,
    '-i',
    'cache:pipe:0',
  ];
  const answer = await programs.run('ffprobe', args, {
    ...bounds,
    signal: file.signal,
    mostBytes: 256 * 1024,
    input: () => file.read(0, file.size),
  });
  const read = Probed.safeParse(parsed(answer));
  if (!read.success) return null;
  const { streams, format: whole } = read.data;
  // The cover of a record is no film.
  const picture = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
  const rotation = picture?.side_data_list?.find((one) => one.rotation !== undefined)?.rotation ?? 0;
  const [width, height] =
    Math.abs(rotation) % 180 === 90 ? [picture?.height, picture?.width] : [picture?.width, picture?.height];
  const duration = whole?.duration === undefined ? undefined : Math.round(whole.duration * 1_000);
  return {
    hasPicture: picture !== undefined,
    hasSound: streams.some((one) => one.codec_type === 'audio'),
    ...(width !== undefined && height !== undefined && { width, height }),
    ...(duration !== undefined && { duration }),
  };
}

function parsed(answer: Buffer | null): unknown {
  try {
    return answer && JSON.parse(answer.toString());
  } catch {
    // What it said is cut off: as good as nothing.
    return null;
  }
}

/** A frame of it as a PNG, small; null: none could be had. */
export async function posterOf(
  file: Inspected,
  film: FilmFindings,
  programs: Programs,
): Promise<Buffer | null> {
  const format = FORMATS[film.mime];
  if (format === undefined || file.size > MOST_BYTES || !programs.has('ffmpeg')) return null;
  const at = (film.duration ?? 0) > 2 * POSTER_AT_MS ? POSTER_AT_MS : 0;
  // Told in numbers: dots that are not square come out square, and a small film is not made larger.
  const { width = THUMBNAIL_SIDE, height = THUMBNAIL_SIDE } = film;
  const factor = Math.min(1, THUMBNAIL_SIDE / Math.max(width, height));
  const scale = `scale=${Math.max(1, Math.round(width * factor))}:${Math.max(1, Math.round(height * factor))}`;
  const answer = await programs.run(
    'ffmpeg',
    [
      ...[
        '-v',
        'quiet',
        '-nostdin',
        '-threads',
        '1',
        ...INPUT,
        '-ss',
        `${at}ms`,
        '-f',
        format,
        '-i',
        'cache:pipe:0',
      ],
      ...[
        '-map',
        '0:v:0',
        '-frames:v',
        '1',
        '-vf',
        scale,
        '-threads',
        '1',
        '-c:v',
        'png',
        '-f',
        'image2pipe',
        'pipe:1',
      ],
    ],
    { ...bounds, signal: file.signal, mostBytes: POSTER_BYTES, input: () => file.read(0, file.size) },
  );
  return answer && answer.length > 0 ? answer : null;
}
