import { describe, expect, it } from 'vitest';
import { type MessageSound, type Playing, type PlayingEvent, SILENT, type Sound, step } from './playing.ts';
import { fixed } from './source.ts';

const clip = (key: string): Sound => ({ type: 'clip', key, source: fixed('blob:x'), duration: 1_000 });
const voice: MessageSound = {
  type: 'message',
  kind: 'voice',
  key: 'voice',
  source: fixed('/v1/x'),
  duration: 2_000,
  conversationId: 'c',
  messageId: 'm',
  title: 'Ada',
  next: async () => undefined,
};
const a = clip('a');
const after = (...events: readonly PlayingEvent[]): Playing => events.reduce(step, SILENT);
const play = (sound: Sound): PlayingEvent => ({ type: 'play', sound });

describe('the player', () => {
  it('starts, plays, pauses, goes on and ends', () => {
    expect(after(play(a))).toEqual({ type: 'starting', sound: a });
    const playing = after(play(a), { type: 'began', key: 'a' });
    expect(playing).toEqual({ type: 'playing', sound: a });
    const paused = step(playing, { type: 'pause' });
    expect(paused).toEqual({ type: 'paused', sound: a });
    expect(step(paused, { type: 'resume' })).toEqual({ type: 'starting', sound: a });
    expect(step(playing, { type: 'ended', key: 'a' })).toBe(SILENT);
  });

  it('waits for bytes in the middle, and goes on', () => {
    const waiting = after(play(a), { type: 'began', key: 'a' }, { type: 'waits', key: 'a' });
    expect(waiting).toEqual({ type: 'starting', sound: a });
    expect(step(waiting, { type: 'began', key: 'a' }).type).toBe('playing');
  });

  it('does not believe what is said of a sound that is no longer the one', () => {
    const b = after(play(a), { type: 'began', key: 'a' }, play(clip('b')));
    for (const type of ['began', 'ended', 'broke', 'halted', 'waits'] as const)
      expect(step(b, { type, key: 'a' })).toBe(b);
  });

  it('does not begin again what was paused before it began', () => {
    const paused = after(play(a), { type: 'pause' });
    expect(step(paused, { type: 'began', key: 'a' })).toBe(paused);
  });

  it('looks for the next one after a voice message, and not after anything else', () => {
    const between = after(play(voice), { type: 'began', key: 'voice' }, { type: 'ended', key: 'voice' });
    expect(between).toEqual({ type: 'between', sound: voice });
    expect(step(between, { type: 'close' })).toBe(SILENT);
    expect(step(between, { type: 'pause' })).toBe(SILENT);
    const { next: _, ...last } = voice;
    expect(after(play(last), { type: 'began', key: 'voice' }, { type: 'ended', key: 'voice' })).toBe(SILENT);
  });

  it('says of what cannot be played that it cannot, until something else is played', () => {
    const broken = after(play(a), { type: 'broke', key: 'a' });
    expect(broken).toEqual({ type: 'broken', sound: a });
    expect(step(broken, { type: 'resume' })).toBe(broken);
    expect(step(broken, play(voice))).toEqual({ type: 'starting', sound: voice });
  });

  it('is not moved by anything while it is silent', () => {
    for (const event of [
      { type: 'pause' },
      { type: 'resume' },
      { type: 'close' },
      { type: 'ended', key: 'a' },
    ] as const)
      expect(step(SILENT, event)).toBe(SILENT);
  });
});
