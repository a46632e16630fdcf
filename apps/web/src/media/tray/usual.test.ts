import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { usual } from './usual.ts';

let kept: Map<string, string>;
beforeEach(() => {
  kept = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

it('is the standard until something is chosen, and again when that is forgotten', () => {
  expect(usual.get()).toBe('standard');
  usual.set('high');
  expect(usual.get()).toBe('high');
  kept.clear();
  expect(usual.get()).toBe('standard');
});

it('knows no choice that is none', () => {
  kept.set('kith.pictures', 'file');
  expect(usual.get()).toBe('standard');
});

it('lives without a storage', () => {
  vi.stubGlobal('localStorage', undefined);
  usual.set('high');
  expect(usual.get()).toBe('standard');
});
