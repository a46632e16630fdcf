/** A very long history is scrolled through as a short one. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { fillHistory } from '../support/history.ts';
import { frames, pointAt, topmost } from '../support/timeline.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });

it('ten thousand messages are scrolled through with few of them drawn', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(ada);
  const conversationId = await friend.conversations.openDirect(bob.userId);
  await fillHistory(friend, conversationId, 10_000);

  const device = await world.enter(bob);
  const { page } = device;
  await device.openRow('Ada');
  await page.getByRole('button', { name: /^To the newest message/ }).click();
  await device.message('Message 10000 said').waitFor();
  await pointAt(device);
  let most = 0;
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(0, -4_000);
    await frames(device);
    most = Math.max(most, await page.evaluate(() => document.querySelectorAll('*').length));
  }
  expect(most, 'elements on the page').toBeLessThan(3_000);
  // Somewhere far up, nothing is blank.
  await until('there are messages in view', async () => (await topmost(device)).text.includes('Message'));
  expect(await device.log.getByRole('article').count()).toBeLessThan(120);
});
