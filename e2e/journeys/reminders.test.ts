/** Messages to come back to: listed, put off, done; told of in the app, and beside it when nobody looks. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true, notices: true });

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

async function asked() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  const messageId = friend.messages.send(conversationId, 'Do you have the key of the boat house?');
  const mine = await world.client(ada);
  await until('it has arrived', () => Promise.resolve(mine.conversations.get(conversationId).get()?.lastSeq));
  return { ada, friend, mine, conversationId, messageId };
}

it('are set from a message, listed, changed, done, and brought back', async () => {
  const { ada, mine, messageId } = await asked();
  const device = await world.enter(ada);
  await device.openRow('Bob');
  const way = device.list.getByRole('button', { name: 'Later' });
  expect(await way.count(), 'nothing waits').toBe(0);
  await (await device.menu('boat house')).getByRole('menuitem', { name: /^Remind me/ }).click();
  await device.page.getByRole('menuitem', { name: /^In 20 minutes/ }).click();
  const at = () => mine.own.get('reminder', messageId).get()?.at;
  const first = await until('it is kept', () => Promise.resolve(at()));
  expect(Math.abs(Date.parse(first) - Date.now() - 20 * 60_000)).toBeLessThan(60_000);

  await way.click();
  const rows = device.list.getByRole('listitem');
  await rows.filter({ hasText: 'Bob Do you have the key' }).waitFor();
  await rows.getByRole('button', { name: 'Change the time' }).click();
  await device.page.getByRole('menuitem', { name: /^In an hour/ }).click();
  await until('it is later', () =>
    Promise.resolve(Date.parse(at() ?? first) - Date.parse(first) > 30 * 60_000),
  );

  await rows.getByRole('button', { name: 'Done' }).click();
  await device.list.getByText('stand here').waitFor();
  await device.page.getByRole('button', { name: 'Undo' }).click();
  await rows.getByRole('button', { name: /boat house/ }).click();
  await device.message('boat house').waitFor();
  expect(mine.own.all('reminder').get().size, 'looking at it ends nothing').toBe(1);

  // It goes with its message, and comes back with it.
  const waiting = (count: number) =>
    until(`${count} wait`, () => Promise.resolve(mine.own.all('reminder').get().size === count));
  await device.choose('boat house', 'Delete for me');
  await waiting(0);
  await device.page.getByRole('button', { name: 'Undo' }).click();
  await device.message('boat house').waitFor();
  await waiting(1);
});

it('when one is due: it is put off in place, told beside the app, and leads to the message', async () => {
  const { ada, mine, conversationId, messageId } = await asked();
  const device = await world.enter(ada, phone);
  await device.context.grantPermissions(['notifications'], { origin: world.server.url });
  await device.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await mine.reminders.set(conversationId, messageId, inMs(1_200));
  const notice = device.page.getByText('You wanted to come back to “Do you have the key');
  await notice.waitFor();
  await device.list.getByText('1 reminder is due').waitFor();
  await device.page.getByRole('button', { name: 'Snooze' }).click();
  await device.page.getByRole('menuitem', { name: /^In 20 minutes/ }).click();
  await gone(notice);
  await until('it is put off', () => Promise.resolve(!mine.own.get('reminder', messageId).get()?.due));

  // Nobody looks any more.
  await device.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const notices = () =>
    device.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, tag }) => ({ title, tag }));
    });
  await mine.reminders.set(conversationId, messageId, inMs(1_200));
  const [shown] = await until('there is a notice', async () => {
    const found = await notices();
    return found.length > 0 && found;
  });
  expect(shown).toEqual({ title: 'You wanted to come back to a message.', tag: `reminder ${messageId}` });
  const press = (type: string) =>
    device.page.evaluate(
      (data) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data })),
      { type, where: { conversationId, messageId } },
    );
  await press('snooze');
  await until('it is put off', () => Promise.resolve(!mine.own.get('reminder', messageId).get()?.due));
  await until('its notice is gone', async () => (await notices()).length === 0);
  await press('open');
  await device.message('boat house').waitFor();
});
