/** Passkeys as a browser sends them, and what a session may do that lacks the factor its tenant asks for: a whole service. */
import { commandNames, commands, errors, type PasskeyRequest, type WireError } from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stepAt, totpCode } from '../accounts/factors/totp.ts';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { createPasskey, type Passkey } from '../testing/authenticator.ts';
import { openSocket } from '../testing/socketClient.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';

const PASSWORD = 'seven quiet otters swim';

let service: Service;
let base: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  const test = await openTestDatabase(databaseKinds[0] ?? 'pglite');
  drop = test.drop;
  const config = defaultConfig({ port: 0, rateFactor: 0 });
  service = await createService(config, { database: test.database, log: pino({ level: 'silent' }) });
  ({ url: base } = await service.listen());
});
afterAll(async () => {
  await service?.close();
  await drop?.();
});

type Body = Record<string, never> & { readonly error?: WireError };

async function ask(method: string, path: string, token: string | null, form?: object, origin?: string) {
  const response = await fetch(new URL(path, base), {
    method,
    headers: {
      ...(form && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(origin !== undefined && { origin }),
    },
    ...(form && { body: JSON.stringify(form) }),
  });
  const body = (await response.json()) as Body;
  if (body.error) expect(response.status).toBe(errors[body.error.code].status);
  return { status: response.status, body, token: response.headers.get('set-auth-token') ?? '' };
}
const own = (): string => new URL(base).origin;

async function member(username: string): Promise<string> {
  const form = { email: `${username}@example.org`, password: PASSWORD, name: username, username };
  return (await ask('POST', '/v1/auth/sign-up/email', null, form)).token;
}

async function addPasskey(token: string): Promise<Passkey> {
  const { body } = await ask('POST', '/v1/me/passkeys/begin', token, {}, own());
  const { passkey, made } = createPasskey(body['options'] as never, own());
  const form = { ticket: body['ticket'], passkey: made, name: 'Key' };
  expect((await ask('POST', '/v1/me/passkeys', token, form, own())).status).toBe(200);
  return passkey;
}

const owner = 'owner';
let ownerToken: string;

it('a passkey is made and signs in on a page of ours, and on no other', async () => {
  ownerToken = await member(owner);
  const key = await addPasskey(ownerToken);
  const begun = await ask('POST', '/v1/auth/passkey/begin', null, {}, own());
  const { ticket, options } = begun.body as unknown as { ticket: string; options: PasskeyRequest };
  expect(options).toMatchObject({ rpId: new URL(base).hostname, allowCredentials: [] });
  // As `toJSON` writes it, with more than is looked at.
  const passkey = { ...key.answer(options), authenticatorAttachment: 'platform', clientExtensionResults: {} };
  const entered = await ask('POST', '/v1/auth/passkey', null, { ticket, passkey }, own());
  expect(entered.body).toMatchObject({ type: 'signed_in', user: { username: owner } });

  const foreign = await ask('POST', '/v1/auth/passkey/begin', null, {}, 'https://evil.example');
  expect(foreign.body.error?.code).toBe('forbidden');
  // Without a page, nobody knows for which site.
  expect((await ask('POST', '/v1/auth/passkey/begin', null, {})).body.error?.code).toBe('bad_input');
  expect((await ask('POST', '/v1/me/passkeys/begin', ownerToken, {})).body.error?.code).toBe('bad_input');
  const lied = await ask('POST', '/v1/me/passkeys/begin', ownerToken, {}, 'https://evil.example');
  expect(lied.body.error?.code).toBe('bad_input');
});

it('on a socket of a page, a passkey begins, too', async () => {
  const socket = await openSocket(`${base.replace('http', 'ws')}/v1/socket`, { origin: own() });
  await socket.hello(ownerToken);
  const { options } = await socket.request('beginPasskey', {});
  expect(options.rp.id).toBe(new URL(base).hostname);
  socket.ws.close();
});

it('a second factor is asked for over HTTP, and taken', async () => {
  const begun = await ask(
    'POST',
    '/v1/auth/sign-in/username',
    null,
    { username: owner, password: PASSWORD },
    own(),
  );
  expect(begun.body).toMatchObject({ type: 'second_factor', factors: ['passkey', 'recovery'] });
  expect(begun.token).toBe('');
  expect(begun.body).not.toHaveProperty('token');
});

it('who lacks a factor that is asked for may set one up, and nothing else, by HTTP or socket', async () => {
  const token = await member('bob');
  const socketUrl = `${base.replace('http', 'ws')}/v1/socket`;
  const inside = await openSocket(socketUrl);
  await inside.hello(token);
  const update = await ask('PUT', '/v1/tenant/security', ownerToken, { secondFactor: 'everyone' });
  expect(update.body).toEqual({ secondFactor: 'everyone' });
  // Who is in already is sent out, and not when their socket happens to be looked at.
  expect((await inside.next('goodbye')).error.code).toBe('second_factor_required');

  const refused: string[] = [];
  for (const name of commandNames) {
    const { http } = commands[name];
    if (!http) continue;
    const path = `/v1${http.path.replace(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000')}`;
    const bare = http.method === 'GET' || http.method === 'DELETE';
    const { body } = await ask(http.method, path, token, bare ? undefined : {});
    if (body.error?.code === 'second_factor_required') refused.push(name);
  }
  const open = commandNames.filter((name) => commands[name].http && !refused.includes(name));
  expect(open.sort()).toEqual([
    'addPasskey',
    'beginPasskey',
    'beginPasskeyConfirm',
    'beginTotp',
    'confirmIdentity',
    'confirmTotp',
    'getAccount',
    'getFactors',
    'getMe',
    'listSessions',
    'revokeOtherSessions',
    'revokeSession',
  ]);
  // What is no command.
  const blob = await ask('GET', '/v1/blobs/00000000-0000-7000-8000-000000000000', token);
  expect(blob.body.error?.code).toBe('second_factor_required');
  const socket = await openSocket(socketUrl);
  socket.send({ t: 'hello', token });
  expect((await socket.next('goodbye')).error.code).toBe('second_factor_required');
  expect((await socket.closed).code).toBe(errors.second_factor_required.close);

  const { body } = await ask('POST', '/v1/me/factors/totp', token, {});
  const secret = Buffer.from(
    (String(body['secret']).match(/.{8}/g) ?? []).flatMap((eight) => {
      const letters = [...eight].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c));
      const bits = letters.map((n) => n.toString(2).padStart(5, '0')).join('');
      return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    }),
  );
  const code = totpCode(secret, stepAt(Date.now()));
  const confirmed = await ask('POST', '/v1/me/factors/totp/confirm', token, { code });
  expect(confirmed.body['recoveryCodes']).toHaveLength(10);
  // At once, not when a cache runs out.
  expect((await ask('GET', '/v1/me/security-events', token)).status).toBe(200);
  const again = await openSocket(socketUrl);
  await again.hello(token);
  await again.request('sync', {});
  again.ws.close();
});
