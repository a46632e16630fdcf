import { KithError } from '@kith/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetCells } from '../app/cell.ts';
import { confirmed, currentAsking } from './confirmed.ts';

afterEach(forgetCells);

const refusal = () => Promise.reject(new KithError('confirmation_required'));
const asked = () => vi.waitUntil(() => currentAsking());

describe('confirmed', () => {
  it('asks nothing where nothing is refused', async () => {
    expect(await confirmed(async () => 'done')).toBe(true);
    expect(currentAsking()).toBeNull();
  });
  it('does it after all, once it is confirmed', async () => {
    const run = vi.fn(refusal);
    const done = confirmed(run);
    const question = await asked();
    run.mockResolvedValue(undefined as never);
    question.answer(true);
    expect(await done).toBe(true);
    expect(run).toHaveBeenCalledTimes(2);
    expect(currentAsking()).toBeNull();
  });
  it('asks again when that was too long ago by now', async () => {
    const run = vi.fn(refusal);
    const done = confirmed(run);
    (await asked()).answer(true);
    const again = await asked();
    run.mockResolvedValue(undefined as never);
    again.answer(true);
    expect(await done).toBe(true);
    expect(run).toHaveBeenCalledTimes(3);
  });
  it('leaves it when the person does, or is gone', async () => {
    const run = vi.fn(refusal);
    const left = confirmed(run);
    (await asked()).answer(false);
    expect(await left).toBe(false);
    const gone = confirmed(run);
    await asked();
    forgetCells();
    expect(await gone).toBe(false);
    expect(run).toHaveBeenCalledTimes(2);
  });
  it('leaves the earlier of two questions', async () => {
    const earlier = confirmed(refusal);
    await asked();
    const later = confirmed(refusal);
    expect(await earlier).toBe(false);
    (await asked()).answer(false);
    expect(await later).toBe(false);
  });
  it('passes on what else goes wrong, also afterwards', async () => {
    await expect(confirmed(() => Promise.reject(new KithError('timeout')))).rejects.toThrow();
    const run = vi.fn(refusal);
    const done = confirmed(run);
    const question = await asked();
    run.mockRejectedValue(new KithError('conflict'));
    question.answer(true);
    await expect(done).rejects.toMatchObject({ code: 'conflict' });
  });
});
