import { describe, expect, it } from 'vitest';
import { linkOf } from './links.ts';

const of = (address: string) => linkOf(new URL(address, 'https://kith.example'));

describe('linkOf', () => {
  it('knows the links of the mails', () => {
    expect(of('/reset#abc')).toEqual({ type: 'reset', token: 'abc' });
    expect(of('/undo-email/#a-b_c')).toEqual({ type: 'undo', token: 'a-b_c' });
    expect(of('/invite#a.b')).toEqual({ type: 'invite', token: 'a.b' });
  });
  it('takes nothing that a server could have seen', () => {
    expect(of('/reset?token=abc')).toEqual({ type: 'reset', token: '' });
  });
  it('bounds what it takes', () => {
    expect(of(`/reset#${'x'.repeat(10_000)}`)?.token.length).toBeLessThan(1_000);
  });
  it('leaves all other addresses alone', () => {
    for (const address of ['/', '/c/abc#def', '/resets#abc', '/reset/more#abc', '/__proto__#a', '/new'])
      expect(of(address), address).toBeNull();
  });
});
