import { expect, it } from 'vitest';
import { OPENING, ROUND_MS, type Round, type RoundEvent, shareOf, step, type Take } from './round.ts';

const take: Take = { data: new Blob(['x']), mime: 'video/webm', duration: 2_000 };
const after = (...events: readonly RoundEvent[]): Round => events.reduce(step, OPENING);
const opened = { type: 'opened' } as const;

it('is opened, recorded, looked at and made again', () => {
  expect(after(opened)).toEqual({ type: 'ready' });
  const recording = after(opened, { type: 'record' }, { type: 'began', at: 100 });
  expect(recording).toEqual({ type: 'recording', since: 100 });
  const recorded = step(step(recording, { type: 'stop' }), { type: 'took', take });
  expect(recorded).toEqual({ type: 'recorded', take });
  expect(step(recorded, { type: 'again' })).toBe(OPENING);
});

it('does not record before there is a camera, nor twice', () => {
  expect(after({ type: 'record' })).toBe(OPENING);
  const starting = after(opened, { type: 'record' });
  expect(step(starting, { type: 'record' })).toBe(starting);
  expect(step(starting, { type: 'stop' })).toBe(starting);
});

it('says what went wrong, and tries again; what is recorded stays', () => {
  const failed = after({ type: 'failed', trouble: 'denied' });
  expect(failed).toEqual({ type: 'failed', trouble: 'denied' });
  expect(step(failed, { type: 'again' })).toBe(OPENING);
  const recorded: Round = { type: 'recorded', take };
  expect(step(recorded, { type: 'failed', trouble: 'busy' })).toBe(recorded);
});

it('knows how much of the minute has gone', () => {
  const recording: Round = { type: 'recording', since: 1_000 };
  expect([shareOf(recording, 1_000), shareOf(recording, 1_000 + ROUND_MS / 2)]).toEqual([0, 0.5]);
  expect(shareOf(recording, 10 * ROUND_MS)).toBe(1);
  expect(shareOf(OPENING, 5_000)).toBe(0);
});
