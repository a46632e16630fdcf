/** The same app on a phone: one pane at a time, and room for a thumb. */
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });
const THUMB = 44;

/** Big enough for a thumb: the button, or what of the label around it takes the tap. */
async function expectThumb(what: string, locator: Locator): Promise<void> {
  const box = await locator.boundingBox();
  expect(Math.round(box?.width ?? 0), `${what} is wide enough`).toBeGreaterThanOrEqual(THUMB);
  expect(Math.round(box?.height ?? 0), `${what} is high enough`).toBeGreaterThanOrEqual(THUMB);
}

async function expectNoSidewaysScroll({ page }: Screen, where: string): Promise<void> {
  const widths = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  expect(widths.page, `nothing sticks out of ${where}`).toBeLessThanOrEqual(widths.window);
}

it('on a phone: list, conversation, back, and everything within reach of a thumb', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, `An address that is long: https://example.org/${'way/'.repeat(60)}`);
  friend.messages.send(conversationId, `\`\`\`ts\nconst line = '${'long '.repeat(40)}';\n\`\`\``);
  for (let i = 1; i <= 20; i += 1) friend.messages.send(conversationId, `Postcard ${i}.`);

  const device = await world.device(phone);
  const { page } = device;
  await expectNoSidewaysScroll(device, 'the door');
  await expectThumb('Sign in', page.getByRole('button', { name: 'Sign in', exact: true }));
  await expectThumb('Create an account', page.getByRole('button', { name: 'Create an account' }));
  await device.signIn(ada);

  await expectNoSidewaysScroll(device, 'the list');
  expect(await device.composer.isVisible()).toBe(false);
  for (const name of ['Settings', 'New conversation'])
    await expectThumb(name, device.list.getByRole('button', { name }));
  await expectThumb('a row', device.row('Bob'));

  await device.row('Bob').tap();
  await device.message('An address that is long').waitFor();
  expect(await device.list.isVisible(), 'one pane at a time').toBe(false);
  await expectNoSidewaysScroll(device, 'the conversation');
  const inside = await device.composer.boundingBox();
  expect((inside?.y ?? 0) + (inside?.height ?? 0), 'the composer is in sight').toBeLessThanOrEqual(844);
  expect(inside?.y ?? 0, 'at the foot').toBeGreaterThan(700);
  // Opening must not bring up the keyboard.
  expect(await device.composer.evaluate((field) => document.activeElement === field)).toBe(false);
  for (const name of ['Back to conversations', 'Show details', 'Emoji', 'Record voice message'])
    await expectThumb(name, device.conversation.getByRole('button', { name }));

  const jump = page.getByRole('button', { name: /^To the newest message/ });
  await expectThumb('To the newest message', jump);
  await jump.tap();
  await device.message('Postcard 20.').waitFor();

  // Enter is a new line here, the button sends.
  await device.composer.tap();
  await device.composer.fill('Wish you were here');
  await page.keyboard.press('Enter');
  await page.keyboard.type('and dry');
  await device.conversation.getByRole('button', { name: 'Send' }).tap();
  await device.message('Wish you were here').waitFor();
  const bubble = device.message('Wish you were here');
  expect(await bubble.innerText()).toMatch(/here\s+and dry/);

  // A long press shows what can be done.
  const at = await device.message('Postcard 20.').locator('.kith-bubble').boundingBox();
  const touch = await page.context().newCDPSession(page);
  const point = { x: (at?.x ?? 0) + 20, y: (at?.y ?? 0) + 12 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  const reply = page.getByRole('menuitem', { name: /^Reply(?! in thread)/ });
  await reply.waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expectThumb('Reply', reply);
  await reply.tap();
  await device.page.getByRole('button', { name: 'Cancel reply' }).waitFor();
  await expectThumb('Cancel reply', page.getByRole('button', { name: 'Cancel reply' }));
  await page.getByRole('button', { name: 'Cancel reply' }).tap();

  // The panel covers the conversation, and gives it back.
  await device.conversation.getByRole('button', { name: 'Show details' }).tap();
  await device.details.getByRole('heading', { name: 'Details' }).waitFor();
  await expectNoSidewaysScroll(device, 'the details');
  await expectThumb('Close details', device.details.getByRole('button', { name: 'Close details' }));
  await device.details.getByRole('button', { name: 'Close details' }).tap();

  await device.conversation.getByRole('button', { name: 'Back to conversations' }).tap();
  await device.row('Bob').waitFor();
  await until('the list is back', () => device.list.isVisible());
  expect(await device.row('Bob').getByText('Wish you were here').isVisible()).toBe(true);

  // The gesture of the browser, its own back, does the same.
  await device.row('Bob').tap();
  await device.composer.waitFor();
  await page.goBack();
  await device.row('Bob').waitFor();

  for (const screen of ['Settings', 'New conversation']) {
    await device.list.getByRole('button', { name: screen }).tap();
    await device.list.getByRole('heading', { level: 1, name: screen }).waitFor();
    await expectNoSidewaysScroll(device, screen);
    const back = device.list.getByRole('button', { name: 'Back' });
    await expectThumb('Back', back);
    await back.tap();
    await device.row('Bob').waitFor();
  }
});

