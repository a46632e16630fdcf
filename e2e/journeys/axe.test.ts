/** axe-core on every screen, in light, dark and high contrast, and in Arabic: no serious or critical violation. */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useAxe } from '../support/axe.ts';
import { desktop, phone, useWorld } from '../support/browser.ts';

const world = useWorld();
const calm = { ...desktop, reducedMotion: 'reduce' } as const;

const { judge, found } = useAxe();

it('axe finds nothing serious on any screen', async () => {
  const empty = await world.device(calm);
  await empty.page.getByText('The first account becomes the owner').waitFor();
  await judge(empty, 'the door of an empty server');
  await world.person('Owner');
  const door = await world.device(calm);
  await door.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await judge(door, 'sign in');
  await door.page.getByRole('button', { name: 'Create an account' }).click();
  await door.page.getByRole('button', { name: 'Create account' }).click();
  await door.page.getByText('Enter an email address, such as name@example.org.').waitFor();
  await judge(door, 'sign up, with errors');
  door.excuseNetwork();
  await door.open('/reset#whatever');
  await door.page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  await judge(door, 'a link that is over');
  await door.open('/undo-email#whatever');
  await door.page.getByRole('button', { name: 'Undo the change' }).waitFor();
  await judge(door, 'an address to be taken back');

  const newcomer = await world.enter('Newcomer', calm);
  await newcomer.list.getByText('Find someone to write to').waitFor();
  await judge(newcomer, 'the empty list');

  const adas = await world.person('Ada Lovelace');
  const bobs = await world.person('Bob Noyce');
  const friend = await world.client(bobs);
  const group = await friend.conversations.create({
    kind: 'group',
    name: 'Analytical engines',
    userIds: [adas.userId],
  });
  await friend.conversations.create({ kind: 'channel', name: 'town-square', topic: 'For everybody' });
  const direct = await friend.conversations.openDirect(adas.userId);
  friend.messages.send(direct, 'Only for you');
  const first = friend.messages.send(group, 'A message with **bold**, `code` and https://example.org/link');
  friend.messages.send(group, '> a quote\n\n- one\n- two\n\n```ts\nconst answer = 42;\n```');
  friend.messages.send(group, `${mentionOf(adas.userId)}, look at this`, { replyTo: first });
  const device = await world.enter(adas, calm);
  await device.unread('Analytical engines', 3).waitFor();
  await friend.messages.react(group, first, '👍', true);
  await friend.messages.remove(direct, friend.messages.send(direct, 'A slip')).catch(() => undefined);
  await judge(device, 'the list');

  await device.openRow('Analytical engines');
  await device.message('look at this').waitFor();
  await device.send('My own **words** with a [link](https://example.org)');
  await device.tick('My own', 'Sent').catch(() => device.tick('My own', 'Delivered'));
  await judge(device, 'the timeline');

  await device.message('look at this').hover();
  await device.message('look at this').getByRole('button', { name: 'Reply', exact: true }).click();
  await device.composer.pressSequentially('@bo');
  await device.page.getByRole('option', { name: /Bob/ }).waitFor();
  await judge(device, 'the composer with a reply and a completion');
  await device.composer.fill('');
  await device.page.getByRole('button', { name: 'Cancel reply' }).click();

  await device.conversation.getByRole('button', { name: 'Emoji', exact: true }).click();
  await device.page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
  await judge(device, 'the emoji picker');
  await device.page.keyboard.press('Escape');

  await device.menu('My own');
  await judge(device, 'the menu of a message');
  await device.page.getByRole('menuitem', { name: /^Info/ }).click();
  await device.page.getByRole('dialog').waitFor();
  await judge(device, 'who has read a message');
  await device.page.keyboard.press('Escape');

  await device.choose('My own', 'Edit');
  await device.page.getByRole('textbox', { name: 'Edit message' }).fill('My own **sentence**');
  await device.page.keyboard.press('Enter');
  await device.message('My own').getByRole('button', { name: 'edited' }).click();
  await device.page.getByRole('insertion').waitFor();
  await judge(device, 'what an edit changed');
  await device.page.keyboard.press('Escape');

  await device.choose('look at this', 'Remind me');
  await device.page.getByRole('menuitem', { name: /^In an hour/ }).click();
  await device.list.getByRole('button', { name: 'Later' }).click();
  await device.list.getByRole('button', { name: 'Change the time' }).waitFor();
  await judge(device, 'what waits for later');
  await device.list.getByRole('button', { name: 'Back' }).click();

  await device.openDetails();
  await device.details.getByRole('button', { name: 'Add people' }).waitFor();
  await judge(device, 'the details');
  await device.details.getByRole('button', { name: 'Add people' }).click();
  await device.details.getByRole('checkbox').first().waitFor();
  await judge(device, 'adding people');
  await device.page.keyboard.press('Escape');
  await device.details.getByRole('button', { name: 'Close details' }).click();

  const left: readonly (readonly [string, string])[] = [
    ['New group', 'New group'],
    ['New channel', 'New channel'],
    ['Browse channels', 'Channels'],
  ];
  await device.list.getByRole('button', { name: 'New conversation' }).click();
  await device.list.getByRole('button', { name: /^Bob Noyce/ }).waitFor();
  await judge(device, 'a new conversation');
  for (const [button, heading] of left) {
    await device.list.getByRole('button', { name: button }).click();
    await device.list.getByRole('heading', { level: 1, name: heading }).waitFor();
    if (heading === 'Channels') await device.list.getByRole('button', { name: /^town-square/ }).waitFor();
    await judge(device, heading);
    if (heading === 'Channels') {
      await device.list.getByRole('button', { name: /^town-square/ }).click();
      await device.conversation.getByRole('button', { name: 'Join channel' }).waitFor();
      await judge(device, 'a channel not joined');
    }
    await device.list.getByRole('button', { name: 'Back' }).click();
    await device.list.getByRole('heading', { level: 1, name: 'New conversation' }).waitFor();
  }
  await device.list.getByRole('button', { name: 'Back' }).click();
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('button', { name: 'Account and security' }).click();
  await device.list.getByText('This device', { exact: true }).waitFor();
  await device.list.getByText('Account created').waitFor();
  await device.list.getByRole('button', { name: 'Change password' }).click();
  await device.list.getByLabel('New password').fill('password');
  await judge(device, 'the account and its security');
  await device.list.getByRole('button', { name: 'Back' }).click();
  await device.list.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await judge(device, 'the settings');

  await device.page.getByRole('button', { name: 'All shortcuts' }).click();
  await device.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await judge(device, 'the sheet of shortcuts');
  await device.page.keyboard.press('Escape');

  // The same house mirrored, with words of both directions in it.
  await device.list.getByRole('radio', { name: 'العربية' }).click();
  await device.page.getByText('الإعدادات').first().waitFor();
  await judge(device, 'the settings in Arabic');
  await device.page.getByRole('feed', { name: 'الرسائل' }).getByText('look at this').waitFor();
  await judge(device, 'the timeline in Arabic');
  await device.page.getByRole('radio', { name: 'English' }).click();

  const hand = await world.enter(adas, { ...phone, reducedMotion: 'reduce' });
  await hand.row('Analytical engines').tap();
  await hand.message('look at this').waitFor();
  await judge(hand, 'the timeline on a phone');

  expect(found.join('\n')).toBe('');
}, 240_000);

