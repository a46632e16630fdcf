/** Who somebody is to others: picture, words, status, username, and the card that shows them. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld({ installs: true });

/** A photograph, wider than high: colours by place, so that a crop is seen to be the right one. */
async function photograph(screen: Screen): Promise<Buffer> {
  const url = await screen.page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 900;
    canvas.height = 600;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('There is no canvas.');
    for (const [n, colour] of ['firebrick', 'seagreen', 'royalblue'].entries()) {
      context.fillStyle = colour;
      context.fillRect(n * 300, 0, 300, 600);
    }
    return canvas.toDataURL('image/png');
  });
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Pictures that are drawn there. */
const pictures = (screen: Screen, selector: string) =>
  screen.page.locator(`${selector} .kith-avatar-picture[data-state="here"]`);

/** What colour it is in the middle. */
const colourOf = (screen: Screen, selector: string): Promise<readonly number[]> =>
  pictures(screen, selector)
    .first()
    .evaluate((image: HTMLImageElement) => {
      const canvas = document.createElement('canvas');
      canvas.width = 1;
      canvas.height = 1;
      const context = canvas.getContext('2d');
      const middle = image.naturalWidth / 2;
      context?.drawImage(image, middle, middle, 1, 1, 0, 0, 1, 1);
      return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
    });

async function choosePicture(screen: Screen): Promise<void> {
  await screen.page
    .locator('[data-avatar-file]')
    .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await photograph(screen) });
}

it('a picture is cropped and shown to everybody, also without a network; status and words stand on the card', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const ada = await world.enter(adas);
  const bob = await world.enter(bobs);
  const group = await world.client(adas);
  await group.conversations.create({ kind: 'group', name: 'Apollo', userIds: [bobs.userId] });
  await ada.openRow('Apollo');
  await ada.send('Hello from me');
  await bob.openRow('Apollo');
  await bob.message('Hello from me').waitFor();

  await ada.list.getByRole('button', { name: 'Settings' }).click();
  await choosePicture(ada);
  const crop = ada.page.getByRole('dialog', { name: 'Choose the part to show' });
  // Closer, and from the middle to the left third, by the keys.
  await crop.getByLabel(/Arrow keys/).focus();
  for (let n = 0; n < 10; n += 1) await ada.page.keyboard.press('+');
  for (let n = 0; n < 30; n += 1) await ada.page.keyboard.press('ArrowRight');
  await crop.getByRole('button', { name: 'Save' }).click();
  await crop.waitFor({ state: 'hidden' });
  await pictures(ada, '.kith-profile').waitFor();
  await pictures(bob, '.kith-message').waitFor();
  const [red = 0, green = 255, blue = 255] = await colourOf(bob, '.kith-message');
  expect(red > 140 && green < 80 && blue < 80, `red, not ${red} ${green} ${blue}`).toBe(true);

  // Words and a status.
  await ada.list.getByLabel('About you').fill('Builds engines.\nPoet on Sundays.');
  await ada.list.getByLabel('Username').fill(bobs.username);
  await ada.list.getByRole('button', { name: 'Save' }).click();
  await ada.list.getByText('Somebody has this username. Choose another.').waitFor();
  await ada.list.getByLabel('Username').fill(`${adas.username}-x`);
  await ada.list.getByRole('button', { name: 'Save' }).click();
  await ada.list.getByText(`@${adas.username}-x`).waitFor();
  await ada.list.getByRole('button', { name: 'Set a status' }).click();
  const status = ada.page.getByRole('dialog', { name: 'Status' });
  await status.getByRole('button', { name: /On vacation/ }).click();
  await status.getByLabel('Clear it').selectOption('never');
  await status.getByRole('button', { name: 'Save' }).click();
  await ada.list.getByRole('button', { name: /On vacation/ }).waitFor();

  // On Bob's screen her name bears the sign, and her card says it all.
  await bob.log.locator('.kith-sender .kith-status-sign').getByText('🌴').waitFor();
  await bob.log.getByRole('button', { name: /^Ada/ }).first().click();
  const card = bob.page.getByRole('dialog', { name: 'Profile' });
  await card.getByText('Poet on Sundays.').waitFor();
  await card.getByText('On vacation').waitFor();
  await card.getByText(`@${adas.username}-x`).waitFor();
  await card.getByRole('button', { name: 'Message' }).click();
  await bob.header.getByText('Ada').first().waitFor();

  // Kept: without a network the picture is there after a reload.
  await bob.send('What a picture');
  await bob.readyForOffline('What a picture');
  await bob.page.reload();
  await pictures(bob, '.kith-row').first().waitFor();
  await bob.setOffline(true);
  await bob.page.reload();
  await pictures(bob, '.kith-row').first().waitFor();
  await bob.setOffline(false);

  // Removed: initials again.
  await ada.list.getByRole('button', { name: 'Change picture' }).click();
  await ada.page.getByRole('menuitem', { name: 'Remove picture' }).click();
  await pictures(ada, '.kith-profile').waitFor({ state: 'detached' });
});

