import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings, type KithError, limits, newId, type ServerFrame } from '@kith/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { dispatch } from '../commands/dispatch.ts';
import { createTurnstile } from '../limits/turnstile.ts';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { type GatewayWorld, type GatewayWorldOptions, openGateway } from '../testing/gatewayWorld.ts';
import { openSocket } from '../testing/socketClient.ts';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let ann: Caller;
let bob: Caller;
let door: GatewayWorld;

beforeAll(async () => {
  world = await createWorld('pglite');
  ann = await world.person('Ann');
  bob = await world.person('Bob');
});
afterAll(() => world.close());
afterEach(() => door.close());

const open = async (options: GatewayWorldOptions = {}) => {
  door = await openGateway(world, options);
  return door;
};
const send = (conversationId: string, text: string) => ({
  conversationId,
  messageId: newId(),
  content: { type: 'plain' as const, text },
});

describe('coming in', () => {
  test('E2: a welcome tells who one is and what the limits are; requests are answered by id', async () => {
    await open();
    const client = await openSocket(door.url);
    const welcome = await client.hello(door.token(ann));
    expect(welcome.user.id).toBe(ann.userId);
    expect(welcome.sessionId).toBe(ann.sessionId);
    expect(welcome.limits).toEqual(limits);
    expect(client.frames[0]?.t).toBe('welcome');
    expect((await client.request('getMe', {})).user.id).toBe(ann.userId);
    client.send({ t: 'ping' });
    await client.next('pong');
    expect(door.gateway.connections()).toBe(1);
  });

  describe('a place in the door', () => {
    const ask = { t: 'request', id: 1, command: 'listSessions', input: {} } as const;
    /** A door with so many places; what is asked there is answered when the test says so. */
    const openNarrow = async (parallel: number) => {
      const answered = Promise.withResolvers<void>();
      const slow: typeof dispatch = async (services, caller, name, input) => {
        if (name === ask.command) await answered.promise;
        return dispatch(services, caller, name, input);
      };
      await open({ gateway: { dispatch: slow, arrivals: createTurnstile({ parallel, patienceMs: 5_000 }) } });
      return answered;
    };
    const greet = async (...callers: Caller[]) => {
      const clients = await Promise.all(callers.map(() => openSocket(door.url)));
      callers.forEach((caller, index) => clients[index]?.send({ t: 'hello', token: door.token(caller) }));
      return clients;
    };

    test('is kept until its newcomer has what it came for', async () => {
      const answered = await openNarrow(1);
      const [first, second] = await greet(ann, bob);
      await first?.next('welcome');
      first?.send(ask);
      await sleep(900);
      expect(second?.frames).toEqual([]);
      answered.resolve();
      await first?.next('reply');
      await second?.next('welcome');
    });

    test('is kept once for one person, however many sockets come', async () => {
      const answered = await openNarrow(2);
      const clients = await greet(ann, ann, ann, bob);
      for (const client of clients.slice(0, 3)) {
        await client.next('welcome');
        client.send(ask);
      }
      await clients[3]?.next('welcome');
      answered.resolve();
    });
  });

  test('the session cookie of the upgrade speaks when hello has no token', async () => {
    await open();
    const client = await openSocket(door.url, { headers: { cookie: `session=${door.token(ann)}` } });
    client.send({ t: 'hello' });
    expect((await client.next('welcome')).user.id).toBe(ann.userId);
  });

  test('a wrong token, or none, is unauthenticated', async () => {
    await open();
    for (const hello of [{ t: 'hello', token: 'wrong' }, { t: 'hello' }]) {
      const client = await openSocket(door.url);
      client.send(hello);
      expect((await client.next('goodbye')).error.code).toBe('unauthenticated');
      expect((await client.closed).code).toBe(4401);
    }
  });

  test('who says nothing is sent away in time', async () => {
    await open({ gateway: { limits: { helloMs: 60 } } });
    const client = await openSocket(door.url);
    expect((await client.next('goodbye')).error.code).toBe('hello_timeout');
    expect((await client.closed).code).toBe(4408);
  });

  test('no page of another site, no other path, no other protocol gets in', async () => {
    await open();
    const status = async (url: string, protocol: string | undefined, headers = {}) => {
      const ws = new WebSocket(url, protocol, { headers });
      ws.on('error', () => undefined);
      const [, response] = (await once(ws, 'unexpected-response')) as [
        unknown,
        { statusCode: number; destroy(): void },
      ];
      response.destroy();
      return response.statusCode;
    };
    expect(await status(door.url, 'kith.v1.json', { origin: 'https://evil.test' })).toBe(403);
    expect(await status(door.url.replace('/v1/', '/v2/'), 'kith.v1.json')).toBe(404);
    expect(await status(door.url, 'kith.v9.json')).toBe(400);
    expect(await status(door.url, undefined)).toBe(400);
    const ours = await openSocket(door.url, { headers: { origin: 'https://kith.test' } });
    expect((await ours.hello(door.token(ann))).user.id).toBe(ann.userId);
  });

  test('a broken handshake is answered and gives its place back', async () => {
    await open({ gateway: { limits: { socketsPerAddress: 1 } } });
    const { port } = new URL(door.url);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.write(
      'GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: short\r\nSec-WebSocket-Protocol: kith.v1.json\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('400');
    await once(socket, 'close');
    await door.connect(ann);
  });

  test('sockets of one person and of one address are bounded', async () => {
    await open({ gateway: { limits: { socketsPerUser: 2, socketsPerAddress: 4 } } });
    const first = await door.connect(ann);
    await door.connect(ann);
    const third = await openSocket(door.url);
    third.send({ t: 'hello', token: door.token(ann) });
    expect((await third.next('goodbye')).error.code).toBe('too_many_connections');
    expect((await third.closed).code).toBe(4430);
    first.ws.close();
    await first.closed;
    await vi.waitFor(async () => {
      const again = await openSocket(door.url);
      await again.hello(door.token(ann));
    });
    await door.connect(bob);
    await vi.waitFor(() => expect(door.gateway.connections()).toBe(3));
    await door.connect(bob);
    await expect(openSocket(door.url)).rejects.toThrow(/429/);
  });
});

describe('what a stranger may send', () => {
  const closesWith = async (act: (client: Awaited<ReturnType<typeof openSocket>>) => void, code: number) => {
    const client = await door.connect(ann);
    act(client);
    expect((await client.closed).code).toBe(code);
    return client;
  };

  test('E1: broken, unknown, binary, too deep, out of turn: bad_frame, and the reason before the close', async () => {
    await open();
    const client = await closesWith((c) => c.sendRaw('{"t":"request",'), 4400);
    expect((await client.next('goodbye')).error.code).toBe('bad_frame');
    await closesWith((c) => c.send({ t: 'nonsense' }), 4400);
    await closesWith((c) => c.send({ t: 'ping', more: 1 }), 4400);
    await closesWith((c) => c.sendRaw(Buffer.from([1, 2, 3]), true), 4400);
    await closesWith((c) => c.send({ t: 'hello', token: 'again' }), 4400);
    const deep = `${'['.repeat(limits.frameDepth)}${']'.repeat(limits.frameDepth)}`;
    await closesWith((c) => c.sendRaw(`{"t":"request","id":1,"command":"getMe","input":${deep}}`), 4400);
    const early = await openSocket(door.url);
    early.send({ t: 'request', id: 1, command: 'getMe', input: {} });
    expect((await early.closed).code).toBe(4400);
  });

  test('an oversized message ends the socket', async () => {
    await open();
    await closesWith((c) => c.sendRaw('x'.repeat(limits.frameBytes + 1)), 1009);
  });

  test('text that is not UTF-8 ends the socket', async () => {
    await open();
    await closesWith((c) => {
      c.ws.on('error', () => undefined);
      c.ws.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    }, 1007);
  });

  test('an id that is still unanswered may not be used again', async () => {
    const never = new Promise<never>(() => undefined);
    await open({ gateway: { dispatch: slowDispatch(never) } });
    await closesWith((c) => {
      for (let i = 0; i < 2; i += 1) c.send({ t: 'request', id: 7, command: 'sync', input: {} });
    }, 4400);
  });

  test('unknown commands and wrong input fail alone', async () => {
    await open();
    const client = await door.connect(ann);
    client.send({ t: 'request', id: 1, command: 'toString', input: {} });
    expect((await client.next('failed')).error.code).toBe('unknown_command');
    await expect(client.request('getUsers', { userIds: ['x'] })).rejects.toMatchObject({
      code: 'bad_input',
      fields: [{ path: 'userIds.0' }],
    });
    await expect(client.request('getMe', JSON.parse('{"__proto__":{"a":1}}'))).rejects.toMatchObject({
      code: 'bad_input',
    });
    expect((await client.request('getMe', {})).user.id).toBe(ann.userId);
  });

  test('what is not ours to tell is internal, and the log calls it by the id that is told', async () => {
    const secret = Promise.reject(new Error('select secret from users'));
    secret.catch(() => undefined);
    const logged = vi.fn();
    await open({
      gateway: { dispatch: slowDispatch(secret), logger: { ...silentLogger, error: logged } },
    });
    const client = await door.connect(ann);
    const error = await client.request('sync', {}).then(
      () => null,
      (refused: KithError) => refused,
    );
    expect(error).toMatchObject({ code: 'internal', requestId: expect.stringMatching(/^node\.1\.\d+$/) });
    expect(JSON.stringify(client.frames)).not.toContain('secret');
    expect(logged).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ command: 'sync', connection: 'node.1', requestId: error?.requestId }),
      'a command failed',
    );
  });

  test('requests in flight are bounded', async () => {
    const { promise, resolve } = Promise.withResolvers<never>();
    await open({ gateway: { dispatch: slowDispatch(promise), limits: { inFlight: 3 } } });
    const client = await door.connect(ann);
    for (let id = 1; id <= 4; id += 1) client.send({ t: 'request', id, command: 'sync', input: {} });
    const failed = await client.next('failed');
    expect(failed).toMatchObject({ id: 4, error: { code: 'too_many_in_flight', retryable: true } });
    resolve({} as never);
    for (let id = 1; id <= 3; id += 1) await client.next('reply', (frame) => frame.id === id);
  });

  test('who floods is told to wait, and who goes on is sent away', async () => {
    await open({ rateFactor: 1 });
    const client = await door.connect(ann);
    for (let id = 0; id < 1_000; id += 1)
      client.send({ t: 'request', id, command: 'createConversation', input: {} });
    const failed = await client.next('failed', (frame) => frame.error.code === 'rate_limited');
    expect(failed.error.retryAfterMs).toBeGreaterThan(0);
    expect((await client.next('goodbye')).error.code).toBe('rate_limited');
    expect((await client.closed).code).toBe(4429);
  });

  test('pings by the thousand are a flood, too', async () => {
    await open();
    const client = await door.connect(ann);
    for (let i = 0; i < 3_000; i += 1) client.ws.ping();
    expect((await client.closed).code).toBe(4429);
  });
});

