/** A long history: what is being read stays where it is, whatever arrives above or below. */
import { newId } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { fillHistory } from '../support/history.ts';
import { distant, frames, fromEnd, pointAt, settled, topmost, watched } from '../support/timeline.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });

it('nothing moves while older pages, and new messages, arrive', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(ada);
  const conversationId = await friend.conversations.openDirect(bob.userId);
  await fillHistory(friend, conversationId, 750);

  const device = await world.device();
  const { page } = device;
  // So that one can look before a page arrives, and after.
  await distant(device, 250);
  await device.signIn(bob);
  await device.openRow('Ada');
  const jump = page.getByRole('button', { name: /^To the newest message/ });
  await jump.click();
  await device.message('Message 750 said').waitFor();
  await until('the view is at the end', async () => (await fromEnd(device)) < 2);
  await jump.waitFor({ state: 'detached' });

  // At the end a new message keeps the view at the end.
  friend.messages.send(conversationId, 'A new one at the end');
  await device.message('A new one at the end').waitFor();
  await until('the view follows', async () => (await fromEnd(device)) < 2);
  expect(await jump.count()).toBe(0);

  // Upwards, page after page. Each time: where is what I read, before and after more of it has come?
  await pointAt(device);
  const seen = new Set<string>();
  let most = 0;
  let what = '';
  let pages = 0;
  for (let step = 0; step < 200; step += 1) {
    // A page is asked for two windows ahead: it comes while its place is not in view yet.
    await page.mouse.wheel(0, -700);
    await settled(device);
    const before = await topmost(device);
    const { moved, where, grew } = await watched(device, before);
    expect(moved, `"${before.text}" is still there`).toBeDefined();
    if (grew) pages += 1;
    if ((moved ?? 0) > most) what = `in step ${step}: ${where}`;
    most = Math.max(most, moved ?? 0);
    seen.add(before.text);
    if ((await device.message(/Message 1 said/).count()) > 0) break;
  }
  expect(most, `pixels that the message read moved at most, ${what}`).toBeLessThanOrEqual(1);
  await device.message(/Message 1 said/).waitFor();
  expect(seen.size, 'there was something to scroll through').toBeGreaterThan(20);
  expect(pages, 'pages came while one looked').toBeGreaterThan(5);

  // Far from the end a new message moves nothing, and is counted on the button.
  await page.mouse.wheel(0, 3_000);
  await frames(device);
  const place = await topmost(device);
  friend.messages.send(conversationId, 'One while he reads above');
  friend.messages.send(conversationId, 'And another');
  await page.getByRole('button', { name: 'To the newest message, 2 unread' }).waitFor();
  expect((await watched(device, place)).moved).toBeLessThanOrEqual(1);
  expect(await device.message('And another').count()).toBe(0);

  await page.getByRole('button', { name: 'To the newest message, 2 unread' }).click();
  await device.message('And another').waitFor();
  await jump.waitFor({ state: 'detached' });
  await device.unread('Ada', 2).waitFor({ state: 'detached' });
});

it('a message that is cut by the upper edge changes its height out of view, unless one unfolds it', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(ada);
  const conversationId = await friend.conversations.openDirect(bob.userId);
  await fillHistory(friend, conversationId, 30);
  const messageId = newId();
  const text = Array.from({ length: 80 }, (_, line) => `Line ${line}`).join('\n');
  await friend.request('sendMessage', { conversationId, messageId, content: { type: 'plain', text } });
  await fillHistory(friend, conversationId, 30);

  const device = await world.enter(bob);
  const { page } = device;
  await device.openRow('Ada');
  const long = device.message('Line 0');
  const more = long.getByRole('button', { name: 'Show more' });
  const { y: edge } = await pointAt(device);
  await page.mouse.wheel(0, -60_000);
  await until('the long message is drawn', async () => {
    await page.mouse.wheel(0, 300);
    await settled(device);
    return (await more.count()) > 0 && ((await more.boundingBox())?.y ?? 9_999) < edge + 300;
  });
  const topOf = async () => (await long.boundingBox())?.y ?? Number.NaN;
  expect(await topOf()).toBeLessThan(edge);

  const next = await topmost(device);
  await friend.messages.react(conversationId, messageId, '🎉', true);
  await long.getByText('🎉').waitFor();
  expect((await watched(device, next)).moved).toBeLessThanOrEqual(1);

  const top = await topOf();
  await more.click();
  await long.getByText('Line 79').waitFor();
  await settled(device);
  expect(Math.abs((await topOf()) - top)).toBeLessThanOrEqual(1);
});
