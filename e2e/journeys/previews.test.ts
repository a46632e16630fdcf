/** What comes to a message later by itself: the preview of its link; and its end, where messages disappear. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createOutside } from '../../packages/server/src/previews/outside.ts';
import { pngOf } from '../../packages/server/src/testing/images.ts';
import { desktop, launch } from '../support/browser.ts';
import { type InProcess, startInProcess } from '../support/inProcess.ts';
import { type Account, signUp } from '../support/people.ts';
import { counted, gone, Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
/** Nearly the whole hour, so that the rest of it can be watched. */
const MOST_OF_IT_MS = HOUR_MS - 20_000;

let site: Server;
let port = 0;
let asked: string[] = [];
let place: InProcess;
/** By name: cookies are kept for what browsers call a trustworthy origin. */
let url = '';
let browser: Browser;
let opened: Screen[] = [];

beforeAll(async () => {
  site = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/picture.png') {
      response.writeHead(200, { 'content-type': 'image/png' }).end(pngOf(320, 180, 3));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
      `<title>Of lighthouses</title><meta name="description" content="All about their keepers">
       <meta property="og:site_name" content="Coast"><meta property="og:image" content="/picture.png">`,
    );
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  port = (site.address() as AddressInfo).port;
  // As if this machine were the internet, by one name; everything else of it stays closed.
  const outside = createOutside({
    resolve: async (host) => (host === 'site.example' ? [{ address: '127.0.0.1', family: 4 }] : []),
    isAllowed: (address) => address === '127.0.0.1',
    isPort: (written) => written === String(port),
  });
  [place, browser] = await Promise.all([startInProcess({ outside }), launch()]);
  url = place.url.replace('127.0.0.1', 'localhost');
});
afterEach(async () => {
  const screens = opened;
  opened = [];
  asked = [];
  for (const { context } of screens) await context.close();
  expect(screens.flatMap(({ problems }) => problems)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await place?.close();
  site?.close();
});

async function enter(
  who: Account,
  before: (context: BrowserContext) => Promise<void> = async () => {},
): Promise<Screen> {
  const context = await browser.newContext({ locale: 'en-GB', ...desktop });
  context.setDefaultTimeout(20_000);
  await before(context);
  const screen = new Screen(context, url);
  opened.push(screen);
  await screen.open();
  await screen.signIn(who);
  return screen;
}

it('a link gets a card with a picture of our own, on both screens and after a reload', async () => {
  const [adas, bobs] = [await signUp(url, 'Ada'), await signUp(url, 'Bob')];
  const ada = await enter(adas);
  const bob = await enter(bobs);
  const link = `http://site.example:${port}/lighthouses`;
  await ada.find('Bob');
  await ada.send(`Read this: ${link}`);
  await bob.openRow('Ada');
  for (const screen of [ada, bob]) {
    const card = screen.message('Read this').getByRole('link', { name: /Of lighthouses/ });
    await card.waitFor();
    expect(await card.getAttribute('href')).toBe(link);
    await card.getByText('All about their keepers').waitFor();
    await card.getByText('Coast', { exact: true }).waitFor();
    const picture = card.locator('img');
    // Nobody's browser calls the site.
    expect(await picture.getAttribute('src')).toMatch(/^\/v1\/blobs\//);
    await until('the picture is drawn', () =>
      picture.evaluate((image) => (image as HTMLImageElement).naturalWidth === 320),
    );
  }
  await bob.page.reload();
  await bob
    .message('Read this')
    .getByRole('link', { name: /Of lighthouses/ })
    .waitFor();
  expect(asked.toSorted()).toEqual(['/lighthouses', '/picture.png']);

  // Sent without one: the site is not even asked.
  await ada.composer.fill(`And this: http://site.example:${port}/quiet`);
  await ada.page.getByRole('button', { name: 'Without link preview' }).click();
  await ada.composer.press('Enter');
  await bob.message('And this').waitFor();
  await place.service.services.previews.settled();
  expect(asked).not.toContain('/quiet');
  await counted('links', ada.message('And this').getByRole('link'), 1);
});

it('a message that disappears leaves the screen at its second, and the server for good', async () => {
  const [cleos, dans] = [await signUp(url, 'Cleo'), await signUp(url, 'Dan')];
  const cleo = await enter(cleos, (context) => context.clock.install());
  const dan = await enter(dans);
  await dan.find('Cleo');
  await dan.send('This stays');
  await dan.acknowledged('This stays');
  await dan.openDetails();
  await dan.details.getByRole('combobox', { name: 'Messages disappear' }).selectOption({ label: '1 hour' });
  await dan.log.getByText(/disappear after 1 hour/).waitFor();
  await dan.send('This goes');
  await dan.acknowledged('This goes');
  await cleo.openRow('Dan');
  await cleo.message('This goes').waitFor();

  // For one of them the hour is nearly over, and then over; for the other it has hardly begun.
  await cleo.page.clock.fastForward(MOST_OF_IT_MS);
  await cleo.message('This goes').waitFor();
  await cleo.page.clock.fastForward(HOUR_MS - MOST_OF_IT_MS + 1_000);
  await gone(cleo.message('This goes'));
  await cleo.message('This stays').waitFor();
  await dan.message('This goes').waitFor();

  // The hour of the server is over too.
  await place.database.db
    .updateTable('messages')
    .set({ expires_at: new Date() })
    .where('text', '=', 'This goes')
    .execute();
  await gone(dan.message('This goes'));
  await gone(dan.row('Cleo').getByText('This goes'));
  await dan.page.reload();
  await dan.message('This stays').waitFor();
  // What the device kept is shown first, and it may be from the moment before.
  await gone(dan.message('This goes'));
  const left = await place.database.db
    .selectFrom('messages')
    .select('id')
    .where('text', '=', 'This goes')
    .execute();
  expect(left).toEqual([]);
});
