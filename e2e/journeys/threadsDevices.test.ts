/** Threads on several devices: what is begun, attached and sent later in them; who has read; what is told of them. */
import { mentionOf } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { counted, gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true, notices: true });

/** Ada wrote the root, Bob has replied: both follow. */
async function beginThread(name: string) {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name, userIds: [ada.userId] });
  const own = await world.client(ada);
  const root = own.messages.send(group, 'Where do we put the piano?');
  await until('the root is stored', async () => own.messages.get(group, root).get()?.seq);
  friend.messages.send(group, 'By the window', { thread: root });
  return { ada, friend, own, group, root };
}

const openThread = async (screen: Screen, name: string): Promise<void> => {
  await screen.openRow(name);
  await screen.message('Where do we put the piano?').getByRole('button', { name: /repl/ }).click();
  await screen.reply('By the window').waitFor();
};

const field = (screen: Screen) => screen.thread.getByRole('textbox', { name: 'Reply in this thread' });

it('what is begun in a thread is on the other device, in its list too; the list is there at once, offline', async () => {
  const { ada } = await beginThread('Salon');
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  await openThread(desk, 'Salon');
  await field(desk).pressSequentially('Rather by the door');
  await sofa.list.getByRole('button', { name: /^Threads/ }).click();
  const row = sofa.list.getByRole('button', { name: /Where do we put the piano/ });
  await row.getByText('Rather by the door').waitFor();
  await row.click();
  await until('the field holds it', async () => (await field(sofa).inputValue()) === 'Rather by the door');
  // The conversation's own field is another.
  expect(await sofa.composer.inputValue()).toBe('');
  await field(sofa).press('Enter');
  await desk.reply('Rather by the door').waitFor();
  await until('nothing is begun any more', async () => (await field(desk).inputValue()) === '');

  await row.getByText('Rather by the door').waitFor();
  await sofa.list.getByRole('button', { name: 'Back' }).click();
  // The cache gathers what it writes.
  await sofa.page.waitForTimeout(800);
  await sofa.setOffline(true);
  await sofa.page.reload();
  await sofa.list.getByRole('button', { name: /^Threads/ }).click();
  await row.getByText('Rather by the door').waitFor();
  await row.click();
  await sofa.reply('By the window').waitFor();
});

it('a poll and a message for later go into the thread; Escape in their dialogs leaves it open', async () => {
  const { ada, own, friend, group, root } = await beginThread('Hall');
  const desk = await world.enter(ada);
  await openThread(desk, 'Hall');
  await desk.thread.getByRole('button', { name: 'Attach' }).click();
  await desk.page.getByRole('menuitem', { name: 'Poll' }).click();
  const dialog = desk.page.getByRole('dialog', { name: 'New poll' });
  await dialog.getByLabel('Question').fill('Which wall?');
  await desk.page.keyboard.press('Escape');
  await gone(dialog);
  await desk.reply('By the window').waitFor();
  await desk.thread.getByRole('button', { name: 'Attach' }).click();
  await desk.page.getByRole('menuitem', { name: 'Poll' }).click();
  await dialog.getByLabel('Question').fill('Which wall?');
  await dialog.getByRole('textbox', { name: 'Answer 1' }).fill('North');
  await dialog.getByRole('textbox', { name: 'Answer 2' }).fill('South');
  await dialog.getByText('Nobody sees who chose what').click();
  await dialog.getByRole('button', { name: 'Create poll' }).click();
  const poll = desk.thread.getByRole('group', { name: 'Which wall?' });
  await poll.waitFor();
  await counted('polls in the main line', desk.conversation.getByRole('group', { name: 'Which wall?' }), 0);

  // S18: chosen on another device, in a poll that names nobody.
  const asked = await until('the poll is stored', async () => {
    const { replies } = await own.request('getThread', { conversationId: group, rootId: root });
    return replies.find(({ body }) => JSON.stringify(body).includes('Which wall'));
  });
  await friend.messages.vote(group, asked.id, [0]);
  await own.messages.vote(group, asked.id, [1]);
  await poll.getByRole('button', { name: 'South: 50%, 1 vote', pressed: true }).waitFor();

  await field(desk).fill('I carry it tomorrow');
  await desk.thread.getByRole('button', { name: 'Send', exact: true }).click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click();
  const waiting = desk.thread.getByRole('button', { name: '1 scheduled message' });
  await waiting.waitFor();
  await until('it is kept there', async () => (await field(desk).inputValue()) === '');
  // The conversation tells of it too, with the way there.
  await desk.thread.getByRole('button', { name: 'Close the thread' }).click();
  await desk.conversation.getByRole('button', { name: '1 scheduled message' }).click();
  const list = desk.page.getByRole('dialog', { name: 'Send later' });
  await list.getByRole('button', { name: 'In a thread: Where do we put the piano?' }).click();
  await waiting.click();
  await list.getByRole('button', { name: 'Send now' }).click();
  await desk.reply('I carry it tomorrow').waitFor();
  await gone(waiting);
  await counted('copies in the main line', desk.message('I carry it tomorrow'), 0);
});

