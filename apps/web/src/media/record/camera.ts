/**
 * The camera as a square: its middle is drawn on a canvas, which is what one sees, and what is recorded. So the camera can be
 * turned around in the middle of a sentence.
 */
import { type Canvas, drawn } from '../prepare/canvas.ts';
import { blurOf, thumbnailOf } from '../prepare/small.ts';
import { type Capture, capture } from './capture.ts';
import { closeDevices, DeviceError, openDevices } from './devices.ts';
import { roundFormat } from './formats.ts';
import { ROUND_SIDE, type Take } from './round.ts';

const FRAMES_PER_SECOND = 30;
const VIDEO_BITS = 900_000;
const AUDIO_BITS = 48_000;
/** The very first frame of many cameras is dark. */
const POSTER_MS = 300;
const SIZE = { width: ROUND_SIDE, height: ROUND_SIDE };

export interface Camera {
  /** Whether there is another one to turn to. */
  readonly turns: boolean;
  /** Whether it looks at the person: then the picture is shown as a mirror shows it. */
  facesPerson(): boolean;
  turn(): Promise<void>;
  /** Resolves when it records. Rejects with DeviceError. */
  begin(onLost: () => void): Promise<void>;
  /** Ends it; camera and microphone are off when it resolves. */
  end(): Promise<Take>;
  close(): void;
}

type Facing = 'user' | 'environment';

const pictureOf = (facing: Facing): MediaTrackConstraints => ({
  facingMode: facing,
  width: { ideal: 640 },
  height: { ideal: 640 },
  aspectRatio: { ideal: 1 },
  frameRate: { ideal: FRAMES_PER_SECOND, max: FRAMES_PER_SECOND },
});

/** Draws on `canvas` from then on. Rejects with DeviceError. */
export async function openCamera(canvas: HTMLCanvasElement, signal: AbortSignal): Promise<Camera> {
  const format = roundFormat();
  if (format === undefined || !('captureStream' in canvas)) throw new DeviceError('unsupported');
  let facing: Facing = 'user';
  const stream = await openDevices({
    audio: {
      channelCount: { ideal: 1 },
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
    video: pictureOf(facing),
  });
  if (signal.aborted) {
    closeDevices(stream);
    throw new DeviceError('unknown');
  }
  canvas.width = ROUND_SIDE;
  canvas.height = ROUND_SIDE;
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  let seen = new MediaStream(stream.getVideoTracks());
  const stopDrawing = show(video, canvas);
  let recording: Capture | undefined;
  let poster: Canvas | undefined;
  let closed = false;
  const close = (): void => {
    closed = true;
    stopDrawing();
    recording?.cancel();
    video.srcObject = null;
    closeDevices(stream);
    closeDevices(seen);
  };
  try {
    video.srcObject = seen;
    await video.play();
  } catch (error) {
    close();
    throw new DeviceError('unknown', error);
  }
  const inputs = await navigator.mediaDevices.enumerateDevices();
  if (signal.aborted) {
    close();
    throw new DeviceError('unknown');
  }
  return {
    turns: inputs.filter(({ kind }) => kind === 'videoinput').length > 1,
    facesPerson: () => facing === 'user',
    async turn() {
      const next: Facing = facing === 'user' ? 'environment' : 'user';
      // A phone opens one camera only at a time.
      closeDevices(seen);
      seen = await openDevices({ video: pictureOf(next) }).catch(() =>
        openDevices({ video: pictureOf(facing) }),
      );
      facing = seen.getVideoTracks()[0]?.getSettings().facingMode === facing ? facing : next;
      if (closed) {
        closeDevices(seen);
        return;
      }
      video.srcObject = seen;
      await video.play();
    },
    async begin(onLost) {
      const taken = canvas.captureStream(FRAMES_PER_SECOND);
      for (const track of stream.getAudioTracks()) taken.addTrack(track);
      recording = await capture(taken, {
        format,
        videoBitsPerSecond: VIDEO_BITS,
        audioBitsPerSecond: AUDIO_BITS,
        onLost,
      });
      setTimeout(() => {
        poster ??= drawn(canvas, SIZE);
      }, POSTER_MS);
    },
    async end() {
      if (!recording) throw new DeviceError('unknown');
      poster ??= drawn(canvas, SIZE);
      const taken = await recording.stop();
      close();
      if (taken.data.size === 0) throw new DeviceError('unknown');
      // There is no other picture of it until the video itself is there.
      const thumbnail = await thumbnailOf(poster, SIZE, {
        bytes: Number.POSITIVE_INFINITY,
        seeThrough: false,
      });
      return { ...taken, ...blurred(poster), ...(thumbnail && { thumbnail }) };
    },
    close,
  };
}

const blurred = (poster: Canvas) => ({ placeholder: blurOf(poster, SIZE).placeholder });

/** Each frame's middle, as it comes. Returns how to stop. */
function show(video: HTMLVideoElement, canvas: HTMLCanvasElement): () => void {
  const context = canvas.getContext('2d');
  let handle = 0;
  const draw = (): void => {
    handle = requestAnimationFrame(draw);
    const { videoWidth, videoHeight } = video;
    const side = Math.min(videoWidth, videoHeight);
    if (side === 0) return;
    const [x, y] = [(videoWidth - side) / 2, (videoHeight - side) / 2];
    context?.drawImage(video, x, y, side, side, 0, 0, ROUND_SIDE, ROUND_SIDE);
  };
  handle = requestAnimationFrame(draw);
  return () => cancelAnimationFrame(handle);
}
