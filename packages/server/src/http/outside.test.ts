/** Signing in by another service as a browser does it, over HTTP, at a real provider; and what strangers send to these doors. */
import type { PasskeyRequest, SignInOptions } from '@kith/protocol';
import { freePort } from '@kith/tools/services/processes.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProviders } from '../accounts/outside/settings.ts';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { createPasskey } from '../testing/authenticator.ts';
import { createFakeProvider, type FakeProvider } from '../testing/fakeProvider.ts';
import { createRealProvider, type RealProvider } from '../testing/realProvider.ts';
import { openTestDatabase } from '../testing/world.ts';

let service: Service;
let base: string;
let real: RealProvider;
let fake: FakeProvider;

type Me = { readonly user: { readonly id: string; readonly username: string } } | null;

/** A browser: keeps cookies, follows nothing by itself. */
function browser() {
  const cookies = new Map<string, string>();
  const go = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const response = await fetch(new URL(path, base), {
      redirect: 'manual',
      ...init,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    });
    for (const one of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (one.split(';')[0] ?? '').split('=');
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const location = async (path: string, init?: Parameters<typeof go>[1]): Promise<string> => {
    const response = await go(path, init);
    expect(response.status, await response.clone().text()).toBe(303);
    expect(response.headers.get('cache-control')).toBe('no-store');
    return response.headers.get('location') ?? '';
  };
  const me = async (): Promise<Me> => (await (await go('/v1/auth/get-session')).json()) as Me;
  return { cookies, go, location, me };
}
const pathOf = (url: string): string => url.slice(new URL(url).origin.length);

beforeAll(async () => {
  const port = await freePort();
  base = `http://localhost:${port}`;
  [real, fake] = await Promise.all([
    createRealProvider(`${base}/v1/auth/outside/real/callback`),
    createFakeProvider(),
  ]);
  const providers = [
    {
      id: 'real',
      name: 'Realm',
      issuer: real.issuer,
      clientId: real.clientId,
      clientSecret: real.clientSecret,
    },
    { id: 'fake', issuer: fake.issuer, clientId: 'kith', clientSecret: fake.secret },
  ];
  service = await createService(
    defaultConfig({
      port,
      publicOrigins: [base],
      providers: parseProviders(JSON.stringify(providers), {}),
      rateFactor: 20,
      // Printed to the log, as on one's own machine.
      proveEmail: true,
    }),
    { database: (await openTestDatabase('pglite')).database, log: pino({ level: 'silent' }) },
  );
  await service.listen();
});

afterAll(async () => {
  await service?.close();
  await real?.close();
  await fake?.close();
});

describe('at a real provider', () => {
  it('one comes in, comes in again, and connects a second account', async () => {
    const options = (await (await fetch(`${base}/v1/auth/options`)).json()) as SignInOptions;
    expect(options.providers).toEqual([
      { id: 'real', name: 'Realm', preset: 'oidc' },
      { id: 'fake', name: 'fake', preset: 'oidc' },
    ]);
    const one = browser();
    const at = await one.location('/v1/auth/outside/real');
    const back = await real.signIn(at, 'grace');
    expect(await one.location(pathOf(back))).toBe('/#step=signed_in');
    const me = await one.me();
    expect(me?.user.username).toBe('grace');
    expect([...one.cookies.keys()].sort()).toEqual(['kith.device', 'kith.session_token']);

    const two = browser();
    await two.location(pathOf(await real.signIn(await two.location('/v1/auth/outside/real'), 'grace')));
    expect((await two.me())?.user.id).toBe(me?.user.id);

    const begun = await one.go('/v1/me/links', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: base },
      body: JSON.stringify({ provider: 'real' }),
    });
    const { url } = (await begun.json()) as { url: string };
    const linked = await real.signIn(await one.location(url), 'grace-at-work');
    expect(await one.location(pathOf(linked))).toBe('/#linked=real');
    const three = browser();
    await three.location(
      pathOf(await real.signIn(await three.location('/v1/auth/outside/real'), 'grace-at-work')),
    );
    expect((await three.me())?.user.id).toBe(me?.user.id);
  });

  it('a second factor is asked for there, too, the passkeys of this page among them', async () => {
    const one = browser();
    await one.location(pathOf(await real.signIn(await one.location('/v1/auth/outside/real'), 'hopper')));
    const send = async (path: string, form: object) => {
      const headers = { 'content-type': 'application/json', origin: base };
      const response = await one.go(path, { method: 'POST', headers, body: JSON.stringify(form) });
      return { status: response.status, body: (await response.json()) as Record<string, never> };
    };
    const begun = await send('/v1/me/passkeys/begin', {});
    const { passkey, made } = createPasskey(begun.body['options'] as never, base);
    const form = { ticket: begun.body['ticket'], passkey: made, name: 'Key' };
    expect((await send('/v1/me/passkeys', form)).status).toBe(200);

    const two = browser();
    const back = await real.signIn(await two.location('/v1/auth/outside/real'), 'hopper');
    const fields = new URLSearchParams((await two.location(pathOf(back))).slice('/#'.length));
    expect(fields.get('step')).toBe('second_factor');
    expect(await two.me()).toBeNull();
    const reply = JSON.parse(fields.get('reply') ?? '') as { ticket: string; passkey: PasskeyRequest };
    expect(reply).toMatchObject({ passkey: { allowCredentials: [{ id: made.id }] } });
    const shown = await two.go('/v1/auth/continue', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: base },
      body: JSON.stringify({ ticket: reply.ticket, passkey: passkey.answer(reply.passkey) }),
    });
    expect(shown.status, await shown.text()).toBe(200);
    expect((await two.me())?.user.username).toBe('hopper');
  });
});

