/** Videos and sound, measured by the browser that plays them: size, length, and a frame to stand for it. */
import type { OutgoingFile } from '@kith/client';
import { limits } from '@kith/protocol/limits';
import { drawn } from './canvas.ts';
import type { Size } from './choice.ts';
import { within } from './patience.ts';
import { blurOf, thumbnailOf } from './small.ts';

const PATIENCE_MS = 15_000;
/** The very first frame is often black. */
const POSTER_SECONDS = 0.5;
const POSTER_SHARE = 0.1;
/** A recording that does not say how long it is tells it when one asks for what lies behind its end. */
const BEHIND = 1e9;
const LONGEST_MS = 7 * 24 * 3_600_000;

type Measures = Pick<OutgoingFile, 'width' | 'height' | 'duration' | 'placeholder' | 'thumbnail'>;

/** Nothing where the browser cannot play it: the server may. */
export const measureVideo = (source: Blob, signal: AbortSignal): Promise<Measures> =>
  measured('video', source, signal, async (video, stop) => {
    const duration = await durationOf(video, stop);
    const size = { width: video.videoWidth, height: video.videoHeight };
    // Sound alone, in a file that could hold a video.
    if (size.width === 0 || Math.max(size.width, size.height) > limits.imageSide) return { ...duration };
    const poster = await posterOf(video, size, stop);
    return { ...size, ...duration, ...poster };
  });

export const measureSound = (source: Blob, signal: AbortSignal): Promise<Measures> =>
  measured('audio', source, signal, durationOf);

async function measured<T extends 'video' | 'audio'>(
  tag: T,
  source: Blob,
  signal: AbortSignal,
  measure: (player: HTMLElementTagNameMap[T], stop: AbortSignal) => Promise<Measures>,
): Promise<Measures> {
  const url = URL.createObjectURL(source);
  const player = document.createElement(tag);
  try {
    return await within(PATIENCE_MS, signal, async (stop) => {
      player.muted = true;
      player.preload = 'auto';
      if (player instanceof HTMLVideoElement) player.playsInline = true;
      const known = happens(player, 'loadedmetadata', stop);
      player.src = url;
      await known;
      return measure(player, stop);
    });
  } catch {
    signal.throwIfAborted();
    return {};
  } finally {
    // Else it goes on loading what nobody looks at.
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(url);
  }
}

function happens(player: HTMLMediaElement, what: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    player.addEventListener(what, () => resolve(), { once: true, signal });
    player.addEventListener('error', () => reject(new Error('It cannot be played.')), { once: true, signal });
  });
}

async function durationOf(player: HTMLMediaElement, stop: AbortSignal): Promise<Measures> {
  if (player.duration === Number.POSITIVE_INFINITY) {
    const found = happens(player, 'durationchange', stop);
    player.currentTime = BEHIND;
    await found;
  }
  const ms = Math.round(player.duration * 1000);
  return ms >= 0 && ms <= LONGEST_MS ? { duration: ms } : {};
}

async function posterOf(video: HTMLVideoElement, size: Size, stop: AbortSignal): Promise<Measures> {
  const { duration } = video;
  const there = happens(video, 'seeked', stop);
  video.currentTime = Number.isFinite(duration) ? Math.min(POSTER_SECONDS, duration * POSTER_SHARE) : 0;
  await there;
  const frame = drawn(video, size);
  const { placeholder } = blurOf(frame, size);
  const thumbnail = await thumbnailOf(frame, size, { bytes: Number.POSITIVE_INFINITY, seeThrough: false });
  return { placeholder, ...(thumbnail && { thumbnail }) };
}
