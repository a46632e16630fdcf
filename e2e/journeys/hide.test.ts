/** Deleted for me: gone from one's own view on every device, while others keep it. */
import { it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';

const world = useWorld();

it('a message is deleted for oneself, on all devices and for good, and others keep it', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  for (const text of ['A walnut first', 'A walnut second', 'A walnut third'])
    friend.messages.send(conversationId, text);
  const desk = await world.enter(ada);
  const pocket = await world.enter(ada, phone);
  const theirs = await world.enter(bob);
  await theirs.openRow('Ada');
  await theirs.message('A walnut third').waitFor();
  await desk.openRow('Bob');
  await desk.message('A walnut third').waitFor();
  await pocket.row('Bob').getByText('A walnut third').waitFor();

  // Gone from the timeline and the row, here and there.
  await desk.choose('A walnut third', 'Delete for me');
  await gone(desk.message('A walnut third'));
  await pocket.row('Bob').getByText('A walnut second').waitFor();

  // Taken back, it is where it was.
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await desk.message('A walnut third').waitFor();
  await pocket.row('Bob').getByText('A walnut third').waitFor();
  await pocket.openRow('Bob');
  await pocket.message('A walnut third').waitFor();

  // By the key, and several at once.
  await desk.message('A walnut third').focus();
  await desk.page.keyboard.press('Shift+Delete');
  await gone(desk.message('A walnut third'));
  await gone(pocket.message('A walnut third'));
  await desk.choose('A walnut first', 'Select');
  await desk.message('A walnut second').click();
  await desk.page
    .getByRole('toolbar', { name: 'Selected messages' })
    .getByRole('button', { name: 'Delete for me' })
    .click();
  await gone(desk.message(/A walnut/).first());
  await gone(pocket.message(/A walnut/).first());

  // For good: after a reload, and for the search.
  friend.messages.send(conversationId, 'A walnut fourth');
  await desk.message('A walnut fourth').waitFor();
  await desk.page.reload();
  await desk.message('A walnut fourth').waitFor();
  await gone(desk.message('A walnut second'));
  await desk.list.getByRole('searchbox', { name: 'Search' }).fill('walnut');
  await desk.list.getByText('A walnut fourth').first().waitFor();
  await gone(desk.list.getByText('A walnut second'));
  for (const text of ['first', 'second', 'third', 'fourth'])
    await theirs.message(`A walnut ${text}`).waitFor();
});

it('without a network it is deleted at once, and everywhere when there is one', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Keep this');
  friend.messages.send(conversationId, 'Forget this');
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await desk.openRow('Bob');
  await sofa.openRow('Bob');
  await desk.message('Forget this').waitFor();
  await sofa.message('Forget this').waitFor();
  await desk.setOffline(true);
  await desk.choose('Forget this', 'Delete for me');
  await gone(desk.message('Forget this'));
  await sofa.message('Forget this').waitFor();
  await desk.setOffline(false);
  await gone(sofa.message('Forget this'));
  await desk.message('Keep this').waitFor();
});
