/** Notices of new messages while the app is open: asked for in place, of one tab, and gone once read elsewhere. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true, notices: true });

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}

const notices = (screen: Screen): Promise<Shown[]> =>
  screen.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });

it('asks in the list, tells of what is not on screen, once, and takes it back when it is read elsewhere', async () => {
  const [ada, bob, cleo] = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => world.person(name)));
  if (!ada || !bob || !cleo) throw new Error('Nobody came.');
  const [friend, other, phone] = await Promise.all([bob, cleo, ada].map((who) => world.client(who)));
  if (!friend || !other || !phone) throw new Error('Nobody came.');
  const withBob = await friend.conversations.openDirect(ada.userId);
  const group = await other.conversations.create({ kind: 'group', name: 'Rowing', userIds: [ada.userId] });

  const screen = await world.enter(ada);
  // A browser without a window refuses unasked; this one has not been asked yet, and will say yes.
  await screen.context.grantPermissions(['notifications'], { origin: world.server.url });
  await screen.page.evaluate(() => {
    let answer: NotificationPermission = 'default';
    Object.defineProperty(Notification, 'permission', { get: () => answer });
    Notification.requestPermission = () => {
      answer = 'granted';
      return Promise.resolve(answer);
    };
    // Whoever comes back from the browser's settings.
    dispatchEvent(new Event('focus'));
  });
  const ask = screen.page.getByText('Get notified of new messages?');
  // Nothing has come yet: nothing to ask about.
  await screen.row('Rowing').waitFor();
  expect(await ask.count()).toBe(0);
  friend.messages.send(withBob, 'The first');
  await ask.waitFor();
  await screen.page.getByRole('button', { name: 'Turn on' }).click();
  await ask.waitFor({ state: 'detached' });
  await screen.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const second = await screen.tab();
  await second.openRow('Bob');

  // On screen in one of the tabs: no notice of it.
  friend.messages.send(withBob, 'You see this one');
  await second.message('You see this one').waitFor();
  other.messages.send(group, 'Boats at **six**');
  other.messages.send(group, 'Bring a hat');
  const [shown, ...more] = await until('there is a notice', async () => {
    const found = await notices(screen);
    return found.some(({ body }) => body.includes('hat')) && found;
  });
  expect(more).toEqual([]);
  expect(shown).toMatchObject({ title: 'Rowing', tag: group });
  // A name of a stranger keeps its own direction; the marks that see to it are not to be read.
  expect(shown?.body.replace(/[\u2066-\u2069]/g, '')).toBe('Cleo: Boats at six\nCleo: Bring a hat');

  // Muted ones say nothing.
  // The first tab tells, so it is the one that has to know.
  const muted = screen.row('Bob').getByText('Muted', { exact: true });
  await phone.conversations.setPreference(withBob, { mutedUntil: '9999-12-31T00:00:00.000Z' });
  await muted.waitFor();
  await second.openRow('Rowing');
  await until('the notice is gone, as it is read', async () => (await notices(screen)).length === 0);
  friend.messages.send(withBob, 'Into the void');
  await screen.row('Bob').getByText('Into the void').waitFor();
  expect(await notices(screen)).toEqual([]);
  await phone.conversations.setPreference(withBob, { mutedUntil: null });
  await gone(muted);

  // Read on another device.
  friend.messages.send(withBob, 'Are you there?');
  await until('there is a notice', async () => (await notices(screen)).length === 1);
  const entry = await until('the other device has it', async () => {
    const found = phone.conversations.get(withBob).get();
    return (
      found?.preview?.body.type === 'content' &&
      JSON.stringify(found.preview).includes('Are you there') &&
      found
    );
  });
  phone.conversations.markRead(withBob, entry.lastSeq);
  await until('the notice is gone', async () => (await notices(screen)).length === 0);

  // Pressed, it opens at the message.
  const [message] = (await friend.request('getHistory', { conversationId: withBob, limit: 1 })).messages;
  await screen.page.evaluate(
    (where) =>
      navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { type: 'open', where } })),
    { conversationId: withBob, messageId: message?.id },
  );
  await screen.heading('Bob').waitFor();
  await screen.message('Are you there?').waitFor();
});
