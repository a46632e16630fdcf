/** Two short sounds, made here: nothing to load, and nobody else's. Soft: they call, they do not startle. */

interface Tone {
  /** Hz. */
  readonly pitch: number;
  /** Seconds from the beginning. */
  readonly at: number;
}

/** A message: two wooden taps, falling a fourth. A mention: the same and back up, so that it is known without looking. */
const SOUNDS = {
  message: [
    { pitch: 659.26, at: 0 },
    { pitch: 493.88, at: 0.09 },
  ],
  mention: [
    { pitch: 493.88, at: 0 },
    { pitch: 659.26, at: 0.09 },
    { pitch: 987.77, at: 0.2 },
  ],
} as const satisfies Record<string, readonly Tone[]>;

export type Sound = keyof typeof SOUNDS;

const LOUDNESS = 0.14;
const ATTACK_S = 0.006;
const DECAY_S = 0.28;
/** A lively group must not rattle. */
const REST_MS = 3_000;

let context: AudioContext | undefined;
let playedAt = Number.NEGATIVE_INFINITY;

/** Plays it, unless one has only just been played or the browser lets no page be heard that nobody has touched. */
export async function play(sound: Sound, { force = false } = {}): Promise<boolean> {
  const now = performance.now();
  if ((!force && now - playedAt < REST_MS) || typeof AudioContext === 'undefined') return false;
  if (!force && navigator.userActivation && !navigator.userActivation.hasBeenActive) return false;
  playedAt = now;
  context ??= new AudioContext();
  await context.resume();
  for (const tone of SOUNDS[sound]) strike(context, tone);
  return true;
}

/** A sine with a little of its octave that dies away at once: a soft mallet on wood. */
function strike(audio: AudioContext, { pitch, at }: Tone): void {
  const start = audio.currentTime + 0.01 + at;
  for (const [times, share] of [
    [1, 1],
    [2, 0.18],
  ] as const) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    oscillator.frequency.value = pitch * times;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS * share, start + ATTACK_S);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + DECAY_S / times);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(start);
    oscillator.stop(start + DECAY_S);
  }
}
