/** Going where one wants to be: another conversation, a date, what is unread, what mentions oneself. */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

const dialog = ({ page }: Screen) => page.getByRole('dialog', { name: 'Go to' });
const option = (screen: Screen, name: string) => dialog(screen).getByRole('option', { name });
const inView = (screen: Screen, text: string) =>
  until(`"${text}" is in view`, () =>
    screen
      .message(text)
      .first()
      .evaluate((row) => {
        const box = row.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;
      }),
  );

async function town() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const create = (name: string) =>
    friend.conversations.create({ kind: 'group', name, userIds: [ada.userId] });
  return { ada, bob, friend, create };
}

it('switches by a few letters, with the keyboard alone', async () => {
  const { ada, friend, create } = await town();
  const club = await create('Book Club');
  await create('Bakery');
  await create('Gärtnerei');
  friend.messages.send(club, 'Chapter three');
  const device = await world.enter(ada);
  const { keyboard } = device.page;
  await device.unread('Book Club', 1).waitFor();

  // What waits comes first.
  await keyboard.press('Control+k');
  await dialog(device).waitFor();
  await option(device, 'Book Club').and(device.page.locator('[aria-selected="true"]')).waitFor();
  await keyboard.press('Escape');
  await gone(dialog(device));

  // At once: no letter goes elsewhere.
  await keyboard.press('Control+k');
  await keyboard.type('gart');
  await option(device, 'Gärtnerei').waitFor();
  await keyboard.press('Enter');
  await device.heading('Gärtnerei').waitFor();
  expect(await device.composer.textContent()).toBe('');

  await keyboard.press('Control+k');
  await keyboard.type('bc');
  await option(device, 'Book Club').and(device.page.locator('[aria-selected="true"]')).waitFor();
  await keyboard.press('Enter');
  await device.heading('Book Club').waitFor();

  // What one does often, and people one has not written with.
  await keyboard.press('Control+k');
  await keyboard.type('settings');
  await option(device, 'Settings').waitFor();
  await keyboard.press('Enter');
  await device.list.getByRole('heading', { name: 'Settings' }).waitFor();
  await keyboard.press('Escape');
  await keyboard.press('Control+k');
  await keyboard.type('xqzw');
  await dialog(device).getByText('Nobody and nothing by that name.').waitFor();
});

it('walks to the next unread conversation, past those that are read', async () => {
  const { ada, friend, create } = await town();
  const first = await create('First');
  await create('Second');
  const third = await create('Third');
  friend.messages.send(first, 'one');
  friend.messages.send(third, 'three');
  const device = await world.enter(ada);
  await device.unread('First', 1).waitFor();
  await device.unread('Third', 1).waitFor();
  await device.openRow('Second');
  await device.page.keyboard.press('Alt+Shift+ArrowDown');
  await until('an unread one is open', async () =>
    /^(First|Third)$/.test(
      (await device.conversation.getByRole('heading', { level: 1 }).textContent()) ?? '',
    ),
  );
  await until('it is read', async () => (await device.list.getByText('1 unread').count()) === 1);
  await device.page.keyboard.press('Alt+Shift+ArrowDown');
  await until('all are read', async () => (await device.list.getByText('1 unread').count()) === 0);
});

it('jumps to a date, by the day above the messages', async () => {
  const { ada, friend, create } = await town();
  const group = await create('Diary');
  for (let i = 1; i <= 150; i += 1) friend.messages.send(group, `Entry ${i} of the diary`);
  const device = await world.enter(ada);
  await device.row('Diary').getByText('Entry 150').waitFor();
  await device.openRow('Diary');
  await device.page.keyboard.press('Control+f');
  await device.conversation.getByRole('button', { name: 'Jump to date' }).click();
  const calendar = device.page.getByRole('dialog', { name: 'Jump to date' });
  await calendar.getByRole('button', { name: 'First message' }).click();
  await gone(calendar);
  await inView(device, 'Entry 1 of the diary');
  await device.conversation.getByRole('button', { name: 'Close search' }).click();

  // The divider of the day opens it too.
  await device.log.locator('button', { hasText: 'Today' }).click();
  await calendar.getByLabel('Day').fill('2020-02-02');
  await calendar.getByRole('button', { name: 'Go', exact: true }).click();
  await gone(calendar);
  await inView(device, 'Entry 1 of the diary');
});

it('goes from mention to mention, and back to the first unread message', async () => {
  const { ada, friend, create } = await town();
  const group = await create('Harbour');
  const say = (text: string) => friend.messages.send(group, text);
  for (let i = 1; i <= 60; i += 1) say(`Boat ${i} of many`);
  say(`${mentionOf(ada.userId)} the first for you`);
  for (let i = 61; i <= 120; i += 1) say(`Boat ${i} of many`);
  say(`${mentionOf(ada.userId)} the second for you`);
  for (let i = 121; i <= 180; i += 1) say(`Boat ${i} of many`);
  const device = await world.enter(ada);
  await device.unread('Harbour', 182).waitFor();
  await device.openRow('Harbour');
  await inView(device, 'Boat 1 of many');
  const mention = device.page.getByRole('button', { name: /^To the next mention/ });
  await mention.click();
  await inView(device, 'the first for you');
  await mention.click();
  await inView(device, 'the second for you');

  await device.page.getByRole('button', { name: /^To the newest message/ }).click();
  await inView(device, 'Boat 180 of many');
  await gone(mention);
  await device.page.getByRole('button', { name: 'To the first unread message' }).click();
  await inView(device, 'Boat 1 of many');
});
