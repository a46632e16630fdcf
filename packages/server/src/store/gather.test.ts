import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createGather, createLanes } from './gather.ts';

/** Rounds end when they are told to. */
function slowAnswers() {
  const ends: (() => void)[] = [];
  const answer = vi.fn(async (questions: readonly number[]) => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return questions.map((question) => question * 10);
  });
  return { answer, endAll: () => ends.splice(0).forEach((end) => end()) };
}
/** Questions of one turn of the loop go together. */
/** What was planned for this turn of the loop has begun, also where a busy machine lets the timer go first. */
const turn = async (): Promise<void> => {
  await sleep(1);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('questions that are gathered', () => {
  it('go together when they come together, and wait for the next round while one is under way', async () => {
    const { answer, endAll } = slowAnswers();
    const ask = createGather({ answer, parallel: 1, most: 3 });
    const first = [1, 2].map(ask);
    await turn();
    expect(answer.mock.calls).toEqual([[[1, 2]]]);
    const others = [3, 4, 5, 6].map(ask);
    await turn();
    expect(answer).toHaveBeenCalledTimes(1);
    endAll();
    expect(await Promise.all(first)).toEqual([10, 20]);
    await turn();
    endAll();
    await turn();
    endAll();
    expect(await Promise.all(others)).toEqual([30, 40, 50, 60]);
    expect(answer.mock.calls.map(([questions]) => questions)).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  it('fail alone when one of them is to blame, whatever went with it', async () => {
    const answer = vi.fn(async (questions: readonly number[]) => {
      if (questions.includes(5)) throw new Error('five');
      return questions;
    });
    const ask = createGather({ answer, parallel: 1, most: 10 });
    const all = [1, 2, 3, 4, 5, 6, 7].map(ask);
    await expect(all[4]).rejects.toThrow('five');
    expect(await Promise.all(all.toSpliced(4, 1))).toEqual([1, 2, 3, 4, 6, 7]);
    expect(answer.mock.calls.length).toBeLessThan(8);
  });

  it('fail after a few attempts when many are to blame', async () => {
    const answer = vi.fn(async () => {
      throw new Error('all of them');
    });
    const ask = createGather({ answer, parallel: 1, most: 1_000 });
    const all = await Promise.allSettled(Array.from({ length: 1_000 }, (_, n) => ask(n)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(answer.mock.calls.length).toBeLessThanOrEqual(21);
  });

  it('fail together when the database is away, and nobody else with them', async () => {
    const answer = vi.fn(async (questions: readonly number[]) => questions);
    const ask = createGather({ answer, parallel: 1, most: 2 });
    answer.mockRejectedValueOnce(new Error('Connection terminated'));
    const [one, two, three] = [ask(1), ask(2), ask(3)];
    await expect(one).rejects.toThrow('Connection terminated');
    await expect(two).rejects.toThrow('Connection terminated');
    expect(await three).toBe(3);
    expect(await ask(4)).toBe(4);
    expect(answer).toHaveBeenCalledTimes(3);
  });

  it('of different lanes do not go together', async () => {
    const answer = vi.fn(async (questions: readonly number[]) => questions);
    const ask = createLanes(2, (question) => question % 2, { answer, parallel: 1, most: 10 });
    expect(await Promise.all([1, 2, 3, 4].map(ask))).toEqual([1, 2, 3, 4]);
    expect(answer.mock.calls.map(([questions]) => questions)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('are refused when too many wait', async () => {
    const { answer, endAll } = slowAnswers();
    const ask = createGather({ answer, parallel: 1, most: 1, waitingMax: 2 });
    const running = ask(1);
    await turn();
    const waiting = [ask(2), ask(3)];
    await expect(ask(4)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    for (let round = 0; round < 3; round += 1) {
      endAll();
      await turn();
    }
    expect(await Promise.all([running, ...waiting])).toEqual([10, 20, 30]);
  });
});
