/** What can be done with a message: edit, delete, reply, react, mention, and Markdown that stays harmless. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { fillHistory } from '../support/history.ts';
import { counted } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

it('a message is edited, its past kept, and deleted for all', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const friend = await world.client(adas);
  const conversationId = await friend.conversations.openDirect(bobs.userId);
  friend.messages.send(conversationId, 'Hello Bob');
  const ada = await world.enter(adas);
  const bob = await world.enter(bobs);
  await ada.openRow('Bob');
  await bob.openRow('Ada');

  await ada.send('We meet at fvie');
  await bob.message('We meet at fvie').waitFor();
  await ada.acknowledged('We meet at fvie');

  // Arrow up in the empty field edits the last own message.
  await ada.composer.press('ArrowUp');
  const edit = ada.page.getByRole('textbox', { name: 'Edit message' });
  expect(await edit.inputValue()).toBe('We meet at fvie');
  await edit.fill('We meet at five');
  await edit.press('Enter');
  await bob.message('We meet at five').getByText('edited').waitFor();
  await ada.message('We meet at five').getByText('edited').waitFor();
  expect(await ada.composer.inputValue(), 'the field is free again').toBe('');

  // The earlier version is kept, and told to both.
  for (const screen of [ada, bob]) {
    await screen.choose('We meet at five', 'Info');
    const info = screen.page.getByRole('dialog');
    await info.getByRole('heading', { name: 'Earlier versions' }).waitFor();
    await info.getByText('We meet at fvie', { exact: true }).waitFor();
    if (screen === ada) await info.getByRole('heading', { name: 'Read' }).waitFor();
    await screen.page.keyboard.press('Escape');
    await info.waitFor({ state: 'detached' });
  }

  // "edited" leads there as well, to what was changed.
  await bob.message('We meet at five').getByRole('button', { name: 'edited' }).click();
  const history = bob.page.getByRole('dialog');
  await history.getByRole('deletion').filter({ hasText: 'fvie' }).waitFor();
  await history.getByRole('insertion').filter({ hasText: 'five' }).waitFor();
  await history.getByText('We meet at fvie', { exact: true }).waitFor();
  // Changed anew while it is looked at.
  await ada.composer.press('ArrowUp');
  await ada.page.getByRole('textbox', { name: 'Edit message' }).fill('We meet at six');
  await ada.page.keyboard.press('Enter');
  await history.getByRole('insertion').filter({ hasText: 'six' }).waitFor();
  await bob.page.keyboard.press('Escape');
  await history.waitFor({ state: 'detached' });
  await ada.composer.press('ArrowUp');
  await ada.page.getByRole('textbox', { name: 'Edit message' }).fill('We meet at five');
  await ada.page.keyboard.press('Enter');
  await bob.message('We meet at five').waitFor();

  // Deleting asks once more, in place.
  const menu = await ada.menu('We meet at five');
  await menu.getByRole('menuitem', { name: 'Delete for everyone' }).click();
  await menu.getByRole('menuitem', { name: 'Sure? Gone for everyone' }).click();
  for (const screen of [ada, bob]) {
    await screen.message('Message deleted').waitFor();
    expect(await screen.message('We meet at five').count()).toBe(0);
  }
  // The list shows what is left.
  await bob.row('Ada').getByText('Hello Bob').waitFor();
});

it('the menu of a message is in sight whole, wherever it was asked for', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const client = await world.client(ada);
  const conversationId = await client.conversations.openDirect(bob.userId);
  for (let n = 1; n <= 20; n++) client.messages.send(conversationId, `Line ${n}.`);
  const screen = await world.enter(ada);
  await screen.openRow('Bob');
  await screen.acknowledged('Line 20.');
  for (const text of ['Line 20.', 'Line 15.', 'Line 10.']) {
    const menu = await screen.menu(text);
    await until('it stands still in sight', async () => {
      const box = await menu.boundingBox();
      return box && box.y >= 0 && box.y + box.height <= 800;
    });
    const hidden = await menu.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    expect(hidden, text).toBeLessThanOrEqual(1);
    await screen.page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
  }
});

it('in a group, ticks say how many; Info names who has read, whom it reached, and whom not yet', async () => {
  const [ada, bob, cleo, dan] = await Promise.all(
    ['Ada', 'Bob', 'Cleo', 'Dan'].map((name) => world.person(name)),
  );
  if (!ada || !bob || !cleo || !dan) throw new Error('Nobody came.');
  const reader = await world.client(bob);
  const group = await reader.conversations.create({
    kind: 'group',
    name: 'Rowing',
    userIds: [ada.userId, cleo.userId, dan.userId],
  });
  const screen = await world.enter(ada);
  await screen.openRow('Rowing');
  await screen.send('Boats at six');
  const message = screen.message('Boats at six');
  await message.getByRole('img', { name: 'Delivered to 1 of 3' }).waitFor();
  const other = await world.client(cleo);
  await message.getByRole('img', { name: 'Delivered to 2 of 3' }).waitFor();
  const read = async (client: typeof other) => {
    const seq = await until('it is there', () =>
      Promise.resolve(client.conversations.get(group).get()?.lastSeq),
    );
    client.conversations.markRead(group, seq);
  };
  await read(reader);
  await message.getByRole('img', { name: 'Read by 1 of 3' }).waitFor();

  await screen.choose('Boats at six', 'Info');
  const info = screen.page.getByRole('dialog');
  const people = (heading: string) =>
    info
      .locator('section')
      .filter({ has: screen.page.getByRole('heading', { name: heading }) })
      .getByRole('listitem');
  await people('Not yet').filter({ hasText: 'Dan' }).waitFor();
  expect(await people('Read').allInnerTexts()).toEqual([expect.stringContaining('Bob')]);
  expect(await people('Delivered').allInnerTexts()).toEqual([expect.stringContaining('Cleo')]);
  await screen.page.keyboard.press('Escape');
  await read(other);
  await message.getByRole('img', { name: 'Read by 2 of 3' }).waitFor();
});

it('a reply leads back to what it answers, more than fifty pages away', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const friend = await world.client(adas);
  const conversationId = await friend.conversations.openDirect(bobs.userId);
  await fillHistory(friend, conversationId, 2_700);
  const { messages } = await friend.request('getHistory', { conversationId, around: 20, limit: 5 });
  const old = messages.find(({ seq }) => seq === 20);
  friend.messages.send(conversationId, 'As I said long ago', { replyTo: old?.id ?? '' });

  const bob = await world.enter(bobs);
  await bob.openRow('Ada');
  // He was away for long: he begins at the first unread, and goes to the end.
  await bob.page.getByRole('button', { name: /^To the newest message/ }).click();
  const reply = bob.message('As I said long ago');
  await reply.waitFor();
  const quote = reply.getByRole('button').filter({ hasText: 'Message 20 said' });
  await quote.click();
  const target = bob.message(/Message 20 said/);
  await target.waitFor();
  await until('the quoted message is in view', async () => {
    const [row, log] = [await target.boundingBox(), await bob.log.boundingBox()];
    return row && log && row.y >= log.y && row.y + row.height <= log.y + log.height;
  });

  // What lies between is known to be missing, and comes as one goes on; the end is one press away.
  await bob.page.getByRole('button', { name: /^To the newest message/ }).click();
  await reply.waitFor();

  // He answers in turn, by the button beside the message.
  await reply.hover();
  await reply.getByRole('button', { name: 'Reply', exact: true }).click();
  await bob.page.getByRole('button', { name: 'Cancel reply' }).waitFor();
  await bob.send('I remember');
  await bob.message('I remember').getByRole('button').filter({ hasText: 'As I said long ago' }).waitFor();
});

it('reactions come from the picker and are counted', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const friend = await world.client(adas);
  const conversationId = await friend.conversations.openDirect(bobs.userId);
  const messageId = friend.messages.send(conversationId, 'It works');
  const bob = await world.enter(bobs);
  await bob.openRow('Ada');

  await bob.message('It works').hover();
  await bob.message('It works').getByRole('button', { name: 'React' }).click();
  const search = bob.page.getByRole('combobox', { name: 'Search emoji' });
  await search.fill('rocket');
  const rocket = bob.page.getByRole('button', { name: 'rocket', exact: true });
  const before = await rocket.boundingBox();
  await rocket.hover();
  // The mouse has left the message; what it opened stays where it was.
  await bob.page.waitForTimeout(200);
  expect(await rocket.boundingBox()).toEqual(before);
  await rocket.click();
  const chip = bob.message('It works').getByRole('button', { name: /^🚀 1/ });
  await chip.waitFor();
  expect(await chip.getAttribute('aria-pressed')).toBe('true');

  await friend.messages.react(conversationId, messageId, '🚀', true);
  const both = bob.message('It works').getByRole('button', { name: /^🚀 2/ });
  await both.waitFor();
  await both.click();
  await bob
    .message('It works')
    .getByRole('button', { name: /^🚀 1: .*Ada/ })
    .waitFor();

  // And from the menu, where those used lately come first.
  const quick = (await bob.menu('It works')).getByRole('menuitem', { name: /^React with/ });
  expect(await quick.first().getAttribute('aria-label')).toBe('React with 🚀');
  await quick.last().click();
  const chips = bob.message('It works').getByRole('group', { name: 'Reactions' }).getByRole('button');
  await counted('chips and the button to add one', chips, 3);
});

it('mentions are completed, travel, and stand out for whom they mean', async () => {
  const bobs = await world.person('Bob Ross');
  const adas = await world.person('Ada');
  const friend = await world.client(adas);
  await friend.conversations.create({ kind: 'group', name: 'Painters', userIds: [bobs.userId] });
  const ada = await world.enter(adas);
  const bob = await world.enter(bobs);
  await ada.openRow('Painters');

  await ada.composer.pressSequentially('Ask @bo');
  const option = ada.page.getByRole('option', { name: /Bob Ross/ });
  await option.waitFor();
  expect(await option.getAttribute('aria-selected')).toBe('true');
  await ada.composer.press('Enter');
  expect(await ada.composer.inputValue()).toBe('Ask @Bob Ross ');
  await ada.composer.pressSequentially('about clouds :clou');
  await ada.page.getByRole('option', { name: /cloud/ }).first().waitFor();
  await ada.composer.press('Tab');
  await ada.composer.press('Enter');

  await bob.row('Painters').getByText('You are mentioned').waitFor();
  await bob.openRow('Painters');
  const mention = bob.message('about clouds').getByText('@Bob Ross');
  await mention.waitFor();
  const own = ada.message('about clouds').getByText('@Bob Ross');
  const ground = (node: Element) => getComputedStyle(node).backgroundColor;
  expect(await mention.evaluate(ground), 'it stands out for Bob').not.toBe(await own.evaluate(ground));
});

it('Markdown is drawn, and nothing in it can do harm', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const friend = await world.client(adas);
  const conversationId = await friend.conversations.openDirect(bobs.userId);
  friend.messages.send(conversationId, 'Look at this');
  // High enough to draw all of it at once.
  const bob = await world.enter(bobs, { viewport: { width: 1280, height: 2_400 } });
  await bob.openRow('Ada');
  await bob.page.evaluate(() => Object.assign(window, { harmed: 0 }));

  friend.messages.send(
    conversationId,
    [
      '**bold** *italic* ~~gone~~ `code`',
      '> said before',
      '',
      '- one',
      '- two',
      '',
      '1. first',
      '',
      '```js',
      'const x = "<b>not bold</b>";',
      '```',
      '[a link](https://example.org/a) and https://example.org/b',
    ].join('\n'),
  );
  const drawn = bob.message('said before');
  await drawn.getByRole('strong').getByText('bold').waitFor();
  await drawn.getByRole('emphasis').getByText('italic').waitFor();
  await drawn.getByRole('deletion').getByText('gone').waitFor();
  await drawn.getByRole('blockquote').getByText('said before').waitFor();
  expect(await drawn.getByRole('listitem').allInnerTexts()).toEqual(['one', 'two', 'first']);
  await drawn.getByText('const x = "<b>not bold</b>";').waitFor();
  await drawn.getByRole('button', { name: 'Copy code' }).waitFor();
  const link = drawn.getByRole('link', { name: 'a link' });
  expect(await link.getAttribute('href')).toBe('https://example.org/a');
  expect(await link.getAttribute('rel')).toContain('noopener');

  const hostile = [
    '<script>window.harmed++</script>',
    '<img src=x onerror="window.harmed++">',
    '<svg onload="window.harmed++">',
    '<iframe srcdoc="<script>parent.harmed++</script>"></iframe>',
    '[press](javascript:window.harmed++)',
    '[press](JaVaScRiPt:window.harmed++)',
    '[press](data:text/html,<script>window.harmed++</script>)',
    '[press](java\tscript:window.harmed++)',
    '![img](x" onerror="window.harmed++)',
    '<a href="javascript:window.harmed++">press</a>',
    '[x](https://example.org/"onmouseover="window.harmed++)',
    '```"><script>window.harmed++</script>\ncode\n```',
    `${'*'.repeat(3_000)}${'['.repeat(3_000)}${'>'.repeat(500)}`,
    '\u202Egnp.exe\u0000 end of harm',
  ];
  for (const text of hostile) friend.messages.send(conversationId, text);
  await bob.message('end of harm').waitFor();
  await bob.row('Ada').getByText('end of harm').waitFor();
  const links = await bob.log
    .getByRole('link')
    .evaluateAll((found) => found.map((node) => (node as HTMLAnchorElement).protocol));
  expect(new Set(links)).toEqual(new Set(['https:']));
  for (const element of ['script', 'img', 'svg[onload]', 'iframe', '[onerror]', '[onmouseover]'])
    expect(await bob.log.locator(`.kith-md ${element}`).count(), element).toBe(0);
  expect(await bob.page.evaluate(() => (window as unknown as { harmed: number }).harmed)).toBe(0);
});

it('a code typed to its end is an emoji, but for code', async () => {
  const ada = await world.person('Ada');
  const notes = await world.client(ada);
  await notes.conversations.openDirect(ada.userId);
  const device = await world.enter(ada);
  await device.openRow('Saved messages');
  const holds = (text: string) =>
    until(`the field holds ${text}`, async () => (await device.composer.inputValue()) === text);

  await device.composer.pressSequentially('Well done :tada: and on');
  await holds('Well done 🎉 and on');
  await device.composer.fill('');
  await device.composer.pressSequentially(':+1:');
  await holds('👍');
  await device.page.keyboard.press('Control+z');
  await holds(':+1:');
  await device.composer.fill('');
  await device.composer.pressSequentially('`:tada:` at 12:30: :nothing:');
  await device.composer.press('Enter');
  await device.message(':tada: at 12:30: :nothing:').waitFor();
});
