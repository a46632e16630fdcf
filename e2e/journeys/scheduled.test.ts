/** Sending later: the time is asked for, the message waits in sight, and can be changed, sent now or taken back. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

async function pair() {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(conversationId, 'Breakfast?');
  return { ada, friend, conversationId };
}

it('a message waits for its time on all devices, is changed, and is sent now', async () => {
  const { ada } = await pair();
  const desk = await world.enter(ada);
  const sofa = await world.enter(ada);
  for (const device of [desk, sofa]) await device.openRow('Bob');
  await desk.composer.fill('Tomorrow, at the lake');
  await desk.conversation.getByRole('button', { name: 'Send', exact: true }).click({ button: 'right' });
  await desk.page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click();
  for (const { page } of [desk, sofa])
    await page.getByRole('button', { name: '1 scheduled message' }).waitFor();
  expect(await desk.composer.inputValue()).toBe('');
  expect(await desk.message('Tomorrow, at the lake').count()).toBe(0);

  await sofa.page.getByRole('button', { name: '1 scheduled message' }).click();
  const list = sofa.page.getByRole('dialog', { name: 'Send later' });
  await list.getByRole('button', { name: 'Edit' }).click();
  await list.getByRole('textbox', { name: 'Message' }).fill('Tomorrow, at the mill');
  await list.getByRole('button', { name: 'Save' }).click();
  await gone(list.getByRole('textbox'));
  await list.getByText('Tomorrow, at the mill').waitFor();

  // Deleted, and brought back.
  await list.getByRole('button', { name: 'Delete' }).click();
  await gone(desk.page.getByRole('button', { name: '1 scheduled message' }));
  await sofa.page.getByRole('button', { name: 'Undo' }).click();
  await desk.page.getByRole('button', { name: '1 scheduled message' }).click();
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Send now' }).click();
  for (const device of [desk, sofa]) await device.message('Tomorrow, at the mill').waitFor();
  for (const { page } of [desk, sofa]) await gone(page.getByRole('button', { name: '1 scheduled message' }));
});

it('what was being changed when its message was sent is not lost', async () => {
  const { ada, conversationId } = await pair();
  const own = await world.client(ada);
  const device = await world.enter(ada);
  await device.openRow('Bob');
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const id = await own.scheduled.add(conversationId, 'At eight', at);
  await device.page.getByRole('button', { name: '1 scheduled message' }).click();
  const list = device.page.getByRole('dialog', { name: 'Send later' });
  await list.getByRole('button', { name: 'Edit' }).click();
  await list.getByRole('textbox', { name: 'Message' }).fill('At nine, I mean');
  await own.scheduled.sendNow(id);
  await list.getByText('sent or removed meanwhile').waitFor();
  await list.getByRole('button', { name: 'Write as a new message' }).click();
  await gone(list);
  expect(await device.composer.inputValue()).toBe('At nine, I mean');
  await device.message('At eight').waitFor();
});

it('is offered beside what else can be sent; names stay names while it is changed', async () => {
  const { ada } = await pair();
  const device = await world.enter(ada);
  await device.openRow('Bob');
  const plus = device.conversation.getByRole('button', { name: 'Attach' });
  await plus.click();
  const item = device.page.getByRole('menuitem', { name: 'Send later' });
  expect(await item.getAttribute('aria-disabled'), 'nothing is written').toBe('true');
  await device.page.keyboard.press('Escape');
  await device.composer.pressSequentially('Tell @bo');
  await device.page.getByRole('option', { name: /Bob/ }).click();
  await device.composer.pressSequentially('and all');
  await plus.click();
  await item.click();
  await device.page.getByRole('menuitem', { name: /^In an hour/ }).click();
  await device.page.getByRole('button', { name: '1 scheduled message' }).click();
  const list = device.page.getByRole('dialog', { name: 'Send later' });
  await list.getByText('Tell @Bob and all').waitFor();
  await list.getByRole('button', { name: 'Edit' }).click();
  const field = list.getByRole('textbox', { name: 'Message' });
  expect(await field.inputValue()).toBe('Tell @Bob and all');
  // Escape gives up the change, not the list.
  await field.press('Escape');
  await gone(field);
  await list.getByRole('button', { name: 'Edit' }).click();
  await field.press('End');
  await field.pressSequentially(', and @bo');
  await list.getByRole('option', { name: /Bob/ }).waitFor();
  await field.press('Enter');
  await list.getByRole('button', { name: 'Emoji' }).click();
  await device.page.getByRole('combobox', { name: 'Search emoji' }).fill('rocket');
  await device.page.keyboard.press('Enter');
  await device.page.keyboard.press('Escape');
  await list.getByRole('button', { name: 'Save' }).click();
  await list.getByText('Tell @Bob and all, and @Bob').waitFor();
  await list.getByRole('button', { name: 'Send now' }).click();
  const sent = device.message('and all');
  await sent.waitFor();
  expect(await sent.locator('.kith-mention').allInnerTexts()).toEqual(['@Bob', '@Bob']);
  expect(await sent.innerText()).toContain('🚀');
});

it('on a phone: a long press on Send; a time that has passed is refused in words', async () => {
  const { ada } = await pair();
  const device = await world.enter(ada, phone);
  const { page } = device;
  await device.row('Bob').tap();
  await device.composer.tap();
  await device.composer.fill('Later');
  const box = await device.conversation.getByRole('button', { name: 'Send', exact: true }).boundingBox();
  const touch = await page.context().newCDPSession(page);
  const point = { x: (box?.x ?? 0) + 22, y: (box?.y ?? 0) + 22 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  const choose = page.getByRole('menuitem', { name: 'Choose date and time…' });
  await choose.waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await choose.tap();
  const dialog = page.getByRole('dialog', { name: 'Send later' });
  const field = dialog.getByLabel(/^Time/);
  await field.fill('2020-01-01T09:00');
  await dialog.getByRole('button', { name: 'Save' }).tap();
  await dialog.getByText('Choose a time that lies ahead.').waitFor();
  const soon = await page.evaluate(() => {
    const at = new Date(Date.now() + 2 * 86_400_000);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  });
  await field.fill(soon);
  await dialog.getByRole('button', { name: 'Save' }).tap();
  await page.getByRole('button', { name: '1 scheduled message' }).waitFor();
});

it('comes at its time by itself, and a reminder too', async () => {
  const { ada, conversationId } = await pair();
  const device = await world.enter(ada);
  await device.openRow('Bob');
  const mine = await world.client(ada);
  const soon = () => new Date(Date.now() + 1_500).toISOString();
  await mine.scheduled.add(conversationId, 'By itself', soon());
  await device.message('By itself').waitFor();

  const { messages } = await mine.request('getHistory', { conversationId });
  const [asked] = messages.filter(({ body }) => body.type === 'content');
  await mine.reminders.set(conversationId, asked?.id ?? '', soon());
  await device.page.getByText(/^You wanted to come back to/).waitFor();
  await device.page.getByRole('button', { name: 'Show', exact: true }).click();
  await until('it is done', () => mine.own.all('reminder').get().size === 0);
});
