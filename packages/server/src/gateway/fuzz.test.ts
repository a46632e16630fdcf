/**
 * E1: whatever a stranger or a member sends, over socket and HTTP, the answer is a typed error, a reply or a close code:
 * never a 5xx, an `internal`, a crash or a leak. Seeded: `KITH_FUZZ_SEED=… npx vitest run fuzz`.
 */
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type CommandName,
  commandNames,
  commands,
  errorCodes,
  errorOfClose,
  newId,
  subprotocol,
} from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { createFuzzer, type Fuzzer } from '../testing/fuzzer.ts';
import { openTestDatabase } from '../testing/world.ts';

const SEED = Number(process.env.KITH_FUZZ_SEED ?? Date.now() % 1_000_000);
const REQUESTS = 92_000;
const BODIES = 6_000;
const FATAL_FRAMES = 2_500;
const RAW_STREAMS = 300;
/** A hundred thousand answers are worth some memory for caches, not for each of them. */
const HEAP_GROWTH = 64 * 1024 * 1024;

/** WebSocket's own: protocol error, bad data, too big; and gone without a word, when it was raw TCP. */
const STANDARD_CLOSE_CODES = [1002, 1006, 1007, 1009];

let service: Service;
let url: URL;
let tokens: string[];
let fuzzer: Fuzzer;
const complaints: string[] = [];

beforeAll(async () => {
  const log = pino({ level: 'error' }, { write: (line: string) => void complaints.push(line) });
  service = await createService(defaultConfig({ port: 0, rateFactor: 0 }), {
    database: (await openTestDatabase('pglite')).database,
    log,
  });
  url = new URL((await service.listen()).url);
  tokens = [];
  const ids: string[] = [];
  for (const username of ['ann', 'bob', 'cat']) {
    const answer = await fetch(new URL('/v1/auth/sign-up/email', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: `${username}@kith.test`,
        password: 'a good password',
        name: username,
        username,
      }),
    });
    const { token, user } = (await answer.json()) as { token: string; user: { id: string } };
    tokens.push(token);
    ids.push(user.id);
  }
  const first = await openLive(tokens[0] as string);
  const conversationId = newId();
  const messageId = newId();
  await first.ask({
    command: 'createConversation',
    input: { kind: 'group', conversationId, name: 'Room', userIds: ids.slice(1) },
  });
  await first.ask({
    command: 'sendMessage',
    input: { conversationId, messageId, content: { type: 'plain', text: 'hi' } },
  });
  first.ws.close();
  fuzzer = createFuzzer(SEED, { conversationId, messageId, userId: ids[1] as string });
  console.info(`fuzz seed ${SEED}`);
}, 60_000);
afterAll(() => service?.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heap = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

interface Answer {
  readonly t: string;
  readonly id?: number;
  readonly error?: { readonly code: string };
}

/** A signed-in socket that asks, and says how each request was answered; null: the socket was closed instead. */
async function openLive(token: string) {
  const ws = new WebSocket(new URL('/v1/socket', url), subprotocol);
  const waiting = new Map<number, (answer: Answer | null) => void>();
  let nextId = 0;
  let welcomed = (): void => undefined;
  const welcome = new Promise<void>((resolve) => {
    welcomed = resolve;
  });
  ws.on('error', () => undefined);
  ws.on('message', (data) => {
    for (const line of data.toString().split('\n')) {
      const frame = JSON.parse(line) as Answer;
      if (frame.t === 'welcome') welcomed();
      if (frame.id === undefined) continue;
      waiting.get(frame.id)?.(frame);
      waiting.delete(frame.id);
    }
  });
  ws.on('close', () => {
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  });
  await once(ws, 'open');
  ws.send(JSON.stringify({ t: 'hello', token }));
  await Promise.race([welcome, once(ws, 'close')]);
  return {
    ws,
    ask: ({ command, input }: { command: string; input: unknown }): Promise<Answer | null> => {
      nextId += 1;
      const id = nextId;
      return new Promise((resolve) => {
        if (ws.readyState !== WebSocket.OPEN) return resolve(null);
        waiting.set(id, resolve);
        ws.send(JSON.stringify({ t: 'request', id, command, input }));
      });
    },
  };
}

const inParallel = async (width: number, work: () => Promise<void>): Promise<void> => {
  await Promise.all(Array.from({ length: width }, work));
};
const inc = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);

