/**
 * A stream on its way into a file. What MediaRecorder writes has no length in it, and its last piece may never come: here the
 * time is measured, and what is there counts.
 */
import { closeDevices, DeviceError } from './devices.ts';
import { plainType } from './formats.ts';

/** A piece each second, so that a crash of the encoder costs a second and not all. */
const PIECE_MS = 1_000;
/** So long the last piece is waited for. */
const STOP_MS = 3_000;
/** And the first one. */
const START_MS = 5_000;

export interface Captured {
  readonly data: Blob;
  readonly mime: string;
  /** ms. */
  readonly duration: number;
}

export interface Capture {
  /** ms recorded so far, pauses left out. */
  elapsed(): number;
  pause(): void;
  resume(): void;
  /** Ends it and lets go of the stream. */
  stop(): Promise<Captured>;
  /** The same, with nothing to show for it. */
  cancel(): void;
}

export interface CaptureOptions extends Omit<MediaRecorderOptions, 'mimeType'> {
  readonly format: string;
  /** The microphone was unplugged, the encoder gave up: what there is can still be had by `stop`. */
  readonly onLost: () => void;
}

/** Resolves when the first sound is being written. The stream is the capture's from then on. Rejects with DeviceError. */
export async function capture(
  stream: MediaStream,
  { format, onLost, ...options }: CaptureOptions,
): Promise<Capture> {
  const pieces: Blob[] = [];
  let recorder: MediaRecorder;
  try {
    recorder = new MediaRecorder(stream, { ...options, mimeType: format });
    recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) pieces.push(data);
    });
    await begun(recorder);
  } catch (error) {
    closeDevices(stream);
    throw error instanceof DeviceError ? error : new DeviceError('unsupported', error);
  }
  let since: number | undefined = performance.now();
  let before = 0;
  let over = false;
  const elapsed = (): number => before + (since === undefined ? 0 : performance.now() - since);
  const halt = (): void => {
    before = elapsed();
    since = undefined;
  };
  const lost = (): void => {
    if (over) return;
    halt();
    onLost();
  };
  recorder.addEventListener('error', lost);
  for (const track of stream.getTracks()) track.addEventListener('ended', lost);

  return {
    elapsed,
    pause() {
      if (recorder.state !== 'recording') return;
      recorder.pause();
      halt();
    },
    resume() {
      if (recorder.state !== 'paused') return;
      recorder.resume();
      since = performance.now();
    },
    async stop() {
      over = true;
      halt();
      await stopped(recorder);
      closeDevices(stream);
      const mime = plainType(recorder.mimeType || format);
      return { data: new Blob(pieces, { type: mime }), mime, duration: Math.round(before) };
    },
    cancel() {
      over = true;
      if (recorder.state !== 'inactive') recorder.stop();
      closeDevices(stream);
    },
  };
}

const begun = (recorder: MediaRecorder): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeviceError('busy')), START_MS);
    recorder.addEventListener('start', () => {
      clearTimeout(timer);
      resolve();
    });
    recorder.start(PIECE_MS);
  });

const stopped = (recorder: MediaRecorder): Promise<void> =>
  new Promise((resolve) => {
    if (recorder.state === 'inactive') {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, STOP_MS);
    recorder.addEventListener('stop', () => {
      clearTimeout(timer);
      resolve();
    });
    recorder.stop();
  });
