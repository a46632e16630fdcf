import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

describe('Histogram', () => {
  it('knows no percentile of nothing', () => {
    expect(new Histogram().percentile(0.5)).toBeNaN();
  });

  it('gives the value that the asked share stays within', () => {
    const histogram = new Histogram();
    for (let ms = 100; ms >= 1; ms -= 1) histogram.add(ms);
    expect(histogram.total).toBe(100);
    expect(histogram.percentile(0.5)).toBe(50);
    expect(histogram.percentile(0.99)).toBe(99);
    expect(histogram.percentile(1)).toBe(100);
  });

  it('rounds up, so that it never flatters', () => {
    const histogram = new Histogram();
    histogram.add(0.11);
    expect(histogram.percentile(0.5)).toBe(0.2);
  });

  it('takes what is out of range at its ends', () => {
    const histogram = new Histogram();
    histogram.add(-1);
    histogram.add(1e9);
    expect(histogram.percentile(0.5)).toBe(0);
    expect(histogram.percentile(1)).toBe(20_000);
  });
});
