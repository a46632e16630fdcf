/** The sounds of the demo, as WAV: somebody who speaks, without words, and a tune on plucked strings. */

import { type Dice, dice } from './dice.ts';

export interface Sound {
  readonly wav: Buffer;
  /** ms */
  readonly duration: number;
  /** How loud along its length, a byte for each bar, base64. */
  readonly waveform: string;
}

const RATE = 16_000;
const BARS = 100;

/** The three tones that make a vowel, Hz. */
const VOWELS = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [300, 2200, 2950],
  [570, 860, 2410],
  [320, 900, 2250],
  [660, 1700, 2400],
] as const;

/**
 * Speech as it is heard through a wall: syllables with a melody, words, breath between them.
 * @param pitch of the voice, Hz. The same seed says the same.
 */
export function speak(seed: number, seconds: number, pitch: number): Sound {
  const roll = dice(seed);
  const samples = new Float64Array(Math.round(seconds * RATE));
  let at = Math.round(0.2 * RATE);
  while (at < samples.length - 0.6 * RATE) {
    const syllables = 3 + Math.floor(roll() * 7);
    for (let index = 0; index < syllables && at < samples.length - 0.5 * RATE; index += 1) {
      const length = Math.round((0.11 + 0.13 * roll()) * RATE);
      // A sentence goes down, and its stresses go up.
      const tone = pitch * (1.14 - (0.26 * index) / syllables + 0.12 * roll());
      syllable(samples.subarray(at, at + length), roll, tone, 0.45 + 0.55 * roll());
      at += Math.round(length * (0.92 + 0.25 * roll()));
    }
    at += Math.round((0.16 + 0.4 * roll()) * RATE);
  }
  return toSound(samples);
}

function syllable(into: Float64Array, roll: Dice, pitch: number, loud: number): void {
  const from = VOWELS[Math.floor(roll() * VOWELS.length)] ?? VOWELS[0];
  const to = VOWELS[Math.floor(roll() * VOWELS.length)] ?? VOWELS[1];
  const hiss = roll() < 0.35 ? 0.3 : 0.04;
  const tubes = from.map(() => [0, 0] as [number, number]);
  let phase = 0;
  for (let i = 0; i < into.length; i += 1) {
    const part = i / into.length;
    phase += (pitch * (1 + 0.012 * Math.sin(i / 420))) / RATE;
    const breath = (roll() - 0.5) * (part < 0.22 ? hiss : 0.03);
    const throat = 1 - 2 * (phase % 1) + breath * 4;
    let sound = 0;
    tubes.forEach((tube, nth) => {
      const hertz = (from[nth] ?? 0) + ((to[nth] ?? 0) - (from[nth] ?? 0)) * part;
      const narrow = Math.exp((-Math.PI * (70 + 50 * nth)) / RATE);
      const next =
        throat * (1 - narrow) +
        2 * narrow * Math.cos((2 * Math.PI * hertz) / RATE) * tube[0] -
        narrow ** 2 * tube[1];
      tube[1] = tube[0];
      tube[0] = next;
      sound += next / (1 + nth);
    });
    into[i] = (into[i] ?? 0) + sound * loud * Math.sin(Math.PI * part) ** 0.7;
  }
}

/** A small tune: strings that are plucked and die away. */
export function pluck(seed: number): Sound {
  const roll = dice(seed);
  const beat = 0.26;
  // Semitones above A, by bars of a quiet waltz.
  const tune = [
    0, 7, 12, 16, 12, 7, -4, 3, 8, 12, 8, 3, -7, 5, 9, 12, 9, 5, -5, 2, 7, 11, 14, 11, 0, 7, 12, 16, 19, 24,
  ];
  const samples = new Float64Array(Math.round((tune.length * beat + 1.2) * RATE));
  tune.forEach((step, index) => {
    const length = Math.round(RATE / (220 * 2 ** (step / 12)));
    const string = Float64Array.from({ length }, () => roll() - 0.5);
    const start = Math.round(index * beat * RATE);
    const end = Math.min(samples.length, start + 2.2 * RATE);
    for (let i = start; i < end; i += 1) {
      const place = (i - start) % length;
      const value = string[place] ?? 0;
      string[place] = 0.497 * (value + (string[(place + 1) % length] ?? 0));
      samples[i] = (samples[i] ?? 0) + value * (index % 6 === 0 ? 1 : 0.7);
    }
  });
  return toSound(samples);
}

function toSound(samples: Float64Array): Sound {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  // Plain samples, one channel, two bytes each.
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => {
    wav.writeInt16LE(Math.round((sample / peak) * 0.8 * 32_767), 44 + 2 * i);
  });
  const bars = Array.from({ length: BARS }, (_, bar) => {
    const share = samples.subarray(
      Math.floor((bar * samples.length) / BARS),
      Math.floor(((bar + 1) * samples.length) / BARS),
    );
    return Math.sqrt(share.reduce((sum, sample) => sum + sample * sample, 0) / share.length);
  });
  const loudest = Math.max(...bars, 1e-9);
  return {
    wav,
    duration: Math.round((samples.length / RATE) * 1000),
    waveform: Buffer.from(bars.map((bar) => Math.round(255 * (bar / loudest) ** 0.7))).toString('base64'),
  };
}
