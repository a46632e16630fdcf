/**
 * Real Chromium against the real server, for one file of journeys:
 *
 *     const world = useWorld();
 *     test('…', async () => {
 *       const ada = await world.enter('Ada'); // an account, a browser of her own, signed in
 *       await ada.page.getByRole(…)
 *     });
 *
 * Whatever a page throws or complains about in its console fails the test that opened it.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KithClient } from '@kith/client';
import { findChromium, findChromiumShell, INSTALL_CHROMIUM } from '@kith/tools/services/binaries.ts';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type {} from './globalSetup.ts';
import { type Account, connect, signUp } from './people.ts';
import { Screen } from './screens.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';

/** Long enough for a loaded machine, short enough that a failure says where it waits before the test is over. */
const ACTION_MS = 20_000;

/** `whole`: with the parts around the pages, such as notices. */
export async function launch({ whole = false } = {}): Promise<Browser> {
  const executablePath = (whole ? undefined : findChromiumShell()) ?? findChromium();
  if (executablePath === undefined) throw new Error(`There is no browser. ${INSTALL_CHROMIUM}`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A turn of the wheel is done when it is done: what moves afterwards moved by itself.
      '--disable-smooth-scrolling',
      '--no-first-run',
      // A microphone that beeps and a camera that shows a moving picture; nobody is asked.
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
    ],
  });
}

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export interface World {
  readonly server: Server;
  readonly browser: Browser;
  /** A browser profile of its own with one page, at the door. */
  device(options?: BrowserContextOptions): Promise<Screen>;
  /** The same, signed in through the form. */
  enter(who: Account | string, options?: BrowserContextOptions): Promise<Screen>;
  /** Someone who has an account. */
  person(name: string): Promise<Account>;
  /** A device without a screen: a client of the SDK, connected and synced. Stopped after the test. */
  client(who: Account): Promise<KithClient>;
}

export interface WorldOptions extends ServerOptions {
  /**
   * Whether the app installs itself for use without a network: every new profile fetches all of it, in all languages, so
   * only journeys that need it pay for it. Absent: no.
   */
  readonly installs?: boolean;
  /** Whether it looks at the system's notices: only the whole browser has them. Absent: no. */
  readonly notices?: boolean;
  /**
   * Whether things fade and slide, as they do for most people. Every frame of it is painted without a graphics card: a
   * fifth of the time of all journeys, so only those have it where a movement could be in the way. Absent: no.
   */
  readonly motion?: boolean;
}

export function useWorld({
  installs = false,
  notices = false,
  motion = false,
  ...options
}: WorldOptions = {}): World {
  let server: Server | undefined;
  let browser: Browser | undefined;
  let screens: Screen[] = [];
  let clients: KithClient[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startServer({ template: inject('dataTemplate'), ...options }),
      launch({ whole: notices }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  });
  afterEach(async ({ task }) => {
    const opened = screens;
    screens = [];
    if (task.result?.state === 'fail') for (const screen of opened) await picture(screen);
    await Promise.all(clients.map((client) => client.stop()));
    clients = [];
    await Promise.all(opened.map(({ context }) => context.close()));
    expect(
      opened.flatMap((screen) => screen.problems),
      'what the pages complained about',
    ).toEqual([]);
  });

  const world: World = {
    get server() {
      if (!server) throw new Error('The server is not started yet.');
      return server;
    },
    get browser() {
      if (!browser) throw new Error('The browser is not started yet.');
      return browser;
    },
    device: async (contextOptions = desktop) => {
      const context = await world.browser.newContext({
        locale: 'en-GB',
        reducedMotion: motion ? 'no-preference' : 'reduce',
        serviceWorkers: installs ? 'allow' : 'block',
        ...contextOptions,
      });
      context.setDefaultTimeout(ACTION_MS);
      const screen = new Screen(context, world.server.url);
      screens.push(screen);
      await screen.open();
      return screen;
    },
    enter: async (who, contextOptions) => {
      const account = typeof who === 'string' ? await world.person(who) : who;
      const screen = await world.device(contextOptions);
      await screen.signIn(account);
      return screen;
    },
    person: (name) => signUp(world.server.url, name),
    client: async ({ token }) => {
      const client = await connect(world.server.url, token);
      clients.push(client);
      return client;
    },
  };
  return world;
}

let pictures: string | undefined;
let taken = 0;

/** What was on screen when it failed. */
async function picture({ context }: Screen): Promise<void> {
  pictures ??= mkdtempSync(join(tmpdir(), 'kith-journey-'));
  for (const page of context.pages()) {
    taken += 1;
    const path = join(pictures, `${taken}.png`);
    const done = await page.screenshot({ path, timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (done) process.stderr.write(`The screen when it failed: ${path}\n`);
  }
}
