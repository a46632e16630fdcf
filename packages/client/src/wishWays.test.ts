import { newId } from '@kith/protocol/ids';
import { describe, expect, test } from 'vitest';
import { joined, wayOf } from './wishWays.ts';

describe('a request', () => {
  const value = { by: newId(), at: '2026-11-24T00:00:00.000Z' };
  const { lay } = wayOf('request');
  test('goes when it is accepted, and is out of sight when it is declined', () => {
    expect(lay(value, { accepted: true })).toBeUndefined();
    expect(lay(value, { accepted: false })).toEqual({ ...value, declined: true });
    // Accepted at another device meanwhile.
    expect(lay(undefined, { accepted: false })).toBeUndefined();
  });
  test('that was accepted stays so, whatever comes after', () => {
    expect(joined('request', { accepted: true }, { accepted: false })).toEqual({ accepted: true });
    expect(joined('request', { accepted: false }, { accepted: true })).toEqual({ accepted: true });
  });
});
