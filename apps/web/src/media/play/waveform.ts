/**
 * How loud a recording is along its length, in a hundred bytes that travel with the message: drawn before the first byte of the
 * sound is there. A byte a bar, 255 the loudest.
 */

/** What `limits.waveformLength` has room for. */
export const BARS = 100;

/** Below it is a quiet room, above it somebody shouts into the microphone; decibels of full scale. */
const QUIET_DB = -55;
const LOUD_DB = -8;
/** A whisper shall not be drawn as a shout, however much it is made to fit. */
const LEAST_PEAK = 0.35;

/** Root mean square of samples (-1 … 1) → 0 … 1, as ears have it rather than as voltages. */
export function loudnessOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  if (sum === 0) return 0;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Each of `count` bars: the loudest of its share of the levels; of fewer levels, what lies between two. */
export function resample(levels: ArrayLike<number>, count: number): number[] {
  const { length } = levels;
  return Array.from({ length: count }, (_, bar) => {
    if (length === 0) return 0;
    if (length < count) {
      const place = count === 1 ? 0 : (bar * (length - 1)) / (count - 1);
      const [before, after] = [levels[Math.floor(place)] ?? 0, levels[Math.ceil(place)] ?? 0];
      return before + (after - before) * (place % 1);
    }
    let loudest = 0;
    const end = Math.floor(((bar + 1) * length) / count);
    for (let i = Math.floor((bar * length) / count); i < end; i += 1)
      loudest = Math.max(loudest, levels[i] ?? 0);
    return loudest;
  });
}

/** Levels (0 … 1) of a whole recording → its bars in base64. */
export function toWaveform(levels: ArrayLike<number>): string {
  const bars = resample(levels, BARS);
  const peak = Math.max(LEAST_PEAK, ...bars);
  return btoa(String.fromCharCode(...bars.map((bar) => Math.round((255 * bar) / peak))));
}

/** Bars, each 0 … 1. Empty where there are none, or what came is not base64: then a plain line is drawn. */
export function fromWaveform(waveform: string | undefined): readonly number[] {
  if (!waveform) return [];
  try {
    return Array.from(atob(waveform), (char) => char.charCodeAt(0) / 255);
  } catch {
    // A stranger's client wrote it.
    return [];
  }
}
