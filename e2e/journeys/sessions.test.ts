/** Signed out from afar. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

it('a session ended from another device leads to the door, with a plain word', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'For your eyes only');

  const lost = await world.enter(ada);
  const kept = await world.enter(ada);
  await lost.openRow('Bob');
  await lost.message('For your eyes only').waitFor();

  await kept.list.getByRole('button', { name: 'Settings' }).click();
  await kept.list.getByRole('button', { name: 'Account and security' }).click();
  const devices = kept.list.getByRole('region', { name: 'Devices' });
  await devices.getByText('This device').waitFor();
  // Of the devices listed one is the helper that made the account: everybody but this one is sent away.
  await devices.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await gone(devices.getByRole('button', { name: 'Sign out everywhere else' }));
  // The button is gone; the focus is at what is left.
  await until('the list has the focus', () =>
    devices.getByRole('list').evaluate((list) => list === document.activeElement),
  );

  await lost.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await lost.page.getByText('You were signed out on this device. Sign in to go on.').waitFor();
  expect(await lost.page.getByText('For your eyes only').count()).toBe(0);

  // Nothing was left behind, and the way in is open again.
  const left = await lost.page.evaluate(async () => (await indexedDB.databases()).length);
  expect(left, 'databases in this browser').toBeLessThanOrEqual(1);
  await lost.signIn(ada);
  await lost.openRow('Bob');
  await lost.message('For your eyes only').waitFor();
  await kept.list.getByRole('button', { name: 'Back' }).click();
  await kept.list.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await kept.list.getByRole('button', { name: 'Back' }).click();
  await kept.openRow('Bob');
});
