/** Without a network the app opens, shows what was read, takes what is written, and delivers it later (S7). */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { photo } from '../support/samples.ts';
import { gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ installs: true });

it('S7: offline and back: reads on, writes on, and delivers once, in order', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  for (let i = 1; i <= 5; i += 1) friend.messages.send(conversationId, `News number ${i}`);

  const device = await world.enter(ada);
  await device.openRow('Bob');
  await device.message('News number 5').waitFor();
  await device.readyForOffline('News number 1', 'News number 5');

  await device.setOffline(true);
  await device.strip('You are offline.').waitFor();
  // Nobody can be known to be there.
  expect(await device.header.getByText('online').count()).toBe(0);

  await device.page.reload();
  await device.heading('Bob').waitFor();
  for (let i = 1; i <= 5; i += 1) await device.message(`News number ${i}`).waitFor();
  await device.strip('You are offline.').waitFor();

  const words = ['first of three', 'second of three', 'third of three'];
  for (const text of words) {
    await device.send(text);
    await device.tick(text, 'Sending');
  }
  await device.page.close();

  // The browser is opened again, still with no network: what was written is there, and waits.
  await device.open();
  await device.row('Bob').getByText('third of three').waitFor();
  await device.openRow('Bob');
  for (const text of words) await device.tick(text, 'Sending');
  expect((await device.drawn()).slice(-3)).toEqual(words);

  await device.setOffline(false);
  for (const text of words) await device.acknowledged(text);
  await device.strip('You are offline.').waitFor({ state: 'detached' });

  const stored = await until('the server has three more', async () => {
    const { messages } = await friend.request('getHistory', { conversationId, limit: 50 });
    return messages.length >= 8 && messages;
  });
  const texts = stored.map(({ body }) =>
    body.type === 'content' && body.content.type === 'plain' ? body.content.text : body.type,
  );
  expect(texts.slice(-3)).toEqual(words);
  expect(texts).toHaveLength(8);

  // And it goes on in both directions.
  friend.messages.send(conversationId, 'Welcome back');
  await device.message('Welcome back').waitFor();
});

it('offline, a conversation that was never opened here takes words all the same', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Apollo', userIds: [ada.userId] });
  friend.messages.send(group, 'Are you coming?');
  const device = await world.enter(ada);
  await device.row('Apollo').getByText('Are you coming?').waitFor();
  await device.readyForOffline();
  await device.setOffline(true);
  await device.strip('You are offline.').waitFor();

  await device.openRow('Apollo');
  await device.send('On my way');
  await device.tick('On my way', 'Sending');
  await device.send('with cake');
  await device.tick('with cake', 'Sending');

  await device.setOffline(false);
  await device.message('Are you coming?').waitFor();
  for (const text of ['On my way', 'with cake']) await device.acknowledged(text);
  expect((await device.drawn()).slice(-3)).toEqual(['Are you coming?', 'On my way', 'with cake']);
});

it('S13: removed while away, what waited to be sent is not lost', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const owner = await world.client(bob);
  const group = await owner.conversations.create({ kind: 'group', name: 'Apollo', userIds: [ada.userId] });

  const device = await world.enter(ada);
  await device.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await device.openRow('Apollo');
  owner.messages.send(group, 'Bring poems');
  await device.message('Bring poems').waitFor();
  await device.readyForOffline('Bring poems');
  await device.setOffline(true);
  await device.strip('You are offline.').waitFor();
  await device.send('Half a poem');
  await device.send('and its other half');
  await device.tick('and its other half', 'Sending');
  await owner.request('removeMember', { conversationId: group, userId: ada.userId });
  await device.setOffline(false);

  const notice = device.page.getByRole('status').filter({ hasText: 'no longer in the conversation' });
  await notice.getByText('2 messages not sent').waitFor();
  await gone(device.row('Apollo'));

  // It waits for her: a page that closes now shows it again when it opens, and nothing else takes its place.
  await device.page.reload();
  await notice.getByText('Half a poem').waitFor();
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada L.');
  await device.list.getByRole('button', { name: 'Save' }).click();
  const passing = device.page.getByRole('status').filter({ hasText: 'Your profile is saved.' });
  await passing.getByRole('button', { name: 'Dismiss' }).click();

  await notice.getByRole('button', { name: 'Copy' }).click();
  await device.page.getByText('Text copied').waitFor();
  expect(await device.page.evaluate(() => navigator.clipboard.readText())).toBe(
    'Half a poem\n\nand its other half',
  );
  await device.page.reload();
  await device.list.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(await notice.count(), 'it has done its work').toBe(0);
});

it('the door says so when it cannot reach the server', async () => {
  const device = await world.device();
  await device.page.getByLabel('Email').waitFor();
  await device.readyForOffline();
  await device.setOffline(true);
  await device.page.getByLabel('Email').fill('ada@example.org');
  await device.page.getByLabel('Password', { exact: true }).fill('whatever it was');
  await device.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await device.page
    .getByRole('alert')
    .filter({ hasText: /server|network|offline|reach/i })
    .waitFor();
});

it('S7: a picture and a voice message, composed offline, go after the app was closed and opened again', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Show me');
  const device = await world.enter(ada);
  await device.openRow('Bob');
  await device.message('Show me').waitFor();
  await device.readyForOffline('Show me');

  await device.setOffline(true);
  await device.strip('You are offline.').waitFor();
  await device.attach(
    [{ name: 'garden.jpg', mimeType: 'image/jpeg', buffer: await photo(800, 600) }],
    'Photo or video',
  );
  await device.composer.fill('The garden');
  await device.composer.press('Enter');
  await device.tick('The garden', 'Sending');
  await device.page.getByRole('button', { name: 'Record voice message' }).click();
  await device.page.getByText(/0:01/).waitFor();
  await device.page.getByRole('button', { name: 'Send voice message' }).click();
  await device.send('and words after it');
  await device.page.close();

  // Opened again, still with no network: the picture is drawn from this device.
  await device.open();
  await device.openRow('Bob');
  const picture = device.message('The garden').getByRole('button', { name: /^Photo: garden/ });
  await until('the picture is drawn', () =>
    picture.evaluate((element) => [...element.querySelectorAll('img')].some((one) => one.naturalWidth > 1)),
  );
  await device.setOffline(false);
  await device.acknowledged('and words after it');
  const stored = await until('the server has three more', async () => {
    const { messages } = await friend.request('getHistory', { conversationId, limit: 50 });
    return messages.length >= 4 && messages;
  });
  const said = stored.slice(1).map(({ body }) => {
    const content = body.type === 'content' && body.content.type === 'plain' ? body.content : undefined;
    const files = content?.attachment?.type === 'files' ? content.attachment.files : [];
    return [content?.text, ...files.map(({ kind }) => kind)];
  });
  expect(said).toEqual([['The garden', 'image'], ['', 'voice'], ['and words after it']]);
});
