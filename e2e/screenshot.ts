/**
 * `npm run screenshot`: takes the picture of the README, docs/screenshot.png, of the real app with its demo world.
 */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { launch } from './support/browser.ts';
import { Screen } from './support/screens.ts';
import { startServer } from './support/server.ts';

const PICTURE = fileURLToPath(new URL('../docs/screenshot.png', import.meta.url));
/** As in screens.ts: a Friday morning. */
const NOW = Date.parse('2026-11-20T09:41:00Z');
const CONVERSATION = process.argv[2] ?? 'Bruno Castellani';

const server = await startServer({
  args: ['--demo'],
  env: {
    TZ: 'Europe/Berlin',
    KITH_FROZEN_AT: String(NOW),
    NODE_OPTIONS: `--import=${new URL('support/frozen.mjs', import.meta.url).href}`,
  },
});
const browser = await launch({ whole: true });
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: process.argv.includes('dark') ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  await context.clock.setFixedTime(NOW);
  const screen = new Screen(context, server.url);
  await screen.open();
  await screen.signIn({ email: 'ada@demo.example', password: 'just looking around' });
  await screen.page.getByRole('button', { name: 'Not now' }).click();
  await screen.row(CONVERSATION).click();
  // At the end, where the lively part is, with everything read and the pointer out of the way.
  const jump = screen.page.getByRole('button', { name: /^To the newest message/ });
  await screen.log.getByRole('article').first().waitFor();
  if ((await jump.count()) > 0) await jump.click();
  // A photo is higher than what is left below the last that was read.
  await screen.log
    .getByRole('article')
    .last()
    .evaluate((element) => element.scrollIntoView({ block: 'end' }));
  await screen.page.waitForTimeout(1_000);
  await screen.page.mouse.move(0, 0);
  await screen.page.evaluate(async () => {
    (document.activeElement as HTMLElement | null)?.blur();
    await document.fonts.ready;
    // What rises, flashes and fades has come to rest.
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
  // With photos in it, 256 colours are a third of the weight and look the same.
  await sharp(await screen.page.screenshot())
    .png({ palette: true, effort: 10 })
    .toFile(PICTURE);
  for (const problem of screen.problems) process.stderr.write(`${problem}\n`);
  const { size } = await stat(PICTURE);
  process.stdout.write(`${PICTURE}: ${(size / 1000).toFixed(0)} kB\n`);
} finally {
  await browser.close();
  await server.dispose();
}
