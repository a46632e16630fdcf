/** The cascade layers stand in their order, whichever stylesheet a page happens to load first. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';

const world = useWorld();

it('every stylesheet begins with the order of the layers, and components keep their space', async () => {
  const ada = await world.person('Ada');
  const screen = await world.enter(ada);
  await screen.list.getByRole('button', { name: 'Settings' }).click();
  const back = screen.list.getByRole('button', { name: 'Back' });
  await back.waitFor();

  const sheets = await screen.page.evaluate(() =>
    [...document.styleSheets].map(({ href, cssRules: [first] }) => ({ href, first: first?.cssText ?? '' })),
  );
  expect(sheets.length).toBeGreaterThan(1);
  for (const { href, first } of sheets)
    expect(first, href ?? '').toMatch(/^@layer kith\.reset, kith\.tokens, /);
  // The reset takes all space away; it must stand below whatever gives it back.
  const space = await screen.list
    .getByRole('textbox', { name: 'Name', exact: true })
    .evaluate((field) => Number.parseFloat(getComputedStyle(field).paddingInlineStart));
  expect(space).toBeGreaterThan(0);
});
