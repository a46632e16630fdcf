/** A door that asks for work: who signs up does not notice, and a machine that fills in everything gets nowhere. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';

const world = useWorld({ env: { KITH_CHALLENGE: 'on', KITH_PROVE_EMAIL: 'off' } });

it('somebody signs up, and their device does the work beside the page', async () => {
  const screen = await world.device();
  // The first answer, which asks for the work, is a line in the console.
  screen.excuseNetwork();
  const { page, list } = screen;
  const asked: (string | null)[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/sign-up/email')) asked.push(request.postData());
  });
  await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Email').fill('ada@example.org');
  await page.getByLabel('Password', { exact: true }).fill('seven engines before breakfast');

  // The field for machines: neither seen, nor reached by key, nor read out.
  const bait = page.locator('input[name="website"]');
  expect(await bait.evaluate((field) => field.getBoundingClientRect().width)).toBeLessThan(400);
  expect(await page.getByRole('textbox').count()).toBe(3 + 1);
  await page.getByLabel('Password', { exact: true }).focus();
  for (let stops = 0; stops < 8; stops += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name') ?? '')).not.toBe('website');
  }

  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(worker.url()));
  await page.getByRole('button', { name: 'Create account' }).click();
  await list.getByRole('button', { name: 'Settings' }).waitFor();
  expect(asked).toHaveLength(2);
  expect(asked[0]).not.toContain('website');
  expect(JSON.parse(asked[1] ?? '{}')).toMatchObject({ challenge: { token: expect.any(String) } });
  expect(workers.some((url) => url.includes('solverWorker'))).toBe(true);
});

it('a machine that fills in every field is told that it has an account, and has none', async () => {
  const screen = await world.device();
  screen.excuseNetwork();
  const { page } = screen;
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  await page.evaluate(() => {
    const values: Record<string, string> = {
      displayName: 'Bot',
      username: 'bot',
      email: 'bot@example.org',
      password: 'nine machines after midnight',
      website: 'https://spam.example.org',
    };
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    for (const field of document.querySelectorAll<HTMLInputElement>('form input')) {
      set?.call(field, values[field.name] ?? '');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/sign-up/email') && response.status() === 200,
  );
  await page.getByRole('button', { name: 'Create account' }).click();
  expect(await (await answered).json()).toMatchObject({ type: 'signed_in', user: { username: 'bot' } });
  // Neither its cookie nor its name is anybody's.
  const session = await page.request.get(`${world.server.url}/v1/auth/get-session`);
  expect(await session.json()).toBe(null);
});
