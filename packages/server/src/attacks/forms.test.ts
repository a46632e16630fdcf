/** Fields that nobody asked for: privileged ones, and those that reach for the prototype of everything. */
import { type CommandName, commandNames, commands } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type AttackWorld, openAttackWorld } from '../testing/attackWorld.ts';
import { metadata, TUS } from '../testing/filesWorld.ts';
import { openSocket } from '../testing/socketClient.ts';
import { trespasses } from '../testing/trespasses.ts';

/** What would make somebody more than they are, or their word somebody else's. */
const PRIVILEGED: Readonly<Record<string, unknown>> = {
  role: 'owner',
  tenantId: 2,
  tenant_id: 2,
  tenant: 'elsewhere',
  userId: '0198f000-0000-7000-8000-00000000a0e0',
  authorId: '0198f000-0000-7000-8000-00000000a0e0',
  senderId: '0198f000-0000-7000-8000-00000000a0e0',
  sessionId: 'x',
  rev: 1,
  seq: 1,
  email_verified: true,
  emailVerified: true,
  isAdmin: true,
  createdAt: '2020-01-01T00:00:00Z',
  constructor: { prototype: { polluted: 'yes' } },
  prototype: { polluted: 'yes' },
};

let world: AttackWorld;
beforeAll(async () => {
  world = await openAttackWorld();
}, 120_000);
afterAll(() => world?.close());

const authForms: Readonly<Record<string, object>> = {
  'sign-up/email': { email: 'new@example.org', password: 'a good password', name: 'New', username: 'new' },
  'sign-in/email': { email: 'eve@example.org', password: 'a good password' },
  'sign-in/username': { username: 'eve', password: 'a good password' },
};

/** A right input of each command, and the places of it that are objects. */
function* rightInputs(): Generator<[CommandName, Record<string, unknown>]> {
  const { house } = world.outsider;
  for (const name of commandNames) {
    const right = trespasses[name](house, house).filter(
      (input) => commands[name].input.safeParse(input).success,
    );
    if (right.length === 0) throw new Error(`There is no right input of ${name}.`);
    for (const input of right) yield [name, { ...input }];
  }
}

/** The same input with these fields more, once for each object in it. */
function* withMore(input: unknown, more: object): Generator<unknown> {
  if (Array.isArray(input)) {
    for (const [index, part] of input.entries())
      for (const other of withMore(part, more)) yield input.with(index, other);
    return;
  }
  if (typeof input !== 'object' || input === null) return;
  yield { ...input, ...more };
  for (const [key, value] of Object.entries(input))
    for (const other of withMore(value, more)) yield { ...input, [key]: other };
}

const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  world.world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

/** Who there is, and what they are. */
async function standing(): Promise<unknown> {
  const { db } = world.world.service.services.database;
  const { rows } = await sql`
    select u.tenant_id, u.id, u.role, u.username, u.display_name, a.email, a.email_verified from users u
    full join auth_users a on a.id = u.id order by u.tenant_id, u.id`.execute(db);
  return rows;
}

describe('fields that nobody asked for', () => {
  attack(
    'are refused by every command, wherever in its input they stand',
    'role, tenantId, authorId, rev, email_verified, constructor and others, one at a time, in every object of every input',
    (saw) => {
      for (const [name, input] of rightInputs()) {
        for (const [field, value] of Object.entries(PRIVILEGED)) {
          for (const more of withMore(input, { [field]: value })) {
            if (JSON.stringify(more) === JSON.stringify(input) || isOfTheCommand(name, field)) continue;
            const result = commands[name].input.safeParse(more);
            saw(`${name} with ${field}`, result.success ? 'taken' : 'refused', ['refused']);
          }
        }
      }
    },
  );

  attack(
    'are refused by every route and over the socket, and nobody is more than before',
    'all of them at once, in the body or the query of every route, and in a frame',
    async (saw) => {
      const before = await standing();
      const { person } = world.outsider;
      const { sessionId: _, userId: __, role: ___, rev: ____, seq: _____, ...more } = PRIVILEGED;
      const socket = await openSocket(`${world.world.base.replace('http', 'ws')}/v1/socket`);
      await socket.hello(person.bearer['authorization']?.slice('Bearer '.length) ?? '');
      let id = 0;
      for (const [name, input] of rightInputs()) {
        const filled = { ...input, ...more };
        if (commands[name].http)
          saw(`${name} by HTTP`, (await world.ask(person, name, filled)).outcome, ['bad_input']);
        id += 1;
        const asked = id;
        socket.send({ t: 'request', id, command: name, input: filled });
        const answer = await Promise.race([
          socket.next('failed', (frame) => frame.id === asked),
          socket.next('reply', (frame) => frame.id === asked),
        ]);
        saw(`${name} by socket`, answer.t === 'failed' ? answer.error.code : 'ok', ['bad_input']);
      }
      socket.ws.terminate();
      expect(await standing()).toEqual(before);
    },
    120_000,
  );

  attack(
    'make nobody an owner, verified or of another tenant at signing up or in',
    'the same fields, one at a time, in every form below /v1/auth',
    async (saw) => {
      const before = await standing();
      for (const [route, form] of Object.entries(authForms))
        for (const [field, value] of Object.entries({ ...PRIVILEGED, id: 'x', accountId: 'x' })) {
          const answer = await post(`/v1/auth/${route}`, JSON.stringify({ ...form, [field]: value }));
          saw(`${route} with ${field}`, await outcomeOf(answer), ['bad_input']);
        }
      expect(await standing()).toEqual(before);
    },
  );

  attack(
    'that stand twice in a body count once, and are checked as they count',
    'the same key twice in JSON, of which one is somebody else’s',
    async (saw) => {
      const { person, house } = world.outsider;
      const id = JSON.stringify(house.conversationId);
      const other = JSON.stringify(world.victim.conversationId);
      for (const [first, second] of [
        [id, other],
        [other, id],
      ]) {
        const answer = await post(
          `/v1/conversations/${world.victim.conversationId}/typing`,
          `{"conversationId":${first},"active":true,"conversationId":${second}}`,
          person.bearer,
        );
        saw('their conversation in the path', await outcomeOf(answer), ['bad_input', 'not_found']);
      }
    },
  );
});

