/** The owner looks after the place: its name, who is who, keys of programs, an account that is suspended and restored. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();

async function openPlace({ list }: Screen): Promise<void> {
  await list.getByRole('button', { name: 'Settings' }).click();
  await list.getByRole('button', { name: 'This place' }).click();
  await list.getByRole('heading', { level: 1, name: 'This place' }).waitFor();
}

it('the owner names the place, makes an admin, a key that is shown once, and suspends somebody', async () => {
  const olga = await world.person('Olga');
  const carl = await world.person('Carl');
  const owner = await world.client(olga);
  const screen = await world.enter(olga);
  const { list, page } = screen;
  await openPlace(screen);

  const name = list.getByRole('textbox', { name: 'Name' });
  await name.fill('Harbour');
  await list.getByRole('button', { name: 'Save' }).click();
  await page.getByText('That counts from now on.').waitFor();
  await expect.poll(async () => (await owner.tenant.get()).name, { timeout: 10_000 }).toBe('Harbour');

  const people = list.getByRole('region', { name: 'People' });
  await people.getByLabel('Find somebody').fill('Carl');
  const row = people.getByRole('listitem').filter({ hasText: carl.username });
  await row.getByRole('button', { name: 'What to do with Carl' }).click();
  await page.getByRole('menuitem', { name: 'Make an admin' }).click();
  await row.getByText('Admin', { exact: true }).waitFor();

  await list.getByRole('checkbox', { name: 'Polls' }).click();
  await expect.poll(async () => (await owner.tenant.get()).features.polls, { timeout: 10_000 }).toBe(false);

  await list.getByRole('button', { name: 'Make a key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it is for').fill('Bridge');
  await dialog.getByRole('button', { name: 'Make a key' }).click();
  const shown = page.getByRole('dialog', { name: 'The key' });
  expect(await shown.getByRole('textbox').inputValue()).toMatch(/^kith_[0-9a-f]{16}_/);
  await shown.getByRole('button', { name: 'Close' }).last().click();
  await list.getByRole('region', { name: 'Keys for programs' }).getByText('Bridge').waitFor();

  await row.getByRole('button', { name: 'What to do with Carl' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Suspend' })
    .click();
  await row.getByText('Suspended').waitFor();
  await row.getByRole('button', { name: 'What to do with Carl' }).click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  await page.getByText('Carl may sign in again.').waitFor();
  const folder = process.env['KITH_PICTURES'];
  if (folder) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.screenshot({ path: `${folder}/place-wide.png` });
    await name.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${folder}/place-top.png` });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${folder}/place-phone.png` });
    await list.getByRole('button', { name: 'Make a key' }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${folder}/place-phone-keys.png` });
  }
});