it('on a phone: several messages are selected by taps, after the menu of the first', async () => {
  const ada = await world.person('Ada');
  const friend = await world.client(await world.person('Cleo'));
  const conversationId = await friend.conversations.openDirect(ada.userId);
  for (const text of ['One apple', 'Two pears', 'Three plums']) friend.messages.send(conversationId, text);
  const device = await world.device(phone);
  const { page } = device;
  await device.signIn(ada);
  await device.row('Cleo').tap();
  await device.message('Three plums').waitFor();

  const at = await device.message('One apple').locator('.kith-bubble').boundingBox();
  const touch = await page.context().newCDPSession(page);
  const point = { x: (at?.x ?? 0) + 20, y: (at?.y ?? 0) + 12 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  const select = page.getByRole('menuitem', { name: /^Select/ });
  await select.waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expectThumb('Select', select);
  await select.tap();

  const bar = page.getByRole('toolbar', { name: 'Selected messages' });
  await bar.getByText('1 selected').waitFor();
  await device.message('Three plums').tap();
  await bar.getByText('2 selected').waitFor();
  await device.message('Two pears').tap();
  await bar.getByText('3 selected').waitFor();
  await device.message('One apple').tap();
  await bar.getByText('2 selected').waitFor();
  await expectNoSidewaysScroll(device, 'the conversation while messages are selected');
  for (const button of await bar.getByRole('button').all())
    await expectThumb((await button.getAttribute('aria-label')) ?? 'a button', button);

  await bar.getByRole('button', { name: 'Forward' }).tap();
  await page.getByRole('dialog', { name: 'Forward 2 messages' }).waitFor();
});

it('on a phone: the menu of an own message stands at its side', async () => {
  const device = await world.enter('Dora', phone);
  await device.list.getByRole('button', { name: 'New conversation' }).tap();
  await device.list.getByRole('button', { name: /^Saved messages/ }).tap();
  await device.composer.fill('Mine');
  await device.conversation.getByRole('button', { name: 'Send' }).tap();
  await device.acknowledged('Mine');
  const bubble = device.message('Mine').locator('.kith-bubble');
  const at = await bubble.boundingBox();
  const touch = await device.page.context().newCDPSession(device.page);
  const point = { x: (at?.x ?? 0) + 20, y: (at?.y ?? 0) + 12 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  const menu = device.page.getByRole('menu');
  await menu.waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const [box, beside] = [await menu.boundingBox(), await bubble.boundingBox()];
  const end = ({ x, width }: { x: number; width: number } = { x: 0, width: 0 }) => x + width;
  expect(Math.abs(end(box ?? undefined) - end(beside ?? undefined))).toBeLessThan(12);
});
