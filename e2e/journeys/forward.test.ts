/** Messages are said again elsewhere, saved for oneself, and handled by the many. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { counted, gone } from '../support/screens.ts';

const world = useWorld();

it('a message is forwarded to two with a comment, saved, and keeps whose it was', async () => {
  const [bobs, carols] = [await world.person('Bob'), await world.person('Carol')];
  const ada = await world.enter('Ada');
  const bob = await world.enter(bobs);
  const carol = await world.enter(carols);
  await bob.find('Ada');
  await bob.send('The door is blue');
  await bob.acknowledged('The door is blue');
  await carol.find('Ada');
  await carol.send('Hello');
  await ada.openRow('Bob');
  await ada.message('The door is blue').waitFor();

  await ada.choose('The door is blue', 'Forward');
  const dialog = ada.page.getByRole('dialog', { name: 'Forward message' });
  await dialog.getByRole('searchbox').fill('caro');
  await counted('conversations', dialog.getByRole('checkbox'), 1);
  await dialog.getByRole('checkbox', { name: 'Carol' }).click();
  await dialog.getByRole('searchbox').fill('');
  await dialog.getByRole('checkbox', { name: 'Bob' }).click();
  await dialog.getByLabel('Add a comment').fill('Look at this');
  await dialog.getByRole('button', { name: 'Send to 2' }).click();
  await gone(dialog);

  await carol.message('Look at this').waitFor();
  const copy = carol.message('The door is blue');
  await copy.getByText('Forwarded from Bob').waitFor();
  expect(await carol.drawn()).toEqual(['Hello', 'Look at this', 'The door is blue']);

  // To somebody with whom there is no conversation yet.
  const zita = await world.enter(await world.person('Zita'));
  await ada.message('The door is blue').first().locator('.kith-bubble').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: /^Forward/ }).click();
  await dialog.getByRole('searchbox').fill('zita');
  await dialog.getByRole('checkbox', { name: /^Zita/ }).click();
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await gone(dialog);
  await zita.openRow('Ada');
  await zita.message('The door is blue').getByText('Forwarded from Bob').waitFor();

  // The server's copy: it survives a reload.
  await carol.page.reload();
  await carol.message('The door is blue').getByText('Forwarded from Bob').waitFor();

  await ada.message('The door is blue').first().locator('.kith-bubble').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: 'Save', exact: true }).click();
  // Not that of the notice before.
  await ada.page
    .getByRole('status')
    .filter({ hasText: /^Saved/ })
    .getByRole('button', { name: 'Show', exact: true })
    .click();
  await ada.heading('Saved messages').waitFor();
  await ada.message('The door is blue').getByText('Forwarded from Bob').waitFor();
});

it('several are selected, copied in order, forwarded together, and deleted after a question', async () => {
  const bobs = await world.person('Dora');
  const eves = await world.person('Eve');
  const ada = await world.enter(eves);
  await world.enter(bobs);
  await ada.find('Dora');
  for (const text of ['one', 'two', 'three', 'four']) {
    await ada.send(text);
    await ada.acknowledged(text);
  }
  await ada.choose('one', 'Select');
  const bar = ada.page.getByRole('toolbar', { name: 'Selected messages' });
  await bar.getByText('1 selected').waitFor();
  await ada.message('three').click({ modifiers: ['Shift'] });
  await bar.getByText('3 selected').waitFor();
  await ada.message('two').click();
  await bar.getByText('2 selected').waitFor();
  await ada.page.keyboard.press('Escape');
  await gone(bar);

  // With Ctrl it begins without the menu.
  await ada.message('three').click({ modifiers: ['Control'] });
  await ada.message('two').click();
  await bar.getByRole('button', { name: 'Forward' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Forward 2 messages' });
  await dialog.getByRole('checkbox', { name: 'Dora' }).click();
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await gone(bar);
  await counted('forwarded', ada.log.getByText('Forwarded from Eve'), 2);
  expect((await ada.drawn()).slice(-2)).toEqual(['two', 'three']);

  await ada.message('one').click({ modifiers: ['Control'] });
  await ada.message('two').first().click();
  await ada.message('four').click();
  await bar.getByText('3 selected').waitFor();
  // Removed from her view on another device: it is not among them any more.
  const own = await world.client(eves);
  const [entry] = own.conversations.list.get();
  const { messages } = await own.request('getHistory', { conversationId: entry?.id ?? '', limit: 10 });
  await own.messages.setHidden(entry?.id ?? '', [messages[1]?.seq ?? 0], true);
  await bar.getByText('2 selected').waitFor();
  await bar.getByRole('button', { name: 'Delete for everyone' }).click();
  const sure = ada.page.getByRole('dialog', { name: 'Delete 2 messages?' });
  await sure.getByRole('button', { name: 'Delete' }).click();
  await counted('deleted', ada.message('Message deleted'), 2);
  await gone(bar);
});
