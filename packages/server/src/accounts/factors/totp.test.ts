import { describe, expect, it } from 'vitest';
import { base32, matchTotp, openTotp, sealTotp, stepAt, totpCode, totpUri } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  it('are those of RFC 6238, appendix B', () => {
    const known: readonly (readonly [number, string])[] = [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ];
    for (const [seconds, code] of known) expect(totpCode(secret, stepAt(seconds * 1_000))).toBe(code);
  });

  it('are taken one step early or late, and no further', () => {
    const now = 1_234_567_890_000;
    const at = (step: number) => matchTotp(secret, totpCode(secret, stepAt(now) + step), now);
    expect([-2, -1, 0, 1, 2].map((step) => at(step) !== null)).toEqual([false, true, true, true, false]);
    expect(at(1)).toBe(stepAt(now) + 1);
  });

  it('come of a secret that apps can read', () => {
    expect(base32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    const uri = new URL(totpUri(secret, 'Otters & Co', 'a@example.org'));
    expect(uri.pathname).toContain('Otters%20%26%20Co:a%40example.org');
    expect(uri.searchParams.get('issuer')).toBe('Otters & Co');
  });

  it('lie ciphered, for their account alone', () => {
    const key = [Buffer.alloc(32, 1)] as const;
    const other = [Buffer.alloc(32, 2)] as const;
    const sealed = sealTotp(key, 'ann', secret);
    expect(sealed.includes(secret)).toBe(false);
    expect(sealTotp(key, 'ann', secret).equals(sealed)).toBe(false);
    expect(openTotp(key, 'ann', sealed)).toEqual(secret);
    expect(openTotp([...other, ...key], 'ann', sealed)).toEqual(secret);
    expect(openTotp(key, 'bob', sealed)).toBeNull();
    expect(openTotp(other, 'ann', sealed)).toBeNull();
    sealed[15] = (sealed[15] ?? 0) ^ 1;
    expect(openTotp(key, 'ann', sealed)).toBeNull();
  });
});
