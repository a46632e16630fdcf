/** Public and private channels: made, browsed, joined, left. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';

const world = useWorld();

async function make(screen: Screen, name: string, topic: string, isPrivate: boolean): Promise<void> {
  await screen.list.getByRole('button', { name: 'New conversation' }).click();
  await screen.list.getByRole('button', { name: 'New channel' }).click();
  await screen.list.getByLabel('Name of the channel').fill(name);
  await screen.list.getByLabel('Topic').fill(topic);
  if (isPrivate) await screen.list.getByRole('radio', { name: /Only people who are added/ }).check();
  await screen.list.getByRole('button', { name: 'Create channel' }).click();
  await screen.heading(name).waitFor();
}

async function browse(screen: Screen): Promise<void> {
  await screen.list.getByRole('button', { name: 'New conversation' }).click();
  await screen.list.getByRole('button', { name: 'Browse channels' }).click();
  await screen.list.getByRole('heading', { name: 'Channels' }).waitFor();
}

it('channels are made, browsed, joined and left', async () => {
  const ada = await world.enter('Ada');
  const bob = await world.enter('Bob');

  await browse(bob);
  await bob.list.getByText('There are no public channels yet').waitFor();
  // Back the way he came: over the choices to the list.
  await bob.list.getByRole('button', { name: 'Back' }).click();
  await bob.list.getByRole('heading', { name: 'New conversation' }).waitFor();
  await bob.page.keyboard.press('Escape');

  await make(ada, 'garden', 'What grows, and what eats it', false);
  await ada.send('The beans are up');
  await make(ada, 'surprise', 'For the party', true);

  await browse(bob);
  const row = bob.list.getByRole('button', { name: /^garden/ });
  await row.getByText('What grows, and what eats it').waitFor();
  expect(await bob.list.getByText('surprise').count(), 'private channels are hidden').toBe(0);
  // A press shows what it is; whether he goes in is another.
  await row.click();
  await bob.heading('garden').waitFor();
  await bob.conversation.getByText('Public channel · 1 member').waitFor();
  expect(await bob.composer.count()).toBe(0);
  await ada.openRow('garden');
  await ada.header.getByText('1 member', { exact: false }).waitFor();
  await bob.list.getByRole('button', { name: 'Join garden' }).click();
  // A channel's history is open from the start.
  await bob.message('The beans are up').waitFor();
  await bob.header.getByText('2 members · What grows, and what eats it').waitFor();

  await ada.log.getByText('Bob joined').waitFor();
  await ada.openDetails();
  await ada.details.getByRole('button', { name: 'Edit' }).click();
  await ada.details.getByLabel('Topic').fill('Slugs, mostly');
  await ada.details.getByRole('button', { name: 'Save' }).click();
  await bob.header.getByText('Slugs, mostly').waitFor();
  await bob.log.getByText('Ada changed the topic to Slugs, mostly').waitFor();

  // Bob may not edit it, and may go.
  await bob.openDetails();
  expect(await bob.details.getByRole('button', { name: 'Edit' }).count()).toBe(0);
  await bob.details.getByRole('button', { name: 'Leave channel' }).click();
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await gone(bob.row('garden'));
  await ada.log.getByText('Bob left').waitFor();

  // And come back, found by the search over the list.
  await bob.list.getByRole('searchbox', { name: 'Search messages, conversations and people' }).fill('gard');
  await bob.list.getByRole('button', { name: /^garden/ }).click();
  await bob.conversation.getByRole('button', { name: 'Join channel' }).click();
  await bob.message('The beans are up').waitFor();
  await bob.list.getByRole('button', { name: 'Clear search' }).click();

  // The private one opens to whom Ada adds.
  await ada.openRow('surprise');
  // The panel stays open from conversation to conversation.
  await ada.details.getByRole('heading', { name: 'surprise' }).waitFor();
  await ada.details.getByRole('button', { name: 'Add people' }).click();
  await ada.details.getByRole('checkbox', { name: /^Bob/ }).click();
  await ada.details.getByRole('button', { name: 'Add', exact: true }).click();
  await bob.openRow('surprise');
  await bob.header.getByText('For the party').waitFor();
});
