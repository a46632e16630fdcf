/** What goes wrong is said, and nothing that was written is lost. */
import { mentionOf, newId } from '@kith/protocol';
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { counted, gone } from '../support/screens.ts';

const world = useWorld();

it('a message that the server refuses is marked, and can be tried again or discarded', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  friend.messages.send(await friend.conversations.openDirect(ada.userId), 'Good morning');
  const device = await world.enter(ada);
  await device.openRow('Bob');

  // More people than one message may mention: only the server finds out.
  const tooMany = `Dear ${Array.from({ length: 51 }, () => mentionOf(newId())).join(' ')}`;
  await device.send(tooMany);
  const failed = device.log.getByRole('article').filter({ hasText: 'Dear' });
  await failed.getByRole('img', { name: 'Not sent', exact: true }).waitFor();
  const words = await failed.getByRole('group', { name: 'Not sent' }).innerText();
  expect(words, 'says why').toMatch(/Not sent: \w/);

  // It does not hold up what follows, and outlives a reload.
  await device.send('This one is fine');
  await device.acknowledged('This one is fine');
  await device.page.reload();
  await failed.getByRole('img', { name: 'Not sent', exact: true }).waitFor();

  await failed.getByRole('button', { name: 'Try again' }).click();
  await failed.getByRole('img', { name: 'Not sent', exact: true }).waitFor();
  await failed.getByRole('button', { name: 'Discard' }).click();
  await gone(failed);
  await device.page.reload();
  await device.message('This one is fine').waitFor();
  expect(await failed.count()).toBe(0);
});

it('the server goes and comes back while two talk', async () => {
  const adas = await world.person('Adele');
  const bobs = await world.person('Boris');
  const ada = await world.enter(adas);
  const bob = await world.enter(bobs);
  await ada.find('Boris');
  await ada.send('Before');
  await bob.openRow('Adele');
  await bob.message('Before').waitFor();

  for (const screen of [ada, bob]) screen.excuseNetwork();
  await world.server.kill();
  await ada.strip('Connecting…').waitFor();
  await bob.strip('Connecting…').waitFor();
  await ada.send('While it was away');
  await ada.tick('While it was away', 'Sending');
  await bob.send('I wrote too');

  await world.server.start();
  // Nobody need wait for the next attempt.
  for (const screen of [ada, bob]) {
    const now = screen.page.getByRole('button', { name: 'Try now' });
    await now.click({ timeout: 3_000 }).catch(() => undefined);
  }
  await bob.message('While it was away').waitFor();
  await ada.message('I wrote too').waitFor();
  await gone(ada.strip('Connecting…'));
  await gone(bob.strip('Connecting…'));
  await ada.tick('While it was away', 'Read');
  await ada.send('After');
  await bob.message('After').waitFor();
  for (const screen of [ada, bob]) {
    await counted('messages, each once', screen.log.getByRole('article'), 4);
  }
});

it('a paste too long for one message is kept, and said to be too long', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Good morning');
  const device = await world.enter(ada);
  await device.openRow('Bob');

  const line = 'A line of somebody else’s log file, pasted with all that follows it.\n';
  const huge = line.repeat(Math.ceil(100_000 / line.length)).trim();
  await device.composer.focus();
  await device.page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    // What the browser does with a paste that nobody has taken.
    if (document.activeElement?.dispatchEvent(event)) {
      const field = document.activeElement as HTMLTextAreaElement;
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
      set?.call(field, text);
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
    }
  }, huge);
  await device.page.getByText(/^Too long by [\d,]+ characters\./).waitFor();
  expect(await device.conversation.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(
    true,
  );
  await device.composer.press('Enter');
  expect(await device.composer.inputValue()).toBe(huge);
  expect(await device.composer.getAttribute('aria-invalid')).toBe('true');

  // A look elsewhere and a reload lose nothing of it.
  await device.page.reload();
  await device.heading('Bob').waitFor();
  await device.page.getByText(/^Too long by/).waitFor();
  expect(await device.composer.inputValue()).toBe(huge);

  // Shortened it goes.
  const short = huge.slice(0, 20_000).trim();
  await device.composer.fill(short);
  await device.composer.press('Enter');
  await device.acknowledged('A line of somebody');
  const { messages } = await friend.request('getHistory', { conversationId });
  expect(messages.map(({ body }) => (body.type === 'content' ? body.content : body))).toContainEqual({
    type: 'plain',
    text: short,
  });
});

it('a browser that stores nothing says so, and talks all the same', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  friend.messages.send(await friend.conversations.openDirect(ada.userId), 'Good morning');
  const device = await world.device();
  const { page } = device;
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('Not here', 'SecurityError');
    };
  });
  await page.reload();
  await device.signIn(ada);
  await page.getByText('This browser keeps nothing here').waitFor();
  await device.openRow('Bob');
  await device.send('Morning');
  await device.acknowledged('Morning');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await gone(page.getByText('This browser keeps nothing here'));
});

it('a part of the app that cannot be loaded leaves the rest standing, and comes when asked again', async () => {
  const ada = await world.person('Ada');
  const device = await world.device();
  device.excuseNetwork();
  const { page } = device;
  await page.route('**/assets/ShortcutSheet-*', (route) => route.abort());
  // A page that is there already may fetch past a new route for a while, one that opens does not.
  await page.reload();
  await device.signIn(ada);
  await page.keyboard.press('?');
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await device.list.getByRole('button', { name: 'Settings' }).waitFor();
  await page.unroute('**/assets/ShortcutSheet-*');
  await again.click();
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
});
