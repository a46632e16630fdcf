/**
 * `npm run screens [name …]`: takes the pictures of docs/screens/ (and the two that the manifest offers) of the real app with
 * its demo world. Clock and dice stand still (support/frozen.mjs), so that a picture changes only when the app does.
 *
 * A new screen is one line of `scenes`.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { pdf } from '../packages/server/src/demo/documents.ts';
import { type PhotoName, takePhoto } from '../packages/server/src/demo/photos.ts';
import { desktop, launch, phone } from './support/browser.ts';
import type { Sample } from './support/samples.ts';
import { Screen } from './support/screens.ts';
import { startServer } from './support/server.ts';

/** A Friday morning. */
const NOW = Date.parse('2026-11-20T09:41:00Z');
const FOLDER = fileURLToPath(new URL('../docs/screens/', import.meta.url));
const PUBLIC = fileURLToPath(new URL('../apps/web/public/', import.meta.url));
/** Of WebP: no halo around letters, and a tenth of a PNG. */
const QUALITY = 82;

interface Scene {
  readonly name: string;
  readonly on: 'desktop' | 'phone';
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'de' | 'es' | 'ar' | 'zh';
  /** Nobody is signed in. */
  readonly door?: boolean;
  /** From the list on, by the words of English or whatever the language needs. */
  readonly go: (screen: Screen) => Promise<unknown>;
}

const press = (screen: Screen, name: string | RegExp): Promise<void> =>
  screen.page.getByRole('button', { name }).first().click();

async function open(screen: Screen, name: string): Promise<void> {
  await screen.page.locator('a[data-row]').filter({ hasText: name }).first().click();
  await screen.page.getByRole('article').first().waitFor();
  // At the end, where the lively part is.
  const jump = screen.page.locator('.kith-jump');
  await screen.page.waitForTimeout(400);
  if ((await jump.count()) > 0 && (await jump.first().isVisible())) await jump.first().click();
}

async function talk(screen: Screen): Promise<void> {
  await open(screen, 'engineering');
}

async function longPress(screen: Screen): Promise<void> {
  await talk(screen);
  await screen.page.locator('.kith-bubble').last().click({ button: 'right' });
  await screen.page.getByRole('menu').waitFor();
}

async function thread(screen: Screen): Promise<void> {
  await talk(screen);
  // What is pinned is where it began.
  await screen.page.locator('.kith-pins-one').first().click();
  await screen.page.waitForTimeout(600);
  await screen.page.locator('.kith-thread-foot').first().click();
  await screen.thread.getByRole('article').last().waitFor();
}

/** The middle of it: the question and its answers. */
async function poll(screen: Screen): Promise<void> {
  await open(screen, 'Autumn hike');
  const question = screen.page.locator('.kith-poll').last();
  await question.waitFor();
  await screen.page.waitForTimeout(600);
  await question.evaluate((element) => element.scrollIntoView({ block: 'center' }));
}

async function album(screen: Screen): Promise<void> {
  await open(screen, 'Autumn hike');
  const last = screen.page.getByRole('button', { name: /^Photo: IMG_2058/ });
  await last.waitFor();
  // It opened where reading stopped.
  await last.evaluate((element) => element.closest('article')?.scrollIntoView({ block: 'end' }));
}

async function viewer(screen: Screen): Promise<void> {
  await album(screen);
  await screen.page.getByRole('button', { name: /^Photo: IMG_2051/ }).click();
  await screen.viewer.getByRole('img', { name: /^Photo: / }).waitFor();
}

const TIMETABLE = { title: 'Winter timetable', lines: ['Every hour, and at night when the lake is quiet.'] };

