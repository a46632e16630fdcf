/** The installed app: it opens by itself, stays whole while a newer build waits, and takes what other apps share. */
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { desktop, launch } from '../support/browser.ts';
import { type InProcess, startInProcess } from '../support/inProcess.ts';
import { connect, signUp } from '../support/people.ts';
import { gif } from '../support/samples.ts';
import { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const BUILT = fileURLToPath(new URL('../../apps/web/dist', import.meta.url));

let webRoot = '';
let service: InProcess | undefined;
/** By name: cookies are kept for what browsers call a trustworthy origin. */
let url = '';
let browser: Browser | undefined;

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'kith-built-'));
  await cp(BUILT, webRoot, { recursive: true });
  [service, browser] = await Promise.all([startInProcess({ webRoot }), launch()]);
  url = service.url.replace('127.0.0.1', 'localhost');
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
  await rm(webRoot, { recursive: true, force: true });
});

async function openNotes(screen: Screen, text: string): Promise<void> {
  await screen.list.getByRole('button', { name: 'New conversation' }).click();
  await screen.list.getByRole('button', { name: /^Saved messages/ }).click();
  await screen.send(text);
  await screen.acknowledged(text);
}

async function enter(name: string): Promise<Screen> {
  if (!browser) throw new Error('Not started yet.');
  // Before the door opens: on a server without any account it would offer to make one.
  const account = await signUp(url, name);
  const context = await browser.newContext({ locale: 'en-GB', ...desktop });
  context.setDefaultTimeout(10_000);
  const screen = new Screen(context, url);
  await screen.open();
  await screen.signIn(account);
  await screen.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  return screen;
}

/** As a new build is: every hashed file has another name, and none of the former ones is there any more. */
async function buildAnew(mark: string): Promise<void> {
  const assets = join(webRoot, 'assets');
  const names = (await readdir(assets)).filter((name) => !/\.(br|gz)$/.test(name));
  const renamed = new Map(names.map((name) => [name, name.replace(/(\.\w+)$/, `${mark}$1`)]));
  // From where a word begins, and no further than a name is long: there are words of half a megabyte.
  const inNew = (text: string): string =>
    text.replace(
      /(?<![\w.-])[\w.-]{1,80}\.(?:js|css|json|svg|png|webp)\b/g,
      (name) => renamed.get(name) ?? name,
    );
  for (const [name, next] of renamed) {
    const path = join(assets, name);
    await writeFile(path, inNew(await readFile(path, 'utf8')));
    await rename(path, join(assets, next));
  }
  for (const name of (await readdir(assets)).filter((one) => /\.(br|gz)$/.test(one)))
    await rm(join(assets, name));
  for (const name of ['index.html', 'sw.js']) {
    const path = join(webRoot, name);
    const text = inNew(await readFile(path, 'utf8'));
    await writeFile(path, text.replace(/VERSION = "(\w+)"/, `VERSION = "$1${mark}"`));
  }
}

const entryOf = (screen: Screen): Promise<string> =>
  screen.page.evaluate(
    () => document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? 'no script',
  );

const lookForUpdate = (screen: Screen): Promise<void> =>
  screen.page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update();
  });

it('tells of a newer build, keeps the present one whole meanwhile, and takes it in all tabs', async () => {
  const one = await enter('Ada');
  const two = await one.tab();
  await two.list.getByRole('button', { name: 'Settings' }).waitFor();
  expect(await entryOf(one)).not.toContain('-second');

  await buildAnew('-second');
  await lookForUpdate(one);
  const offered = one.page.getByText('A new version of Kith is ready.');
  await offered.waitFor();

  // A part of the former build that the server no longer has.
  await one.list.getByRole('button', { name: 'Settings' }).click();
  await one.page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(await entryOf(one)).not.toContain('-second');

  await one.page.getByRole('button', { name: 'Reload' }).click();
  await until('both tabs are of the new build', async () => {
    const entries = await Promise.all([entryOf(one), entryOf(two)]);
    return entries.every((entry) => entry.includes('-second'));
  });
  await one.page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(await offered.count()).toBe(0);
  expect(one.problems).toEqual([]);

  // With one tab, opening the app anew is enough.
  await two.page.close();
  await buildAnew('-third');
  await lookForUpdate(one);
  await offered.waitFor();
  await one.page.reload();
  await until('the tab is of the third build', async () => (await entryOf(one)).includes('-third'));
  expect(await offered.count()).toBe(0);
  await one.context.close();
});

