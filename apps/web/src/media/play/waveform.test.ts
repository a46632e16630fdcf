import { limits } from '@kith/protocol/limits';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BARS, fromWaveform, loudnessOf, resample, toWaveform } from './waveform.ts';

const sine = (loudness: number): Float32Array =>
  Float32Array.from({ length: 1_024 }, (_, i) => loudness * Math.sin(i / 7));

describe('loudness', () => {
  it('is nothing in silence, all of it in a shout, and in order between', () => {
    expect(loudnessOf(new Float32Array(1_024))).toBe(0);
    expect(loudnessOf([])).toBe(0);
    const steps = [0.001, 0.01, 0.05, 0.2, 1].map((loudness) => loudnessOf(sine(loudness)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(5);
    expect(steps[0]).toBeLessThan(0.1);
    expect(steps[4]).toBe(1);
  });
});

describe('a waveform', () => {
  it('shows where it was loud', () => {
    const levels = Array.from({ length: 1_000 }, (_, i) => (i >= 500 && i < 750 ? 0.9 : 0.1));
    const bars = fromWaveform(toWaveform(levels));
    expect(bars).toHaveLength(BARS);
    expect(bars[60]).toBe(1);
    expect(bars[10]).toBeCloseTo(0.1 / 0.9, 1);
    expect(bars[90]).toBeCloseTo(0.1 / 0.9, 1);
  });

  it('does not make a shout of a whisper', () => {
    const bars = fromWaveform(toWaveform(Array.from({ length: 300 }, () => 0.07)));
    expect(Math.max(...bars)).toBeCloseTo(0.2, 1);
  });

  it('keeps a single loud moment of a long recording', () => {
    const levels = Array.from({ length: 72_000 }, (_, i) => (i === 36_500 ? 1 : 0.05));
    expect(Math.max(...fromWaveform(toWaveform(levels)))).toBe(1);
  });

  it('has always as many bars as the wire has room for, whatever was recorded', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 400 }), (levels) => {
        const waveform = toWaveform(levels);
        expect(waveform.length).toBeLessThanOrEqual(limits.waveformLength);
        const bars = fromWaveform(waveform);
        expect(bars).toHaveLength(BARS);
        expect(bars.every((bar) => bar >= 0 && bar <= 1)).toBe(true);
      }),
    );
  });

  it('is drawn from fewer levels than bars without steps, and from more by the loudest', () => {
    expect(resample([0, 1], 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(resample([0, 0.2, 1, 0.4], 2)).toEqual([0.2, 1]);
    expect(resample([], 3)).toEqual([0, 0, 0]);
    expect(resample([0.5], 3)).toEqual([0.5, 0.5, 0.5]);
  });

  it('that is none, or nonsense, has no bars', () => {
    expect(fromWaveform(undefined)).toEqual([]);
    expect(fromWaveform('not base64 %%%')).toEqual([]);
  });
});
