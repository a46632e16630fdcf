/** Whoever leaves this browser, or is put out of it, leaves nothing for the next one, and loses no word of their own. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { signInAgain } from '../support/people.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true });

it('a session that ends while the device is away keeps what was written, for its author alone', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Are you on the train?');

  const device = await world.enter(ada);
  await device.openRow('Bob');
  await device.message('Are you on the train?').waitFor();
  await device.readyForOffline('Are you on the train?');
  await device.setOffline(true);
  await device.strip('You are offline.').waitFor();
  await device.send('Written in a tunnel');
  await device.tick('Written in a tunnel', 'Sending');
  // At once: a message that was written is kept, however soon the page goes.
  await device.page.reload();
  await device.tick('Written in a tunnel', 'Sending');

  // Leaving now would delete it: that is said first.
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('button', { name: 'Sign out', exact: true }).click();
  const asked = device.page.getByRole('dialog', { name: 'Not everything is sent' });
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await asked.waitFor({ state: 'detached' });
  await device.list.getByRole('button', { name: 'Back' }).click();

  const token = await signInAgain(world.server.url, ada);
  const elsewhere = await world.client({ ...ada, token });
  await elsewhere.sessions.revokeOthers();
  await device.setOffline(false);
  await device.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  expect(await device.page.getByText('Are you on the train?').count()).toBe(0);

  await device.signIn(ada);
  const texts = await until('it is delivered', async () => {
    const { messages } = await friend.request('getHistory', { conversationId, limit: 50 });
    return messages.length >= 2 && messages.map(({ body }) => JSON.stringify(body));
  });
  expect(texts).toHaveLength(2);
  expect(texts[1]).toContain('Written in a tunnel');
});

it('the next person of the same browser sees nothing of the former', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  await friend.conversations.openDirect(ada.userId);
  const group = await friend.conversations.create({ kind: 'group', name: 'Both', userIds: [ada.userId] });
  friend.messages.send(group, 'hello');

  const device = await world.enter(ada);
  await device.openRow('Both');
  await device.message('hello').waitFor();
  await device.page.getByRole('textbox', { name: 'Message' }).fill('what Ada thinks of Bob');
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('button', { name: 'Sign out', exact: true }).click();
  await device.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await device.signIn(bob);
  await device.row('Both').waitFor();
  // Neither where she was, nor what she began.
  expect(new URL(device.page.url()).pathname).toBe('/');
  expect(await device.page.getByText('Draft:').count()).toBe(0);
  await device.openRow('Both');
  expect(await device.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('');
});

it('a group that is being left is left, also by whoever signs out before the notice has gone', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Crowd', userIds: [ada.userId] });
  const device = await world.enter(ada);
  await device.row('Crowd').click({ button: 'right' });
  await device.page.getByRole('menuitem', { name: 'Leave group' }).click();
  await device.page.getByRole('button', { name: 'Undo' }).waitFor();
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('button', { name: 'Sign out', exact: true }).click();
  await device.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  // Nothing of hers is offered to the next one.
  expect(await device.page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  await until('she is out', () => friend.conversations.get(group).get()?.conversation.memberCount === 1);
  await device.signIn(ada);
  await device.list.getByText('Your conversations will appear here').waitFor();
  expect(await device.row('Crowd').count()).toBe(0);
});
