import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Revisions, RevOrder } from './revOrder.ts';

const at = (from: number, to = from): Revisions => ({ from, to });

describe('order of revisions', () => {
  test('S1: what comes early waits for what is missing', () => {
    const order = new RevOrder();
    order.startAt(10);
    expect(order.accept(at(13))).toEqual([]);
    expect(order.accept(at(12))).toEqual([]);
    expect(order.hasGap).toBe(true);
    expect(order.accept(at(11))).toEqual([at(11), at(12), at(13)]);
    expect(order.hasGap).toBe(false);
    expect(order.announced).toBe(13);
  });

  test('S3: what comes late or twice is dropped', () => {
    const order = new RevOrder();
    order.startAt(10);
    expect(order.accept(at(11, 12))).toHaveLength(1);
    expect(order.accept(at(11, 12))).toEqual([]);
    expect(order.accept(at(5))).toEqual([]);
  });

  test('a repair that reaches into what waits releases the rest', () => {
    const order = new RevOrder();
    order.startAt(1);
    order.accept(at(4));
    order.accept(at(6));
    expect(order.accept(at(2, 5))).toEqual([at(2, 5), at(6)]);
  });

  test('until it is known where to begin, everything waits', () => {
    const order = new RevOrder();
    expect(order.accept(at(8))).toEqual([]);
    expect(order.accept(at(7))).toEqual([]);
    expect(order.hasGap).toBe(false);
    expect(order.startAt(7)).toEqual([at(8)]);
  });

  test('S1, S3: whatever the order and the repetitions, each revision leaves once and in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        (lengths, random) => {
          let rev = 0;
          const events = lengths.map((length) => {
            const event = at(rev + 1, rev + length);
            rev += length;
            return event;
          });
          const arrivals = [...events, ...events.slice(0, 10)]
            .map((event) => ({ event, key: random.next().value }))
            .sort((a, b) => a.key - b.key);
          const order = new RevOrder();
          order.startAt(0);
          const left = arrivals.flatMap(({ event }) => order.accept(event));
          expect(left).toEqual(events);
        },
      ),
    );
  });
});
