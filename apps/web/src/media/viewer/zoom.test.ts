import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitted, held, moved, toggled, WHOLE, zoomed } from './zoom.ts';

/** 600 between the bars. */
const stage = { width: 1_000, height: 712 };
const photo = { width: 4_000, height: 3_000 };

it('shows all of it, and never larger than it is', () => {
  expect(fitted(photo, stage)).toEqual({ width: 800, height: 600 });
  expect(fitted({ width: 200, height: 100 }, stage)).toEqual({ width: 200, height: 100 });
});

it('keeps what lies under the pointer there', () => {
  const at = { x: 200, y: 100 };
  const view = zoomed(WHOLE, 3, at, photo, stage);
  // The same point of the picture, in its own pixels, before and after.
  expect((at.x - view.x) / view.scale).toBeCloseTo(at.x);
  expect((at.y - view.y) / view.scale).toBeCloseTo(at.y);
});

it('never lets an edge come in, nor grows or shrinks without end', () => {
  const number = fc.double({ min: -2_000, max: 2_000, noNaN: true });
  const step = fc.record({ factor: fc.double({ min: 0.1, max: 10, noNaN: true }), x: number, y: number });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let view = WHOLE;
      for (const { factor, x, y } of steps) {
        view = moved(zoomed(view, factor, { x, y }, photo, stage), { x, y }, photo, stage);
        expect(view.scale).toBeGreaterThanOrEqual(1);
        expect(view.scale).toBeLessThanOrEqual(10);
        expect(held(view, fitted(photo, stage), stage)).toEqual(view);
      }
    }),
  );
});

it('goes near by a double press, and back by another', () => {
  const near = toggled(WHOLE, { x: 0, y: 0 }, photo, stage);
  expect(near.scale).toBe(2.5);
  expect(toggled(near, { x: 10, y: 10 }, photo, stage)).toEqual(WHOLE);
});

it('stays in the middle what is smaller than the stage', () => {
  expect(moved(WHOLE, { x: 300, y: -200 }, photo, stage)).toMatchObject({ scale: 1, x: 0, y: 0 });
});
