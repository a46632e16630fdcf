/**
 * The rules of SPEC.md against a whole service, as any client would meet them: a socket, HTTP, and nothing else.
 * Every frame and every reply is held against its schema.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CommandName,
  commandNames,
  commands,
  errors,
  limits,
  newId,
  rates,
  ServerFrame,
  type WireError,
} from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { defaultConfig } from './config.ts';
import { createService, type Service } from './service.ts';
import { openSocket, type SocketClient } from './testing/socketClient.ts';
import { databaseKinds, openTestDatabase } from './testing/world.ts';

interface Person {
  readonly id: string;
  readonly token: string;
  readonly cookie: string;
}

describe.each(databaseKinds)('the wire on %s', (kind) => {
  let service: Service;
  let drop: () => Promise<void>;
  let base: string;
  let ann: Person;
  let bob: Person;
  let eve: Person;
  let group: string;
  const open: SocketClient[] = [];

  beforeAll(async () => {
    const opened = await openTestDatabase(kind);
    drop = opened.drop;
    service = await createService(defaultConfig({ port: 0, rateFactor: 0 }), {
      database: opened.database,
      log: pino({ level: 'silent' }),
    });
    base = (await service.listen()).url;
    [ann, bob, eve] = [await signUp('ann'), await signUp('bob'), await signUp('eve')];
    group = newId();
    await http(ann, 'POST', '/conversations', {
      kind: 'group',
      conversationId: group,
      name: 'Team',
      userIds: [bob.id],
      history: 'all',
    });
  });
  afterAll(async () => {
    await service?.close();
    // The service has closed the database; PostgreSQL's is dropped besides.
    await drop?.().catch(() => undefined);
  });
  afterEach(() => {
    for (const client of open.splice(0)) {
      for (const frame of client.frames) expect(ServerFrame.safeParse(frame).error).toBeUndefined();
      client.ws.terminate();
    }
  });

  const signUp = async (username: string): Promise<Person> => {
    const response = await fetch(`${base}/v1/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: `${username}@example.org`,
        password: 'a good password',
        name: username,
        username,
      }),
    });
    const body = (await response.json()) as { token: string; user: { id: string } };
    return {
      id: body.user.id,
      token: body.token,
      cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
    };
  };

  async function http(
    person: Person | null,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`${base}/v1${path}`, {
      method,
      headers: {
        ...(person && { authorization: `Bearer ${person.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown> & { error?: WireError },
    };
  }

  const socketUrl = () => `${base.replace('http', 'ws')}/v1/socket`;
  const connect = async (person: Person): Promise<SocketClient> => {
    const client = await openSocket(socketUrl());
    open.push(client);
    await client.hello(person.token);
    return client;
  };
  const bare = async (): Promise<SocketClient> => {
    const client = await openSocket(socketUrl());
    open.push(client);
    return client;
  };
  const message = (text: string) => ({
    conversationId: group,
    messageId: newId(),
    content: { type: 'plain' as const, text },
  });

  describe('frames', () => {
    it('W1: binary messages are refused', async () => {
      const client = await connect(ann);
      client.sendRaw(Buffer.from('{"t":"ping"}'), true);
      expect((await client.closed).code).toBe(errors.bad_frame.close);
    });

    it('W2: one frame a message from the client; the server may join several, one a line', async () => {
      const client = await connect(ann);
      const raw: string[] = [];
      client.ws.on('message', (data) => raw.push(data.toString()));
      for (let id = 100; id < 130; id += 1) client.send({ t: 'request', id, command: 'getMe', input: {} });
      for (let id = 100; id < 130; id += 1) await client.next('reply', (frame) => frame.id === id);
      expect(raw.join('\n').split('\n')).toHaveLength(30);
      client.sendRaw('{"t":"ping"}\n{"t":"ping"}');
      expect((await client.closed).code).toBe(errors.bad_frame.close);
    });

    it('W3: hello comes first, and once', async () => {
      const early = await bare();
      early.send({ t: 'request', id: 1, command: 'getMe', input: {} });
      expect((await early.closed).code).toBe(errors.bad_frame.close);
      const twice = await connect(ann);
      twice.send({ t: 'hello', token: ann.token });
      expect((await twice.closed).code).toBe(errors.bad_frame.close);
      const byCookie = await openSocket(socketUrl(), { headers: { cookie: ann.cookie, origin: base } });
      open.push(byCookie);
      byCookie.send({ t: 'hello' });
      expect((await byCookie.next('welcome')).user.id).toBe(ann.id);
    });

    it('W4: every request is answered once, with its id; an id in use ends the connection; so many may wait', async () => {
      const client = await connect(ann);
      const each = limits.inFlight + 20;
      const answers = new Map<number, string>();
      const seen = new Set<string>();
      // On a busy machine they come in one by one, and are answered as they come: then once more.
      for (let round = 1; round <= 20 && !seen.has('too_many_in_flight'); round += 1) {
        const ids = Array.from({ length: each }, (_, n) => round * 1_000 + n);
        for (const id of ids) client.send({ t: 'request', id, command: 'searchUsers', input: {} });
        for (const id of ids) {
          const answer = await Promise.race([
            client.next('reply', (frame) => frame.id === id),
            client.next('failed', (frame) => frame.id === id),
          ]);
          expect(answers.has(id)).toBe(false);
          answers.set(id, answer.t === 'failed' ? answer.error.code : 'ok');
          seen.add(answers.get(id) ?? '');
        }
      }
      expect(seen).toEqual(new Set(['ok', 'too_many_in_flight']));
      client.send({ t: 'request', id: 900, command: 'markRead', input: { conversationId: group, seq: 1 } });
      client.send({ t: 'request', id: 900, command: 'markRead', input: { conversationId: group, seq: 1 } });
      expect((await client.closed).code).toBe(errors.bad_frame.close);
    });

    it('W5: a message sent the moment somebody is welcomed is in their sync or their events', async () => {
      for (let round = 0; round < 10; round += 1) {
        const client = await bare();
        const sending = http(ann, 'POST', `/conversations/${group}/messages`, message(`round ${round}`));
        await client.hello(bob.token);
        const { body } = await sending;
        const { heads } = await client.request('sync', {});
        const head = heads.find((candidate) => candidate.conversation.id === group);
        const seen = (head?.rev ?? 0) >= Number(body.rev);
        if (!seen)
          await client.next('event', ({ event }) => event.type === 'records' && event.to >= Number(body.rev));
        client.ws.terminate();
      }
    });

    it('W6: messages of one socket keep their order', async () => {
      const client = await connect(ann);
      const ids = Array.from({ length: 60 }, () => newId());
      ids.forEach((messageId, index) => {
        client.send({
          t: 'request',
          id: index,
          command: 'sendMessage',
          input: { ...message(`${index}`), messageId },
        });
      });
      const seqs: number[] = [];
      for (const [index] of ids.entries()) {
        const reply = await client.next('reply', (frame) => frame.id === index);
        seqs.push((reply.output as { seq: number }).seq);
      }
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(ids.length);
    });

    it('W7: ping is answered by pong', async () => {
      const client = await connect(ann);
      client.send({ t: 'ping' });
      await client.next('pong');
    });

    it('W8: a goodbye says why, before the close code says it again', async () => {
      const client = await bare();
      client.send({ t: 'hello', token: 'nobody' });
      expect((await client.next('goodbye')).error).toMatchObject({
        code: 'unauthenticated',
        retryable: false,
      });
      expect((await client.closed).code).toBe(errors.unauthenticated.close);
    });

    it('W9: what is not a frame ends the connection; an input that does not fit fails alone', async () => {
      const hostile = [
        '',
        'null',
        '[]',
        '{',
        '{"t":"request"}',
        '{"t":"nonsense"}',
        '"text"',
        '{"t":"ping","extra":1}',
        `${'['.repeat(500)}${']'.repeat(500)}`,
      ];
      for (const text of hostile) {
        const client = await connect(ann);
        client.sendRaw(text);
        expect([text, (await client.closed).code]).toEqual([text, errors.bad_frame.close]);
      }
      const large = await connect(ann);
      large.sendRaw(
        JSON.stringify({
          t: 'request',
          id: 1,
          command: 'getMe',
          input: { pad: 'x'.repeat(limits.frameBytes) },
        }),
      );
      expect([errors.too_large.close, 1009]).toContain((await large.closed).code);

      const client = await connect(ann);
      const refused = await client
        .request('sendMessage', { ...message(''), conversationId: 'not an id' })
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'bad_input', retryable: false });
      expect((refused as WireError).fields?.map((field) => field.path).sort()).toEqual([
        'content.text',
        'conversationId',
      ]);
      expect((await client.request('getMe', {})).user.id).toBe(ann.id);
    });

    it('W10, S10: typing goes to those who watch, and to nobody else', async () => {
      const [writer, watcher, other] = [await connect(ann), await connect(bob), await connect(bob)];
      await watcher.request('watch', { conversationIds: [group], userIds: [ann.id] });
      await writer.request('typing', { conversationId: group, active: true });
      const { ephemeral } = await watcher.next('ephemeral', (frame) => frame.ephemeral.type === 'typing');
      expect(ephemeral).toEqual({ type: 'typing', conversationId: group, userId: ann.id, active: true });
      await watcher.request('watch', { conversationIds: [], userIds: [] });
      await writer.request('typing', { conversationId: group, active: false });
      // Whatever was on its way has come before this reply.
      await watcher.request('getMe', {});
      await sleep(50);
      const typing = [watcher, other].map(
        (client) =>
          client.frames.filter((frame) => frame.t === 'ephemeral' && frame.ephemeral.type === 'typing')
            .length,
      );
      expect(typing).toEqual([1, 0]);
    });
  });

  describe('HTTP', () => {
    it('W11: every command with a route answers there, and nobody who is not signed in gets anything', async () => {
      for (const name of commandNames) {
        const { http: route } = commands[name];
        if (!route) continue;
        const path = route.path.replace(/\{\w+\}/g, () => newId());
        const anonymous = await http(
          null,
          route.method,
          path,
          route.method === 'GET' || route.method === 'DELETE' ? undefined : {},
        );
        expect([name, anonymous.status, anonymous.body.error?.code]).toEqual([name, 401, 'unauthenticated']);
      }
    });

    it('a command without a route needs a socket, and a socket needs somebody', async () => {
      const withoutRoute = commandNames.filter((name) => commands[name].http === null);
      expect(withoutRoute).toEqual(['watch', 'setActivity']);
      const client = await bare();
      client.send({ t: 'hello' });
      expect((await client.closed).code).toBe(errors.unauthenticated.close);
    });

    it('W11: with the cookie alone, another site changes nothing', async () => {
      const path = `/conversations/${group}/messages`;
      const foreign = await http(null, 'POST', path, message('forged'), {
        cookie: ann.cookie,
        origin: 'https://evil.example',
      });
      expect(foreign.status).toBe(403);
      const own = await http(null, 'POST', path, message('own'), { cookie: ann.cookie, origin: base });
      expect(own.status).toBe(200);
    });

    it('W12, E1: errors have their status and say nothing of the inside', async () => {
      const cases = [
        [await http(ann, 'GET', `/conversations/${newId()}/messages`), 'not_found'],
        [await http(eve, 'GET', `/conversations/${group}/messages`), 'not_found'],
        [await http(ann, 'GET', `/conversations/${group}/messages?limit=abc`), 'bad_input'],
        [await http(ann, 'GET', `/users?cursor=zzz`), 'bad_input'],
        [
          await http(ann, 'POST', `/conversations/${group}/messages`, { ...message('x'), extra: 1 }),
          'bad_input',
        ],
        [await http(ann, 'GET', '/nothing/here'), 'unknown_command'],
        [await http(bob, 'PATCH', `/conversations/${group}`, { name: 'Mine' }), 'forbidden'],
      ] as const;
      for (const [response, code] of cases) {
        expect([response.body.error?.code, response.status]).toEqual([code, errors[code].status]);
        expect(JSON.stringify(response.body)).not.toMatch(/select |at \/|node_modules|stack/i);
      }
    });

    it('E3: lists are paged by an opaque cursor, to the end, without a gap or a repetition', async () => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await http(ann, 'GET', `/users?limit=1${query}`);
        seen.push(...(body.users as { username: string }[]).map((user) => user.username));
        cursor = body.next as string | null;
      }
      expect(seen).toEqual(['ann', 'bob', 'eve']);
    });
  });

  describe('sync', () => {
    it('S5: a setting changed on one device is in step on the others', async () => {
      const [phone, laptop] = [await connect(ann), await connect(ann)];
      const { settings } = await phone.request('updateSettings', { presence: 'away' });
      const { event } = await laptop.next('event', (frame) => frame.event.type === 'user');
      expect(event).toMatchObject({ type: 'user', rev: settings.rev, records: [settings] });
      const missed = await laptop.request('getMyChanges', { since: settings.rev - 1 });
      expect(missed).toMatchObject({ records: [settings], rev: settings.rev, more: false, reset: false });
      expect((await laptop.request('getMyChanges', { since: settings.rev })).records).toEqual([]);
      await phone.request('updateSettings', { presence: 'auto' });
      await phone.request('updateProfile', { displayName: 'Ann Smith' });
      const renamed = await laptop.next(
        'event',
        (frame) =>
          frame.event.type === 'user' && frame.event.records.some((record) => record.type === 'profile'),
      );
      expect(renamed.event).toMatchObject({
        rev: settings.rev + 2,
        records: [{ user: { displayName: 'Ann Smith' } }],
      });
      await phone.request('updateProfile', { displayName: 'ann' });
    });

    it('S9: read on one device, read on all; others see the mark when they watch', async () => {
      const [phone, laptop, other] = [await connect(bob), await connect(bob), await connect(ann)];
      const { seq } = await other.request('sendMessage', message('unread until read'));
      await other.request('watch', { conversationIds: [group], userIds: [] });
      const counts = await phone.request('markRead', { conversationId: group, seq });
      expect(counts).toMatchObject({ readSeq: seq, unread: 0 });
      const { event } = await laptop.next(
        'event',
        (frame) => frame.event.type === 'read' && frame.event.readSeq === seq,
      );
      expect(event).toEqual({ type: 'read', conversationId: group, ...counts });
      const receipts = await other.next(
        'event',
        ({ event: told }) =>
          told.type === 'receipts' &&
          told.marks.some((mark) => mark.userId === bob.id && mark.readSeq === seq),
      );
      expect(receipts.event).toMatchObject({ conversationId: group });
    });

    it('S9: who comes back brings their earlier marks, for those who began to watch meanwhile', async () => {
      const [away, watching] = [await connect(eve), await connect(ann)];
      await http(ann, 'POST', `/conversations/${group}/members`, { userIds: [eve.id] });
      const { seq } = await watching.request('sendMessage', message('read before the leaving'));
      await away.request('markRead', { conversationId: group, seq });
      await http(ann, 'DELETE', `/conversations/${group}/members/${eve.id}`);
      const { receipts } = await watching.request('watch', { conversationIds: [group], userIds: [] });
      expect(receipts[0]?.marks.map(({ userId }) => userId)).not.toContain(eve.id);
      await http(ann, 'POST', `/conversations/${group}/members`, { userIds: [eve.id] });
      const { event } = await watching.next(
        'event',
        ({ event: told }) => told.type === 'receipts' && told.marks.some(({ userId }) => userId === eve.id),
      );
      expect(event).toMatchObject({ marks: [{ userId: eve.id, deliveredSeq: seq, readSeq: seq }] });
      await http(ann, 'DELETE', `/conversations/${group}/members/${eve.id}`);
    });

    it('S13: a membership begins with its head and ends with a last record', async () => {
      const client = await connect(eve);
      await http(ann, 'POST', `/conversations/${group}/members`, { userIds: [eve.id] });
      const { event: joined } = await client.next('event', (frame) => frame.event.type === 'joined');
      expect(joined).toMatchObject({
        head: { conversation: { id: group }, membership: { userId: eve.id, state: 'joined' } },
      });
      await http(ann, 'POST', `/conversations/${group}/messages`, message('welcome'));
      await client.next('event', (frame) => frame.event.type === 'records');
      await http(ann, 'DELETE', `/conversations/${group}/members/${eve.id}`);
      const { event: left } = await client.next('event', (frame) => frame.event.type === 'left');
      expect(left).toMatchObject({ membership: { userId: eve.id, state: 'removed' } });
      const after = client.frames.length;
      await http(ann, 'POST', `/conversations/${group}/messages`, message('not for eve'));
      await client.request('getMe', {});
      await sleep(50);
      expect(JSON.stringify(client.frames.slice(after))).not.toContain('not for eve');
    });

    it('S14: encrypted content passes through unread', async () => {
      const client = await connect(bob);
      const bytes = Buffer.from(`<@${bob.id}> hidden`).toString('base64');
      const content = { type: 'encrypted' as const, scheme: 'test.1', bytes };
      const sent = await http(ann, 'POST', `/conversations/${group}/messages`, {
        messageId: newId(),
        content,
      });
      expect(sent.status).toBe(200);
      const { event } = await client.next(
        'event',
        (frame) => frame.event.type === 'records' && JSON.stringify(frame).includes(bytes),
      );
      const record = event.type === 'records' ? event.records[0] : undefined;
      expect(record).toMatchObject({ body: { type: 'content', content } });
      expect(record).not.toHaveProperty('mentions');
    });

    it('replies keep to their schemas', async () => {
      const client = await connect(ann);
      const { messageId } = await client.request('sendMessage', message('one to look at'));
      await client.request('addReaction', { conversationId: group, messageId, emoji: '👍' });
      const on = { conversationId: group, messageId };
      const inputs: Partial<Record<CommandName, object>> = {
        sync: {},
        getHeads: { conversationIds: [group] },
        changes: { conversationId: group, since: 0 },
        listChannels: {},
        listCommon: { userId: bob.id },
        listMembers: { conversationId: group },
        getHistory: { conversationId: group },
        getMessages: { conversationId: group, messageIds: [messageId] },
        editMessage: { ...on, content: { type: 'plain', text: 'edited' } },
        getMessageEdits: on,
        getReactions: { ...on, emoji: '👍' },
        getReceipts: on,
        deleteMessage: on,
        watch: { conversationIds: [group], userIds: [bob.id] },
        getMe: {},
        listSessions: {},
        getUsers: { userIds: [bob.id] },
        searchUsers: {},
      };
      for (const [name, input] of Object.entries(inputs) as [CommandName, object][]) {
        const output: unknown = await client.request(name, input as never);
        const parsed = commands[name].output.safeParse(output);
        expect([name, parsed.error?.issues]).toEqual([name, undefined]);
      }
    });
  });

  it('E4: whoever asks too often is told to wait', async () => {
    const { database } = await openTestDatabase('pglite');
    const log = pino({ level: 'silent' });
    const limited = await createService(defaultConfig({ port: 0 }), { database, log });
    const before = base;
    base = (await limited.listen()).url;
    try {
      const hasty = await signUp('hasty');
      const answers = [];
      for (let i = 0; i < 40; i += 1) {
        answers.push(await http(hasty, 'POST', '/direct', { conversationId: newId(), userId: hasty.id }));
      }
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      expect(answers.length - refused.length).toBeGreaterThanOrEqual(rates.invite.burst);
      expect(refused[0]?.body.error).toMatchObject({ code: 'rate_limited', retryable: true });
      expect(refused[0]?.body.error?.retryAfterMs).toBeGreaterThan(0);
    } finally {
      base = before;
      await limited.close();
    }
  });

  it('W1: only the subprotocol of this version is spoken', async () => {
    const ws = new WebSocket(socketUrl(), 'kith.v99.json');
    const outcome = await new Promise<string>((resolve) => {
      ws.on('open', () => resolve('open'));
      ws.on('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});
