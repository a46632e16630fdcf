/** What was begun goes from device to device, with what it answers; sent, it is gone everywhere. */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

const holds = ({ composer }: Screen, text: string) =>
  until(`the field holds “${text}”`, async () => {
    const value = await composer.inputValue();
    if (value !== text) throw new Error(`it holds “${value}”`);
    return true;
  });

async function pair() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Which boat?');
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await desk.openRow('Bob');
  await desk.message('Which boat?').waitFor();
  return { ada, bob, friend, conversationId, desk, sofa };
}

it('a draft shows in the list and the composer of the other device, with what it answers', async () => {
  const { ada, bob, conversationId, desk, sofa } = await pair();
  await desk.choose('Which boat?', 'Reply(?! in)');
  await desk.composer.pressSequentially('The blue one, I');
  await sofa.row('Bob').getByText('The blue one, I').waitFor();
  await sofa.openRow('Bob');
  await holds(sofa, 'The blue one, I');
  await sofa.page.getByRole('button', { name: 'Cancel reply' }).waitFor();

  // And survives a reload of the first.
  await desk.page.reload();
  await holds(desk, 'The blue one, I');
  await desk.page.getByRole('button', { name: 'Cancel reply' }).waitFor();

  // A mention from a device of another kind is read by name.
  const bot = await world.client(ada);
  await desk.composer.blur();
  await bot.own.saveDraft(conversationId, {
    text: `Ask ${mentionOf(bob.userId)} first`,
    at: new Date(Date.now() + 5_000).toISOString(),
  });
  await sofa.composer.blur();
  for (const device of [desk, sofa]) {
    await holds(device, 'Ask @Bob first');
    await gone(device.page.getByRole('button', { name: 'Cancel reply' }));
  }

  await sofa.composer.focus();
  await sofa.page.keyboard.press('Enter');
  await sofa.acknowledged('Ask @Bob first');
  await holds(desk, '');
  expect(bot.own.all('draft').get().size).toBe(0);
});

it('what is typed here is not exchanged under the cursor, and the later word wins', async () => {
  const { ada, conversationId, desk } = await pair();
  const bot = await world.client(ada);
  await desk.composer.pressSequentially('Mine, still');
  await bot.own.saveDraft(conversationId, { text: 'from elsewhere', at: new Date().toISOString() });
  await until('it has come', async () => {
    const { records } = await bot.request('getMyChanges', { since: 0 });
    return records.some((record) => record.type === 'draft');
  });
  await desk.composer.pressSequentially(' being written');
  await holds(desk, 'Mine, still being written');
  await until(
    'the later one is everywhere',
    () => bot.own.get('draft', conversationId).get()?.text === 'Mine, still being written',
  );
});

it('what is begun without a network is told when there is one', async () => {
  const { ada, conversationId, desk } = await pair();
  const bot = await world.client(ada);
  await desk.setOffline(true);
  await desk.strip('You are offline.').waitFor();
  await desk.composer.pressSequentially('In the tunnel');
  await desk.composer.blur();
  await desk.setOffline(false);
  await until('told', () => bot.own.get('draft', conversationId).get()?.text === 'In the tunnel');
});
