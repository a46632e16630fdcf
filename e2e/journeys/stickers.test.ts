import { expect, test } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { png } from '../support/picture.ts';

const world = useWorld();

test('a sticker of the house is sent, seen by the other, named in the list', async () => {
  const anna = await world.person('Anna');
  const ben = await world.person('Ben');
  const client = await world.client(anna);
  const id = await client.conversations.openDirect(ben.userId);
  await client.messages.send(id, 'Hi');
  const hers = await world.enter(anna);
  const his = await world.enter(ben, phone);
  await hers.openRow('Ben');
  await hers.composer.fill('half a thought');
  await hers.page.getByRole('button', { name: 'Emoji', exact: true }).click();
  await hers.page.getByRole('tab', { name: 'Stickers' }).click();
  await hers.page.getByRole('button', { name: 'Kaki waves' }).click();
  const sticker = hers.log.getByRole('img', { name: 'Kaki waves' });
  await sticker.waitFor();
  expect(await sticker.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(160);
  // What was written stays.
  expect(await hers.composer.inputValue()).toBe('half a thought');
  await his.row('Anna').getByText('👋 Sticker').waitFor();
  await his.row('Anna').tap();
  await his.log.getByRole('img', { name: 'Kaki waves' }).waitFor();
  // Found by what it shows.
  await his.page.getByRole('button', { name: 'Emoji', exact: true }).tap();
  await his.page.getByRole('tab', { name: 'Stickers' }).tap();
  await his.page.getByRole('searchbox', { name: 'Search stickers' }).fill('rocket');
  await his.page.getByRole('button', { name: 'Kaki takes off in a rocket' }).tap();
  await hers.log.getByRole('img', { name: 'Kaki takes off in a rocket' }).waitFor();
});

test('a pack is made, sent from, looked at and installed by somebody else, and sent from there', async () => {
  const anna = await world.person('Anna');
  const ben = await world.person('Ben');
  const client = await world.client(anna);
  const id = await client.conversations.openDirect(ben.userId);
  await client.messages.send(id, 'Hi');
  const hers = await world.enter(anna);
  await hers.openRow('Ben');
  const stickers = async (screen: typeof hers) => {
    await screen.page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await screen.page.getByRole('tab', { name: 'Stickers' }).click();
  };
  await stickers(hers);
  await hers.page.getByRole('button', { name: 'New sticker pack' }).click();
  await hers.page.getByLabel('Name of the pack').fill('Round things');
  await hers.page.getByRole('button', { name: 'Create' }).click();
  const dialog = hers.page.getByRole('dialog', { name: 'Round things' });
  await dialog.waitFor();
  await dialog
    .getByLabel('Choose a picture')
    .setInputFiles({ name: 'round.png', mimeType: 'image/png', buffer: png(900, 900) });
  await dialog.getByRole('button', { name: 'Add sticker' }).click();
  // It says what is missing, and loses nothing.
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('What it shows').fill('A round patch');
  await dialog.getByRole('button', { name: 'Add sticker' }).click();
  await dialog.getByRole('img', { name: /A round patch/ }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await stickers(hers);
  await hers.page.getByRole('button', { name: 'Round things' }).click();
  await hers.page.getByRole('button', { name: 'A round patch' }).click();
  await hers.log.getByRole('img', { name: 'A round patch' }).waitFor();

  const his = await world.enter(ben);
  await his.openRow('Anna');
  await his.log.getByRole('button', { name: /A round patch/ }).click();
  const pack = his.page.getByRole('dialog', { name: 'Round things' });
  await pack.getByRole('button', { name: 'Add these stickers' }).click();
  await pack.getByRole('button', { name: 'Remove from my stickers' }).waitFor();
  // Not his to change.
  expect(await pack.getByLabel('Choose a picture').count()).toBe(0);
  await pack.getByRole('button', { name: 'Close' }).click();
  await stickers(his);
  await his.page.getByRole('button', { name: 'Round things' }).click();
  await his.page.getByRole('button', { name: 'A round patch', exact: true }).click();
  await expect.poll(() => hers.log.getByRole('img', { name: 'A round patch' }).count()).toBe(2);
});
