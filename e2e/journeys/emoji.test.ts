import { expect, test } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { png } from '../support/picture.ts';

const world = useWorld({ motion: true });

test('an owner adds an emoji; everybody writes it, reacts with it, and loses it when it is removed', async () => {
  const owner = await world.person('Olga');
  const other = await world.person('Ben');
  const olga = await world.enter(owner);
  const ben = await world.enter(other);
  const client = await world.client(owner);
  const id = await client.conversations.create({ kind: 'group', name: 'Foxes', userIds: [other.userId] });
  await client.messages.send(id, 'Hello');

  await olga.list.getByRole('button', { name: 'Settings' }).click();
  const chooser = olga.page.waitForEvent('filechooser');
  await olga.page.getByRole('button', { name: 'Add an emoji' }).click();
  await (await chooser).setFiles({ name: 'Party Fox.png', mimeType: 'image/png', buffer: png(300, 200) });
  expect(await olga.page.getByLabel('Name', { exact: true }).last().inputValue()).toBe('party_fox');
  await olga.page.getByRole('button', { name: 'Add an emoji' }).click();
  await olga.page.getByRole('button', { name: 'Remove :party_fox:' }).waitFor();

  // Ben has heard of it, offers it while he writes, and sees the picture.
  await ben.openRow('Foxes');
  await expect
    .poll(
      async () => {
        await ben.composer.fill('');
        await ben.composer.pressSequentially('look :party');
        return ben.page.getByRole('option', { name: /party fox/ }).isVisible();
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await ben.page.getByRole('option', { name: /party fox/ }).click();
  await ben.composer.press('Enter');
  const drawn = ben
    .message(/look( |:|$)/)
    .first()
    .getByRole('img', { name: ':party_fox:' });
  await expect
    .poll(() => drawn.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
    .toBe(128);
  // Among words it stands in their line: the message is as high as one without it.
  await ben.send('look here');
  const heights = await Promise.all(
    ['look', 'look here'].map(async (words) => {
      const bubble = ben.message(words).first().locator('.kith-bubble');
      return (await bubble.boundingBox())?.height ?? 0;
    }),
  );
  expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 99))).toBeLessThan(6);
  // Alone it is large.
  await ben.send(':party_fox:');
  const large = ben.log.locator('[data-emoji="1"]').getByRole('img', { name: ':party_fox:' });
  const sizes = await Promise.all([drawn, large].map(async (one) => (await one.boundingBox())?.height ?? 0));
  expect(sizes[1]).toBeGreaterThan(2 * (sizes[0] ?? 0));

  const menu = await ben.menu('Hello');
  await menu.getByRole('menuitem', { name: 'More reactions' }).click();
  await ben.page.getByRole('combobox', { name: 'Search emoji' }).fill('party f');
  await ben.page.getByRole('button', { name: 'party fox', exact: true }).click();
  await ben
    .message('Hello')
    .getByRole('button', { name: /^:party_fox: 1/ })
    .waitFor();

  await olga.page.getByRole('button', { name: 'Remove :party_fox:' }).click();
  await ben
    .message(/look( |:|$)/)
    .first()
    .getByText(':party_fox:')
    .waitFor({ timeout: 20_000 });
});

test('the picker by keyboard: search, walk, skin tones', async () => {
  const account = await world.person('Kim');
  const kim = await world.enter(account);
  const client = await world.client(account);
  const id = await client.conversations.openDirect(account.userId);
  await client.messages.send(id, 'Note');
  await kim.list.getByRole('link').first().click();
  await kim.page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const search = kim.page.getByRole('combobox', { name: 'Search emoji' });
  await search.fill('wav');
  await search.press('ArrowDown');
  await search.fill('thumbs up');
  await search.press('Alt+ArrowDown');
  const tones = kim.page.getByRole('menu', { name: /Skin tones/ });
  await tones.waitFor();
  await kim.page.keyboard.press('End');
  await kim.page.keyboard.press('Enter');
  expect(await kim.composer.inputValue()).toBe('👍🏿');
  // The row of tones closes by Escape, and the picker stays.
  await search.press('Alt+ArrowDown');
  await tones.waitFor();
  await kim.page.keyboard.press('Escape');
  await tones.waitFor({ state: 'hidden' });
  await search.fill('');
  await search.press('ArrowDown');
  await search.press('End');
  await search.press('PageDown');
  await search.press('Enter');
  await kim.page.keyboard.press('Escape');
  await expect.poll(() => kim.composer.evaluate((field) => document.activeElement === field)).toBe(true);
  expect([...(await kim.composer.inputValue())].length).toBeGreaterThan(2);
});

test('on a phone the picker takes the place of the keyboard', async () => {
  const account = await world.person('Pia');
  const pia = await world.enter(account, phone);
  const client = await world.client(account);
  const id = await client.conversations.openDirect(account.userId);
  await client.messages.send(id, 'Note');
  await pia.list.getByRole('link').first().tap();
  await pia.page.getByRole('button', { name: 'Emoji', exact: true }).tap();
  const sheet = pia.page.getByRole('group', { name: 'Emoji, stickers and GIFs' });
  await sheet.getByRole('button', { name: 'grinning face', exact: true }).first().tap();
  expect(await pia.composer.inputValue()).toBe('😀');
  const below = await sheet.boundingBox();
  const field = await pia.composer.boundingBox();
  expect(below?.y).toBeGreaterThanOrEqual((field?.y ?? 0) + (field?.height ?? 0));
  expect((below?.y ?? 0) + (below?.height ?? 0)).toBeLessThanOrEqual(845);
  await pia.page.getByRole('button', { name: 'Keyboard', exact: true }).tap();
  await sheet.waitFor({ state: 'hidden' });
});
