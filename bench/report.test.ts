import { describe, expect, it } from 'vitest';
import type { StepResult } from './load.ts';
import { best, stepTable, table } from './report.ts';

const step = (rate: number, overrides: Partial<StepResult> = {}): StepResult => ({
  rate,
  seconds: 6,
  offered: rate,
  acknowledged: rate,
  delivered: rate,
  ackP50: 1,
  ackP99: 2,
  deliveryP50: 1,
  deliveryP99: 2,
  serverMicros: 50,
  databaseMicros: 40,
  serverBusy: 0.5,
  databaseBusy: 0.4,
  interruptsBusy: 0.1,
  othersBusy: 0,
  generatorBusy: 0.5,
  failed: 0,
  lost: 0,
  overrun: false,
  ...overrides,
});

describe('best', () => {
  it('is the fastest that stayed under the aim', () => {
    expect(best([step(100), step(300, { deliveryP99: 120 }), step(200)])?.rate).toBe(200);
  });

  it('passes over steps that failed, fell behind or ended early', () => {
    const steps = [step(1, { failed: 1 }), step(2, { acknowledged: 1 }), step(3, { overrun: true })];
    expect(best(steps)).toBeNull();
  });
});

describe('table', () => {
  it('aligns its columns', () => {
    const rows = [
      ['1', '22'],
      ['333333', '4'],
    ];
    expect(table(['a', 'b'], rows)).toBe(
      ['|      a |   b |', '|-------:|----:|', '|      1 |  22 |', '| 333333 |   4 |'].join('\n'),
    );
  });

  it('shows what was not measured as a dash', () => {
    expect(stepTable([step(10, { ackP50: Number.NaN })])).toContain('–');
  });
});