it('nor on what polls, threads, profiles and finding brought', async () => {
  found.length = 0;
  const adas = await world.person('Ada Byron');
  const friend = await world.client(await world.person('Bob Cray'));
  const group = await friend.conversations.create({
    kind: 'group',
    name: 'Weaving mill',
    userIds: [adas.userId],
  });
  const poll = {
    type: 'poll' as const,
    question: 'Which pattern?',
    options: ['Stripes', 'Squares'],
    multiple: false,
    anonymous: false,
  };
  const root = friend.messages.send(group, 'Shall we change the loom?');
  friend.messages.send(group, '', { attachment: poll });
  friend.messages.send(group, 'First of all', { thread: root });
  const device = await world.enter(adas, calm);
  const { page } = device;
  await device.openRow('Weaving mill');
  const question = page.getByRole('group', { name: 'Which pattern?' });
  await judge(device, 'a poll before the vote');
  await question.getByRole('button', { name: 'Stripes', exact: true }).click();
  await question.getByRole('button', { name: /^Stripes: 100%/ }).waitFor();
  await judge(device, 'a poll after it');

  await device.conversation.getByRole('button', { name: /1 reply/ }).click();
  await device.reply('First of all').waitFor();
  await device.sendReply('Then tea');
  await device.reply('Then tea').waitFor();
  await judge(device, 'a thread');
  await device.list.getByRole('button', { name: /^Threads/ }).click();
  await device.list.getByRole('button', { name: /Shall we change the loom/ }).waitFor();
  await judge(device, 'the list of threads');
  await device.list.getByRole('button', { name: 'Back' }).click();
  await device.thread.getByRole('button', { name: 'Close the thread' }).click();

  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Go to' }).waitFor();
  await judge(device, 'the switcher');
  await page.keyboard.press('Escape');

  const search = device.list.getByRole('searchbox');
  await search.fill('loom');
  await device.list.locator('mark').first().waitFor();
  await judge(device, 'what was found');
  await search.press('Escape');
  await search.fill('');

  await device.conversation.getByRole('button', { name: 'Emoji', exact: true }).click();
  await page.getByRole('tab', { name: 'Stickers' }).click();
  await page.getByRole('searchbox', { name: 'Search stickers' }).waitFor();
  await judge(device, 'the stickers');
  await page.keyboard.press('Escape');

  await device.choose('change the loom', 'Forward');
  await page.getByRole('dialog', { name: 'Forward message' }).waitFor();
  await judge(device, 'forwarding');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+f');
  await device.conversation.getByRole('button', { name: 'Jump to date' }).click();
  await page.getByRole('dialog', { name: 'Jump to date' }).waitFor();
  await judge(device, 'the calendar');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await device.log
    .getByRole('button', { name: /^Bob Cray/ })
    .first()
    .click();
  await page.getByRole('dialog', { name: 'Profile' }).waitFor();
  await judge(device, 'a profile');
  expect(found.join('\n')).toBe('');
}, 240_000);

