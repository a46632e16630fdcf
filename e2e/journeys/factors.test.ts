/** Second factors: an app whose codes the test works out, and passkeys of Chromium's own virtual authenticator. */
import { createHmac } from 'node:crypto';
import { freePort } from '@kith/tools/services/processes.ts';
import type { CDPSession } from 'playwright-core';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Account } from '../support/people.ts';
import { gone, type Screen } from '../support/screens.ts';

const port = await freePort();
const world = useWorld({ port, env: { KITH_PUBLIC_URL: `http://localhost:${port}` } });

/** RFC 6238, by the key as a person types it. */
function totp(typed: string, at = Date.now()): string {
  const bits = [...typed.replace(/\s/g, '')]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
/** The code of the step after this one, which is taken already: for right after one was used. */
const nextTotp = (typed: string): string => totp(typed, Date.now() + 30_000);

async function openSecurity({ list }: Screen): Promise<void> {
  await list.getByRole('button', { name: 'Settings' }).click();
  await list.getByRole('button', { name: 'Account and security' }).click();
  await list.getByRole('heading', { level: 1, name: 'Account and security' }).waitFor();
}

/** The password, at a door where nobody is known yet. */
async function givePassword({ page }: Screen, { email, password }: Account): Promise<void> {
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
const isIn = ({ list }: Screen): Promise<void> => list.getByRole('button', { name: 'Settings' }).waitFor();

async function withAuthenticator({ page, context }: Screen): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

it('where everybody must have one, whoever has none sets it up before anything else', async () => {
  // The first account is the owner's.
  const olga = await world.person('Olga');
  const carl = await world.person('Carl');
  const screen = await world.enter(carl);
  screen.excuseNetwork();
  const { page } = screen;
  const owner = await world.client(olga);
  const { secret } = await owner.security.beginTotp();
  await owner.security.confirmTotp(totp(secret));
  await owner.security.updateTenant({ secondFactor: 'everyone' });
  await page.reload();
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
  const app = page.getByRole('region', { name: 'Authenticator app' });
  await app.getByRole('button', { name: 'Set up' }).click();
  const key = (await app.locator('code').textContent()) ?? '';
  await app.getByLabel('Code', { exact: true }).fill(totp(key));
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await isIn(screen);
  await owner.security.updateTenant({ secondFactor: 'off' });
});

it('an authenticator app is set up, asked for, stood in for by a paper code, and not by a browser one trusts', async () => {
  const ada = await world.person('Ada');
  const screen = await world.enter(ada);
  const { list, page } = screen;
  await openSecurity(screen);
  const app = list.getByRole('region', { name: 'Authenticator app' });
  await app.getByRole('button', { name: 'Set up' }).click();
  await app.getByRole('img', { name: 'QR code' }).waitFor();
  const key = (await app.locator('code').textContent()) ?? '';
  expect(key).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await app.getByLabel('Code', { exact: true }).fill(totp(key));
  const dialog = page.getByRole('dialog', { name: 'Keep your recovery codes' });
  await dialog.waitFor();
  const codes = await dialog.getByRole('listitem').allTextContents();
  expect(codes).toHaveLength(10);
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await gone(dialog);
  await list.getByText('10 codes are left').waitFor();

  const other = await world.device();
  other.excuseNetwork();
  await givePassword(other, ada);
  await other.page.getByRole('heading', { name: 'One more step' }).waitFor();
  const code = nextTotp(key);
  await other.page
    .getByLabel('Code', { exact: true })
    .fill(code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)));
  await other.page.getByText('This code is not right.').waitFor();
  await other.page.getByRole('checkbox', { name: 'Trust this browser for 30 days' }).check();
  await other.page.getByLabel('Code', { exact: true }).fill(nextTotp(key));
  await isIn(other);
  // Trusted: signed out and in again, without the code.
  await other.list.getByRole('button', { name: 'Settings' }).click();
  await other.list.getByRole('button', { name: 'Sign out' }).click();
  await other.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await givePassword(other, ada);
  await isIn(other);

  const third = await world.device();
  third.excuseNetwork();
  await givePassword(third, ada);
  await third.page.getByRole('button', { name: 'Use a recovery code' }).click();
  await third.page.getByLabel('Recovery code').fill((codes[0] ?? '').toLowerCase().replace('-', ' '));
  await third.page.getByRole('button', { name: 'Continue' }).click();
  await isIn(third);
  await openSecurity(third);
  await third.list.getByText('9 codes are left').waitFor();
  await third.list.getByText('Signed in with a recovery code').waitFor();
});

it('a passkey is made, signs in by itself, and is called something else', async () => {
  const bob = await world.person('Bob');
  const screen = await world.enter(bob);
  screen.excuseNetwork();
  const { list, page } = screen;
  const session = await withAuthenticator(screen);
  await openSecurity(screen);
  const passkeys = list.getByRole('region', { name: 'Passkeys' });
  await passkeys.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep your recovery codes' });
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await passkeys.getByText('not used yet').waitFor();
  await passkeys.getByRole('button', { name: /^Rename/ }).click();
  await passkeys.getByLabel('Name of the passkey').fill('Laptop');
  await passkeys.getByRole('button', { name: 'Save' }).click();
  await passkeys.getByText('Laptop').waitFor();

  await list.getByRole('button', { name: 'Back' }).click();
  await list.getByRole('button', { name: 'Sign out' }).click();
  // Either offered where one types who one is, or by the button: the authenticator says yes to both.
  await page
    .getByRole('button', { name: 'Sign in with a passkey' })
    .click({ timeout: 5_000 })
    .catch(() => undefined);
  await isIn(screen);
  await openSecurity(screen);
  await passkeys.getByText('Last used').waitFor();

  // Without the device, the password alone opens nothing.
  const other = await world.device();
  other.excuseNetwork();
  await givePassword(other, bob);
  await other.page.getByRole('heading', { name: 'One more step' }).waitFor();
  await session.detach();
});