describe('leaving', () => {
  test('who is silent is dropped', async () => {
    await open({ gateway: { limits: { idleMs: 80 } } });
    const client = await door.connect(ann);
    expect((await client.closed).code).toBe(1006);
    await vi.waitFor(() => expect(door.gateway.connections()).toBe(0));
  });

  test('a revoked session closes its sockets within a second, and no others', async () => {
    await open();
    const client = await door.connect(ann);
    const other = await door.connect(bob);
    const begun = performance.now();
    world.services.announcer.sessionsRevoked(ann.tenantId, ann.userId, [ann.sessionId]);
    expect((await client.next('goodbye')).error.code).toBe('session_revoked');
    expect((await client.closed).code).toBe(4403);
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect((await other.request('getMe', {})).user.id).toBe(bob.userId);
  });

  test('a revocation that got lost is found by asking again; a database that is away ends nothing', async () => {
    await open({ gateway: { revalidateMs: 30 } });
    const client = await door.connect(ann);
    const identity = door.sessions.get(ann.sessionId);
    Object.defineProperty(door.sessions, 'get', {
      configurable: true,
      value: () => {
        throw new Error('no database');
      },
    });
    await sleep(120);
    expect(client.ws.readyState).toBe(WebSocket.OPEN);
    Reflect.deleteProperty(door.sessions, 'get');
    expect(door.sessions.get(ann.sessionId)).toBe(identity);
    door.sessions.delete(ann.sessionId);
    expect((await client.closed).code).toBe(4403);
  });

  test('a socket closes whose person lacks a second factor that is asked for now', async () => {
    await open({ gateway: { revalidateMs: 30 } });
    const client = await door.connect(ann);
    const identity = door.sessions.get(ann.sessionId);
    if (identity) door.sessions.set(ann.sessionId, { ...identity, restriction: 'second_factor_required' });
    expect((await client.next('goodbye')).error.code).toBe('second_factor_required');
    expect((await client.closed).code).toBe(4432);
  });

  test('a session that runs out closes its socket', async () => {
    await open();
    const client = await openSocket(door.url);
    const token = door.token(ann);
    const identity = door.sessions.get(token);
    if (identity) door.sessions.set(token, { ...identity, expiresAt: new Date(Date.now() + 150) });
    await client.hello(token);
    expect((await client.closed).code).toBe(4401);
  });

  test('draining answers what was asked, says goodbye with a time to come back, and ends', async () => {
    const { promise, resolve } = Promise.withResolvers<never>();
    await open({ gateway: { dispatch: slowDispatch(promise) } });
    const busy = await door.connect(ann);
    const idle = await door.connect(bob);
    busy.send({ t: 'request', id: 1, command: 'sync', input: {} });
    // Answered in the order they came: the request has been taken.
    busy.send({ t: 'ping' });
    await busy.next('pong');
    expect(door.gateway.connections()).toBe(2);
    const drained = door.gateway.drain();
    const goodbye = await idle.next('goodbye');
    expect(goodbye.error).toMatchObject({
      code: 'draining',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    expect((await idle.closed).code).toBe(4503);
    await sleep(60);
    busy.send({ t: 'request', id: 2, command: 'sync', input: {} });
    expect((await busy.next('failed')).error.code).toBe('draining');
    resolve({} as never);
    expect((await busy.next('reply')).id).toBe(1);
    expect((await busy.closed).code).toBe(4503);
    await drained;
    expect(door.gateway.connections()).toBe(0);
    await expect(openSocket(door.url)).rejects.toThrow(/503/);
  });
});

describe('what goes out', () => {
  test('S3, S8: a message reaches both people once, and one socket’s messages keep their order', async () => {
    await open();
    const group = await world.group([ann, bob]);
    const [a, b] = [await door.connect(ann), await door.connect(bob)];
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
    const acks = await Promise.all(texts.map((text) => a.request('sendMessage', send(group, text))));
    expect(acks.map((ack) => ack.seq)).toEqual(texts.map((_, i) => (acks[0]?.seq ?? 0) + i));
    await vi.waitFor(() => {
      for (const client of [a, b]) expect(textsOf(client.frames, group)).toEqual(texts);
    });
  });

  test('S12: a slow reader is dropped; the others lose nothing', async () => {
    await open({ gateway: { limits: { outboundBytes: 1024 * 1024 } } });
    const [a, b] = [await door.connect(ann), await door.connect(bob)];
    b.ws.pause();
    const filler = Array.from({ length: 500 }, newId);
    const read = (userId: string, rev: number) =>
      world.services.announcer.toUser(1, userId, {
        type: 'user',
        rev,
        records: filler.map(() => ({
          type: 'settings' as const,
          rev,
          presence: 'auto' as const,
          ...defaultSettings,
        })),
      });
    let sent = 0;
    // The kernel's buffers on both sides take megabytes before anything waits here.
    while (door.gateway.connections() === 2 && sent < 5_000) {
      sent += 1;
      read(bob.userId, sent);
      read(ann.userId, sent);
      await sleep(0);
    }
    expect(sent).toBeLessThan(5_000);
    await vi.waitFor(() => expect(a.frames.filter((frame) => frame.t === 'event')).toHaveLength(sent));
    b.ws.resume();
    expect((await b.closed).code).not.toBe(1000);
    // Whatever it had been sent, it got in order.
    const revs = b.frames.flatMap((frame) =>
      frame.t === 'event' && frame.event.type === 'user' ? [frame.event.rev] : [],
    );
    expect(revs).toEqual(revs.map((_, i) => i + 1));
    expect(revs.length).toBeLessThan(sent);
  });
});

const textsOf = (frames: readonly ServerFrame[], conversationId: string): string[] =>
  frames.flatMap((frame) =>
    frame.t === 'event' && frame.event.type === 'records' && frame.event.conversationId === conversationId
      ? frame.event.records.flatMap((record) =>
          record.type === 'message' && record.body.type === 'content' && record.body.content.type === 'plain'
            ? [record.body.content.text]
            : [],
        )
      : [],
  );

/** `getMe` works, as the welcome needs it; everything else waits for `answer`. */
function slowDispatch(answer: Promise<never>) {
  return (async (_services: unknown, caller: Caller, name: string) => {
    if (name !== 'getMe') return answer;
    return world.call(caller, 'getMe', {});
  }) as never;
}
