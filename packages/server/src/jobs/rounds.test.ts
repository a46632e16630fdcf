import { expect, it } from 'vitest';
import { createRounds } from './rounds.ts';

const setUp = (next: () => Promise<number | null> = async () => null) => {
  const looks: { end: () => void; fail: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  const rounds = createRounds({
    look: () => new Promise((end, fail) => looks.push({ end, fail })),
    next,
    onError: (error) => errors.push(error),
  });
  return { rounds, looks, errors };
};

it('looks once more for whoever asks meanwhile, and once for all of them', async () => {
  const { rounds, looks } = setUp();
  const done: string[] = [];
  const first = rounds.round().then(() => done.push('first'));
  const second = rounds.round().then(() => done.push('second'));
  const third = rounds.round().then(() => done.push('third'));
  expect(looks).toHaveLength(1);
  looks[0]?.end();
  await first;
  await expect.poll(() => looks.length).toBe(2);
  expect(done).toEqual(['first']);
  looks[1]?.end();
  await Promise.all([second, third]);
  expect(looks).toHaveLength(2);
  await rounds.close();
});

it('goes on after a look that failed, for whoever waited too', async () => {
  const { rounds, looks, errors } = setUp();
  rounds.plan(Date.now());
  await expect.poll(() => looks.length).toBe(1);
  const waiting = rounds.round();
  looks[0]?.fail(new Error('away'));
  await expect.poll(() => looks.length).toBe(2);
  expect(errors).toHaveLength(1);
  looks[1]?.end();
  await waiting;
  await rounds.close();
});

it('looks when something is due, and not after its end', async () => {
  let due: number | null = Date.now() + 20;
  const { rounds, looks } = setUp(async () => due);
  const first = rounds.round();
  looks[0]?.end();
  await first;
  await expect.poll(() => looks.length).toBe(2);
  due = null;
  looks[1]?.end();
  const waiting = rounds.round();
  await rounds.close();
  await waiting;
  await rounds.round();
  expect(looks).toHaveLength(2);
});
