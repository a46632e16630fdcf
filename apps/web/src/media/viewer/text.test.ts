import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decode, fetchText, TEXT_MAX } from './text.ts';

it('reads UTF-8, also where the last letter is cut', () => {
  const bytes = new TextEncoder().encode('Grüße, мир');
  expect(decode(bytes)).toBe('Grüße, мир');
  expect(decode(bytes.subarray(0, bytes.length - 1))).toBe('Grüße, ми');
});

it('reads what says that it is UTF-16, and what older Windows wrote', () => {
  expect(decode(new Uint8Array([0xff, 0xfe, 0x68, 0x00, 0x69, 0x00]))).toBe('hi');
  expect(decode(new Uint8Array([0x47, 0x72, 0xfc, 0xdf, 0x65]))).toBe('Grüße');
});

// A server that knows no ranges, and one file of it that never ends.
const server = createServer((request, response) => {
  if (request.url === '/gone') {
    response.writeHead(404).end();
    return;
  }
  response.write('a'.repeat(300_000));
  if (request.url !== '/endless') response.end();
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('takes the beginning and no more', async () => {
  const { signal } = new AbortController();
  for (const path of ['/long', '/endless']) {
    const { text, cut } = await fetchText(base + path, 300_000, signal);
    expect(text).toHaveLength(TEXT_MAX);
    expect(cut).toBe(true);
  }
});

it('says when it is not there', async () => {
  await expect(fetchText(`${base}/gone`, 1, new AbortController().signal)).rejects.toThrow('404');
});
