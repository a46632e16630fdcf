/** Everything without a mouse, and always with a focus that can be seen. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });

interface Focus {
  readonly name: string;
  readonly role: string;
  /** Inside of the window, and marked by the browser or the app. */
  readonly visible: boolean;
}

const focused = ({ page }: Screen): Promise<Focus | null> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const label = (element as HTMLInputElement).labels?.[0]?.textContent;
    const box = element.getBoundingClientRect();
    const inside =
      box.width > 0 &&
      box.height > 0 &&
      box.bottom > 0 &&
      box.right > 0 &&
      box.top < innerHeight &&
      box.left < innerWidth;
    return {
      name: (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim(),
      role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
      visible: inside && element.matches(':focus-visible'),
    };
  });

/** Waits until something has the focus, and it shows. */
async function expectFocus(screen: Screen, name: RegExp): Promise<void> {
  await until(`"${name.source}" has the focus`, async () => {
    const now = await focused(screen);
    if (!now || !name.test(now.name)) throw new Error(`it has ${JSON.stringify(now)}`);
    if (!now.visible) throw new Error('it cannot be seen');
    return true;
  });
}

/** A menu is drawn a moment before keys reach it. */
const untilInMenu = (screen: Screen): Promise<boolean> =>
  until('a menu has the focus', async () => (await focused(screen))?.role.startsWith('menu') === true);

/** Tabs on until something is reached; on the way the focus never gets lost. */
async function tabTo(screen: Screen, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const way: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await screen.page.keyboard.press(key);
    const now = await focused(screen);
    // Between the last and the first stop the focus is the browser's own.
    if (!now) continue;
    way.push(now.name.slice(0, 40));
    expect(now.visible, `the focus on "${now.name}" can be seen`).toBe(true);
    if (name.test(now.name)) return;
  }
  throw new Error(`Tab does not lead to ${name.source}: ${way.join(' → ')}`);
}

