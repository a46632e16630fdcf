/** A guest: from a link with a name alone, seen as what they are, and out when their visit is ended. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();

it('somebody comes by a link with a name alone, writes, is seen as a guest, and is out when their host says so', async () => {
  const ann = await world.person('Ann');
  const host = await world.client(ann);
  await host.conversations.create({ kind: 'group', name: 'Harbour party', userIds: [] });
  await host.conversations.create({ kind: 'group', name: 'Crew only', userIds: [] });
  const annAt = await world.enter(ann);
  await annAt.openRow('Harbour party');
  const details = await annAt.openDetails();

  await details.getByRole('button', { name: 'Invite by link' }).click();
  const dialog = annAt.page.getByRole('dialog', { name: 'Invite by link' });
  await dialog.getByText('Guest', { exact: true }).click();
  await dialog.getByText('1 person', { exact: true }).click();
  await pictures(annAt, 'guests-dialog');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await annAt.page.getByRole('textbox', { name: 'Link' }).inputValue();
  await annAt.page.keyboard.press('Escape');

  const gustAt = await world.device(phone);
  await gustAt.open(new URL(link).pathname + new URL(link).hash);
  await gustAt.page.getByText('Ann invites you to Harbour party').waitFor();
  await pictures(gustAt, 'guests-door');
  await gustAt.page.getByRole('button', { name: 'Join as a guest' }).click();
  await gustAt.page.getByText('Enter your name').waitFor();
  await gustAt.page.getByRole('textbox', { name: 'Name' }).fill('Gust');
  await gustAt.page.getByRole('button', { name: 'Join as a guest' }).click();
  await gustAt.openRow('Harbour party');
  await gustAt.composer.fill('Thank you for having me');
  await gustAt.page.getByRole('button', { name: 'Send', exact: true }).click();
  await gustAt.acknowledged('Thank you for having me');

  await annAt.log.getByText('Thank you for having me').waitFor();
  await annAt.log.getByRole('button', { name: 'Gust Guest' }).waitFor();
  await pictures(annAt, 'guests-group');

  // Nothing of the rest of the place is offered.
  await gustAt.page.getByRole('button', { name: 'Back to conversations' }).click();
  await expect.poll(() => gustAt.list.getByText('Crew only').count(), { timeout: 5_000 }).toBe(0);
  await gustAt.list.getByRole('button', { name: 'New conversation' }).click();
  await gustAt.list.getByRole('button', { name: /Ann/ }).waitFor();
  expect(await gustAt.list.getByRole('button', { name: 'New group' }).count()).toBe(0);
  await gustAt.list.getByRole('button', { name: 'Back' }).click();
  await gustAt.list.getByRole('button', { name: 'Settings' }).click();
  await gustAt.list.getByRole('heading', { name: 'You are a guest' }).waitFor();
  await pictures(gustAt, 'guests-settings');
  await gustAt.list.getByRole('button', { name: 'Sign out' }).click();
  await gustAt.page.getByRole('dialog', { name: 'Sign out for good?' }).waitFor();
  await gustAt.page.getByRole('button', { name: 'Cancel' }).click();

  await annAt.list.getByRole('button', { name: 'Settings' }).click();
  await annAt.list.getByRole('button', { name: 'People & invitations' }).click();
  const guests = annAt.list.getByRole('region', { name: 'Guests' });
  await guests.getByRole('button', { name: 'What to do with Gust' }).click();
  await pictures(annAt, 'guests-list');
  await annAt.page.getByRole('menuitem', { name: 'End the visit' }).click();
  await annAt.page.getByRole('dialog').getByRole('button', { name: 'End the visit' }).click();
  await gustAt.page.getByText('Your visit as a guest is over').waitFor();
  await guests.waitFor({ state: 'detached' });

  // The link was for one.
  const late = await world.device(phone);
  late.excuseNetwork();
  await late.open(new URL(link).pathname + new URL(link).hash);
  await late.page.getByText('This invitation is no longer good').waitFor();
});

/** For looking at, where they are asked for. */
async function pictures({ page }: Screen, name: string): Promise<void> {
  const folder = process.env['KITH_PICTURES'];
  if (!folder) return;
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `${folder}/${name}-dark.png` });
  await page.emulateMedia({ colorScheme: 'light' });
}