it('a group gets a picture from its admins, with fingers', async () => {
  const adas = await world.person('Ada');
  const bobs = await world.person('Bob');
  const client = await world.client(adas);
  await client.conversations.create({ kind: 'group', name: 'Gemini', userIds: [bobs.userId] });
  const ada = await world.enter(adas, phone);
  const bob = await world.enter(bobs);
  await ada.openRow('Gemini');
  await ada.openDetails();
  await ada.details.getByRole('button', { name: 'Edit' }).click();
  await choosePicture(ada);
  const crop = ada.page.getByRole('dialog', { name: 'Choose the part to show' });
  const box = await crop.locator('canvas').boundingBox();
  if (!box) throw new Error('There is nothing to drag.');
  // Dragged to the left, as far as it goes: the right third lies in the middle then.
  await ada.page.mouse.move(box.x + box.width * 0.9, box.y + 40);
  await ada.page.mouse.down();
  await ada.page.mouse.move(box.x + 10, box.y + 40, { steps: 5 });
  await ada.page.mouse.up();
  await crop.getByRole('slider', { name: 'Zoom' }).focus();
  for (let n = 0; n < 30; n += 1) await ada.page.keyboard.press('ArrowRight');
  await crop.locator('canvas').focus();
  for (let n = 0; n < 20; n += 1) await ada.page.keyboard.press('ArrowLeft');
  await crop.getByRole('button', { name: 'Save' }).click();
  await bob.openRow('Gemini');
  await pictures(bob, '.kith-row').first().waitFor();
  const [red = 255, , blue = 0] = await colourOf(bob, '.kith-row');
  expect(blue > 140 && red < 120, `blue, not ${red} ${blue}`).toBe(true);
  await bob.log.getByText('Ada changed the picture').waitFor();
});

it('the card tells the groups in common, and lets one silence the other', async () => {
  const hugos = await world.person('Hugo');
  const irma = await world.enter('Irma');
  const hugo = await world.client(hugos);
  await irma.find('Hugo');
  await irma.send('Hello');
  await irma.acknowledged('Hello');
  await expect.poll(() => hugo.conversations.list.get().length, { timeout: 15_000 }).toBe(1);
  const me = hugo.conversations.list.get()[0]?.conversation.direct?.find((id) => id !== hugos.userId) ?? '';
  await hugo.conversations.create({ kind: 'group', name: 'Chess club', userIds: [me] });
  const cinema = await hugo.conversations.create({ kind: 'group', name: 'Cinema', userIds: [me] });
  hugo.messages.send(cinema, 'Tonight at eight?');

  await irma.openRow('Cinema');
  await irma.message('Tonight at eight?').waitFor();
  await irma.page.getByRole('button', { name: 'Profile of Hugo' }).first().click();
  const card = irma.page.getByRole('dialog', { name: 'Profile' });
  await card.getByRole('heading', { name: 'Groups in common' }).waitFor();
  await card.getByRole('combobox', { name: 'Mute' }).selectOption('always');
  await card.getByRole('button', { name: /^Chess club/ }).click();
  await irma.heading('Chess club').waitFor();
  await irma.row('Hugo').getByText('Muted', { exact: true }).waitFor();
});
