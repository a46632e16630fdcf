import { createHmac } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { type FakeProvider, startFakeProvider } from '../testing/gifProvider.ts';
import { openTestDatabase } from '../testing/world.ts';
import { createGifs, type Gifs, noGifs } from './gifs.ts';
import { giphy } from './giphy.ts';
import { tenor } from './tenor.ts';

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterAll(() => fake?.close());
beforeEach(() => {
  fake.mood = 'well';
  fake.asked.length = 0;
  fake.headers.length = 0;
});

const MEDIA = '/v1/gifs/media/';
const secret = 's'.repeat(32);
const made = (provider = tenor('the-key'), now?: () => number): Gifs =>
  createGifs({ provider, base: fake.url, secret, ...(now && { now }) });
const signedOf = (path: string | undefined): string => (path ?? '').slice(MEDIA.length);

describe.each([
  ['tenor', tenor('the-key'), '/v2/search', '/v2/featured', 'key'],
  ['giphy', giphy('the-key'), '/v1/gifs/search', '/v1/gifs/trending', 'api_key'],
] as const)('GIFs of %s', (name, provider, search, fashion, keyName) => {
  it('are searched in the language of the person, in pages, with addresses of ours', async () => {
    const gifs = made(provider);
    const found = await gifs.search({ query: 'Fox', language: 'de' });
    expect(found.provider).toBe(name);
    expect(found.gifs).toHaveLength(1);
    expect(found.gifs[0]).toMatchObject({ provider: name, width: 220, height: 180 });
    expect(found.gifs[0]?.alt).toContain('fox');
    for (const path of [found.gifs[0]?.path, found.gifs[0]?.still, found.gifs[0]?.thumb])
      expect(path).toMatch(/^\/v1\/gifs\/media\/[\w-]+\.[\w-]{22}$/);
    expect(JSON.stringify(found)).not.toContain(fake.url);
    const next = await gifs.search({ query: 'Fox', language: 'de', cursor: found.next ?? '' });
    expect(next.next).toBeNull();
    expect(next.gifs[0]?.id).not.toBe(found.gifs[0]?.id);
    expect(fake.asked.map(({ pathname }) => pathname)).toEqual([search, search]);
    expect(fake.asked[0]?.searchParams.get(keyName)).toBe('the-key');
    await gifs.search({});
    expect(fake.asked.at(-1)?.pathname).toBe(fashion);
  });
});