/** Chosen, looked at, and not sent yet. What is written stays as a draft: these pictures come last. */
async function tray(screen: Screen): Promise<void> {
  await open(screen, 'Kavya Menon');
  const photo = async (name: PhotoName, as: string): Promise<Sample> => ({
    name: as,
    mimeType: 'image/jpeg',
    buffer: (await takePhoto(name)).jpeg,
  });
  await screen.attach([
    await photo('sea', 'Evening.jpg'),
    await photo('persimmons', 'Table.jpg'),
    await photo('rain', 'Window.jpg'),
    {
      name: 'Timetable – winter.pdf',
      mimeType: 'application/pdf',
      buffer: pdf(TIMETABLE, await takePhoto('ridges')),
    },
  ]);
  await screen.composer.fill('The rest of the week, and how to get there');
  await screen.page.waitForTimeout(1_500);
}

/** Played for a while. */
async function listening(screen: Screen): Promise<void> {
  await open(screen, 'Bruno');
  const message = screen.log.getByRole('article', { name: /Voice message/ });
  await message.getByRole('button', { name: 'Play' }).click();
  await message.getByRole('button', { name: 'Pause' }).click();
  // So far and no further, on every machine.
  const place = message.getByRole('slider');
  await place.press('Home');
  await place.press('ArrowRight');
  await place.blur();
}

/** And heard on while one reads elsewhere. */
async function listeningElsewhere(screen: Screen): Promise<void> {
  await listening(screen);
  await open(screen, 'engineering');
  await screen.page.getByRole('region', { name: 'Playing' }).waitFor();
}

async function shared(screen: Screen, kind: 'Media' | 'Files'): Promise<void> {
  await open(screen, kind === 'Media' ? 'Autumn hike' : 'Launch week');
  await (await screen.openDetails()).getByRole('button', { name: 'Photos, files, links, voice' }).click();
  await screen.page.getByRole('tab', { name: kind, exact: true }).click();
  await screen.page.waitForTimeout(800);
}

async function picker(screen: Screen, tab: 'Emoji' | 'Stickers'): Promise<void> {
  await open(screen, 'Launch week');
  await press(screen, /^Emoji/);
  await screen.page.getByRole('tab', { name: tab }).click();
  await screen.page.waitForTimeout(800);
}

async function found(screen: Screen): Promise<void> {
  await screen.list.getByRole('searchbox').fill('soup');
  await screen.list.locator('mark').first().waitFor();
}

async function switcher(screen: Screen): Promise<void> {
  await talk(screen);
  await screen.page.keyboard.press('Control+k');
  await screen.page.keyboard.type('la');
  await screen.page.getByRole('option').first().waitFor();
}

async function card(screen: Screen): Promise<void> {
  await open(screen, 'Bruno');
  await screen.openDetails();
}

async function folder(screen: Screen): Promise<void> {
  await screen.page.getByRole('tab', { name: /Launch/ }).click();
}

async function settingsAt(screen: Screen, heading: string): Promise<void> {
  await press(screen, 'Settings');
  const place = screen.page.getByRole('heading', { name: heading, exact: true });
  await place.evaluate((element) => element.scrollIntoView({ block: 'start' }));
}

const list = (screen: Screen): Promise<void> => screen.page.locator('a[data-row]').first().waitFor();

