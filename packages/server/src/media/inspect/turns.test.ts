import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const { signal } = new AbortController();

it('takes one of each person in turn, and what is small before all of them', async () => {
  const turns = createTurns(1, 100);
  const order: string[] = [];
  const take = (name: string, first = false): Promise<void> =>
    turns.take(
      async () => {
        order.push(name);
        await setImmediate();
      },
      { signal, first, whose: name.slice(0, 1) },
    );
  await Promise.all(
    ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => take(name)).concat(take('d1', true)),
  );
  expect(order).toEqual(['a1', 'd1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

it('leaves a place for others, and gives it back', async () => {
  const turns = createTurns(3, 100, 2);
  const ends: (() => void)[] = [];
  const began: string[] = [];
  const take = (name: string): Promise<void> =>
    turns.take(
      () => {
        began.push(name);
        return new Promise((resolve) => ends.push(resolve));
      },
      { signal, whose: name.slice(0, 1) },
    );
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map(take);
  await setImmediate();
  expect(began).toEqual(['a1', 'a2', 'b1']);
  // His ends: not a third of hers, but his next.
  ends[2]?.();
  await setImmediate();
  expect(began).toEqual(['a1', 'a2', 'b1', 'b2']);
  ends[3]?.();
  ends[0]?.();
  await setImmediate();
  expect(began).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
  while (began.length < 6 || ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await setImmediate();
  }
  await Promise.all(all);
});

it('who gives up leaves the queue, and too many are sent away', async () => {
  const turns = createTurns(1, 2);
  let end = (): void => undefined;
  const held = turns.take(() => new Promise<void>((resolve) => (end = resolve)), { signal, whose: 'a' });
  const leaving = new AbortController();
  const left = turns.take(async () => 'never', { signal: leaving.signal, whose: 'a' });
  const stays = turns.take(async () => 'stayed', { signal, whose: 'a' });
  await expect(turns.take(async () => 1, { signal, whose: 'b' })).rejects.toMatchObject({
    code: 'unavailable',
  });
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  const next = turns.take(async () => 'came', { signal, whose: 'b' });
  end();
  expect(await Promise.all([held, stays, next])).toEqual([undefined, 'stayed', 'came']);
});
