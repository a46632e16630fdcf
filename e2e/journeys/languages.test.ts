/** Everybody reads the app in their own language, and people of different scripts read each other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { desktop, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

const say = (screen: Screen, words: string) => screen.page.getByText(words).first().waitFor();
const html = (screen: Screen) =>
  screen.page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir };
  });
/** Where something begins, as a part of the window's width. */
async function at(screen: Screen, selector: string): Promise<number> {
  const box = await screen.page.locator(selector).first().boundingBox();
  return ((box?.x ?? Number.NaN) + (box?.width ?? 0) / 2) / 1280;
}

it('a language is chosen in Settings, holds in everything, and after a reload', async () => {
  const device = await world.enter('Ada Lovelace');
  const { page } = device;
  await device.list.getByRole('button', { name: 'Settings' }).click();
  const tongues: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'Deutsch',
      'de',
      ['Einstellungen', 'Aussehen', 'Sprache', 'Konto und Sicherheit', 'Alle Tastenkürzel', 'Abmelden'],
    ],
    ['Español', 'es', ['Ajustes', 'Apariencia', 'Idioma', 'Cuenta y seguridad', 'Cerrar sesión']],
    ['简体中文', 'zh', ['设置', '外观', '语言', '账号与安全', '退出登录']],
    ['العربية', 'ar', ['الإعدادات', 'المظهر', 'اللغة', 'الحساب والأمان', 'تسجيل الخروج']],
  ];
  for (const [name, lang, words] of tongues) {
    await page.getByRole('radio', { name, exact: true }).click();
    for (const one of words) await say(device, one);
    expect(await html(device)).toEqual({ lang, dir: lang === 'ar' ? 'rtl' : 'ltr' });
    expect(await page.getByText('Settings').count()).toBe(0);
  }

  await page.reload();
  await page.getByRole('button', { name: 'محادثة جديدة' }).first().waitFor();
  expect(await html(device)).toEqual({ lang: 'ar', dir: 'rtl' });
  await page.getByRole('radio', { name: 'English', exact: true }).click();
  await say(device, 'Settings');
});

it('the browser chooses where nobody did, also at the door', async () => {
  await world.person('Owner');
  const german = await world.device({ ...desktop, locale: 'de-AT' });
  await german.page.getByRole('heading', { name: 'Bei Kith anmelden' }).waitFor();
  await german.page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await say(german, 'Gib deine E-Mail-Adresse oder deinen Benutzernamen ein.');
  const other = await world.device({ ...desktop, locale: 'fi-FI' });
  await other.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
});

it('a notice of the beginning waits for its words, when they come last', async () => {
  const device = await world.enter('Ines');
  await device.page.evaluate(() => localStorage.setItem('kith.unsent', '{"1":"Half a poem"}'));
  await device.page.route(/\/assets\/en-/, async (route) => {
    await sleep(1_500);
    await route.continue();
  });
  await device.page.reload();
  const notice = device.page.getByRole('status').filter({ hasText: 'no longer in the conversation' });
  await notice.getByText('Half a poem').waitFor();
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  expect(await device.page.evaluate(() => localStorage.getItem('kith.unsent'))).toBeNull();
});

it('Arabic is mirrored, and words of the other direction stay whole', async () => {
  const sara = await world.person('Sara');
  await (await world.client(sara)).updateProfile({ displayName: 'سارة' });
  const ada = await world.person('Ada Lovelace');
  const friend = await world.client(ada);
  const group = await friend.conversations.create({ kind: 'group', name: 'Engines', userIds: [sara.userId] });
  const spoken = friend.messages.send(group, 'Look at this, please!');
  const device = await world.device({ ...desktop, locale: 'ar' });
  const { page } = device;
  await page.getByLabel('البريد أو اسم المستخدم').fill(sara.email);
  await page.getByLabel('كلمة المرور', { exact: true }).fill(sara.password);
  await page.getByRole('button', { name: 'تسجيل الدخول', exact: true }).click();
  await page.getByRole('link', { name: /^Engines/ }).click();
  const bubble = page.getByRole('article').filter({ hasText: 'Look at this, please!' });
  await bubble.waitFor();
  await friend.messages.react(group, spoken, '👍', true);

  // The list stands right, the conversation left of it; others' bubbles right, one's own left.
  expect(await at(device, '.kith-left')).toBeGreaterThan(0.8);
  expect(await at(device, '.kith-head-who .kith-avatar')).toBeGreaterThan(0.6);
  await page.getByRole('textbox', { name: 'رسالة' }).fill('حسنًا، سأنظر Ada!');
  await page.keyboard.press('Enter');
  const own = page.getByRole('article').filter({ hasText: 'سأنظر' });
  await own.getByRole('img', { name: /^(أُرسلت|تم التسليم|قُرئت)$/ }).waitFor();
  expect(await at(device, '.kith-message:not([data-own]) .kith-bubble')).toBeGreaterThan(
    await at(device, '.kith-message[data-own] .kith-bubble'),
  );

  // English inside of Arabic is drawn from left to right: its first letter left of its last, the mark at its end.
  const order = await bubble.locator('p').evaluate((paragraph) => {
    const text = paragraph.firstChild as Text;
    const x = (index: number): number => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().x;
    };
    return [x(0), x(text.length - 2), x(text.length - 1)];
  });
  expect(order).toEqual([...order].sort((a, b) => a - b));
  // Who did what: in one sentence of Arabic, the name fenced.
  await friend.conversations.update(group, { name: 'Engines, two' });
  await page.getByText('غيّر Ada Lovelace الاسم إلى Engines, two').waitFor();

  // The arrow keys mirror with the picture: the splitter grows towards the conversation.
  const splitter = page.getByRole('separator', { name: 'عرض القائمة' });
  const before = Number(await splitter.getAttribute('aria-valuenow'));
  await splitter.press('ArrowLeft');
  await until('the list is wider', async () => {
    const now = Number(await splitter.getAttribute('aria-valuenow'));
    if (now <= before) throw new Error(`${now}, after ${before}`);
    return true;
  });
});

it('dates and numbers are those of the language', async () => {
  const ada = await world.person('Ada Lovelace');
  const friend = await world.client(await world.person('Bob'));
  const direct = await friend.conversations.openDirect(ada.userId);
  friend.messages.send(direct, 'Guten Morgen');
  const device = await world.device({ ...desktop, locale: 'de-DE' });
  await device.page.getByLabel('E-Mail oder Benutzername').fill(ada.email);
  await device.page.getByLabel('Passwort', { exact: true }).fill(ada.password);
  await device.page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await device.page.getByRole('link', { name: /^Bob/ }).click();
  const time = device.page.getByRole('article').filter({ hasText: 'Guten Morgen' }).locator('time');
  // Before ten the hour may be one digit; never a word for half a day.
  expect(await time.textContent()).toMatch(/^\d{1,2}:\d{2}$/);
  expect(await time.getAttribute('title')).toMatch(
    /^(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d/,
  );
  await say(device, 'Heute');
});
