/** What people let others see and do: chosen in Settings, felt on the other screen. */
import type { Output } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();

/** In Settings: one of a few, by what it is about. */
const choose = (screen: Screen, about: string, name: string) =>
  screen.list
    .getByRole('group', { name: about })
    .getByRole('radio', { name, exact: true })
    .click({ force: true });

it('S21: who hides shows nobody; who blocks is left alone, until it ends; what is reported reaches the owner', async () => {
  const owner = await world.person('Owner');
  const adas = await world.person('Ada');
  const bobs = await world.person('Bob');
  const owners = await world.client(owner);
  const client = await world.client(adas);
  const conversationId = await client.conversations.openDirect(bobs.userId);
  client.messages.send(conversationId, 'Hello Bob');
  await owners.conversations.create({ kind: 'group', name: 'Apollo', userIds: [adas.userId, bobs.userId] });
  const ada = await world.enter(adas);
  const bob = await world.enter(bobs);
  await ada.openRow('Bob');
  await bob.openRow('Ada');
  await ada.header.getByText('online').waitFor();

  // Nobody sees Bob online any more, at once.
  await bob.list.getByRole('button', { name: 'Settings' }).click();
  await choose(bob, 'Who sees when you are online', 'Nobody');
  await ada.header.getByText('offline').waitFor();
  await choose(bob, 'Who sees when you are online', 'Everyone');
  await ada.header.getByText('online').waitFor();
  await bob.list.getByRole('button', { name: 'Back' }).click();

  // Blocked: Bob's screen says so and lets him undo it; Ada's is refused without a reason.
  await ada.send('Buy my engine');
  await bob.message('Buy my engine').waitFor();
  await bob.openRow('Apollo');
  await ada.openRow('Apollo');
  await ada.send('Engines for all');
  await bob.log.getByRole('button', { name: /^Ada/ }).first().click();
  const card = bob.page.getByRole('dialog', { name: 'Profile' });
  await card.getByRole('button', { name: 'Block' }).click();
  await card.getByRole('button', { name: 'Close' }).click();
  await bob.log.getByText('Message of a blocked person').waitFor();
  await bob.log.getByRole('button', { name: 'Show' }).click();
  await bob.message('Engines for all').waitFor();
  await bob.openRow('Ada');
  await bob.conversation.getByText('You blocked Ada.').waitFor();
  await ada.openRow('Bob');
  await ada.header.getByText('offline').waitFor();
  await ada.send('Anybody there?');
  await ada.log.getByRole('group', { name: 'Not sent' }).waitFor();
  await bob.conversation.getByRole('button', { name: 'Unblock' }).click();
  await ada.log.getByRole('group', { name: 'Not sent' }).getByRole('button', { name: 'Try again' }).click();
  await bob.message('Anybody there?').waitFor();

  // A stranger who writes is blocked where one reads them, too.
  const details = await bob.openDetails();
  await details.getByText('Apollo').waitFor();
  await details.getByRole('button', { name: 'Block' }).click();
  await bob.conversation.getByText('You blocked Ada.').waitFor();
  await details.getByRole('button', { name: 'Unblock' }).click();
  await bob.conversation.getByText('You blocked Ada.').waitFor({ state: 'detached' });

  // Reported, and read by the owner.
  await bob.message('Buy my engine').click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: 'Report' }).click();
  const dialog = bob.page.getByRole('dialog', { name: 'Report this message' });
  await dialog.getByLabel('Anything to add?').fill('Again and again.');
  await dialog.getByRole('button', { name: 'Send report' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const answer = await fetch(`${world.server.url}/v1/reports`, {
    headers: { authorization: `Bearer ${owner.token}` },
  });
  const { reports } = (await answer.json()) as Output<'listReports'>;
  expect(reports).toMatchObject([{ by: bobs.userId, reason: 'spam', words: 'Again and again.' }]);
});
