import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressOf, isOwnOrigin } from './origin.ts';

const request = (forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: '10.0.0.1' },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    ['6.6.6.6', 0, '10.0.0.1'],
    [undefined, 1, '10.0.0.1'],
    ['6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['1.2.3.4', 3, '1.2.3.4'],
    // E4: another port is no other address.
    ['1.2.3.4:5678', 1, '1.2.3.4'],
    ['[2001:db8::1]:5678', 1, '2001:db8::1'],
    ['[2001:db8::1]', 1, '2001:db8::1'],
    ['2001:db8::1', 1, '2001:db8::1'],
  ])('of %s behind %s proxies is %s', (forwarded, proxies, address) => {
    expect(addressOf(request(forwarded), proxies)).toBe(address);
  });
});

describe('our own origin', () => {
  const host = 'chat.local:4040';
  const open = { publicOrigins: [], trustedProxies: 0 };
  const configured = { publicOrigins: ['https://chat.example.org'], trustedProxies: 0 };
  it.each([
    ['the host asked for', { host, origin: 'http://chat.local:4040' }, open, true],
    ['in any case', { host: 'Chat.Local:4040', origin: 'http://chat.local:4040' }, open, true],
    ['another port', { host, origin: 'http://chat.local:5050' }, open, false],
    ['another host', { host, origin: 'https://evil.example' }, open, false],
    ['no page at all', { host, origin: 'null' }, open, false],
    ['nothing said', { host }, open, false],
    ['the browser says so', { host, 'sec-fetch-site': 'same-origin' }, open, true],
    ['a sibling site', { host, 'sec-fetch-site': 'same-site' }, open, false],
    ['the configured one', { host, origin: 'https://chat.example.org' }, configured, true],
    ['the host, when another is configured', { host, origin: `http://${host}` }, configured, false],
    [
      'a forwarded host nobody vouches for',
      { host, origin: 'http://a.b', 'x-forwarded-host': 'a.b' },
      open,
      false,
    ],
    [
      'a forwarded host',
      { host, origin: 'http://a.b', 'x-forwarded-host': 'a.b' },
      { ...open, trustedProxies: 1 },
      true,
    ],
  ])('%s', (_name, headers, config, own) => {
    expect(isOwnOrigin(headers, config)).toBe(own);
  });
});