it('the keyboard alone suffices, from signing up to signing out', async () => {
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const device = await world.device();
  const { page } = device;
  const { keyboard } = page;

  await expectFocus(device, /^Email or username$/);
  await tabTo(device, /^Create an account$/);
  await keyboard.press('Enter');
  await expectFocus(device, /^Name$/);
  await keyboard.type('Key Board');
  await tabTo(device, /^Email$/);
  await keyboard.type('keys@example.org');
  await tabTo(device, /^Password$/);
  await keyboard.type('only the keys count');
  await keyboard.press('Enter');
  await device.list.getByText('Find someone to write to').waitFor();

  // A conversation is started from the empty list.
  await tabTo(device, /^Start a conversation$/);
  await keyboard.press('Enter');
  await expectFocus(device, /^Find people$/);
  await keyboard.type('Bob');
  await device.list.getByRole('button', { name: /^Bob/ }).waitFor();
  await keyboard.press('ArrowDown');
  await expectFocus(device, /Bob/);
  await keyboard.press('Enter');
  await device.heading('Bob').waitFor();
  await expectFocus(device, /^Message$/);
  await keyboard.type('Typed, not pressed');
  await keyboard.press('Enter');
  await device.tick('Typed, not pressed', 'Delivered');
  const conversationId = page.url().split('/').at(-1) ?? '';
  friend.messages.send(conversationId, 'Answer me');
  await device.message('Answer me').waitFor();

  // Reply: to the message, R, and the words.
  await tabTo(device, /^Bob, \d.*Answer me/, 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await expectFocus(device, /^You, \d.*Typed, not pressed/);
  await keyboard.press('ArrowDown');
  await expectFocus(device, /^Bob, \d.*Answer me/);
  await keyboard.press('r');
  await expectFocus(device, /^Message$/);
  await keyboard.type('Here you are');
  await keyboard.press('Enter');
  await device.message('Here you are').getByRole('button').filter({ hasText: 'Answer me' }).waitFor();

  // React: +, a word, Enter. The timeline is one stop, at the message where one was last.
  await tabTo(device, /^Bob, \d.*Answer me/, 'Shift+Tab');
  await keyboard.press('End');
  await expectFocus(device, /^You, \d.*Here you are/);
  await keyboard.press('ArrowUp');
  await keyboard.press('+');
  await expectFocus(device, /^Search emoji$/);
  await keyboard.type('party popper');
  await page.getByRole('button', { name: 'party popper' }).first().waitFor();
  await keyboard.press('Enter');
  await device.log.getByRole('button', { name: /^🎉 1/ }).waitFor();
  await expectFocus(device, /^Bob, \d.*Answer me/);

  // The menu of a message, and out of it again.
  await keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /^Reply(?! in)/ }).waitFor();
  // Letters move to the item that begins with them.
  await keyboard.type('copy l');
  await expectFocus(device, /^Copy link/);
  await keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await expectFocus(device, /^Bob, \d.*Answer me/);
  await keyboard.press('Escape');
  await expectFocus(device, /^Message$/);

  // The panel opens, has the focus, closes and gives it back.
  await tabTo(device, /^Show details$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await expectFocus(device, /^Close details$/);
  await keyboard.press('Escape');
  await device.details.waitFor({ state: 'detached' });
  await expectFocus(device, /^Show details$/);

  // Search from anywhere; Alt and arrows walk through the conversations.
  await keyboard.press('Control+Shift+f');
  await expectFocus(device, /^Search messages, conversations and people$/);
  await keyboard.type('Bob');
  await device.row('Bob').waitFor();
  await keyboard.press('Enter');
  await device.heading('Bob').waitFor();
  expect(await device.list.getByRole('searchbox').inputValue(), 'the list is whole again').toBe('');

  // At once: no letter of a quick typist goes elsewhere, not even from a screen that lies over the list.
  await device.list.getByRole('button', { name: 'New conversation' }).press('Enter');
  await expectFocus(device, /^Find people$/);
  const focusedAtOnce = await page.evaluate(() => {
    dispatchEvent(new KeyboardEvent('keydown', { key: 'F', ctrlKey: true, shiftKey: true }));
    return document.activeElement?.getAttribute('aria-label');
  });
  expect(focusedAtOnce).toBe('Search messages, conversations and people');
  await tabTo(device, /^Settings$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await device.list.getByRole('heading', { name: 'Settings' }).waitFor();
  await tabTo(device, /^Sign out$/);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await expectFocus(device, /^Email or username$/);
});

it('every shortcut is on the sheet, and the keys of a message do what its menu offers', async () => {
  const ada = await world.person('Ada Byron');
  const bob = await world.person('Bob Noyce');
  const friend = await world.client(bob);
  const group = await friend.conversations.create({ kind: 'group', name: 'Engines', userIds: [ada.userId] });
  const first = friend.messages.send(group, 'The first words');
  const device = await world.enter(ada);
  const { page } = device;
  const { keyboard } = page;

  // "?" where nothing is typed; Ctrl and / also from within the text, where "?" is a letter.
  await device.row('Engines').waitFor();
  await keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByText('New conversation').waitFor();
  await keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await device.openRow('Engines');
  await device.message('The first words').waitFor();
  await expectFocus(device, /^Message$/);
  await keyboard.type('Sure?');
  expect(await device.composer.inputValue()).toBe('Sure?');
  await keyboard.press('Control+/');
  await sheet.waitFor();
  await keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await expectFocus(device, /^Message$/);
  await keyboard.press('Enter');
  await device.acknowledged('Sure?');

  // What a screen reader hears: who, when, what, and what else there is to know.
  await friend.messages.react(group, first, '👍', true);
  friend.messages.send(group, 'An answer', { replyTo: first });
  const answer = device.log.getByRole('article', {
    name: /^Bob Noyce, [\d:]+: An answer Reply to Bob Noyce$/,
  });
  await answer.waitFor();
  const told = device.log.getByRole('article', { name: /: The first words 1 reaction$/ });
  await told.waitFor();
  expect(Number(await told.getAttribute('aria-posinset'))).toBeLessThan(
    Number(await answer.getAttribute('aria-posinset')),
  );
  await page
    .locator('[aria-live="polite"]')
    .filter({ hasText: 'Bob Noyce: An answer' })
    .waitFor({ state: 'attached' });

  // On one's own message: edit; then its menu, whose reactions are a row to walk sideways.
  await tabTo(device, /^Bob Noyce, .*An answer/, 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await expectFocus(device, /^You, .*Sure\?/);
  await keyboard.press('e');
  await expectFocus(device, /^Edit message$/);
  await keyboard.type(' Yes.');
  await keyboard.press('Enter');
  await device.message('Sure? Yes.').waitFor();
  await tabTo(device, /Sure\? Yes\./, 'Shift+Tab');
  await keyboard.press('i');
  await page.getByRole('dialog').getByText('Earlier versions').waitFor();
  await keyboard.press('Escape');
  await expectFocus(device, /Sure\? Yes\./);
  await keyboard.press('Enter');
  await untilInMenu(device);
  await keyboard.press('ArrowDown');
  const at = async () => (await focused(device))?.name ?? '';
  await until('the first reaction has the focus', async () => {
    if (/^React with/.test(await at())) return true;
    await keyboard.press('Home');
    throw new Error(await at());
  });
  const reaction = await at();
  await keyboard.press('ArrowRight');
  await until('the focus went on', async () => {
    if ((await at()) === reaction) throw new Error(await at());
    return true;
  });
  expect(await at()).toMatch(/^React with/);
  await keyboard.press('ArrowLeft');
  await expectFocus(device, new RegExp(`^${reaction}$`));
  await keyboard.press('Enter');
  await device
    .message('Sure? Yes.')
    .getByRole('button', { name: /1: You$/ })
    .waitFor();

  // Delete asks before it does.
  await expectFocus(device, /Sure\? Yes\./);
  await keyboard.press('Delete');
  await page.getByRole('menuitem', { name: 'Delete for everyone' }).waitFor();
  await untilInMenu(device);
  await keyboard.press('End');
  await keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Sure? Gone for everyone' }).waitFor();
  await keyboard.press('Enter');
  await device.message('Message deleted').waitFor();
  await keyboard.press('Escape');
  await expectFocus(device, /^Message$/);

  // Details by key, away by Escape from the text; what was found by walking gives the focus on.
  await keyboard.press('Alt+i');
  await device.details.getByRole('heading', { level: 1 }).waitFor();
  await keyboard.press('Alt+i');
  await device.details.waitFor({ state: 'detached' });
  await device.list.getByRole('searchbox').focus();
  await keyboard.type('Engines');
  await device.row('Engines').waitFor();
  await keyboard.press('ArrowDown');
  await expectFocus(device, /^E?Engines/);
  await keyboard.press('Enter');
  await expectFocus(device, /^Message$/);
  expect(await device.list.getByRole('searchbox').inputValue()).toBe('');
});