/** Whether a command has a field of this name anywhere: then it is not one that nobody asked for. */
function isOfTheCommand(name: CommandName, field: string): boolean {
  const fields = JSON.stringify([...rightFields(name)]);
  return fields.includes(`"${field}"`);
}

function rightFields(name: CommandName): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) found.add(key);
      walk(inner);
    }
  };
  for (const input of trespasses[name](world.outsider.house, world.outsider.house)) walk(input);
  return found;
}

describe('the prototype of everything', () => {
  const EVILS = [
    '"__proto__":{"polluted":"yes","role":"owner"}',
    '"constructor":{"prototype":{"polluted":"yes"}}',
    '"__proto__":null',
  ];
  /** JSON with the key in each of its objects; a literal of ours would lose `__proto__`. */
  const poisoned = (json: string, evil: string): string =>
    json.replace(/\{/g, `{${evil},`).replaceAll(',}', '}');
  const known = Reflect.ownKeys(Object.prototype).map(String).sort();
  const untouched = (): void => {
    expect(Reflect.ownKeys(Object.prototype).map(String).sort()).toEqual(known);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  };

  attack(
    'stays as it is, whatever a body, a query or a frame holds',
    '__proto__ and constructor.prototype in every object of every body, query, form and frame',
    async (saw) => {
      const { person } = world.outsider;
      const socket = await openSocket(`${world.world.base.replace('http', 'ws')}/v1/socket`);
      await socket.hello(person.bearer['authorization']?.slice('Bearer '.length) ?? '');
      let id = 0;
      for (const evil of EVILS)
        for (const [name, input] of rightInputs()) {
          const { http } = commands[name];
          if (http) {
            const path = `/v1${http.path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])))}`;
            const byQuery = http.method === 'GET' || http.method === 'DELETE';
            const answer = byQuery
              ? await world.world.fetch(
                  `${path}?__proto__[polluted]=yes&__proto__=yes&constructor.prototype.polluted=yes&constructor[prototype][polluted]=yes`,
                  { method: http.method, headers: person.bearer },
                )
              : await world.world.fetch(path, {
                  method: http.method,
                  headers: { ...person.bearer, 'content-type': 'application/json' },
                  body: poisoned(JSON.stringify(input), evil),
                });
            saw(`${name} by HTTP`, await outcomeOf(answer), ['bad_input']);
          }
          id += 1;
          const asked = id;
          socket.sendRaw(
            `{"t":"request","id":${id},"command":"${name}","input":${poisoned(JSON.stringify(input), evil)}}`,
          );
          const answer = await Promise.race([
            socket.next('failed', (frame) => frame.id === asked),
            socket.next('reply', (frame) => frame.id === asked),
          ]);
          saw(`${name} by socket`, answer.t === 'failed' ? answer.error.code : 'ok', ['bad_input']);
        }
      socket.ws.terminate();
      for (const [route, form] of Object.entries(authForms))
        for (const evil of EVILS) {
          const answer = await post(`/v1/auth/${route}`, poisoned(JSON.stringify(form), evil));
          saw(route, await outcomeOf(answer), ['bad_input']);
        }
      untouched();
    },
    120_000,
  );

  attack(
    'stays as it is, whatever tus, the address of a command or a cookie says',
    '__proto__ as metadata of an upload, as the name of a command, as the names of cookies and parameters',
    async (saw) => {
      const { person } = world.outsider;
      const { fetch, base } = world.world;
      for (const key of ['__proto__', 'constructor', 'prototype']) {
        const announced = await fetch('/v1/uploads', {
          method: 'POST',
          headers: {
            ...TUS,
            ...person.bearer,
            'upload-length': '1',
            'upload-metadata': `${key} ${Buffer.from('{"polluted":"yes"}').toString('base64')},${metadata({ filename: key })}`,
          },
        });
        saw(`an upload with ${key}`, await outcomeOf(announced), ['bad_input', '400']);
        const byCookie = await fetch('/v1/me', {
          headers: { cookie: `${key}=polluted; kith.session_token=${key}.x` },
        });
        saw(`a cookie called ${key}`, await outcomeOf(byCookie), ['unauthenticated']);
        saw(
          `a conversation called ${key}`,
          await outcomeOf(await fetch(`/v1/conversations/${key}/messages`, { headers: person.bearer })),
          ['bad_input'],
        );
        const socket = await openSocket(`${base.replace('http', 'ws')}/v1/socket`);
        await socket.hello(person.bearer['authorization']?.slice('Bearer '.length) ?? '');
        socket.sendRaw(`{"t":"request","id":1,"command":"${key}","input":{}}`);
        const answer = await socket.next('failed');
        saw(`a command called ${key}`, answer.error.code, ['unknown_command']);
        socket.sendRaw(`{"t":"request","id":2,"command":"getMe","input":{},"${key}":{"polluted":"yes"}}`);
        saw(`a frame with ${key}`, String((await socket.closed).code), ['4400']);
      }
      untouched();
    },
  );

  it('and the service goes on', async () => {
    const { person } = world.outsider;
    expect((await world.ask(person, 'getMe', {})).outcome).toBe('ok');
  });
});