it('says first what a reload would cost', async () => {
  const screen = await enter('Grace');
  await openNotes(screen, 'Something to change');
  await screen.choose('Something to change', 'Edit');

  await buildAnew('-fourth');
  await lookForUpdate(screen);
  await screen.page.getByText('A new version of Kith is ready.').waitFor();
  await screen.page.getByRole('button', { name: 'Reload' }).click();
  await screen.page.getByText('You are changing a message.').waitFor();
  expect(await entryOf(screen)).not.toContain('-fourth');
  await screen.page.getByRole('button', { name: 'Reload' }).click();
  await until('it is of the new build', async () => (await entryOf(screen)).includes('-fourth'));
  await screen.message('Something to change').waitFor();
  await screen.context.close();
});

it('opens without a network in every language, with its icons', async () => {
  const screen = await enter('Chioma');
  const held = await screen.page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    return paths;
  });
  for (const path of ['/', '/manifest.webmanifest', '/icon.svg', '/icon-unread.svg', '/icon-192.png'])
    expect(held).toContain(path);
  for (const language of ['de', 'es', 'ar', 'zh'])
    expect(held.some((path) => path.startsWith(`/assets/${language}-`))).toBe(true);
  expect(held.filter((path) => path.includes('screen-'))).toEqual([]);

  await openNotes(screen, 'Kept for later');
  await screen.readyForOffline('Kept for later');
  await screen.page.evaluate(() => localStorage.setItem('kith.language', 'de'));
  await screen.setOffline(true);
  await screen.page.reload();
  await screen.page.getByRole('button', { name: 'Einstellungen' }).waitFor();
  await screen.page.getByText('Kept for later').first().waitFor();
  await screen.context.close();
});

it('puts what another app shares into the draft of a conversation', async () => {
  const screen = await enter('Ines');
  const other = await signUp(url, 'Otto');
  const friend = await connect(url, other.token);
  await screen.find('Otto');
  await screen.composer.fill('Look:');
  await friend.stop();

  await screen.page.goto(
    `${url}/share?${new URLSearchParams({ title: 'Tides', text: 'High at six', url: 'https://tides.example/' })}`,
  );
  await screen.page.getByRole('heading', { name: 'Share to' }).waitFor();
  // The words travel in the address no further.
  expect(new URL(screen.page.url()).search).toBe('');
  await screen.list.getByRole('button', { name: 'Otto' }).click();
  await screen.heading('Otto').waitFor();
  expect(await screen.composer.inputValue()).toBe('Look:\nTides\nHigh at six\nhttps://tides.example/');

  // Files come as the browser sends a form.
  await screen.composer.fill('');
  await screen.page.evaluate(() => {
    const form = document.createElement('form');
    Object.assign(form, {
      method: 'post',
      action: '/share',
      enctype: 'multipart/form-data',
      id: 'other-app',
    });
    form.innerHTML = '<input name="text" value="Two of them"><input name="files" type="file" multiple>';
    document.body.append(form);
  });
  await screen.page.locator('#other-app input[type=file]').setInputFiles([
    { name: 'Ebbe – 潮.txt', mimeType: 'text/plain', buffer: Buffer.from('low at noon') },
    { name: 'shore.gif', mimeType: 'image/gif', buffer: await gif() },
  ]);
  await screen.page.evaluate(() => document.querySelector<HTMLFormElement>('#other-app')?.submit());
  await screen.page.getByText('2 files').waitFor();
  await screen.list.getByRole('button', { name: 'Otto' }).click();
  await screen.tray.getByText('Ebbe – 潮').waitFor();
  await screen.tray.getByRole('button', { name: /^Look at shore/ }).waitFor();
  expect(await screen.composer.inputValue()).toBe('Two of them');
  await screen.page.getByRole('button', { name: 'Send', exact: true }).click();
  await screen.log.getByRole('button', { name: /^GIF: shore/ }).waitFor();
  // Nothing of it stays behind.
  expect(await screen.page.evaluate(() => caches.has('shared-1'))).toBe(false);

  // A shortcut of the icon.
  await screen.page.goto(`${url}/new`);
  await screen.list.getByRole('searchbox', { name: 'Find people' }).waitFor();
  expect(screen.problems).toEqual([]);
  await screen.context.close();
});
