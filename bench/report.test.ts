import { describe, expect, it } from 'vitest';
import { best, stepTable, table } from './report.ts';
import { stepAt as step } from './testing/step.ts';

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