it('a reply is read when somebody reads the thread, and Info says who', async () => {
  const { ada, friend, group, root } = await beginThread('Porch');
  const desk = await world.enter(ada);
  await openThread(desk, 'Porch');
  await desk.sendReply('It is heavy');
  const mine = desk.reply('It is heavy');
  await mine.getByRole('img', { name: 'Delivered' }).waitFor();
  const stored = await until('Bob has it', async () => {
    const { replies } = await friend.request('getThread', { conversationId: group, rootId: root });
    return replies.find(({ body }) => JSON.stringify(body).includes('heavy'));
  });
  // Bob reads the main line, which does not show it.
  await friend.request('markRead', { conversationId: group, seq: stored.seq });
  await desk.page.waitForTimeout(600);
  await mine.getByRole('img', { name: 'Delivered' }).waitFor();
  friend.threads.markRead(group, root, stored.seq);
  await mine.getByRole('img', { name: 'Read' }).waitFor();
  await mine.click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: 'Info' }).click();
  const info = desk.page.getByRole('dialog');
  await info.getByRole('heading', { name: 'Read' }).waitFor();
  await info.getByText('Bob').waitFor();
});

it('news of a thread one follows are told, until it is read; a mention by an edit makes one follow', async () => {
  const { ada, friend, group, root } = await beginThread('Cellar');
  const desk = await world.enter(ada);
  await desk.context.grantPermissions(['notifications'], { origin: world.server.url });
  await desk.page.evaluate(async () => {
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    await navigator.serviceWorker.ready;
  });
  const notices = () =>
    desk.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
    });
  // The conversation is on screen, and its thread is not.
  await desk.openRow('Cellar');
  await desk.message('Where do we put the piano?').waitFor();
  friend.messages.send(group, 'Or sell it?', { thread: root });
  const [shown] = await until('there is a notice', async () => {
    const found = await notices();
    return found.length > 0 && found;
  });
  expect(shown).toMatchObject({ title: 'Thread in Cellar', tag: root });
  expect(shown?.body).toContain('Or sell it?');
  await desk.message('Where do we put the piano?').getByRole('button', { name: /repl/ }).click();
  await desk.reply('Or sell it?').waitFor();
  await until('the notice is gone, as it is read', async () => (await notices()).length === 0);
  // On screen: nothing is told.
  friend.messages.send(group, 'For how much?', { thread: root });
  await desk.reply('For how much?').waitFor();
  expect(await notices()).toEqual([]);

  // Somebody else's thread: named by an edit, one follows.
  const other = friend.messages.send(group, 'Who has a van?');
  const reply = friend.messages.send(group, 'Somebody must', { thread: other });
  await until('it is stored', async () => friend.messages.get(group, reply).get()?.seq);
  await desk.thread.getByRole('button', { name: 'Close the thread' }).click();
  await friend.messages.edit(group, reply, `Somebody must, ${mentionOf(ada.userId)}`);
  await desk.list
    .getByRole('button', { name: /^Threads/ })
    .filter({ hasText: 'You are mentioned' })
    .waitFor();
});
