/** A long history: what is being read stays where it is, whatever arrives above or below. */
import { newId } from '@kith/protocol';
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { fillHistory } from '../support/history.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });

interface Place {
  readonly text: string;
  /** Of its lower edge, pixels from the top of the view. */
  readonly bottom: number;
}

/**
 * The first message in view. Its bubble, not its row, and where that ends, not where it begins: a gap and a name come
 * above it when the message before it turns out to be of another author.
 */
const topmost = ({ log }: Screen): Promise<Place> =>
  log.evaluate((element) => {
    const edge = element.getBoundingClientRect().top;
    for (const row of element.querySelectorAll<HTMLElement>('[role="article"]')) {
      const box = row.querySelector('.kith-bubble')?.getBoundingClientRect();
      if (box && box.top >= edge)
        return { text: row.getAttribute('aria-label') ?? '', bottom: box.bottom - edge };
    }
    throw new Error('No message is in view.');
  });

interface Watch {
  /** How far a message was from its first place in any painted frame, px; undefined: it was not there. */
  readonly moved: number | undefined;
  /** Which message that was, and where. */
  readonly where: string;
  /** Whether more came above. */
  readonly grew: boolean;
}

/**
 * Looks at a message in every frame until no page is on its way and all is still. Without a message: at all that are in
 * view once the list is scrolled to its top, from that frame on.
 */
const watched = ({ log }: Screen, place?: Place): Promise<Watch> =>
  log.evaluate(async (element, place) => {
    // A task queued inside of a frame runs when that frame is painted.
    const painted = (): Promise<void> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(null);
        }),
      );
    const drawn = (): Map<string, { readonly top: number; readonly bottom: number }> => {
      const edge = element.getBoundingClientRect().top;
      const found = new Map<string, { readonly top: number; readonly bottom: number }>();
      for (const row of element.querySelectorAll('[role="article"]')) {
        const box = row.querySelector('.kith-bubble')?.getBoundingClientRect();
        if (box)
          found.set(row.getAttribute('aria-label') ?? '', { top: box.top - edge, bottom: box.bottom - edge });
      }
      return found;
    };
    const places: { readonly text: string; readonly bottom: number }[] = [];
    if (place) places.push(place);
    else {
      do await painted();
      while (element.scrollTop !== 0);
      for (const [text, { top, bottom }] of drawn())
        if (bottom > 0 && top < element.clientHeight) places.push({ text, bottom });
    }
    const height = element.scrollHeight;
    let moved = places.length > 0 ? 0 : undefined;
    let where = '';
    let before = '';
    for (let still = 0, frame = 0; still < 4 && frame < 1_200; frame += 1) {
      await painted();
      const now = drawn();
      for (const { text, bottom } of places) {
        const is = now.get(text)?.bottom;
        const by = is === undefined ? undefined : Math.abs(is - bottom);
        if (moved !== undefined && (by === undefined || by > moved)) {
          moved = by;
          where = `"${text.slice(0, 40)}", first at ${bottom}, then at ${is}`;
        }
      }
      const sign = `${element.scrollTop} ${element.scrollHeight}`;
      still = sign === before && element.getAttribute('aria-busy') === 'false' ? still + 1 : 0;
      before = sign;
    }
    return { moved, where, grew: element.scrollHeight > height + 1_000 };
  }, place);

const fromEnd = ({ log }: Screen): Promise<number> =>
  log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

/** Waits until nothing scrolls and nothing changes its height any more. */
const settled = ({ log }: Screen): Promise<void> =>
  log.evaluate(async (element) => {
    let before = '';
    for (let still = 0, frame = 0; still < 3 && frame < 600; frame += 1) {
      await new Promise(requestAnimationFrame);
      const now = `${element.scrollTop} ${element.scrollHeight}`;
      still = now === before ? still + 1 : 0;
      before = now;
    }
  });

/** A server further away: whatever it says comes this much later. */
const distant = ({ page }: Screen, ms: number): Promise<void> =>
  page.routeWebSocket(/\/v1\/socket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) => setTimeout(() => socket.send(data), ms));
  });

const frames = ({ page }: Screen): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** Puts the mouse where its wheel scrolls the timeline; returns where that begins. */
async function pointAt({ page, log }: Screen): Promise<{ readonly x: number; readonly y: number }> {
  const box = await log.boundingBox();
  if (!box) throw new Error('There is no timeline.');
  await page.mouse.move(box.x + 200, box.y + 300);
  return box;
}

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

/** Up from the end, page by page, each time in one leap to the very top: there one sees what comes before it come. */
async function climb(device: Screen, name: string, newest: string): Promise<void> {
  const { page } = device;
  await device.openRow(name);
  const jump = page.getByRole('button', { name: /^To the newest message/ });
  // At the first unread message, or at the end where all is read.
  await jump.or(device.message(newest)).first().waitFor();
  if (await jump.isVisible()) await jump.click();
  await device.message(newest).waitFor();
  await until('the view is at the end', async () => (await fromEnd(device)) < 2);
  await jump.waitFor({ state: 'detached' });
  await settled(device);
  await pointAt(device);

  let pages = 0;
  for (let step = 0; step < 8; step += 1) {
    // From before the leap on: a page that comes soon is not missed. What is leapt over was never measured.
    const watch = watched(device);
    await page.mouse.wheel(0, -60_000);
    const { moved, where, grew } = await watch;
    if (grew) pages += 1;
    expect(moved, `all is still there in step ${step} of ${name}: ${where}`).toBeDefined();
    expect(moved, `pixels that something moved in step ${step} of ${name}: ${where}`).toBeLessThanOrEqual(1);
  }
  expect(pages, 'pages that came while the oldest message was in view').toBeGreaterThan(3);
  await device.message(/Message 1 said/).waitFor();
}

it('nothing moves while an older page arrives and the oldest message loaded is in view', async () => {
  const [ada, bob, cleo] = [await world.person('Ada'), await world.person('Bob'), await world.person('Cleo')];
  const [friend, other] = [await world.client(ada), await world.client(cleo)];
  // One author within minutes: the oldest message of each page turns out to be inside of a group, and of a day.
  const direct = await friend.conversations.openDirect(bob.userId);
  await fillHistory(friend, direct, 400);
  // Two, each of them for a whole page: there it turns out to be the first of a group, with a gap and a name above.
  const group = await friend.conversations.create({
    kind: 'group',
    name: 'Apollo',
    userIds: [bob.userId, cleo.userId],
  });
  for (let turn = 0; turn < 4; turn += 1)
    for (const author of [friend, other]) await fillHistory(author, group, 50);

  const device = await world.device();
  // Slower than anybody scrolls.
  await distant(device, 700);
  await device.signIn(bob);
  await climb(device, 'Ada', 'Message 400 said');
  await climb(device, 'Apollo', 'Message 50 said');

  // Where lines are many and pages come at once.
  const small = await world.device(phone);
  await distant(small, 40);
  await small.signIn(bob);
  await climb(small, 'Apollo', 'Message 50 said');
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
