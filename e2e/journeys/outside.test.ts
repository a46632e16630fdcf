/** In by another service: a real OpenID provider, on whose pages one types a name, and back. */
import { accounts } from '@kith/client';
import { freePort } from '@kith/tools/services/processes.ts';
import type { Locator, Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { createRealProvider } from '../../packages/server/src/testing/realProvider.ts';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const port = await freePort();
const origin = `http://localhost:${port}`;
const provider = await createRealProvider(`${origin}/v1/auth/outside/realm/callback`);
afterAll(() => provider.close());
const { issuer, clientId } = provider;
const world = useWorld({
  port,
  env: {
    KITH_PUBLIC_URL: origin,
    KITH_PROVE_EMAIL: 'off',
    REALM_SECRET: provider.clientSecret,
    KITH_PROVIDERS: JSON.stringify([
      { id: 'realm', name: 'Realm', issuer, clientId, clientSecretEnv: 'REALM_SECRET' },
    ]),
  },
});

/** To the provider, whose pages would have letters from elsewhere. */
async function leaveBy(button: string, within: Locator, page: Page): Promise<void> {
  await page.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  );
  await within.getByRole('button', { name: button }).click();
  await page.waitForURL(`${issuer}/**`);
}
const continueWithRealm = (page: Page): Promise<void> =>
  leaveBy('Continue with Realm', page.getByRole('main'), page);

/** What one does there. */
async function signInThere(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${origin}/**`);
}

async function openSecurity({ list }: Screen): Promise<void> {
  await list.getByRole('button', { name: 'Settings' }).click();
  await list.getByRole('button', { name: 'Account and security' }).click();
}

it('an account begins at another service, and is the same one the next time', async () => {
  const screen = await world.device();
  const { page, list } = screen;
  await continueWithRealm(page);
  await signInThere(page, 'grace');
  await list.getByRole('button', { name: 'Settings' }).waitFor();
  expect(page.url(), 'nothing is left in the address bar').toBe(`${origin}/`);
  await openSecurity(screen);
  const links = list.getByRole('region', { name: 'Connected accounts' });
  await links.getByText('grace@example.org').waitFor();
  // There is no password: the only way in stays.
  await links.getByRole('button', { name: 'Disconnect Realm' }).click();
  await page.getByText('This is the only way into your account.').waitFor();

  const other = await world.device();
  await continueWithRealm(other.page);
  await signInThere(other.page, 'grace');
  await openSecurity(other);
  const activity = other.list.getByRole('region', { name: 'Activity' });
  await activity.getByText('Account created').waitFor();
});

it('an account is connected in the settings, lets one in, and is disconnected', async () => {
  const ada = await world.enter('Ada');
  await openSecurity(ada);
  const links = ada.list.getByRole('region', { name: 'Connected accounts' });
  await leaveBy('Connect Realm', links, ada.page);
  await signInThere(ada.page, 'ada-elsewhere');
  await ada.page.getByText('Connected. You can sign in with it from now on.').waitFor();
  await links.getByText('ada-elsewhere@example.org').waitFor();

  const other = await world.device();
  await continueWithRealm(other.page);
  await signInThere(other.page, 'ada-elsewhere');
  await openSecurity(other);

  await links.getByRole('button', { name: 'Disconnect Realm' }).click();
  await ada.page.getByText('Realm is disconnected.').waitFor();
  await links.getByText('ada-elsewhere@example.org').waitFor({ state: 'detached' });
});

it('whose address somebody has here, and nobody proved, reads what to do', async () => {
  await accounts(world.server.url).signUp({
    email: 'hal@example.org',
    password: 'a rather good one, says Hal',
    username: 'hal',
    displayName: 'Hal',
  });
  const { page } = await world.device();
  await continueWithRealm(page);
  await signInThere(page, 'hal');
  await page.getByText('There is an account with this email address already.').waitFor();
  await page.getByLabel('Email or username').waitFor();
  expect(page.url()).toBe(`${origin}/`);
});

it('whoever changes their mind there comes back to the door', async () => {
  const { page } = await world.device();
  await continueWithRealm(page);
  await page.getByRole('link', { name: /cancel/i }).click();
  await page.getByText('You did not go on there.').waitFor();
});