describe('the proxy', () => {
  it('fetches a picture once for all who look, and tells the provider nothing of them', async () => {
    const gifs = made();
    const { gifs: found } = await gifs.search({ query: 'fox' });
    const signed = signedOf(found[0]?.path);
    const [media] = await Promise.all([gifs.media(signed), gifs.media(signed)]);
    expect(media).toMatchObject({ mime: 'image/gif' });
    await gifs.media(signed);
    expect(fake.asked.filter(({ pathname }) => pathname.startsWith('/media/'))).toHaveLength(1);
    for (const headers of fake.headers) {
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('referer');
      expect(headers).not.toHaveProperty('x-forwarded-for');
    }
  });

  it('fetches nothing that this service did not sign', async () => {
    const gifs = made();
    const { gifs: found } = await gifs.search({ query: 'fox' });
    fake.asked.length = 0;
    const signed = signedOf(found[0]?.path);
    const [address = '', signature = ''] = signed.split('.');
    const other = Buffer.from(`${fake.url}/media/other.gif`).toString('base64url');
    const forged = (text: string) =>
      `${text}.${createHmac('sha256', 'guess').update(`gif ${text}`).digest('base64url').slice(0, 22)}`;
    for (const wrong of [
      '',
      '.',
      'x',
      address,
      `${other}.${signature}`,
      `${address}.${'A'.repeat(22)}`,
      forged(other),
    ]) {
      await expect(gifs.media(wrong), wrong).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(fake.asked).toEqual([]);
    // Signed by us for another provider, or for a place that is no longer allowed.
    const moved = createGifs({ provider: giphy('k'), base: null, secret });
    await expect(moved.media(signed)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('signs only pictures at the provider’s', async () => {
    const { gifs: found } = await made().search({ query: 'fox' });
    // The one at a forbidden address and the half one are left out.
    expect(found.map(({ id }) => id)).toEqual(['a']);
    const strict = createGifs({ provider: { ...tenor('k'), base: fake.url }, base: null, secret });
    expect((await strict.search({ query: 'fox' })).gifs).toEqual([]);
    const { mediaHost } = tenor('k');
    expect(mediaHost.test('media.tenor.com')).toBe(true);
    for (const host of ['media.tenor.com.evil.example', 'evil.example', 'xmedia.tenor.com'])
      expect(mediaHost.test(host), host).toBe(false);
  });

  it.each(['broken', 'huge', 'elsewhere', 'nonsense'] as const)(
    'survives a provider that is %s',
    async (mood) => {
      const gifs = made();
      fake.mood = mood;
      await expect(gifs.search({ query: 'fox' })).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      fake.mood = 'well';
      // A failure is not kept.
      expect((await gifs.search({ query: 'fox' })).gifs).toHaveLength(1);
    },
  );

  it.each(['broken', 'huge', 'elsewhere'] as const)('hands on no picture of one that is %s', async (mood) => {
    const gifs = made();
    const signed = signedOf((await gifs.search({ query: 'fox' })).gifs[0]?.path);
    fake.mood = mood;
    await expect(gifs.media(signed)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('hands on no page that calls itself a picture', async () => {
    const gifs = made();
    const signed = signedOf((await gifs.search({ query: 'fox' })).gifs[0]?.path);
    fake.mood = 'page';
    await expect(gifs.media(signed)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('asks the same words once in ten minutes', async () => {
    let now = 0;
    const gifs = made(tenor('k'), () => now);
    await Promise.all([gifs.search({ query: 'fox' }), gifs.search({ query: ' FOX ' })]);
    await gifs.search({ query: 'fox' });
    expect(fake.asked).toHaveLength(1);
    now = 11 * 60_000;
    await gifs.search({ query: 'fox' });
    expect(fake.asked).toHaveLength(2);
  });

  it('is off where there is no key', async () => {
    expect(noGifs.provider).toBeNull();
    await expect(noGifs.search({})).rejects.toMatchObject({ code: 'not_found' });
    await expect(noGifs.media('x.y')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('over HTTP', () => {
  let service: Service;
  let base: string;
  let headers: Record<string, string>;
  beforeAll(async () => {
    const config = defaultConfig({ port: 0, gifProvider: 'tenor', gifKey: 'the-key', gifUrl: fake.url });
    const log = pino({ level: 'silent' });
    service = await createService(config, { database: (await openTestDatabase('pglite')).database, log });
    base = (await service.listen()).url;
    const signedUp = await fetch(new URL('/v1/auth/sign-up/email', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'a@example.org',
        password: 'a good password',
        name: 'Ann',
        username: 'ann',
      }),
    });
    headers = { authorization: `Bearer ${signedUp.headers.get('set-auth-token')}` };
  });
  afterAll(() => service?.close());

  it('signed-in people search and look; nobody else does', async () => {
    const found = await fetch(new URL('/v1/gifs?query=fox', base), { headers });
    expect(found.status).toBe(200);
    const { gifs } = (await found.json()) as { gifs: { path: string }[] };
    const picture = new URL(gifs[0]?.path ?? '', base);
    const seen = await fetch(picture, { headers });
    expect(seen.status).toBe(200);
    // As it is, and not as the provider called it.
    expect(Object.fromEntries(seen.headers)).toMatchObject({
      'content-type': 'image/gif',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect((await fetch(picture)).status).toBe(401);
    expect((await fetch(new URL('/v1/gifs?query=fox', base))).status).toBe(401);
    expect((await fetch(new URL(`${picture.pathname}x`, base), { headers })).status).toBe(404);
    expect(
      (await fetch(new URL('/v1/gifs/media/https://evil.example/x.gif', base), { headers })).status,
    ).toBe(404);
  });
});
