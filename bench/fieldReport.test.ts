import { describe, expect, it } from 'vitest';
import { bestOf, fieldMarkdown, figureOf, mergeNear, type Sitting } from './fieldReport.ts';
import { stepAt as step } from './testing/step.ts';

describe('figureOf', () => {
  it('is the middle, or between the two in the middle', () => {
    expect(figureOf([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5, rounds: 3 });
    expect(figureOf([4, 1])?.median).toBe(2.5);
  });

  it('leaves out what was not measured', () => {
    expect(figureOf([Number.NaN, 2])?.rounds).toBe(1);
    expect(figureOf([])).toBeNull();
  });
});

describe('bestOf', () => {
  it('is the fastest in time', () => {
    const steps = [step(100), step(200), step(300, { deliveryP99: 100 }), step(400, { overrun: true })];
    expect(bestOf(steps)?.rate).toBe(200);
  });

  it('is the fastest that was kept up with when none was in time', () => {
    const late = { deliveryP99: 500 };
    expect(bestOf([step(1, late), step(2, late), step(3, { lost: 1 })])?.rate).toBe(2);
    expect(bestOf([step(3, { lost: 1 })])).toBeNull();
  });
});

it('makes one point of rates that are nearly the same', () => {
  const points = [
    { x: 105, y: 4 },
    { x: 1_000, y: 9 },
    { x: 100, y: 2 },
  ];
  expect(mergeNear(points)).toEqual([
    { x: 102.5, y: 3 },
    { x: 1_000, y: 9 },
  ]);
});

it('tells the median of the rounds, and what was not in time', () => {
  const sitting = (round: number, rate: number): Sitting => {
    const direct = step(rate);
    const late = step(10, { deliveryP99: 150, delivered: 2_990 });
    return {
      system: 'a',
      round,
      works: [
        { scenario: 'direct', size: 2, steps: [direct], best: direct, half: null },
        { scenario: 'group300', size: 300, steps: [late], best: late, half: null },
      ],
      idle: null,
    };
  };
  const text = fieldMarkdown({
    machine: { cores: 2, memoryGiB: 4, node: '24', postgres: 'PostgreSQL 15' },
    options: {
      mode: 'field',
      systems: [],
      scenarios: ['direct', 'group300'],
      rounds: 3,
      quick: false,
      folder: null,
      clients: 1_000,
      idleSockets: 1,
      seconds: 3,
      textLength: 80,
    },
    systems: [{ id: 'a', name: 'A', archive: 'a', version: '1' }],
    skipped: ['B'],
    sittings: [sitting(1, 1_000), sitting(2, 3_000), sitting(3, 2_000)],
  });
  expect(text).toContain('2,000 (1,000–3,000)');
  // Half a core, 2,000 messages a second.
  expect(text).toContain('250 (167–500)');
  expect(text).toContain('2,990 *');
  expect(text).toMatch(/Not measured.*B/);
});
