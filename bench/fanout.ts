/**
 * Fan-out alone: how many deliveries a second one core makes to one group, without database and commands.
 *
 *     node bench/fanout.ts [sockets] [messages a second] [seconds]
 *
 * The server runs pinned to core 0 and the readers to core 1, over loopback, with the real gateway, hub and queues.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, subprotocol } from '@kith/protocol';
import { createAnnouncer } from '../packages/server/src/fanout/announcer.ts';
import { localBus } from '../packages/server/src/fanout/bus.ts';
import { createHub } from '../packages/server/src/fanout/hub.ts';
import { createGateway } from '../packages/server/src/gateway/gateway.ts';
import { createRateLimiter } from '../packages/server/src/limits/rateLimiter.ts';

const [role = 'main', ...rest] = process.argv.slice(2).some((arg) => /^(server|readers)$/.test(arg))
  ? process.argv.slice(2)
  : ['main', ...process.argv.slice(2)];
const [sockets = 1_000, rate = 300, seconds = 10] = rest.map(Number);
const conversationId = '01900000-0000-7000-8000-000000000001';

if (role === 'server') await serve();
else if (role === 'readers') await read(Number(process.env.PORT));
else await main();

async function main(): Promise<void> {
  const args = [String(sockets), String(rate), String(seconds)];
  const run = (core: number, name: string, env = {}) =>
    spawn('taskset', ['-c', String(core), process.execPath, import.meta.filename, name, ...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    });
  const server = run(0, 'server');
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const readers = run(1, 'readers', { PORT: String(port) });
  await once(readers, 'message');
  const served = once(server, 'message');
  const readIt = once(readers, 'message');
  readers.send('measure');
  server.send('begin');
  const [made] = (await served) as [Record<string, unknown>];
  readers.send('report');
  const [got] = (await readIt) as [Record<string, unknown>];
  console.log(JSON.stringify({ sockets, rate, seconds, ...made, ...got }, null, 1));
  server.kill();
  readers.kill();
}

async function serve(): Promise<void> {
  const bus = localBus();
  const announcer = createAnnouncer(bus);
  const log = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
  const member = (userId: string) => ({
    type: 'member' as const,
    conversationId,
    userId,
    rev: 1,
    role: 'member' as const,
    state: 'joined' as const,
    visibleAfter: 0,
    joinedAt: new Date().toISOString(),
  });
  const reads = {
    joinedConversations: async (_tenantId: number, userId: string) => [
      { member: member(userId), conversationRev: 0, memberCount: sockets },
    ],
  };
  const store = {
    membershipsIn: async () => [],
    headsFor: async () => ({ heads: [], users: [] }),
    changesSince: async () => null,
  };
  const hub = createHub({ bus, database: { db: null as never }, logger: log, reads, store });
  const user = (token: string) => ({
    id: token,
    username: token,
    displayName: token,
    role: 'member' as const,
  });
  const gateway = createGateway({
    node: 'bench',
    services: {} as never,
    accounts: {
      authenticate: async ({ token = '' }) => ({
        tenantId: 1,
        tenant: { slug: 'main', name: 'Bench' },
        user: user(token),
        sessionId: token,
        expiresAt: new Date(Date.now() + 3_600_000),
        restriction: null,
      }),
    },
    hub,
    presences: { connect: () => ({ setActive: () => undefined, close: () => undefined }) },
    rateLimiter: createRateLimiter({ factor: 0 }),
    logger: log,
    allowedOrigin: () => true,
    clientAddress: () => '127.0.0.1',
    limits: { socketsPerAddress: 100_000 },
    dispatch: (async (_services: unknown, caller: { userId: string; sessionId: string }) => ({
      user: user(caller.userId),
      settings: { type: 'settings', rev: 0, presence: 'auto' },
      sessionId: caller.sessionId,
    })) as never,
  });
  const server = createServer();
  server.on('upgrade', gateway.handleUpgrade);
  server.listen(0, '127.0.0.1', 8_192);
  await once(server, 'listening');
  const before = process.memoryUsage().rss;
  process.send?.({ port: (server.address() as AddressInfo).port });
  await once(process, 'message');

  const memory = process.memoryUsage().rss - before;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const total = rate * seconds;
  const author = newId();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * rate));
    for (; sent < due; sent += 1) {
      announcer.changed({
        tenantId: 1,
        conversationId,
        from: sent + 1,
        to: sent + 1,
        records: [
          {
            type: 'message',
            id: newId(),
            conversationId,
            seq: sent + 1,
            rev: sent + 1,
            authorId: author,
            createdAt: new Date().toISOString(),
            body: {
              type: 'content',
              content: { type: 'plain', text: `${Date.now()} a message of usual length, as people write` },
            },
          },
        ],
      });
    }
    await sleep(1);
  }
  const elapsed = (performance.now() - begun) / 1_000;
  const { user: userCpu, system } = process.cpuUsage(cpu);
  await sleep(500);
  process.send?.({
    offeredPerSecond: Math.round((sent / elapsed) * sockets),
    serverCpu: `${Math.round((userCpu + system) / elapsed / 10_000)} %`,
    serverSystemCpu: `${Math.round(system / elapsed / 10_000)} %`,
    bytesPerSocket: Math.round(memory / sockets),
    stillConnected: gateway.connections(),
  });
}

/** Plain TCP, so that reading costs less than sending: counts frames by their lines. */
async function read(port: number): Promise<void> {
  let frames = 0;
  let bytes = 0;
  let messages = 0;
  let latencies: number[] = [];
  const ready: Promise<unknown>[] = [];
  const mark = Buffer.from('{"t":"event"');
  const stamp = Buffer.from('"text":"');
  for (let i = 0; i < sockets; i += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.write(
      `GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${Buffer.alloc(16, 1).toString('base64')}\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
    );
    ready.push(
      new Promise<void>((resolve) => {
        socket.once('data', () => {
          const hello = Buffer.from(JSON.stringify({ t: 'hello', token: `person${i}` }));
          socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), hello]));
          socket.once('data', () => {
            resolve();
            socket.on('data', (data) => {
              messages += 1;
              bytes += data.length;
              for (let at = data.indexOf(mark); at >= 0; at = data.indexOf(mark, at + 300)) frames += 1;
              // One socket in ten is timed, by the oldest frame of what came at once.
              if (i % 10 !== 0) return;
              const at = data.indexOf(stamp);
              if (at >= 0) latencies.push(Date.now() - Number(data.toString('latin1', at + 8, at + 21)));
            });
          });
        });
      }),
    );
    if (i % 50 === 49) await Promise.all(ready);
  }
  await Promise.all(ready);
  process.on('message', (message) => {
    if (message === 'measure') {
      [frames, bytes, messages, latencies] = [0, 0, 0, []];
      return;
    }
    latencies.sort((a, b) => a - b);
    process.send?.({
      deliveredPerSecond: Math.round(frames / seconds),
      complete: frames === sockets * rate * seconds,
      framesPerRead: Number((frames / messages).toFixed(1)),
      megabytesPerSecond: Math.round(bytes / seconds / 1e6),
      p50Ms: latencies[Math.floor(latencies.length / 2)],
      p99Ms: latencies[Math.floor(latencies.length * 0.99)],
    });
  });
  process.send?.('ready');
}