describe('fuzz', () => {
  test(`E1: ${REQUESTS} requests of members are answered, each once and typed`, {
    timeout: 180_000,
  }, async () => {
    const outcomes = new Map<string, number>();
    let left = REQUESTS;
    const before = heap();
    await inParallel(6, async () => {
      let live: Awaited<ReturnType<typeof openLive>> | null = null;
      while (left > 0) {
        const token = tokens[left % tokens.length] as string;
        if (live?.ws.readyState !== WebSocket.OPEN) live = await openLive(token);
        const { ask } = live;
        const batch = Array.from({ length: 60 }, () => fuzzer.request());
        left -= batch.length;
        const answers = await Promise.all(batch.map((one) => ask(one)));
        answers.forEach((answer, i) => {
          const outcome = answer === null ? 'closed' : (answer.error?.code ?? answer.t);
          inc(outcomes, outcome);
          if (outcome === 'internal') throw new Error(`internal: ${JSON.stringify(batch[i])}`);
        });
      }
      live?.ws.close();
    });
    const known = new Set<string>(['reply', 'closed', ...errorCodes]);
    expect([...outcomes.keys()].filter((outcome) => !known.has(outcome))).toEqual([]);
    expect(outcomes.get('bad_input')).toBeGreaterThan(REQUESTS / 4);
    expect(outcomes.get('reply')).toBeGreaterThan(100);
    expect(outcomes.get('timeout') ?? 0).toBe(0);
    // Only unknown commands by the hundred end a socket here.
    expect(outcomes.get('closed') ?? 0).toBeLessThan(REQUESTS / 10);
    expect(complaints).toEqual([]);
    expect(heap() - before).toBeLessThan(HEAP_GROWTH);
  });

  test(`E1: ${FATAL_FRAMES} frames that are none end their socket with a code`, {
    timeout: 180_000,
  }, async () => {
    const codes = new Map<string, number>();
    let left = FATAL_FRAMES;
    const before = heap();
    await inParallel(8, async () => {
      while (left > 0) {
        left -= 1;
        const ws = new WebSocket(new URL('/v1/socket', url), subprotocol);
        ws.on('error', () => undefined);
        const closed = once(ws, 'close') as Promise<[number]>;
        await once(ws, 'open');
        const greeted = left % 16 === 0;
        if (greeted) {
          ws.send(JSON.stringify({ t: 'hello', token: tokens[left % tokens.length] }));
          await Promise.race([once(ws, 'message'), closed]);
        }
        const { data, binary } = fuzzer.brokenFrame();
        ws.send(data, { binary });
        // Mutation may leave a frame whole, a ping perhaps: what follows is not.
        ws.send('{');
        inc(codes, String((await closed)[0]));
      }
    });
    const untyped = [...codes.keys()]
      .map(Number)
      .filter((code) => !errorOfClose(code) && !STANDARD_CLOSE_CODES.includes(code));
    expect(untyped).toEqual([]);
    expect(codes.get('4400')).toBeGreaterThan(FATAL_FRAMES / 2);
    expect(complaints).toEqual([]);
    expect(heap() - before).toBeLessThan(HEAP_GROWTH);
  });

  test(`${RAW_STREAMS} streams of bytes that are no WebSocket end, and leave nothing open`, {
    timeout: 60_000,
  }, async () => {
    let left = RAW_STREAMS;
    await inParallel(8, async () => {
      while (left > 0) {
        left -= 1;
        const socket = connect(Number(url.port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(
          `GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
            `Sec-WebSocket-Key: ${Buffer.alloc(16, 1).toString('base64')}\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
        );
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        socket.resume();
        socket.end(fuzzer.bytes(400));
        await once(socket, 'close');
      }
    });
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    expect(complaints).toEqual([]);
  });

  test(`E1: ${BODIES} HTTP requests are answered below 500, errors typed`, { timeout: 180_000 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const outcomes = new Map<string, number>();
    let left = BODIES;
    const before = heap();
    const names = commandNames.filter((name) => commands[name].http && fuzzer.isSafe(name));
    await inParallel(8, async () => {
      while (left > 0) {
        left -= 1;
        const name = names[left % names.length] as CommandName;
        const { method, path, body, type } = fuzzer.http(name);
        const token = left % 20 === 0 ? 'wrong' : (tokens[left % tokens.length] as string);
        const headers = {
          authorization: `Bearer ${token}`,
          ...(type !== null && { 'content-type': type }),
          'content-length': String(body.length),
        };
        const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
          const req = httpRequest(
            { agent, host: '127.0.0.1', port: url.port, method, path, headers },
            (response) => {
              let received = '';
              response.setEncoding('utf8');
              response.on('data', (part: string) => {
                received += part;
              });
              response.on('end', () => resolve({ status: response.statusCode ?? 0, text: received }));
            },
          );
          // A refusal may close the connection before the body is read.
          req.on('error', (error: NodeJS.ErrnoException) =>
            /ECONNRESET|EPIPE/.test(error.code ?? '') ? resolve({ status: 0, text: '' }) : reject(error),
          );
          req.end(body);
        });
        inc(outcomes, String(status));
        if (status >= 500) throw new Error(`${status} to ${method} ${path} ${body.toString()}: ${text}`);
        if (status < 400) continue;
        const { error } = JSON.parse(text) as { error: { code: string } };
        if (!(errorCodes as string[]).includes(error.code)) throw new Error(`untyped: ${text}`);
      }
    });
    agent.destroy();
    expect(outcomes.get('200')).toBeGreaterThan(50);
    expect(outcomes.get('400')).toBeGreaterThan(BODIES / 4);
    expect(outcomes.get('0') ?? 0).toBeLessThan(BODIES / 20);
    expect(complaints).toEqual([]);
    expect(heap() - before).toBeLessThan(HEAP_GROWTH);
  });

  test('afterwards everything works, and enough was tried', async () => {
    const live = await openLive(tokens[0] as string);
    expect((await live.ask({ command: 'getMe', input: {} }))?.t).toBe('reply');
    live.ws.close();
    expect(REQUESTS + FATAL_FRAMES + RAW_STREAMS + BODIES).toBeGreaterThanOrEqual(100_000);
  });
});
