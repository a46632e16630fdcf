import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

describe('a turnstile', () => {
  it('lets so many through at a time, in order', async () => {
    const turnstile = createTurnstile({ parallel: 2, patienceMs: 1_000 });
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [1, 2, 3, 4].map((n) =>
      turnstile.pass(async () => {
        begun.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
        return n;
      }),
    );
    await sleep(0);
    expect(begun).toEqual([1, 2]);
    expect(turnstile.waiting()).toBe(2);
    ends[1]?.();
    await sleep(0);
    expect(begun).toEqual([1, 2, 3]);
    for (const end of ends) end();
    await sleep(0);
    for (const end of ends) end();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4]);
    expect(await turnstile.pass(async () => 5)).toBe(5);
  });

  it('goes on after work that failed', async () => {
    const turnstile = createTurnstile({ parallel: 1, patienceMs: 1_000 });
    const failing = turnstile.pass(() => Promise.reject(new Error('broken')));
    const next = turnstile.pass(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });

  it('sends away at once who would wait too long, and says when to come back', async () => {
    let time = 0;
    const turnstile = createTurnstile({ parallel: 1, patienceMs: 1_000, now: () => time });
    await turnstile.pass(async () => {
      time += 50;
    });
    let end = (): void => undefined;
    const held = turnstile.pass(() => new Promise<void>((resolve) => (end = resolve)));
    const waiting = Array.from({ length: 100 }, () => turnstile.pass(async () => undefined));
    const refused = await turnstile.pass(async () => undefined).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'unavailable', retryable: true });
    const { retryAfterMs } = refused as { retryAfterMs: number };
    // A hundred of 50 ms each wait.
    expect(retryAfterMs).toBeGreaterThanOrEqual(2_500);
    expect(retryAfterMs).toBeLessThanOrEqual(5_000);
    end();
    await Promise.all([held, ...waiting]);
    await turnstile.pass(async () => undefined);
  });

  it('does not begin what nobody waits for any more', async () => {
    let time = 0;
    const turnstile = createTurnstile({ parallel: 1, patienceMs: 1_000, now: () => time });
    let end = (): void => undefined;
    const held = turnstile.pass(() => new Promise<void>((resolve) => (end = resolve)));
    const late = turnstile.pass(async () => expect.unreachable());
    time = 1_001;
    const early = turnstile.pass(async () => 'done');
    await sleep(0);
    end();
    await expect(late).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await early).toBe('done');
    await held;
  });
});
