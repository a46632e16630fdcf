/** A host application with the chat inside: two of its users talk, and signing out there signs out here. */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient } from '@kith/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHost } from '../../examples/embed/host.ts';
import { servePage } from '../../examples/embed/page.ts';
import { makeTenant } from '../../examples/embed/tenant.ts';
import { desktop, launch } from '../support/browser.ts';
import { type Server, startServer } from '../support/server.ts';

const OPERATOR = 'operator-of-this-journey-long-enough';

const FACE = new URL('../../apps/web/public/icon-180.png', import.meta.url);

let server: Server;
let browser: Awaited<ReturnType<typeof launch>>;
let host: ReturnType<typeof createHost>;
let origin: string;
const kith = { url: '', slug: 'acme', kid: '', secret: '' };

beforeAll(async () => {
  // The page's origin is known once it listens, and the tenant names it.
  host = createHost(kith);
  await Promise.all([
    servePage(host),
    startServer({ env: { KITH_OPERATOR_TOKEN: OPERATOR } }).then((started) => {
      server = started;
    }),
    launch().then((launched) => {
      browser = launched;
    }),
  ]);
  origin = (await host.listen({ port: 0, host: '127.0.0.1' })).replace('127.0.0.1', 'localhost');
  Object.assign(kith, await makeTenant(server.url, OPERATOR, 'acme', origin));
});
afterAll(async () => {
  await browser?.close();
  await host?.close();
  await server?.dispose();
});

/** Somebody at a browser of their own, at the host's page. */
async function signedIn(name: string) {
  const context = await browser.newContext(desktop);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(origin);
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  const chat = page.getByRole('complementary', { name: 'Chat' });
  await chat.getByRole('button', { name: 'New chat' }).waitFor();
  return { page, chat, context, complaints };
}

it('two users of a host talk in its page; who signs out there is out of the chat', async () => {
  const program = createClient({
    url: server.url,
    getToken: async () => tokenOf('2', 60, 'Grace Hopper'),
  });
  await program.start();
  await expect.poll(() => program.me.get()?.user.username, { timeout: 10_000 }).toBeDefined();
  const { id: avatar } = await program.blobs.upload(new Blob([await readFile(FACE)]), 'avatar');
  await program.updateProfile({ avatar });
  await program.stop();
  const ada = await signedIn('Ada Lovelace');
  const grace = await signedIn('Grace Hopper');
  await expect
    .poll(
      async () => {
        await ada.chat.getByRole('button', { name: 'New chat' }).click();
        const found = await ada.chat
          .getByRole('button', { name: 'Grace Hopper' })
          .waitFor({ timeout: 2_000 })
          .then(() => true)
          .catch(() => false);
        if (!found) await ada.chat.getByRole('button', { name: 'Back' }).click();
        return found;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await ada.chat.getByRole('button', { name: 'Grace Hopper' }).click();
  await ada.chat.getByRole('textbox', { name: 'Message' }).fill('The order is on its way');
  await ada.chat.getByRole('button', { name: 'Send' }).click();

  await grace.chat.getByRole('button', { name: 'Ada Lovelace' }).click();
  await grace.chat.getByText('The order is on its way').waitFor();
  await grace.chat.getByRole('textbox', { name: 'Message' }).fill('Thank you');
  await grace.page.keyboard.press('Enter');
  await ada.chat.getByText('Thank you').waitFor();

  // A picture, which no cookie brings.
  const face = ada.chat.getByRole('button', { name: 'Grace Hopper' }).locator('img');
  await expect
    .poll(() => face.evaluate((img: HTMLImageElement) => img.naturalWidth), { timeout: 10_000 })
    .toBeGreaterThan(0);

  // No cookie of Kith is in it.
  expect((await ada.context.cookies()).map((cookie) => cookie.name)).toEqual(['host_session']);
  expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  await ada.page.getByRole('button', { name: 'Sign out' }).click();
  await ada.page.getByRole('button', { name: 'Sign in as Ada Lovelace' }).waitFor();
  await ada.chat.waitFor({ state: 'hidden' });
  await ada.context.close();
  await grace.context.close();
});

/** A token of somebody that lasts so many seconds. */
function tokenOf(sub: string, seconds: number, name = sub): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { iss: kith.slug, aud: `kith:${kith.slug}`, sub, name, iat, exp: iat + seconds };
  const text = `${part({ alg: 'HS256', kid: kith.kid })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', kith.secret).update(text).digest('base64url')}`;
}

const operate = async (method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(new URL(`/v1/operator/tenants/${kith.slug}${path}`, server.url), {
    method,
    headers: { authorization: `Bearer ${OPERATOR}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
};

it('a program by the SDK: fresh tokens in time on one session, and an end when the tenant ends', async () => {
  let asked = 0;
  const client = createClient({
    url: server.url,
    getToken: async () => {
      asked += 1;
      // The session lasts a minute longer: the next one is asked for in two seconds.
      return tokenOf('bot', 2);
    },
  });
  await client.start();
  const states: string[] = [];
  client.connection.subscribe(() => states.push(client.connection.get().type));
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(client.connection.get().type).toBe('live');
  expect(await client.sessions.list()).toHaveLength(1);
  expect(states.filter((state) => state !== 'live' && state !== 'connecting')).toEqual([]);
  await operate('POST', '/disable', {});
  await expect.poll(() => client.connection.get().type, { timeout: 10_000 }).toBe('ended');
  await client.stop();
});
