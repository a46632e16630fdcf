/** Folders: tabs above the list, by rule and by hand, the same on all devices. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';

const world = useWorld();

const tab = ({ list }: Screen, name: string | RegExp) => list.getByRole('tab', { name });

async function scene() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const cleo = await world.person('Cleo');
  const friend = await world.client(bob);
  const direct = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(direct, 'Hello Ada');
  const group = await friend.conversations.create({ kind: 'group', name: 'Rowing', userIds: [ada.userId] });
  friend.messages.send(group, 'At six');
  const other = await world.client(cleo);
  other.messages.send(await other.conversations.openDirect(ada.userId), 'It is me');
  const desk = await world.enter(ada);
  await desk.row('Rowing').waitFor();
  await desk.row('Cleo').waitFor();
  return { ada, friend, group, desk };
}

it('a folder by rule is made in Settings, shows on the phone too, and counts what waits', async () => {
  const { ada, friend, group, desk } = await scene();
  const pocket = await world.enter(ada, phone);
  await gone(desk.list.getByRole('tablist'));
  await desk.list.getByRole('button', { name: 'Settings' }).click();
  await desk.list.getByRole('button', { name: 'New folder' }).click();
  const dialog = desk.page.getByRole('dialog', { name: 'New folder' });
  await dialog.getByLabel('Name').fill('People');
  await dialog.getByLabel('Emoji').fill('🙂');
  await dialog.getByLabel('Direct conversations').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await gone(dialog);
  await desk.list.getByRole('button', { name: 'Back' }).click();
  await tab(desk, /People.*2 with something new/).waitFor();
  await desk.row('Bob').waitFor();
  await gone(desk.row('Rowing'));
  expect(await tab(desk, /People/).getAttribute('aria-selected')).toBe('true');

  // By keys, to all of them and back.
  await tab(desk, /People/).press('ArrowLeft');
  await desk.row('Rowing').waitFor();
  await desk.page.keyboard.press('Alt+2');
  await gone(desk.row('Rowing'));
  await desk.openRow('Bob');
  await tab(desk, /People.*1 with something new/).waitFor();

  await tab(pocket, /People/).click();
  await gone(pocket.row('Rowing'));
  await pocket.row('Cleo').waitFor();

  // What is new elsewhere leaves it alone; the folder holds after a reload.
  friend.messages.send(group, 'Or at seven');
  await desk.page.reload();
  await desk.row('Cleo').waitFor();
  await gone(desk.row('Rowing'));
});

it('by hand from a row, without a network too, changed and removed with a way back', async () => {
  const { desk } = await scene();
  await desk.row('Rowing').click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: 'Add to folder…' }).click();
  await desk.page.getByRole('menuitem', { name: 'New folder' }).click();
  const dialog = desk.page.getByRole('dialog', { name: 'New folder' });
  await dialog.getByLabel('Name').fill('Sport');
  expect(await dialog.getByLabel('Rowing').isChecked()).toBe(true);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await desk.row('Rowing').waitFor();
  await gone(desk.row('Cleo'));

  // Taken out: it says that it is empty.
  await desk.row('Rowing').click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: 'Add to folder…' }).click();
  await desk.page.getByRole('menuitem', { name: 'Take out of Sport' }).click();
  await desk.list.getByText('Nothing is in this folder yet').waitFor();
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await desk.row('Rowing').waitFor();

  // Without a network.
  await tab(desk, 'All').click();
  await desk.setOffline(true);
  await desk.row('Cleo').click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: 'Add to folder…' }).click();
  await desk.page.getByRole('menuitem', { name: 'Sport' }).click();
  await tab(desk, /Sport/).click();
  await desk.row('Cleo').waitFor();
  await desk.setOffline(false);

  await desk.list.getByRole('button', { name: 'Settings' }).click();
  await desk.list.getByRole('button', { name: 'Remove Sport' }).click();
  await gone(desk.list.getByRole('button', { name: 'Remove Sport' }));
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await desk.list.getByRole('button', { name: 'Edit Sport' }).click();
  const edit = desk.page.getByRole('dialog', { name: 'Edit folder' });
  expect(await edit.getByLabel('Cleo').isChecked()).toBe(true);
  await edit.getByLabel('Name').fill('Water');
  await edit.getByRole('button', { name: 'Save' }).click();
  await desk.list.getByRole('button', { name: 'Back' }).click();
  await tab(desk, /Water/).waitFor();
});
