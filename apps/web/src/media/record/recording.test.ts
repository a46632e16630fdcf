import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Clip,
  isListening,
  LONGEST_MS,
  lengthOf,
  NONE,
  type Recording,
  type RecordingEvent,
  SHORTEST_MS,
  step,
  WORTH_MS,
} from './recording.ts';

const clip: Clip = { data: new Blob(['x']), mime: 'audio/webm', duration: 4_000, waveform: '' };
const after = (...events: readonly RecordingEvent[]): Recording => events.reduce(step, NONE);
const held = { type: 'press', how: 'held' } as const;
const locked = { type: 'press', how: 'locked' } as const;
const opened = { type: 'opened', at: 1_000 } as const;

describe('a recording', () => {
  it('held by a finger is sent when it lets go', () => {
    expect(after(held)).toEqual({ type: 'asking', how: 'held' });
    expect(after(held, opened)).toEqual({ type: 'recording', how: 'held', since: 1_000, before: 0 });
    const ending = after(held, opened, { type: 'letGo', at: 3_000 });
    expect(ending).toEqual({ type: 'ending', fate: 'send' });
    expect(step(ending, { type: 'ended', clip })).toEqual({ type: 'sending', clip });
    expect(after(held, opened, { type: 'letGo', at: 3_000 }, { type: 'ended', clip }, { type: 'sent' })).toBe(
      NONE,
    );
  });

  it('shorter than a word is none', () => {
    expect(after(held, opened, { type: 'letGo', at: 1_000 + SHORTEST_MS - 1 })).toBe(NONE);
    expect(after(held, opened, { type: 'letGo', at: 1_000 + SHORTEST_MS }).type).toBe('ending');
    expect(after(locked, opened, { type: 'send', at: 1_100 })).toBe(NONE);
  });

  it('does not begin for a finger that has left while the browser asked', () => {
    const gone = after(held, { type: 'letGo', at: 500 });
    expect(gone).toBe(NONE);
    expect(step(gone, opened)).toBe(NONE);
  });

  it('slid up stays on when the finger leaves', () => {
    const on = after(held, opened, { type: 'lock' });
    expect(on).toEqual({ type: 'recording', how: 'locked', since: 1_000, before: 0 });
    expect(step(on, { type: 'letGo', at: 9_000 })).toBe(on);
  });

  it('counts what was recorded, and no pause', () => {
    const paused = after(locked, opened, { type: 'pause', at: 3_000 });
    expect(lengthOf(paused, 60_000)).toBe(2_000);
    const on = step(paused, { type: 'resume', at: 60_000 });
    expect(lengthOf(on, 60_500)).toBe(2_500);
    expect(step(on, { type: 'stop', at: 60_500 })).toEqual({ type: 'ending', fate: 'keep' });
  });

  it('does not pause under a finger', () => {
    const on = after(held, opened);
    expect(step(on, { type: 'pause', at: 2_000 })).toBe(on);
  });

  it('that ends is kept to be heard, and then sent or thrown away', () => {
    const recorded = after(locked, opened, { type: 'stop', at: 9_000 }, { type: 'ended', clip });
    expect(recorded).toEqual({ type: 'recorded', clip });
    expect(step(recorded, { type: 'cancel', at: 9_500 })).toBe(NONE);
    const sending = step(recorded, { type: 'send', at: 9_500 });
    expect(sending).toEqual({ type: 'sending', clip });
    expect(step(sending, { type: 'refused' })).toEqual(recorded);
    expect(step(NONE, { type: 'restore', clip })).toEqual(recorded);
  });

  it('thrown away is gone at once when it was short, and can be had back when it was not', () => {
    expect(after(locked, opened, { type: 'cancel', at: 1_000 + WORTH_MS - 1 })).toBe(NONE);
    const dropped = after(locked, opened, { type: 'cancel', at: 1_000 + WORTH_MS });
    expect(dropped).toEqual({ type: 'ending', fate: 'drop' });
    expect(step(dropped, { type: 'ended', clip })).toBe(NONE);
  });

  it('takes the last word while it is ending', () => {
    const ending = after(locked, opened, { type: 'stop', at: 9_000 });
    expect(step(step(ending, { type: 'send', at: 9_001 }), { type: 'ended', clip }).type).toBe('sending');
    expect(step(step(ending, { type: 'cancel', at: 9_001 }), { type: 'ended', clip })).toBe(NONE);
  });

  it('is none when the microphone cannot be had', () => {
    expect(after(locked, { type: 'failed' })).toBe(NONE);
    expect(isListening(after(locked))).toBe(true);
    expect(isListening(NONE)).toBe(false);
  });

  it('whatever happens: no length is negative or beyond the time that has passed, and what was said is never sent unasked', () => {
    const event = (at: number): fc.Arbitrary<RecordingEvent> =>
      fc.constantFrom<RecordingEvent>(
        held,
        locked,
        { type: 'opened', at },
        { type: 'failed' },
        { type: 'lock' },
        { type: 'letGo', at },
        { type: 'pause', at },
        { type: 'resume', at },
        { type: 'stop', at },
        { type: 'send', at },
        { type: 'cancel', at },
        { type: 'ended', clip },
        { type: 'sent' },
        { type: 'refused' },
      );
    const script = fc.array(fc.nat(LONGEST_MS / 100), { maxLength: 40 }).chain((gaps) => {
      let at = 0;
      return fc.tuple(
        ...gaps.map((gap) => {
          at += gap;
          return event(at);
        }),
      );
    });
    fc.assert(
      fc.property(script, (events) => {
        let now: Recording = NONE;
        let asked = false;
        let at = 0;
        for (const one of events) {
          if ('at' in one) at = one.at;
          const before = now;
          now = step(now, one);
          if (one.type === 'send' || one.type === 'letGo') asked = true;
          if (before.type === 'none' && now.type === 'asking') asked = false;
          if (now.type === 'sending') expect(asked).toBe(true);
          const length = lengthOf(now, at);
          expect(length).toBeGreaterThanOrEqual(0);
          if (now.type === 'recording' || now.type === 'paused') expect(length).toBeLessThanOrEqual(at);
        }
      }),
    );
  });
});
