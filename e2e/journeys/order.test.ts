/** The list in the person's own order: pinned, muted, marked, archived, left; by mouse, keys and finger; on all devices. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true });

const names = ({ list }: Screen): Promise<string[]> => list.locator('a .kith-row-name').allInnerTexts();
const stands = (screen: Screen, ...order: string[]) =>
  until(`the list is ${order.join(', ')}`, async () => {
    const found = await names(screen);
    if (found.join() !== order.join()) throw new Error(`it is ${found.join(', ')}`);
    return true;
  });
/** By a right click; the last item may lie in a menu beside the first. */
const choose = async (screen: Screen, name: string, ...items: string[]): Promise<void> => {
  await screen.row(name).click({ button: 'right' });
  await screen.page.getByRole('menu', { name: `Actions for ${name}` }).waitFor();
  for (const item of items) await screen.page.getByRole('menuitem', { name: item, exact: true }).click();
  await until('the menu is closed', async () => (await screen.page.getByRole('menu').count()) === 0);
};

async function three() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const ids: Record<string, string> = {};
  for (const name of ['Apples', 'Pears', 'Plums'])
    ids[name] = await friend.conversations.create({ kind: 'group', name, userIds: [ada.userId] });
  const say = (name: string, text: string) => friend.messages.send(ids[name] ?? '', text);
  for (const name of Object.keys(ids)) say(name, `${name} are ripe`);
  return { ada, friend, say };
}

it('pins, orders, silences and marks conversations, in step on two devices', async () => {
  const { ada } = await three();
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await stands(desk, 'Plums', 'Pears', 'Apples');

  await choose(desk, 'Apples', 'Pin');
  await choose(desk, 'Pears', 'Pin');
  for (const device of [desk, sofa]) await stands(device, 'Pears', 'Apples', 'Plums');
  // By keys, from the row that has the focus.
  await desk.row('Pears').focus();
  await desk.page.keyboard.press('Control+Shift+ArrowDown');
  for (const device of [desk, sofa]) await stands(device, 'Apples', 'Pears', 'Plums');
  // By mouse: the second over the first.
  const box = await desk.row('Pears').boundingBox();
  if (!box) throw new Error('The row is not there.');
  await desk.page.mouse.move(box.x + 60, box.y + 30);
  await desk.page.mouse.down();
  await desk.page.mouse.move(box.x + 60, box.y - 40, { steps: 5 });
  await desk.page.mouse.up();
  for (const device of [desk, sofa]) await stands(device, 'Pears', 'Apples', 'Plums');
  expect(await desk.conversation.count(), 'the end of a drag opens nothing').toBe(0);

  await choose(desk, 'Plums', 'Mute', 'For 1 hour');
  for (const device of [desk, sofa]) await device.row('Plums').getByText('Muted').waitFor();
  await until('the muted one does not count', async () => (await sofa.page.title()).startsWith('(2)'));
  await choose(sofa, 'Plums', 'Unmute');
  await until('and counts again', async () => (await desk.page.title()).startsWith('(3)'));

  await choose(desk, 'Plums', 'Mark as read');
  await gone(sofa.unread('Plums', 1));
  await choose(desk, 'Plums', 'Mark as unread');
  for (const device of [desk, sofa]) await device.row('Plums').getByText('Marked as unread').waitFor();
  await sofa.openRow('Plums');
  for (const device of [desk, sofa]) await gone(device.row('Plums').getByText('Marked as unread'));
});

it('archives with a way back; a message brings a conversation back, but not a muted one', async () => {
  const { ada, say } = await three();
  const desk = await world.enter(ada);
  await stands(desk, 'Plums', 'Pears', 'Apples');
  await choose(desk, 'Pears', 'Archive');
  await stands(desk, 'Plums', 'Apples');
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await stands(desk, 'Plums', 'Pears', 'Apples');

  await choose(desk, 'Pears', 'Archive');
  await choose(desk, 'Apples', 'Mute', 'Always');
  await choose(desk, 'Apples', 'Archive');
  await stands(desk, 'Plums');
  await desk.list.getByRole('button', { name: /^Archived/ }).click();
  await desk.list.getByRole('heading', { name: 'Archived' }).waitFor();
  await stands(desk, 'Pears', 'Apples');
  await desk.openRow('Pears');
  await desk.list.getByRole('heading', { name: 'Archived' }).waitFor();
  await desk.list.getByRole('button', { name: 'Back to conversations' }).click();
  await stands(desk, 'Plums');

  say('Apples', 'a quiet one');
  say('Pears', 'a loud one');
  await stands(desk, 'Pears', 'Plums');
});

/** Runs in the page. */
async function countWishes(): Promise<number> {
  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name ?? ''));
    count += await settled(database.transaction('wishes').objectStore('wishes').count());
    database.close();
  }
  return count;
}

it('what is set without a network is kept through a reload, and told when there is one', async () => {
  const { ada } = await three();
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await desk.openRow('Plums');
  await desk.readyForOffline('Plums are ripe');
  await desk.setOffline(true);
  await choose(desk, 'Apples', 'Pin');
  await choose(desk, 'Pears', 'Archive');
  await stands(desk, 'Apples', 'Plums');
  await until('both are in the cache', async () => (await desk.page.evaluate(countWishes)) === 2);
  await desk.page.reload();
  await stands(desk, 'Apples', 'Plums');
  await stands(sofa, 'Plums', 'Pears', 'Apples');
  await desk.setOffline(false);
  await stands(sofa, 'Apples', 'Plums');
});

it('leaving can be taken back while the notice stands', async () => {
  const { ada, friend } = await three();
  const desk = await world.enter(ada);
  const members = () => friend.conversations.list.get().map((entry) => entry.conversation.memberCount);
  await choose(desk, 'Pears', 'Leave group');
  await stands(desk, 'Plums', 'Apples');
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await stands(desk, 'Plums', 'Pears', 'Apples');
  expect(members()).toEqual([2, 2, 2]);
  await choose(desk, 'Pears', 'Leave group');
  await desk.page.getByRole('button', { name: 'Dismiss' }).click();
  await until('one is left', () => members().includes(1));
  await stands(desk, 'Plums', 'Apples');
});

it('on a phone: a long press, and drawing a row aside', async () => {
  const { ada } = await three();
  const device = await world.enter(ada, phone);
  const { page } = device;
  await stands(device, 'Plums', 'Pears', 'Apples');
  const touch = await page.context().newCDPSession(page);
  const press = async (name: string) => {
    const box = await device.row(name).boundingBox();
    const point = { x: (box?.x ?? 0) + 180, y: (box?.y ?? 0) + 30 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    return point;
  };
  const lift = () => touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const draw = async (name: string, by: number) => {
    const { x, y } = await press(name);
    for (let step = 1; step <= 8; step++)
      await touch.send('Input.dispatchTouchEvent', {
        type: 'touchMove',
        touchPoints: [{ x: x + (by * step) / 8, y }],
      });
    await lift();
  };

  await press('Apples');
  const pin = page.getByRole('menuitem', { name: 'Pin' });
  await pin.waitFor();
  await lift();
  expect((await pin.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
  await pin.tap();
  await stands(device, 'Apples', 'Plums', 'Pears');

  await device.unread('Plums', 1).waitFor();
  await draw('Plums', 40);
  expect(await device.unread('Plums', 1).count(), 'not far enough').toBe(1);
  await draw('Plums', 130);
  await gone(device.unread('Plums', 1));
  await draw('Pears', -130);
  await stands(device, 'Apples', 'Plums');
  expect(await device.list.isVisible(), 'nothing was opened by it').toBe(true);
});
