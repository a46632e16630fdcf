import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { addressFactor, rates } from '@kith/protocol';
import { describe, expect, test } from 'vitest';
import { addressKey, createRateLimiter, type RateScope } from './rateLimiter.ts';

const ann: RateScope = { tenantId: 1, userId: 'ann' };
const clock = () => {
  let time = 0;
  return { now: () => time, pass: (ms: number) => (time += ms) };
};

setFlagsFromString('--expose-gc');
/** What is kept, not what nobody has swept away yet. */
const collect = runInNewContext('gc') as () => void;

describe('rate limiter', () => {
  test('E2: lets a burst pass, then the rate of its class, and says how long to wait', () => {
    const time = clock();
    const limiter = createRateLimiter({ factor: 1, now: time.now });
    for (let i = 0; i < rates.send.burst; i += 1) expect(limiter.take(ann, 'send')).toEqual({ ok: true });
    expect(limiter.take(ann, 'send')).toEqual({ ok: false, retryAfterMs: 1_000 / rates.send.perSecond });
    time.pass(1_000 / rates.send.perSecond);
    expect(limiter.take(ann, 'send').ok).toBe(true);
    expect(limiter.take(ann, 'send').ok).toBe(false);
  });

  test('S15: classes, people, tenants and addresses do not share a bucket', () => {
    const limiter = createRateLimiter({ factor: 1, now: () => 0 });
    while (limiter.take(ann, 'write').ok);
    expect(limiter.take(ann, 'read').ok).toBe(true);
    expect(limiter.take({ tenantId: 1, userId: 'bob' }, 'write').ok).toBe(true);
    expect(limiter.take({ tenantId: 2, userId: 'ann' }, 'write').ok).toBe(true);
    expect(limiter.take({ address: '192.0.2.1' }, 'write').ok).toBe(true);
  });

  test('an address gets what many people behind it need', () => {
    const limiter = createRateLimiter({ factor: 1, now: () => 0 });
    let passed = 0;
    while (limiter.take({ address: '192.0.2.1' }, 'auth').ok) passed += 1;
    expect(passed).toBe(rates.auth.burst * addressFactor);
  });

  test('the factor scales, and 0 switches off', () => {
    const half = createRateLimiter({ factor: 0.5, now: () => 0 });
    let passed = 0;
    while (half.take(ann, 'send').ok) passed += 1;
    expect(passed).toBe(rates.send.burst / 2);
    const off = createRateLimiter({ factor: 0, now: () => 0 });
    for (let i = 0; i < 10_000; i += 1) expect(off.take(ann, 'auth').ok).toBe(true);
  });

  test('a million addresses do not fill the memory, and the latest flooder stays refused', () => {
    const limiter = createRateLimiter({ factor: 1, now: () => 0, maxBuckets: 1_000 });
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1_000_000; i += 1) limiter.take({ address: `198.51.${i >> 8}.${i & 255}` }, 'read');
    while (limiter.take(ann, 'send').ok);
    for (let i = 0; i < 500; i += 1) limiter.take({ address: `203.0.113.${i}` }, 'read');
    expect(limiter.take(ann, 'send').ok).toBe(false);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 1024 * 1024);
  });

  test('IPv6 counts by /64, mapped IPv4 as IPv4', () => {
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(addressKey('2001:db8:1:2::9'));
    expect(addressKey('2001:db8:1:2::1')).not.toBe(addressKey('2001:db8:1:3::1'));
    expect(addressKey('2001:0DB8::1')).toBe(addressKey('2001:db8:0:0:ffff::'));
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
    expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(addressKey('192.0.2.7')).toBe('192.0.2.7');
    expect(addressKey('not:an:address')).toBe('not:an:address');
  });
});
