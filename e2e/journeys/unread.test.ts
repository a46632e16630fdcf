/** Unread counts, exact and in step on all of a person's devices (S9). */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

it('S9: counts are exact on two devices, and reading on one clears the other', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const direct = await friend.conversations.openDirect(ada.userId);
  const group = await friend.conversations.create({ kind: 'group', name: 'Orchard', userIds: [ada.userId] });
  const mine = await world.client(ada);

  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await desk.row('Orchard').waitFor();
  // Bob has opened their conversation; it shows with his first word.
  expect(await desk.row('Bob').count()).toBe(0);

  const say = (conversationId: string, text: string) => friend.messages.send(conversationId, text);
  const sent = async (text: string, conversationId: string) =>
    until(`"${text}" is stored`, async () => {
      const { messages } = await friend.request('getHistory', { conversationId, limit: 50 });
      return messages.find(
        ({ body }) => body.type === 'content' && body.content.type === 'plain' && body.content.text === text,
      );
    });

  for (let i = 1; i <= 3; i += 1) say(direct, `Apple ${i}`);
  const takenBack = await sent(say(direct, 'Never mind') && 'Never mind', direct);
  for (const device of [desk, sofa]) await device.unread('Bob', 4).waitFor();
  // Deleted messages do not count.
  await friend.messages.remove(direct, takenBack.id);
  for (const device of [desk, sofa]) await device.unread('Bob', 3).waitFor();

  say(group, 'The pears are ripe');
  say(group, `${mentionOf(ada.userId)}, bring a ladder`);
  for (const device of [desk, sofa]) {
    // Being added is a system message and does not count.
    await device.unread('Orchard', 2).waitFor();
    await device.row('Orchard').getByText('You are mentioned').waitFor();
    await until('the title counts messages', async () => (await device.page.title()).startsWith('(5)'));
  }

  // Reading on one: the line stands before the first unread one, and the other device's badge goes.
  await desk.openRow('Bob');
  await desk.message('Apple 3').waitFor();
  await desk.log.getByText('Unread messages').waitFor();
  await gone(sofa.unread('Bob', 3));
  await gone(desk.unread('Bob', 3));
  const lines = await desk.log.evaluate((log) => {
    const text = log.textContent ?? '';
    return text.indexOf('Unread messages') < text.indexOf('Apple 1');
  });
  expect(lines, 'the line stands above the first unread message').toBe(true);

  await sofa.openRow('Orchard');
  await sofa.message('bring a ladder').waitFor();
  await gone(desk.row('Orchard').getByText('You are mentioned'));
  await gone(desk.unread('Orchard', 2));

  // Writing on one device is no news on the other.
  mine.messages.send(group, 'I bring two');
  await desk.row('Orchard').getByText('I bring two').waitFor();
  expect(
    await desk
      .row('Orchard')
      .getByText(/unread/)
      .count(),
  ).toBe(0);

  // The line stays where it was while one looks, and is gone the next time.
  await desk.openRow('Orchard');
  await desk.openRow('Bob');
  await desk.message('Apple 3').waitFor();
  expect(await desk.log.getByText('Unread messages').count()).toBe(0);
  for (const device of [desk, sofa])
    await until('the title has no count', async () => !(await device.page.title()).includes('('));
});