const scenes: readonly Scene[] = [
  { name: 'conversation', on: 'desktop', go: talk },
  { name: 'conversation-dark', on: 'desktop', theme: 'dark', go: talk },
  { name: 'thread', on: 'desktop', go: thread },
  { name: 'poll-dark', on: 'desktop', theme: 'dark', go: poll },
  { name: 'album', on: 'desktop', go: album },
  { name: 'viewer', on: 'desktop', go: viewer },
  { name: 'voice-dark', on: 'desktop', theme: 'dark', go: listening },
  { name: 'listening', on: 'desktop', go: listeningElsewhere },
  { name: 'shared', on: 'desktop', go: (screen) => shared(screen, 'Media') },
  { name: 'shared-files-dark', on: 'desktop', theme: 'dark', go: (screen) => shared(screen, 'Files') },
  { name: 'group', on: 'desktop', go: (screen) => open(screen, 'Launch week') },
  { name: 'direct', on: 'desktop', go: (screen) => open(screen, 'Bruno') },
  { name: 'chinese', on: 'desktop', language: 'zh', go: (screen) => open(screen, '林薇') },
  { name: 'arabic', on: 'desktop', language: 'ar', go: (screen) => open(screen, 'ليلى') },
  { name: 'menu', on: 'desktop', go: longPress },
  {
    name: 'info',
    on: 'desktop',
    go: async (screen) => {
      await open(screen, 'Launch week');
      await screen.openDetails();
    },
  },
  { name: 'profile', on: 'desktop', go: card },
  { name: 'folders', on: 'desktop', go: folder },
  { name: 'search', on: 'desktop', go: found },
  { name: 'switcher', on: 'desktop', go: switcher },
  { name: 'new-conversation', on: 'desktop', go: (screen) => press(screen, 'New conversation') },
  { name: 'emoji-dark', on: 'desktop', theme: 'dark', go: (screen) => picker(screen, 'Emoji') },
  { name: 'stickers', on: 'desktop', go: (screen) => picker(screen, 'Stickers') },
  { name: 'settings', on: 'desktop', go: (screen) => press(screen, 'Settings') },
  { name: 'appearance', on: 'desktop', go: (screen) => settingsAt(screen, 'Appearance') },
  { name: 'empty', on: 'desktop', go: list },
  {
    name: 'sign-in',
    on: 'desktop',
    door: true,
    go: (screen) => screen.page.getByRole('textbox', { name: 'Password' }).waitFor(),
  },
  { name: 'phone-list', on: 'phone', go: list },
  { name: 'phone-list-dark', on: 'phone', theme: 'dark', go: list },
  { name: 'phone-conversation', on: 'phone', go: talk },
  { name: 'phone-conversation-dark', on: 'phone', theme: 'dark', go: (screen) => open(screen, 'Bruno') },
  { name: 'phone-thread', on: 'phone', go: thread },
  { name: 'phone-poll', on: 'phone', go: poll },
  { name: 'phone-album', on: 'phone', go: album },
  { name: 'phone-album-dark', on: 'phone', theme: 'dark', go: album },
  { name: 'phone-viewer', on: 'phone', go: viewer },
  { name: 'phone-voice', on: 'phone', go: listening },
  { name: 'phone-shared', on: 'phone', go: (screen) => shared(screen, 'Media') },
  { name: 'phone-menu', on: 'phone', go: longPress },
  { name: 'phone-stickers', on: 'phone', theme: 'dark', go: (screen) => picker(screen, 'Stickers') },
  { name: 'phone-search', on: 'phone', go: found },
  { name: 'phone-arabic', on: 'phone', language: 'ar', go: list },
  { name: 'phone-folders-dark', on: 'phone', theme: 'dark', language: 'ar', go: folder },
  { name: 'phone-arabic-conversation', on: 'phone', language: 'ar', go: (screen) => open(screen, 'ليلى') },
  { name: 'phone-settings-dark', on: 'phone', theme: 'dark', go: (screen) => press(screen, 'Settings') },
  {
    name: 'phone-sign-in',
    on: 'phone',
    door: true,
    go: (screen) => screen.page.getByRole('textbox', { name: 'Password' }).waitFor(),
  },
  { name: 'tray', on: 'desktop', go: tray },
  { name: 'phone-tray-dark', on: 'phone', theme: 'dark', go: tray },
];

/** What the manifest shows before the app is installed. */
const offered = new Map([
  ['conversation', 'screen-wide.webp'],
  ['phone-conversation', 'screen-narrow.webp'],
]);

async function enter(browser: Browser, url: string, scene: Scene, state: State): Promise<Screen> {
  const options: BrowserContextOptions = scene.on === 'phone' ? phone : desktop;
  const context = await browser.newContext({
    ...options,
    ...(!scene.door && { storageState: state }),
    colorScheme: scene.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: scene.language && scene.language !== 'en' ? scene.language : 'en-GB',
    timezoneId: 'Europe/Berlin',
    serviceWorkers: 'block',
  });
  context.setDefaultTimeout(20_000);
  const screen = new Screen(context, url);
  await context.clock.setFixedTime(NOW);
  await screen.open();
  return screen;
}

