/** Threads beside the timeline (T1, T2). */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { counted, gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

it('a thread: opened from a message, live for both, counted for whoever follows', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Harbour', userIds: [ada.userId] });
  const desk = await world.enter(ada);
  await desk.openRow('Harbour');
  await desk.send('Shall we paint the boat?');
  await desk.acknowledged('Shall we paint the boat?');
  await desk.send('Something else');

  // By keyboard, from the message itself.
  await desk.message('Shall we paint the boat?').focus();
  await desk.page.keyboard.press('t');
  await desk.thread.getByText('No replies yet').waitFor();
  await desk.sendReply('Blue, if you ask me');
  await desk.reply('Blue, if you ask me').waitFor();
  const foot = desk.message('Shall we paint the boat?').getByRole('button', { name: /repl/ });
  await foot.filter({ hasText: '1 reply' }).waitFor();
  // It stands in its thread, and not in the main line.
  await counted('copies in the main line', desk.message('Blue, if you ask me'), 0);

  const root = await until('Bob sees the root', async () => {
    const { messages } = await friend.request('getHistory', { conversationId: group });
    return messages.find(({ replies }) => replies?.count === 1);
  });
  friend.messages.send(group, 'Rather red', { thread: root.id });
  await desk.reply('Rather red').waitFor();
  await foot.filter({ hasText: '2 replies' }).waitFor();

  // Closed, new replies are counted: in the list, and with a dot under the root.
  await desk.thread.getByRole('button', { name: 'Close the thread' }).click();
  await gone(desk.thread);
  friend.messages.send(group, `Red it is, ${mentionOf(ada.userId)}`, { thread: root.id });
  const entry = desk.list.getByRole('button', { name: /^Threads/ });
  await entry.filter({ hasText: '1 unread' }).filter({ hasText: 'You are mentioned' }).waitFor();
  await foot.filter({ hasText: '1 unread reply' }).waitFor();
  // Threads count for themselves: the conversation has nothing unread.
  await counted('unread badges', desk.row('Harbour').getByText(/unread/), 0);

  await entry.click();
  await desk.list.getByRole('button', { name: /Shall we paint the boat/ }).click();
  await desk.reply('Red it is').waitFor();
  await desk.thread.getByText('Unread messages').waitFor();
  await gone(foot.filter({ hasText: 'unread' }));
  await desk.list.getByRole('button', { name: 'Back' }).click();
  await gone(entry.filter({ hasText: 'unread' }));

  // To both: it stands in the main line with a line that leads back.
  await desk.thread.getByRole('checkbox', { name: 'Also send to Harbour' }).check();
  await desk.sendReply('Then I buy red paint');
  const both = desk.message('Then I buy red paint');
  await both.getByRole('button', { name: /Replied in a thread: Shall we paint the boat/ }).waitFor();
  expect(await desk.thread.getByRole('checkbox', { name: 'Also send to Harbour' }).isChecked()).toBe(false);

  // No longer followed: nothing is counted any more.
  await desk.thread.getByRole('button', { name: 'Stop following this thread' }).click();
  await desk.thread.getByRole('button', { name: 'Follow this thread' }).waitFor();
  await gone(entry);
  friend.messages.send(group, 'And brushes', { thread: root.id });
  await desk.reply('And brushes').waitFor();
  await counted('ways to threads', entry, 0);
});

it('a link to a reply opens its thread at it; what is written offline arrives later', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Attic', userIds: [ada.userId] });
  const root = friend.messages.send(group, 'What is in the boxes?');
  for (let n = 1; n <= 90; n += 1) friend.messages.send(group, `Box number ${n}.`, { thread: root });
  friend.messages.send(group, 'After it all');
  const middle = await until('all are stored', async () => {
    const { replies, root: stored } = await friend.request('getThread', {
      conversationId: group,
      rootId: root,
      limit: 200,
    });
    return stored.replies?.count === 90 ? replies[40] : undefined;
  });

  const desk = await world.enter(ada);
  await desk.openRow('Attic');
  // Ninety replies lie between what the main line shows.
  await desk.message('After it all').waitFor();
  await desk.message('What is in the boxes?').waitFor();
  await desk.page.goto(`${world.server.url}/c/${group}?m=${middle.id}`);
  await desk.reply('Box number 41.').waitFor();
  await desk.message('What is in the boxes?').waitFor();
  // Up to the root, which stands first; what is read of older replies on the way stands above what was in view.
  await until('the root is in view', async () => {
    await desk.thread.getByRole('feed').evaluate((log) => log.scrollTo(0, 0));
    return desk.reply('What is in the boxes?').isVisible();
  });

  await desk.setOffline(true);
  await desk.sendReply('Old letters');
  await desk.reply('Old letters').getByRole('img', { name: 'Sending' }).waitFor();
  await desk.setOffline(false);
  await desk
    .reply('Old letters')
    .getByRole('img', { name: /^(Sent|Delivered)$/ })
    .waitFor();
  await until('it has arrived', async () => {
    const { replies } = await friend.request('getThread', { conversationId: group, rootId: root });
    return JSON.stringify(replies.at(-1)).includes('Old letters');
  });
});

it('on a phone a thread is a pane of its own, and back leads to where one was', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Garden', userIds: [ada.userId] });
  const root = friend.messages.send(group, 'Who waters the beans?');
  friend.messages.send(group, 'I could on Monday', { thread: root });

  const device = await world.device(phone);
  await device.signIn(ada);
  await device.row('Garden').tap();
  const foot = device.message('Who waters the beans?').getByRole('button', { name: /1 reply/ });
  const box = await foot.boundingBox();
  expect(Math.round(box?.height ?? 0), 'wide enough for a thumb').toBeGreaterThanOrEqual(44);
  await foot.tap();
  await device.reply('I could on Monday').waitFor();
  const panel = await device.thread.boundingBox();
  expect(Math.round(panel?.width ?? 0), 'it takes the screen').toBe(phone.viewport?.width);
  await device.thread.getByRole('textbox', { name: 'Reply in this thread' }).fill('Then I take Tuesday');
  await device.thread.getByRole('button', { name: 'Send' }).tap();
  await device.reply('Then I take Tuesday').waitFor();
  await device.page.goBack();
  await gone(device.thread);
  await foot
    .filter({ hasText: '2 replies' })
    .or(device.message('Who waters the beans?').getByRole('button', { name: /2 replies/ }))
    .waitFor();
});
