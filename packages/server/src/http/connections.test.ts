/** How long connections are held, with real sockets: by who goes on sending after the answer, and by who asks for nothing more. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createRateLimiter } from '../limits/rateLimiter.ts';
import {
  errorIn,
  type FilesWorld,
  fileAddress,
  type HttpPerson,
  openFilesWorld,
  TUS,
} from '../testing/filesWorld.ts';
import { createHttpApp } from './app.ts';
import { createMetrics } from './metrics.ts';

/** Far below what else would end them: the bound of bodies (15 s), of idle transfers (60 s). */
const KEEP_ALIVE_MS = 300;
const LINGER_MS = 300;
const DRIP_MS = 50;
const PACE_MS = 500;

let world: FilesWorld;
/** The same rooms behind another door, whose connections end sooner. */
let app: FastifyInstance;
let port: number;
let ann: HttpPerson;
let group: string;
const open: { readonly socket: Socket; readonly timer?: NodeJS.Timeout }[] = [];

beforeAll(async () => {
  world = await openFilesWorld();
  ann = await world.signUp('ann');
  group = await world.group([ann]);
  const { services } = world.service;
  app = await createHttpApp({
    services,
    accounts: services.accounts,
    limiter: createRateLimiter({ factor: 0 }),
    config: defaultConfig(),
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    webRoot: world.folder,
    isDraining: () => false,
    connections: { keepAliveMs: KEEP_ALIVE_MS, lingerMs: LINGER_MS, pace: { bytes: 1_000, ms: PACE_MS } },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = app.server.address() as AddressInfo);
});
afterEach(() => {
  for (const { socket, timer } of open.splice(0)) {
    clearInterval(timer);
    socket.destroy();
  }
});
afterAll(async () => {
  await app?.close();
  await world?.close();
});

/** Says this, and a byte now and then if it shall. Resolves to all it was answered, when the service has ended it. */
function talk(said: string, drips = false): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const timer = drips ? setInterval(() => socket.write('a'), DRIP_MS) : undefined;
  open.push({ socket, ...(timer && { timer }) });
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.write(said);
  return new Promise((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve(heard));
    socket.on('end', () => drips || socket.end());
  });
}

const request = (line: string, headers: Readonly<Record<string, string>>, body = ''): string =>
  [
    `${line} HTTP/1.1`,
    'host: x',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

const LONG = { 'content-length': '1000000' };
const OCTETS = { 'content-type': 'application/offset+octet-stream' };

describe('who goes on sending after the answer', () => {
  it.each([
    ['a stranger to uploads', 'POST /v1/uploads', { ...TUS, ...OCTETS }, 401],
    [
      'a stranger to an upload',
      `PATCH /v1/uploads/${newId()}`,
      { ...TUS, ...OCTETS, 'upload-offset': '0' },
      401,
    ],
    ['at a path that is none', 'POST /%', { 'content-type': 'application/json' }, 400],
    ['a stranger to a command', 'POST /v1/conversations', { 'content-type': 'application/json' }, 401],
  ])('is hung up on: %s', { timeout: 10_000 }, async (_who, line, headers, status) => {
    const heard = await talk(request(line, { ...headers, ...LONG }), true);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('but not who ends soon: the connection serves the next request', async () => {
    const socket = connect(port, '127.0.0.1');
    open.push({ socket });
    const answers: string[] = [];
    socket.on('data', (chunk) => answers.push(...(chunk.toString('latin1').match(/HTTP\/1.1 \d+/g) ?? [])));
    socket.write(request('POST /v1/uploads', { ...TUS, ...OCTETS, 'content-length': '2' }));
    await expect.poll(() => answers).toEqual(['HTTP/1.1 401']);
    socket.write(`aa${request('GET /healthz', {})}`);
    await expect.poll(() => answers).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });
});

it('an upload that drips is hung up on; what came of it is kept, and a steady one is left alone', {
  timeout: 20_000,
}, async () => {
  const [dripping, steady] = [newId(), newId()];
  const size = 200_000;
  for (const id of [dripping, steady]) await world.create(ann, id, size);
  const line = (id: string): string => {
    const headers = { ...TUS, ...OCTETS, ...ann.bearer, 'upload-offset': '0', 'content-length': `${size}` };
    return request(`PATCH /v1/uploads/${id}`, headers, 'begun');
  };
  const socket = connect(port, '127.0.0.1');
  open.push({ socket });
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.write(line(steady));
  const dropped = talk(line(dripping), true);
  // Longer than the other one is borne.
  const pieces = 20;
  for (let i = 1; i <= pieces; i += 1) {
    await sleep((4 * PACE_MS) / pieces);
    socket.write(Buffer.alloc(i < pieces ? 5_000 : size - 5 - (pieces - 1) * 5_000));
  }
  await dropped;
  await expect.poll(() => heard).toMatch(/^HTTP\/1.1 204 /);
  expect(await world.offset(ann, steady)).toBe(size);
  expect(await world.offset(ann, dripping)).toBeGreaterThanOrEqual(5);
});

describe('a connection that asks for nothing more is closed', () => {
  it('after a file', { timeout: 10_000 }, async () => {
    const fileId = await world.upload(ann, randomBytes(5_000));
    const messageId = await world.send(ann, group, { fileId });
    const address = fileAddress({ conversationId: group, messageId, fileId });
    expect(await talk(request(`GET ${address}`, ann.bearer))).toMatch(/^HTTP\/1.1 200 /);
  });

  it('after an upload', { timeout: 10_000 }, async () => {
    const id = newId();
    await world.create(ann, id, 10);
    const headers = { ...TUS, ...OCTETS, ...ann.bearer, 'upload-offset': '0', 'content-length': '5' };
    expect(await talk(request(`PATCH /v1/uploads/${id}`, headers, '01234'))).toMatch(/^HTTP\/1.1 204 /);
    expect(await world.offset(ann, id)).toBe(5);
  });
});

describe('files side by side', () => {
  it('are so many of one person, and their places are free again when they hang up', {
    timeout: 40_000,
  }, async () => {
    // Far more than sockets hold, so that an answer nobody reads stays open.
    const fileId = await world.upload(ann, randomBytes(20_000_000));
    const messageId = await world.send(ann, group, { fileId });
    const address = fileAddress({ conversationId: group, messageId, fileId });
    const readers = Array.from({ length: 32 }, () => {
      const socket = connect(port, '127.0.0.1');
      open.push({ socket });
      socket.on('error', () => undefined);
      socket.write(request(`GET ${address}`, ann.bearer));
      return new Promise<void>((resolve) => socket.once('readable', resolve));
    });
    await Promise.all(readers);
    const read = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${address}`, { headers: ann.bearer });
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(await errorIn(refused)).toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000 });
    for (const { socket } of open.splice(0)) socket.destroy();
    const again = await read();
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([200, 20_000_000]);
  });
});