it('axe finds nothing serious on folders and on what is for later', async () => {
  const adas = await world.person('Ada');
  const friend = await world.client(await world.person('Fred'));
  const direct = await friend.conversations.openDirect(adas.userId);
  friend.messages.send(direct, 'Shall we dance?');
  const device = await world.enter(adas, calm);
  await device.openRow('Fred');
  await device.choose('Shall we dance?', 'Remind me');
  await device.page.getByRole('menuitem', { name: /^In 20 minutes/ }).click();
  await device.list.getByRole('button', { name: 'Later' }).click();
  await device.list.getByRole('listitem').filter({ hasText: 'Shall we dance' }).waitFor();
  await judge(device, 'what is for later');
  await device.list.getByRole('button', { name: 'Back' }).click();

  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('button', { name: 'New folder' }).click();
  const dialog = device.page.getByRole('dialog', { name: 'New folder' });
  await dialog.getByLabel('Name').fill('People');
  await dialog.getByLabel('Direct conversations').check();
  await judge(device, 'a folder');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await device.list.getByRole('button', { name: 'Back' }).click();
  await device.list.getByRole('tab', { name: /People/ }).click();
  await device.row('Fred').waitFor();
  await judge(device, 'the tabs of folders');
  expect(found.join('\n')).toBe('');
}, 240_000);
