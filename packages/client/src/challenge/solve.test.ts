import { createHash, randomBytes } from 'node:crypto';
import type { Challenge } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { describe, expect, test } from 'vitest';
import { accounts } from '../accounts.ts';
import { createHasher, ONE_ROUND } from './sha256.ts';
import { solveChallenge } from './solve.ts';

const SALT = 'abcdefghijklmnopqrstuv';
const task = (number: number, most = number): Challenge => ({
  kind: 'proof_of_work',
  token: 'its.token',
  salt: SALT,
  target: createHash('sha256').update(`${SALT}:${number}`).digest('hex'),
  most,
  expiresAt: new Date().toISOString(),
});

describe('work for the server', () => {
  test('the hash is SHA-256, at every length', () => {
    const hash = createHasher();
    const bytes = new Uint8Array(64);
    for (let length = 0; length <= ONE_ROUND; length += 1) {
      const text = randomBytes(length);
      bytes.set(text);
      const words = [...hash(bytes, length)].map((word) => (word >>> 0).toString(16).padStart(8, '0'));
      expect(words.join('')).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  test('the number is found wherever it lies, and others go on meanwhile', async () => {
    expect(await solveChallenge(task(0, 10))).toBe('0');
    expect(await solveChallenge(task(99_999))).toBe('99999');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await solveChallenge(task(200_000), { sliceMs: 1 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  test('what is too much, or has no answer, is refused, and what is not wanted any more ends', async () => {
    const refused = { code: 'unsupported_version' };
    await expect(solveChallenge(task(1, 1e12))).rejects.toMatchObject(refused);
    await expect(solveChallenge({ ...task(7), most: 3 })).rejects.toMatchObject(refused);
    await expect(solveChallenge({ ...task(7), target: 'x' })).rejects.toMatchObject(refused);
    const stopped = new AbortController();
    const working = solveChallenge(task(1_000_000, 4_000_000), { signal: stopped.signal, sliceMs: 0 });
    stopped.abort(new Error('enough'));
    await expect(working).rejects.toThrow('enough');
  });

  test('a form is sent again with it, and not for ever', async () => {
    const sent: unknown[] = [];
    let asks = 1;
    const fetch = (async (_url: unknown, init?: RequestInit) => {
      sent.push(JSON.parse(String(init?.body)));
      asks -= 1;
      if (asks < 0) return Response.json({});
      const error = new KithError('challenge_required', { challenge: task(5, 9) });
      return Response.json({ error: error.toWire() }, { status: 403 });
    }) as typeof globalThis.fetch;
    await accounts('http://test', { fetch }).forgotPassword('a@x.org');
    const solved = { email: 'a@x.org', challenge: { token: 'its.token', answer: '5' } };
    expect(sent).toEqual([{ email: 'a@x.org' }, solved]);
    asks = 100;
    const door = accounts('http://test', { fetch, solve: async () => '6' });
    await expect(door.forgotPassword('a@x.org')).rejects.toMatchObject({ code: 'challenge_required' });
    expect(sent).toHaveLength(2 + 3);
  });
});
