/** Which servers are believed, and how the way there must be. */
import { describe, expect, it } from 'vitest';
import { derivedMailFrom, isMailAddress, parseMailFrom } from './addresses.ts';
import { parseSmtpUrl } from './smtpUrl.ts';

describe('KITH_SMTP_URL', () => {
  it.each([
    ['smtp://mail.example.org', { port: 587, tls: 'demanded' }],
    ['smtp://mail.example.org:25/', { port: 25, tls: 'demanded' }],
    ['smtps://mail.example.org', { port: 465, tls: 'at_once' }],
    ['smtp://mail.example.org?tls=always', { tls: 'demanded' }],
    ['smtp://mailpit:1025?tls=never', { tls: 'never' }],
    ['smtp://10.0.0.5', { tls: 'demanded' }],
    ['smtp://localhost:1025', { tls: 'never', port: 1025 }],
    ['smtp://127.8.0.1', { tls: 'never' }],
    ['smtp://[::1]:25', { tls: 'never', host: '::1' }],
    ['smtp://localhost?tls=always', { tls: 'demanded' }],
    ['smtp://kith:x@localhost?tls=never', { tls: 'never' }],
    // Names that only begin like this machine's.
    ['smtp://localhost.example.org', { tls: 'demanded' }],
    ['smtp://127.0.0.1.example.org', { tls: 'demanded' }],
    ['smtp://kith%40host:p%2Fw%3A%C3%B6@h', { auth: { user: 'kith@host', password: 'p/w:ö' } }],
    ['smtp://h', { auth: null, host: 'h' }],
  ])('%s', (url, expected) => {
    expect(parseSmtpUrl(url)).toMatchObject(expected);
  });

  it.each([
    'mail.example.org',
    'http://mail.example.org',
    'smtp://',
    'smtp://user@host',
    'smtp://:password@host',
    'smtp://user:%@host',
    'smtp://host/path',
    'smtp://host#x',
    'smtp://host?tls=maybe',
    'smtp://host?tls=never&tls=always',
    'smtp://host?secure=false',
    'smtps://host?tls=never',
    'smtp://user:secret@host?tls=never',
    'smtp://ho%0Ast',
    'smtp://host:99999',
  ])('not %s, and says nothing of it', (url) => {
    expect(() => parseSmtpUrl(url)).toThrow(/must/);
    expect(() => parseSmtpUrl(url)).not.toThrow(/secret/);
  });
});

describe('addresses', () => {
  it.each(['a@b', 'ana.b+c@example.org', "o'neil@xn--bcher-kva.example"])('%s is one', (address) => {
    expect(isMailAddress(address)).toBe(true);
  });

  it.each([
    '',
    'a',
    '@b',
    'a@',
    'a b@c.d',
    'ü@b.c',
    'a@b..c',
    `${'a'.repeat(65)}@b.c`,
    `a@${'b.'.repeat(150)}c`,
  ])('%s is none', (address) => {
    expect(isMailAddress(address)).toBe(false);
  });

  it('mails come from an address, with a name or without', () => {
    expect(parseMailFrom('kith@example.org')).toEqual({ name: '', address: 'kith@example.org' });
    expect(parseMailFrom('Our Kith <kith@example.org>')).toEqual({
      name: 'Our Kith',
      address: 'kith@example.org',
    });
    expect(parseMailFrom('"Kith, ours" <kith@example.org>').name).toBe('Kith, ours');
    for (const wrong of [
      'Kith',
      '<>',
      'a@b.c, d@e.f',
      'Kith <a@b.c> <d@e.f>',
      'Ki\nth <a@b.c>',
      'Ki\u2028th <a@b.c>',
    ]) {
      expect(() => parseMailFrom(wrong)).toThrow('must be an address');
    }
  });

  it('and from kith@ the host people reach, if that is a name', () => {
    expect(derivedMailFrom('https://chat.example.org')?.address).toBe('kith@chat.example.org');
    expect(derivedMailFrom('https://192.0.2.1')).toBeNull();
    expect(derivedMailFrom('https://[2001:db8::1]:8443')).toBeNull();
  });
});
