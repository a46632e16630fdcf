/** Two tabs of one browser share a cache and a session; they neither fight nor send twice. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true });

it('S7: two tabs converge, send once, and sign out together', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Which window are you in?');

  const left = await world.enter(ada);
  await left.openRow('Bob');
  await left.message('Which window').waitFor();
  const right = await left.tab(`/c/${conversationId}`);
  await right.heading('Bob').waitFor();
  await right.message('Which window').waitFor();
  await left.readyForOffline();

  // What one sends, edits and reacts to, the other shows.
  await left.send('In the left one');
  await right.message('In the left one').waitFor();
  await right.send('And in the right one');
  await left.message('And in the right one').waitFor();
  await right.acknowledged('And in the right one');
  await right.composer.press('ArrowUp');
  await right.page.getByRole('textbox', { name: 'Edit message' }).fill('And, too, in the right one');
  await right.page.keyboard.press('Enter');
  await left.message('And, too, in the right one').getByText('edited').waitFor();

  // Offline both take words; what one holds the other shows, and each is sent once.
  await left.setOffline(true);
  await left.strip('You are offline.').waitFor();
  await right.strip('You are offline.').waitFor();
  await left.send('kept by the left');
  await right.tick('kept by the left', 'Sending');
  // What is still on its way cannot be edited, and no earlier message is taken for it.
  await left.composer.press('ArrowUp');
  expect(await left.page.getByRole('textbox', { name: 'Edit message' }).count()).toBe(0);
  await right.send('kept by the right');
  await left.tick('kept by the right', 'Sending');
  await left.send('kept by the left again');
  await right.message('kept by the left again').waitFor();
  // The tab that wrote the second one is gone when the network returns: the other one sends for it.
  await right.page.close();
  await left.setOffline(false);
  const kept = ['kept by the left', 'kept by the right', 'kept by the left again'];
  for (const text of kept) await left.acknowledged(new RegExp(`${text}(?! again)`));

  const texts = await until('the server has them all', async () => {
    const { messages } = await friend.request('getHistory', { conversationId, limit: 50 });
    return (
      messages.length >= 6 &&
      messages.map(({ body }) =>
        body.type === 'content' && body.content.type === 'plain' ? body.content.text : body.type,
      )
    );
  });
  expect(texts.toSorted()).toEqual(
    ['Which window are you in?', 'In the left one', 'And, too, in the right one', ...kept].toSorted(),
  );

  const again = await left.tab(`/c/${conversationId}`);
  await again.message('kept by the left again').waitFor();
  await left.list.getByRole('button', { name: 'Settings' }).click();
  await left.list.getByRole('button', { name: 'Sign out', exact: true }).click();
  await left.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await again.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();

  // Nothing of hers stays in this browser.
  await left.page.reload();
  await left.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  expect(await left.page.evaluate(() => localStorage.getItem('kith.user'))).toBeNull();
});
