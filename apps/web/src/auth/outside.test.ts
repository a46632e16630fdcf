import { describe, expect, it } from 'vitest';
import { returnOf } from './outside.ts';

const of = (address: string) => returnOf(new URL(address, 'https://kith.example'));
const reply = (value: unknown) => encodeURIComponent(JSON.stringify(value));

describe('returnOf', () => {
  it('knows how somebody came back', () => {
    expect(of('/#step=signed_in')).toEqual({ type: 'entered' });
    expect(of('/#linked=acme')).toEqual({ type: 'linked' });
    expect(of('/#error=address_taken&provider=acme')).toEqual({
      type: 'refused',
      problem: 'outside.addressTaken',
      linking: false,
    });
    expect(of('/#error=linked_elsewhere&provider=acme&linking=1')).toMatchObject({ linking: true });
    const asked = { ticket: 't', expiresAt: '2026-01-01T00:00:00.000Z' };
    expect(of(`/#step=code_sent&reply=${reply(asked)}`)).toEqual({
      type: 'asked',
      reply: { type: 'code_sent', ...asked },
    });
  });
  it('knows what is asked for besides', () => {
    const asked = { ticket: 't', expiresAt: '2026-01-01T00:00:00.000Z', factors: ['totp', 'palm'] };
    const passkey = {
      challenge: 'c',
      rpId: 'kith.example',
      timeout: 1,
      userVerification: 'preferred',
      allowCredentials: [],
    };
    const back = (more: object) => of(`/#step=second_factor&reply=${reply({ ...asked, ...more })}`);
    expect(back({ passkey })).toEqual({
      type: 'asked',
      reply: { type: 'second_factor', ...asked, factors: ['totp'], passkey },
    });
    expect(back({ passkey: { challenge: 1 } })).toMatchObject({ reply: { passkey: null } });
    expect(back({ factors: 'totp' })).toMatchObject({ type: 'refused' });
  });
  it('says so where it does not understand, and shows nothing of it', () => {
    const failed = { type: 'refused', problem: 'outside.failed', linking: false };
    for (const hash of [
      'error=__proto__',
      'error=<b>call%20this%20number</b>',
      'step=code_sent',
      'step=code_sent&reply={',
      'step=code_sent&reply=null',
      `step=code_sent&reply=${reply({ ticket: 1, expiresAt: 'x' })}`,
      `step=code_sent&reply=${reply({ ticket: 'x'.repeat(500), expiresAt: 'x' })}`,
      `step=brand_new&reply=${reply({ ticket: 't', expiresAt: 'x' })}`,
    ])
      expect(of(`/#${hash}`), hash).toEqual(failed);
  });
  it('leaves all other addresses alone', () => {
    for (const address of [
      '/',
      '/#',
      '/#more',
      '/c/abc#step=signed_in',
      '/?step=signed_in',
      `/#error=${'x'.repeat(7_000)}`,
    ])
      expect(of(address), address).toBeNull();
  });
});
