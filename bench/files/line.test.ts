import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Address, demand, Line } from './line.ts';

/** Says what it was asked, with the length of what came; `/never` has no answer. */
const server = createServer(async (request, response) => {
  const { length } = await buffer(request);
  if (request.url === '/never') return;
  const text = `${request.method} ${request.url} ${request.headers['x-word']} ${length}`;
  response.setHeader('content-length', text.length).end(text);
});
let address: Address;
let line: Line;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  line = await Line.open(address);
});
afterEach(async () => {
  line.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it('asks again and again on one connection, with and without a body', async () => {
  const body = [Buffer.alloc(3_000_000), Buffer.alloc(17)];
  for (const [request, text] of [
    [{ method: 'GET', path: '/a', headers: { 'x-word': 'one' } }, 'GET /a one 0'],
    [{ method: 'PUT', path: '/b', body }, 'PUT /b undefined 3000017'],
    [{ method: 'DELETE', path: '/c' }, 'DELETE /c undefined 0'],
  ] as const) {
    let heard = '';
    const before = performance.now();
    const hear = (part: Buffer): void => {
      heard += part.toString();
    };
    const answer = await line.request({ ...request, hear });
    expect(heard).toBe(text);
    demand(answer, 200, text.length);
    expect(answer.sentAt).toBeGreaterThan(before);
    expect(answer.sentAt).toBeLessThanOrEqual(performance.now());
  }
  expect(line.received).toBe(57);
});

it('tells whoever waits that it was closed, by either side', async () => {
  const lost = expect(line.request({ method: 'GET', path: '/never' })).rejects.toThrow('closed by us');
  line.close();
  await lost;
  const other = await Line.open(address);
  const dropped = expect(other.request({ method: 'GET', path: '/never' })).rejects.toThrow();
  server.closeAllConnections();
  await dropped;
});

it('says what came instead', () => {
  const answer = { status: 500, bytes: 3, headers: new Map() };
  expect(() => demand(answer, 200, 9)).toThrow('Answered 500 with 3 bytes, not 200 with 9.');
});
