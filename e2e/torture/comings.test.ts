/** Devices and servers that are sent away, and come back: slow readers, ended sessions, drained nodes, a second start. */
import { accounts, type KithClient } from '@kith/client';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type {} from '../support/globalSetup.ts';
import { createNetwork } from '../support/network.ts';
import { connect, signInAgain, signUp, untilSynced } from '../support/people.ts';
import { createRandom, givenSeed } from '../support/random.ts';
import { createServerProcess, type Server, startServer } from '../support/server.ts';
import { sleep, until } from '../support/wait.ts';
import { loadAll, serverHistory } from './history.ts';
import { createTalk, expectNothingLost } from './talk.ts';

const seed = givenSeed ?? 20_263;

let server: Server;
const clients: KithClient[] = [];
beforeAll(async () => {
  server = await startServer({ template: inject('dataTemplate') });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});
afterAll(() => server?.dispose());

describe('S12: a reader that does not keep up', () => {
  it('is dropped with a code that says so, and resumes', async () => {
    const [ann, ben] = [await signUp(server.url, 'Ann'), await signUp(server.url, 'Ben')];
    const goodbyes: string[] = [];
    const closes: number[] = [];
    const network = createNetwork({
      tap: {
        received: (frame) => {
          if (frame.t === 'goodbye') goodbyes.push(frame.error.code);
        },
        closed: (code) => closes.push(code),
      },
    });
    const writer = await connect(server.url, ann.token);
    const reader = await connect(server.url, ben.token, { WebSocket: network.WebSocket });
    clients.push(writer, reader);
    const id = await writer.conversations.openDirect(ben.userId);
    await until('Ben knows it', () => reader.conversations.get(id).get());
    const timeline = reader.timeline(id);
    // Ben's only device is gone for the others the moment the server gives it up.
    writer.watch({ conversationIds: [], userIds: [ben.userId] });
    const presence = writer.presence.get(ben.userId);
    await until('Ben is seen online', () => presence.get()?.state === 'online');

    network.pause();
    const text = 'x'.repeat(19_000);
    let sent = 0;
    // The kernel's buffers take some megabytes before the server's own queue grows at all.
    for (; presence.get()?.state !== 'offline' && sent < 3_000; sent += 20) {
      for (let n = 0; n < 20; n += 1) writer.messages.send(id, `${sent + n} ${text}`);
      await until('they are sent', () => writer.conversations.get(id).get()?.pending === undefined);
    }
    expect(presence.get()?.state, 'the server gave the reader up').toBe('offline');
    network.resume();
    await until('the socket is closed', () => closes.length > 0);
    // What the kernel had still to hand out ends with the reason, unless the server had to cut it short.
    expect([4431, 1006]).toContain(closes[0]);
    if (closes[0] === 4431) expect(goodbyes).toEqual(['slow_consumer']);

    await untilSynced(reader);
    const history = await serverHistory(writer, id);
    expect(history.length).toBe(sent);
    await until('everything has arrived', async () => {
      expect((await loadAll(timeline)).map(({ record }) => record.id)).toEqual(
        history.map((message) => message.id),
      );
      return true;
    });
    timeline.dispose();
  }, 120_000);
});

describe('a session that is ended', () => {
  it('closes its device at once, and no other', async () => {
    const ann = await signUp(server.url, 'Ann');
    const phone = await connect(server.url, await signInAgain(server.url, ann));
    const laptop = await connect(server.url, ann.token);
    clients.push(phone, laptop);
    const sessionId = phone.me.get()?.sessionId;
    if (sessionId === undefined) throw new Error('no session');
    await laptop.sessions.revoke(sessionId);
    // "Within a second", as people were promised who have just lost a phone.
    await until('the phone is out', () => phone.connection.get().type === 'ended', { timeoutMs: 1_000 });
    expect(phone.connection.get()).toMatchObject({ error: { code: 'session_revoked' } });
    expect(laptop.connection.get().type).toBe('live');
    // Nothing of the person stays on the lost device.
    await until('its memory is empty', () => phone.me.get() === undefined);
    await expect(phone.request('getMe', {})).rejects.toMatchObject({ code: 'session_revoked' });
  });

  it('so does signing out elsewhere', async () => {
    const ann = await signUp(server.url, 'Ann');
    const token = await signInAgain(server.url, ann);
    const phone = await connect(server.url, token);
    clients.push(phone);
    await accounts(server.url, { token }).signOut();
    await until('the phone is out', () => phone.connection.get().type === 'ended', { timeoutMs: 1_000 });
  });
});

describe('one process a data directory', () => {
  it('refuses a second start with a clear message, and leaves the first alone', async () => {
    const second = await createServerProcess({ dataDirectory: server.dataDirectory });
    second.spawn();
    expect(await second.exited()).toEqual({ code: 1, signal: null });
    expect(second.output()).toContain(`${server.dataDirectory} is in use by process ${server.pid}`);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('of two that start at the same time, one runs', async () => {
    const first = await createServerProcess();
    const second = await createServerProcess({ dataDirectory: first.dataDirectory });
    first.spawn();
    second.spawn();
    const outcome = (one: Server): Promise<string> =>
      one.ready().then(
        () => 'runs',
        () => 'refused',
      );
    const outcomes = await Promise.all([outcome(first), outcome(second)]);
    expect(outcomes.sort()).toEqual(['refused', 'runs']);
    await second.dispose();
    await first.dispose();
  });
});

describe('a node that is drained', () => {
  it(`S8: ends by itself under load, and its clients go on with the next one (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const talk = await createTalk(server.url, random.fork());
    talk.start();
    for (let round = 0; round < 3; round += 1) {
      await sleep(random.int(200, 1_000));
      expect(await server.stop(), 'SIGTERM ends it in order').toEqual({ code: 0, signal: null });
      await server.start();
      const before = talk.acknowledged();
      for (const { client } of talk.writers) client.retryNow();
      await until('messages are acknowledged again', () => talk.acknowledged() > before);
    }
    await talk.stop();
    await talk.settled();
    await expectNothingLost(talk);
    await talk.dispose();
  }, 120_000);
});
