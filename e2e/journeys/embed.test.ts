/** A host application with the chat inside: two of its users talk, and signing out there signs out here. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHost } from '../../examples/embed/host.ts';
import { buildPage } from '../../examples/embed/page.ts';
import { makeTenant } from '../../examples/embed/tenant.ts';
import { desktop, launch } from '../support/browser.ts';
import { type Server, startServer } from '../support/server.ts';

const OPERATOR = 'operator-of-this-journey-long-enough';

let server: Server;
let browser: Awaited<ReturnType<typeof launch>>;
let host: ReturnType<typeof createHost>;
let origin: string;

beforeAll(async () => {
  const [files] = await Promise.all([
    buildPage(),
    startServer({ env: { KITH_OPERATOR_TOKEN: OPERATOR } }).then((started) => {
      server = started;
    }),
    launch().then((launched) => {
      browser = launched;
    }),
  ]);
  // The page's origin is known once it listens, and the tenant names it.
  const kith = { url: '', slug: 'acme', kid: '', secret: '' };
  host = createHost({ kith, files });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(host.address() as AddressInfo).port}`;
  Object.assign(kith, await makeTenant(server.url, OPERATOR, 'acme', origin));
});
afterAll(async () => {
  await browser?.close();
  host?.closeAllConnections();
  host?.close();
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
  const ada = await signedIn('Ada Lovelace');
  const grace = await signedIn('Grace Hopper');
  await ada.page.waitForLoadState('networkidle').catch(() => undefined);
  await expect
    .poll(async () => {
      await ada.chat.getByRole('button', { name: 'New chat' }).click();
      const found = await ada.chat
        .getByRole('button', { name: 'Grace Hopper' })
        .waitFor({ timeout: 2_000 })
        .then(() => true)
        .catch(() => false);
      if (!found) await ada.chat.getByRole('button', { name: 'Back' }).click();
      return found;
    })
    .toBe(true);
  await ada.chat.getByRole('button', { name: 'Grace Hopper' }).click();
  await ada.chat.getByRole('textbox', { name: 'Message' }).fill('The order is on its way');
  await ada.chat.getByRole('button', { name: 'Send' }).click();

  await grace.chat.getByRole('button', { name: 'Ada Lovelace' }).click();
  await grace.chat.getByText('The order is on its way').waitFor();
  await grace.chat.getByRole('textbox', { name: 'Message' }).fill('Thank you');
  await grace.page.keyboard.press('Enter');
  await ada.chat.getByText('Thank you').waitFor();

  // No cookie of Kith is in it.
  expect((await ada.context.cookies()).map((cookie) => cookie.name)).toEqual(['host_session']);
  expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  await ada.page.getByRole('button', { name: 'Sign out' }).click();
  await ada.page.getByRole('button', { name: 'Sign in as Ada Lovelace' }).waitFor();
  await ada.chat.waitFor({ state: 'hidden' });
  await ada.context.close();
  await grace.context.close();
});
