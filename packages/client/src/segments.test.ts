import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addRun, cutRuns, lastRun, type Runs, runAt, runOfPage } from './segments.ts';

type Op = { readonly add: boolean; readonly from: number; readonly length: number };

const ops = fc.array(
  fc.record({
    add: fc.boolean(),
    from: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 40 },
);

const apply = (runs: Runs, { add, from, length }: Op): Runs =>
  add ? addRun(runs, from, from + length - 1) : cutRuns(runs, from, from + length - 1);

describe('S4: holes in the history are known', () => {
  test('runs hold exactly the places that a plain set holds', () => {
    fc.assert(
      fc.property(ops, (list) => {
        const model = new Set<number>();
        let runs: Runs = [];
        for (const op of list) {
          runs = apply(runs, op);
          for (let seq = op.from; seq < op.from + op.length; seq++)
            op.add ? model.add(seq) : model.delete(seq);
        }
        for (let seq = 0; seq < 80; seq++) expect(runAt(runs, seq) !== undefined).toBe(model.has(seq));
      }),
    );
  });

  test('runs are sorted, never empty, never touch', () => {
    fc.assert(
      fc.property(ops, (list) => {
        const runs = list.reduce(apply, [] as Runs);
        for (const [index, run] of runs.entries()) {
          expect(run.from).toBeLessThanOrEqual(run.to);
          const next = runs[index + 1];
          if (next) expect(next.from).toBeGreaterThan(run.to + 1);
        }
      }),
    );
  });

  test('what changes nothing returns the same array, so that nobody redraws', () => {
    fc.assert(
      fc.property(ops, (list) => {
        const runs = list.reduce(apply, [] as Runs);
        const run = lastRun(runs);
        if (run) expect(addRun(runs, run.from, run.to)).toBe(runs);
        expect(cutRuns(runs, 90, 99)).toBe(runs);
      }),
    );
  });
});

describe('S4: what a page shows', () => {
  const page = { seqs: [4, 5, 6], lastSeq: 9, atStart: false, atEnd: false };

  test('a page in the middle shows its own places', () => {
    expect(runOfPage({ around: 5 }, page)).toEqual({ from: 4, to: 6 });
  });
  test('a page before a place reaches to it, one after a place begins at it', () => {
    expect(runOfPage({ before: 8 }, page)).toEqual({ from: 4, to: 7 });
    expect(runOfPage({ after: 2 }, page)).toEqual({ from: 3, to: 6 });
  });
  test('the ends reach to the ends', () => {
    expect(runOfPage({ before: 7 }, { ...page, atStart: true })).toEqual({ from: 0, to: 6 });
    expect(runOfPage({}, { ...page, atEnd: true })).toEqual({ from: 4, to: 9 });
  });
  test('an empty page of an empty conversation is all of it; of another, nothing', () => {
    expect(runOfPage({}, { seqs: [], lastSeq: 0, atStart: true, atEnd: true })).toEqual({ from: 0, to: 0 });
    expect(runOfPage({}, { seqs: [], lastSeq: 9, atStart: false, atEnd: false })).toBeUndefined();
  });
});