type State = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

/** Some others have the app open, so that not everybody is away. */
async function company(browser: Browser, url: string): Promise<void> {
  for (const name of ['bruno', 'kavya', 'layla']) {
    const screen = new Screen(await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' }), url);
    await screen.open();
    await screen.signIn({ email: `${name}@demo.example`, password: 'just looking around' });
  }
}

async function signIn(browser: Browser, url: string): Promise<State> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const screen = new Screen(context, url);
  await context.clock.setFixedTime(NOW);
  await screen.open();
  await screen.signIn({ email: 'ada@demo.example', password: 'just looking around' });
  await screen.page.getByRole('button', { name: 'Not now' }).click();
  const state = await context.storageState();
  await context.close();
  // The calendar that says when a cookie ends is the browser's own, which does not stand still.
  return { ...state, cookies: state.cookies.map((cookie) => ({ ...cookie, expires: -1 })) };
}

async function settle(screen: Screen): Promise<void> {
  await screen.page.mouse.move(0, 0);
  await screen.page.waitForTimeout(500);
  await screen.page.evaluate(async () => {
    await document.fonts.ready;
    // One that is out of sight may never be loaded.
    const late = new Promise((resolve) => setTimeout(resolve, 2_000));
    const drawn = [...document.images].map((image) => image.decode().catch(() => undefined));
    await Promise.race([Promise.all(drawn), late]);
    // What rises, flashes and fades has come to rest.
    const passing = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(passing.map((animation) => animation.finished.catch(() => undefined)));
  });
}

async function take(screen: Screen): Promise<Buffer> {
  const session = await screen.context.newCDPSession(screen.page);
  const [width, height, scale] = await screen.page.evaluate(
    () => [innerWidth, innerHeight, devicePixelRatio] as const,
  );
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    // By itself it takes CSS pixels.
    clip: { x: 0, y: 0, width, height, scale },
  });
  return Buffer.from(data, 'base64');
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? scenes : scenes.filter(({ name }) => wanted.includes(name));
const server = await startServer({
  args: ['--demo'],
  env: {
    TZ: 'Europe/Berlin',
    KITH_FROZEN_AT: String(NOW),
    NODE_OPTIONS: `--import=${new URL('support/frozen.mjs', import.meta.url).href}`,
  },
});
const browser = await launch({ whole: true });
let failed = 0;
try {
  await mkdir(FOLDER, { recursive: true });
  if (wanted.length === 0)
    for (const file of await readdir(FOLDER)) if (file.endsWith('.webp')) await rm(FOLDER + file);
  const state = await signIn(browser, server.url);
  await company(browser, server.url);
  let total = 0;
  for (const scene of chosen) {
    const screen = await enter(browser, server.url, scene, state);
    try {
      if (!scene.door) await screen.page.locator('a[data-row]').first().waitFor();
      await scene.go(screen);
      await settle(screen);
      const picture = await take(screen);
      await writeFile(`${FOLDER}${scene.name}.webp`, picture);
      const offer = offered.get(scene.name);
      if (offer) await writeFile(PUBLIC + offer, picture);
      total += (await stat(`${FOLDER}${scene.name}.webp`)).size;
      process.stdout.write(`${scene.name}: ${(picture.length / 1000).toFixed(0)} kB\n`);
    } catch (error) {
      failed += 1;
      process.stderr.write(`${scene.name}: ${String(error)}\n`);
    }
    for (const problem of screen.problems) process.stderr.write(`${scene.name}: ${problem}\n`);
    await screen.context.close();
  }
  process.stdout.write(`${chosen.length - failed} screens, ${(total / 1000).toFixed(0)} kB\n`);
} finally {
  await browser.close();
  await server.dispose();
}
process.exitCode = failed > 0 ? 1 : 0;
