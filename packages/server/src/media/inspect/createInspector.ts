/**
 * Looks at what was uploaded: first the scanner, then what the bytes are, then, of pictures, films and recordings, their measures.
 * Strangers' bytes are parsed in processes of their own: see workers.ts and programs.ts.
 */
import { KithError } from '@kith/protocol';
import type { Logger } from '../../logger.ts';
import { bytesOf } from './bytes.ts';
import type { Scan } from './clamav.ts';
import { measureFilm, placesOf, posterOf } from './film.ts';
import { jpegOfHeic } from './heic.ts';
import { withoutTelling } from './heifItems.ts';
import type { Findings, Inspected, Inspector } from './inspector.ts';
import { type Origin, PICTURES, type PictureFindings } from './picture.ts';
import { findPrograms } from './programs.ts';
import { UNKNOWN } from './sniff.ts';
import type { Answer, Job } from './worker.ts';
import { createWorkers, WorkerLost } from './workers.ts';

export interface InspectorOptions {
  /** Absent: nothing is scanned. */
  readonly scan?: Scan;
  /** Processes that decode pictures, each with a core and, at worst, a gigabyte and a half of memory. */
  readonly imageWorkers?: number;
  /** Where `ffprobe`, `ffmpeg` and `heif-convert` are looked for, as in the environment's PATH. None of them has to be there. */
  readonly path?: string;
  readonly logger?: Logger;
  /** One picture may take this long, ms. */
  readonly jobMs?: number;
}

/** Enough for nearly every file; an office document may begin with a large part of another kind, a song with its cover. */
const HEAD = 64 * 1024;
const LONG_HEAD = 1024 * 1024;
const UNCERTAIN: ReadonlySet<string> = new Set([UNKNOWN, 'application/zip']);
/** Larger ones are no pictures to look at but scientists' data: they stay files. */
const MOST_PICTURE_BYTES = 64 * 1024 * 1024;
const JOB_MS = 20_000;

export function createInspector({
  scan,
  imageWorkers = 1,
  path = process.env['PATH'] ?? '',
  logger,
  jobMs = JOB_MS,
}: InspectorOptions = {}): Inspector {
  const workers = createWorkers<Job, Answer>({
    entry: new URL('./worker.ts', import.meta.url),
    most: imageWorkers,
    jobMs,
  });
  const programs = findPrograms(path);

  const ask = async (give: () => Promise<Job>, signal: AbortSignal, first = false): Promise<Answer> => {
    try {
      const answer = await workers.run(give, { signal, first });
      if (answer.is === 'refused') throw new KithError('file_refused', { message: answer.reason });
      return answer;
    } catch (cause) {
      if (!(cause instanceof WorkerLost)) throw cause;
      logger?.warn({ err: cause }, 'a file could not be looked at');
      if (cause.why === 'unable') throw new KithError('unavailable', { message: NOT_NOW, cause });
      throw new KithError('file_refused', { message: 'The file is damaged, or made to do harm.', cause });
    }
  };

  const typeOf = async (file: Inspected, length: number): Promise<string> => {
    const whole = file.size <= length;
    const give = async (): Promise<Job> => ({ do: 'sniff', bytes: await bytesOf(file, 0, length), whole });
    const answer = await ask(give, file.signal, true);
    return answer.is === 'type' ? answer.mime : UNKNOWN;
  };

  const picture = async (
    give: () => Promise<Buffer>,
    mime: string,
    origin: Origin,
    signal: AbortSignal,
  ): Promise<PictureFindings> => {
    const answer = await ask(async () => ({ do: 'picture', bytes: await give(), mime, origin }), signal);
    return answer.is === 'picture' ? answer.found : { mime };
  };

  const lookAtPicture = async (file: Inspected, mime: string): Promise<Findings> => {
    const give = (): Promise<Buffer> => bytesOf(file, 0, file.size);
    const { undecoded, ...found } = await picture(give, mime, 'uploaded', file.signal);
    if (!undecoded) return found;
    const jpeg = await jpegOfHeic(await give(), programs, file.signal);
    if (!jpeg) return found;
    const made = await picture(async () => jpeg, 'image/jpeg', 'converted', file.signal);
    return { ...made, replacement: made.replacement ?? { bytes: jpeg, mime: 'image/jpeg' } };
  };

  const lookAtFilm = async (file: Inspected, mime: string): Promise<Findings> => {
    const patches = await placesOf(file, mime);
    const film = await drawFilm(file, mime);
    return patches.length > 0 ? { ...film, patches } : film;
  };

  const drawFilm = async (file: Inspected, mime: string): Promise<Findings> => {
    const film = await measureFilm(file, mime, programs);
    if (film.width === undefined) return film;
    const poster = await posterOf(file, film, programs);
    if (!poster) return film;
    try {
      const { placeholder, thumbnail } = await picture(
        async () => poster,
        'image/png',
        'poster',
        file.signal,
      );
      return { ...film, ...(placeholder && { placeholder }), ...(thumbnail && { thumbnail }) };
    } catch (error) {
      // What ffmpeg drew is at fault then, not the film.
      if (error instanceof KithError && error.code === 'file_refused') return film;
      throw error;
    }
  };

  return {
    inspect: async (file) => {
      await scan?.(file);
      if (file.size === 0) return { mime: UNKNOWN };
      let mime = await typeOf(file, HEAD);
      if (UNCERTAIN.has(mime) && file.size > HEAD) mime = await typeOf(file, LONG_HEAD);
      if (PICTURES.has(mime)) {
        const found = file.size > MOST_PICTURE_BYTES ? { mime } : await lookAtPicture(file, mime);
        return withoutTelling(file, found);
      }
      return /^(audio|video)\//.test(mime) ? lookAtFilm(file, mime) : { mime };
    },
    close: () => workers.close(),
  };
}

const NOT_NOW = 'Files cannot be looked at just now. Try again shortly.';