describe('strangers', () => {
  it('Host and its relatives decide nothing about where a service sends people', async () => {
    const poison = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const at = new URL(await browser().location('/v1/auth/outside/fake', { headers: poison }));
    expect(at.searchParams.get('redirect_uri')).toBe(`${base}/v1/auth/outside/fake/callback`);
  });

  it('no parameter leads elsewhere: neither on the way there nor back', async () => {
    const evil = 'https://evil.example/';
    const names = [
      'redirect',
      'redirect_uri',
      'return',
      'next',
      'url',
      'callbackURL',
      'continue',
      'iss',
      'link',
    ];
    for (const name of names) {
      for (const value of [evil, '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
        const query = `${name}=${encodeURIComponent(value)}`;
        const place = await browser().location(`/v1/auth/outside/fake?${query}`);
        if (name === 'link') expect(place).toBe('/#error=over&provider=fake&linking=1');
        else {
          expect(place.startsWith(`${fake.issuer}/authorize?`), place).toBe(true);
          expect(decodeURIComponent(place)).not.toContain('evil');
        }
        const back = await browser().location(`/v1/auth/outside/fake/callback?${query}`);
        expect(back).toBe('/#error=over&provider=fake');
      }
    }
    for (const id of [
      '%2f%2fevil.example',
      '..',
      '%0d%0aset-cookie:a=b',
      'credential',
      '__proto__',
      'x'.repeat(300),
    ]) {
      const response = await browser().go(`/v1/auth/outside/${id}`);
      expect([400, 404], id).toContain(response.status);
      expect(response.headers.get('location')).toBeNull();
    }
  });

  it('another page sends nobody away to sign in', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await browser().location('/v1/auth/outside/fake', { headers })).toBe('/');
  });

  it('a browser that was never sent there is not let in by the answer of one that was', async () => {
    const attacker = browser();
    const victim = browser();
    const at = new URL(await attacker.location('/v1/auth/outside/fake'));
    const answer = fake.grant(at, { sub: 'attacker', email: 'attacker@example.org', email_verified: true });
    expect(await victim.location(`/v1/auth/outside/fake/callback?${answer}`)).toBe(
      '/#error=over&provider=fake',
    );
    expect(victim.cookies.has('kith.session_token')).toBe(false);
    expect(await victim.me()).toBeNull();
  });

  it('a form brings it back too, and no other door reads one', async () => {
    const one = browser();
    const at = new URL(await one.location('/v1/auth/outside/fake'));
    const form = fake.grant(at, { sub: 'form', email: 'form@example.org', email_verified: true });
    const headers = { origin: fake.issuer, 'sec-fetch-site': 'cross-site' };
    const place = await one.location('/v1/auth/outside/fake/callback', {
      method: 'POST',
      body: form,
      headers,
    });
    expect(place).toBe('/#step=signed_in');
    expect(await one.me()).not.toBeNull();
    const other = await one.go('/v1/auth/sign-in/email', {
      method: 'POST',
      body: form,
      headers: { origin: base },
    });
    expect(other.status).toBe(400);
    const json = await one.go('/v1/auth/outside/fake/callback', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(400);
    const long = await one.go('/v1/auth/outside/fake/callback', {
      method: 'POST',
      body: new URLSearchParams({ state: 'x'.repeat(20_000) }),
    });
    expect(long.status).toBe(413);
  });

  it('a code that is to come first leads on behind the #, where no server and no Referer sees the ticket', async () => {
    const one = browser();
    const at = new URL(await one.location('/v1/auth/outside/fake'));
    const answer = fake.grant(at, { sub: 'unproven', email: 'unproven@example.org', email_verified: false });
    const place = await one.location(`/v1/auth/outside/fake/callback?${answer}`);
    expect(place).toMatch(/^\/#/);
    const fragment = new URLSearchParams(place.slice(2));
    expect(fragment.get('step')).toBe('code_sent');
    expect(JSON.parse(fragment.get('reply') ?? '')).toEqual({
      ticket: expect.stringMatching(/^[\w.-]{60,}$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(await one.me()).toBeNull();
  });

  it('who comes too often reads so, and sees no error of a program', async () => {
    const strict = await createService(
      defaultConfig({
        port: 0,
        providers: parseProviders(
          JSON.stringify([{ id: 'fake', issuer: fake.issuer, clientId: 'kith', clientSecret: fake.secret }]),
          {},
        ),
      }),
      { database: (await openTestDatabase('pglite')).database, log: pino({ level: 'silent' }) },
    );
    const { url } = await strict.listen();
    let place: string | null = '';
    for (let i = 0; i < 500 && !place?.startsWith('/#'); i += 1) {
      const response = await fetch(`${url}/v1/auth/outside/fake`, { redirect: 'manual' });
      place = response.headers.get('location');
    }
    expect(place).toBe('/#error=rate_limited&provider=fake');
    await strict.close();
  });
});
