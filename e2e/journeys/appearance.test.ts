/** How the app looks on one device: chosen in Settings, kept, and there before the first paint. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();

/** The chosen radio's label takes the press. */
const choose = (screen: Screen, name: string) =>
  screen.list.getByRole('radio', { name, exact: true }).check({ force: true });

const look = (screen: Screen) =>
  screen.page.evaluate(() => {
    const root = document.documentElement;
    const probe = document.createElement('span');
    probe.style.color = 'var(--kith-accent-fill)';
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return { ...root.dataset, color, text: getComputedStyle(root).fontSize };
  });

it('accent, ground, text size, density and style are chosen, and stand before the first paint of the next start', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const client = await world.client(adas);
  const conversationId = await client.conversations.openDirect(bobs.userId);
  client.messages.send(conversationId, 'Six is perfect');
  const ada = await world.enter(adas);
  await ada.openRow('Bob');
  await ada.message('Six is perfect').waitFor();
  const usual = await look(ada);

  await ada.list.getByRole('button', { name: 'Settings' }).click();
  await choose(ada, 'Blue');
  await choose(ada, 'Dots');
  await choose(ada, 'Flat');
  await choose(ada, 'Compact');
  await ada.list.getByRole('slider', { name: 'Text size' }).focus();
  await ada.page.keyboard.press('ArrowRight');
  const chosen = await look(ada);
  expect(chosen).toMatchObject({
    background: 'dots',
    style: 'flat',
    density: 'compact',
    textSize: 'l',
    text: '18px',
  });
  expect(chosen.color).not.toBe(usual.color);

  // Flat: one's own words begin where everybody's do, under one's name.
  const own = ada.log.getByRole('article').filter({ hasText: 'Six is perfect' });
  await own.getByRole('button', { name: 'Ada', exact: true }).waitFor();
  const [row, bubble] = [await own.boundingBox(), await own.locator('.kith-bubble').boundingBox()];
  expect((bubble?.x ?? 0) - (row?.x ?? 0)).toBeLessThan(80);

  // What theme.js sets is there although no script of the app has run.
  await ada.page.route('**/assets/*.js', (route) => route.abort());
  ada.excuseNetwork();
  await ada.page.reload({ waitUntil: 'commit' });
  await ada.page.waitForFunction(() => document.body !== null);
  expect(await ada.page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
    background: 'dots',
    style: 'flat',
    density: 'compact',
    textSize: 'l',
  });
});
