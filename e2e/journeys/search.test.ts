/** Finding what was said: in all conversations, and in the open one. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

const field = (screen: Screen) =>
  screen.list.getByRole('searchbox', { name: 'Search messages, conversations and people' });
const hit = (screen: Screen, text: string | RegExp) =>
  screen.list.getByRole('link').filter({ hasText: text });
/** The words that are marked in the rows, in order. */
const marks = (screen: Screen) => screen.list.locator('mark').allTextContents();
/** The words that are painted in the message one has jumped to. */
const painted = ({ page }: Screen) =>
  page.evaluate(() => [...(CSS.highlights.get('kith-hit') ?? [])].map((range) => String(range)));

/** Ada with a group of a long past, and a direct conversation. */
async function archive() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Travel', userIds: [ada.userId] });
  const direct = await friend.conversations.openDirect(ada.userId);
  const say = (conversationId: string, text: string) => friend.messages.send(conversationId, text);
  say(group, 'We meet at the Hauptbahnhofsvorplatz on Friday');
  for (let i = 1; i <= 120; i += 1) say(group, `Line ${i} of a long trip`);
  say(group, 'Tickets: https://example.org/tickets');
  say(group, '我们明天在北京开会');
  say(direct, 'The station was crowded today');
  await until('all is indexed', async () => {
    const { total } = await friend.request('searchMessages', { query: 'trip', conversationId: group });
    const last = await friend.request('searchMessages', { query: 'crowded' });
    return total === 120 && last.hits.length === 1;
  });
  return { ada, friend, group };
}

it('finds messages as one types, marks the words, and jumps to them in context', async () => {
  const { ada, friend, group } = await archive();
  const device = await world.enter(ada);
  await device.row('Travel').waitFor();
  await device.page.keyboard.press('/');
  await field(device).pressSequentially('bahnhof', { delay: 30 });
  await hit(device, 'Hauptbahnhofsvorplatz').waitFor();
  await device.list.getByRole('heading', { name: 'Messages' }).waitFor();
  expect(await marks(device)).toEqual(['Hauptbahnhofsvorplatz']);

  await hit(device, 'Hauptbahnhofsvorplatz').click();
  await device.heading('Travel').waitFor();
  await device.message('We meet at the Hauptbahnhofsvorplatz').waitFor();
  await until('the word is painted', async () => (await painted(device)).join() === 'Hauptbahnhofsvorplatz');
  expect(device.page.url()).toMatch(/\?m=/);
  // The results stay, for the next one.
  expect(await field(device).inputValue()).toBe('bahnhof');

  // Chinese, a misspelling, operators.
  await field(device).fill('北京');
  await hit(device, '我们明天在北京开会').waitFor();
  expect(await marks(device)).toEqual(['北京']);
  await field(device).fill('stetion');
  await hit(device, 'The station was crowded').waitFor();
  await device.list.getByText('Nothing is written quite like that').waitFor();
  await field(device).fill('from:bob has:link');
  await hit(device, 'Tickets').waitFor();
  await field(device).fill('trip -line');
  await device.list.getByText('No messages found').waitFor();

  // More by scrolling, to the oldest.
  await field(device).fill('trip');
  await hit(device, 'Line 120 of').waitFor();
  await until('the oldest is reached', async () => {
    await device.list.locator('.kith-list-scroll').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    return (await hit(device, 'Line 1 of').count()) === 1;
  });

  // What is deleted is found no more.
  const { hits } = await friend.request('searchMessages', { query: 'tickets', conversationId: group });
  await friend.messages.remove(group, hits[0]?.message.id ?? '');
  await field(device).fill('tickets');
  await device.list.getByText('No messages found').waitFor();
});

it('offers what may come next, and completes it', async () => {
  const { ada } = await archive();
  const device = await world.enter(ada);
  await device.row('Travel').waitFor();
  await field(device).fill('meet ');
  const hints = device.list.getByRole('group', { name: 'Narrow the search' });
  await hints.getByRole('button', { name: 'In…' }).click();
  await hints.getByRole('button', { name: 'Travel' }).click();
  expect(await field(device).inputValue()).toBe('meet in:Travel ');
  await hit(device, 'We meet at').waitFor();
  await hints.getByRole('button', { name: 'From…' }).click();
  await hints.getByRole('button', { name: 'Bob' }).first().waitFor();
});

it('searches in the open conversation, from hit to hit', async () => {
  const { ada } = await archive();
  const device = await world.enter(ada);
  const { keyboard } = device.page;
  await device.openRow('Travel');
  await keyboard.press('Control+f');
  const bar = device.conversation.getByRole('searchbox', { name: 'Search in this conversation' });
  await until('the field has the focus', () => bar.evaluate((input) => input === document.activeElement));
  await keyboard.type('trip');
  await device.conversation.getByText('1 of 120').waitFor();
  await device.message('Line 120 of a long trip').waitFor();
  await keyboard.press('Enter');
  await device.conversation.getByText('2 of 120').waitFor();
  await until('the word is painted', async () => (await painted(device)).join() === 'trip');
  await device.conversation.getByRole('button', { name: 'Newer hit' }).click();
  await device.conversation.getByText('1 of 120').waitFor();
  // Far away.
  await bar.fill('hauptbahnhof');
  await device.conversation.getByText('1 of 1', { exact: true }).waitFor();
  await device.message('We meet at').waitFor();
  await bar.press('Escape');
  await gone(bar);
  expect(await painted(device)).toEqual([]);
});

it('on a phone: from the list into the conversation and back to the results', async () => {
  const { ada } = await archive();
  const device = await world.enter(ada, phone);
  await device.row('Travel').waitFor();
  await field(device).fill('hauptbahnhof');
  await hit(device, 'We meet at').click();
  await device.message('We meet at').waitFor();
  await device.conversation.getByRole('button', { name: 'Back to conversations' }).click();
  await hit(device, 'We meet at').waitFor();
});

it('says so when the server is out of reach, and finds again when it is back', async () => {
  const { ada } = await archive();
  const device = await world.enter(ada);
  await device.row('Travel').waitFor();
  await device.setOffline(true);
  await device.strip('You are offline').waitFor();
  await field(device).fill('hauptbahnhof');
  await device.list.getByText('Messages cannot be searched right now.').waitFor({ timeout: 40_000 });
  await device.setOffline(false);
  await hit(device, 'We meet at').waitFor({ timeout: 40_000 });
});
