import { describe, expect, it } from 'vitest';
import '../i18n/english.ts';
import { ago, inTime, lastSeen, rowTime } from './time.ts';

const at = (text: string): number => new Date(text).getTime();
const now = at('2026-03-11T15:00');
const today = new Date(now).setHours(0, 0, 0, 0);

describe('rowTime', () => {
  it('says no more than is needed', () => {
    expect(rowTime(at('2026-03-11T09:05'), today)).toMatch(/9[:.]05/);
    expect(rowTime(at('2026-03-10T23:59'), today)).toMatch(/Yesterday/i);
    expect(rowTime(at('2026-03-06T12:00'), today)).toBe('Fri');
    expect(rowTime(at('2026-02-01T12:00'), today)).toMatch(/Feb/);
    expect(rowTime(at('2024-02-01T12:00'), today)).toMatch(/24/);
  });
  it('takes a clock that runs ahead for today', () => {
    expect(rowTime(now + 3 * 86_400_000, today)).toMatch(/3[:.]00/);
  });
});

describe('lastSeen and ago', () => {
  it('count minutes, then days', () => {
    expect(lastSeen(now - 20_000, now)).toBe('last seen just now');
    expect(lastSeen(now - 5 * 60_000, now)).toBe('last seen 5 minutes ago');
    expect(lastSeen(at('2026-03-10T14:00'), now)).toMatch(/^last seen yesterday at 2[:.]00/);
    expect(ago(now - 3 * 3_600_000, now)).toBe('3 hours ago');
    expect(ago(now - 30 * 86_400_000, now)).toMatch(/Feb/);
  });
});

describe('inTime', () => {
  it('rounds up: who comes too early waits again', () => {
    expect(inTime(1)).toBe('in 1 second');
    expect(inTime(59_000)).toBe('in 59 seconds');
    expect(inTime(61_000)).toBe('in 2 minutes');
    expect(inTime(3_600_000)).toBe('in 60 minutes');
    expect(inTime(3_601_000)).toBe('in 2 hours');
  });
});
