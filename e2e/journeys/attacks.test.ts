/**
 * XSS: every text that one person may write is filled with markup and scripts, and another opens every screen that shows it.
 * What ran would have left its mark; what was forbidden by the policy alone counts as a hole too.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@kith/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOutside } from '../../packages/server/src/previews/outside.ts';
import { pngOf } from '../../packages/server/src/testing/images.ts';
import { desktop, launch } from '../support/browser.ts';
import { type InProcess, startInProcess } from '../support/inProcess.ts';
import { signUp } from '../support/people.ts';
import { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

/** Short enough for a name; `__xss` is set by whichever runs. */
const payloads = [
  '<img src=x onerror="__xss=1">',
  '<svg/onload=__xss=2>',
  '"><script>__xss=3</script>',
  `'"--></title></style><body onload=__xss=4>`,
  '<iframe srcdoc="<script>parent.__xss=5</script>">',
  'javascript:__xss=6//',
  '[press](javascript:__xss=7)',
  '![x](https://foreign.example/x.png)',
  '<link rel=stylesheet href=//foreign.example/x.css>',
  '<a href="jav&#x09;ascript:__xss=8">x</a>',
  '{{constructor.constructor("__xss=9")()}}',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=__xss=10>',
  '<https://foreign.example/" onmouseover="__xss=11>',
  '```"><img src=x onerror=__xss=12>\n<script>__xss=13</script>\n```',
  '`<img src=x onerror=__xss=14>`',
  '> <details open ontoggle=__xss=15>',
] as const;

let next = 0;
/** Another one each time, no longer than this, on one line. */
function evil(most = 80): string {
  for (;;) {
    const payload = payloads[next++ % payloads.length] ?? '';
    if (payload.length <= most && !payload.includes('\n')) return payload;
  }
}

let site: Server;
let place: InProcess;
let browser: Browser;
let url = '';
let link = '';

beforeAll(async () => {
  const text = payloads.join(' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  site = createServer((_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(
        `<title>${text}</title><meta name="description" content="${text}"><meta property="og:site_name" content="${text}">`,
      ),
  ).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  link = `http://site.example:${port}/?q="><img+src=x+onerror=__xss=16>`;
  const outside = createOutside({
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    isAllowed: (address) => address === '127.0.0.1',
    isPort: (written) => written === String(port),
  });
  [place, browser] = await Promise.all([startInProcess({ outside }), launch()]);
  url = place.url.replace('127.0.0.1', 'localhost');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await place?.close();
  site?.close();
});

/** What somebody with a token does over HTTP. @throws Error what the service answered. */
const client = (token: string) => {
  const ask = async <T>(method: string, path: string, body: object | undefined, more: RequestInit = {}) => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      ...more,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(more.headers as Record<string, string>),
      },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
  return {
    ask,
    upload: async (bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<string> => {
      const id = newId();
      const values = Object.entries({ id, filetype: mime }).map(([key, value]) => `${key} ${btoa(value)}`);
      await ask('POST', '/uploads', undefined, {
        headers: {
          'tus-resumable': '1.0.0',
          'upload-length': String(bytes.length),
          'upload-metadata': values.join(','),
        },
      });
      await ask('PATCH', `/uploads/${id}`, undefined, {
        body: bytes,
        headers: {
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
      });
      await until('the file was looked at', async () => {
        const { uploads } = await ask<{ uploads: { state: string }[] }>(
          'GET',
          `/uploads?fileIds=${id}`,
          undefined,
        );
        return uploads[0]?.state === 'ready';
      });
      return id;
    },
  };
};

/** What the page would show if something had run, or tried to. */
async function expectClean(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: (globalThis as { __xss?: unknown }).__xss ?? null,
    violations: (globalThis as { __violations?: string[] }).__violations,
    scripts: document.querySelectorAll('script:not([src])').length,
    frames: document.querySelectorAll('iframe, object, embed, base, form[action^="http"]').length,
    handlers: [...document.querySelectorAll('*')].filter((one) =>
      one.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
    links: [...document.querySelectorAll('a[href], area[href]')]
      .map((one) => (one as HTMLAnchorElement).protocol)
      .filter((protocol) => !/^(https?|mailto|tel|blob|geo):$/.test(protocol)),
    sources: [...document.querySelectorAll('[src]')]
      .map((one) => (one as HTMLImageElement).src)
      .filter((source) => !source.startsWith(location.origin) && !/^(blob|data:image)/.test(source)),
  }));
  expect(found, where).toEqual({
    ran: null,
    violations: [],
    scripts: 0,
    frames: 0,
    handlers: 0,
    links: [],
    sources: [],
  });
}

it('whatever people write into whatever field is words to everybody else', async () => {
  const [mallory, victim] = [await signUp(url, 'Mallory'), await signUp(url, 'Victim')];
  const hers = client(mallory.token);
  const his = client(victim.token);
  const plain = (text: string) => ({ type: 'plain', text });
  await hers.ask('PATCH', '/me', {
    displayName: '<img src=x onerror="__xss=20">',
    bio: `${evil()}\n${evil()}`,
    status: { emoji: '👻', text: evil() },
  });
  const group = newId();
  await hers.ask('POST', '/conversations', {
    kind: 'channel',
    conversationId: group,
    name: '<svg/onload=__xss=21>',
    topic: payloads.slice(0, 6).join(' ').slice(0, 250),
    userIds: [victim.userId],
  });
  const send = async (content: object, more: object = {}): Promise<string> => {
    const messageId = newId();
    await hers.ask('POST', `/conversations/${group}/messages`, { messageId, content, ...more });
    return messageId;
  };
  let root = '';
  for (const payload of payloads) root = await send(plain(payload));
  await send(plain(`a reply ${evil()}`), { thread: root });
  await send(plain(`a quote ${evil()}`), { replyTo: root });
  await hers.ask('PATCH', `/conversations/${group}/messages/${root}`, {
    content: plain(`changed ${evil()}`),
  });
  await hers.ask('PUT', `/conversations/${group}/messages/${root}/pin`, {});
  const attach = (attachment: object): Promise<string> => send({ ...plain(''), attachment });
  await attach({
    type: 'poll',
    question: payloads.slice(2, 6).join(' '),
    options: [payloads[0], payloads[1], payloads[2]],
    multiple: false,
    anonymous: false,
  });
  await attach({ type: 'location', latitude: 1, longitude: 2, label: evil() });
  await attach({ type: 'contact', name: evil(), phone: '+49 1234', email: 'a@example.org' });
  const page = new TextEncoder().encode(`<script>__xss=22</script>${payloads.join('\n')}`);
  const drawing = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" onload="__xss=23"><script>__xss=24</script></svg>',
  );
  for (const [bytes, mime, name] of [
    [page, 'text/html', '<img src=x onerror=__xss=25>.html'],
    [page, 'text/plain', '"><svg onload=__xss=26>.txt'],
    [drawing, 'image/svg+xml', '<svg onload=__xss=27>.svg'],
  ] as const) {
    const fileId = await hers.upload(bytes, mime);
    await attach({
      type: 'files',
      files: [{ fileId, kind: 'file', name, mime: 'text/plain', size: bytes.length }],
    });
  }
  const packId = newId();
  await hers.ask('POST', '/sticker-packs', { packId, name: evil() });
  const { id: blobId } = await hers.ask<{ id: string }>('POST', '/blobs?purpose=sticker', undefined, {
    body: new Uint8Array(pngOf(96, 96, 7)),
    headers: { 'content-type': 'image/png' },
  });
  const stickerId = newId();
  await hers.ask('POST', `/sticker-packs/${packId}/stickers`, {
    stickerId,
    blobId,
    emoji: '🦊',
    alt: evil(),
  });
  await attach({
    type: 'sticker',
    packId,
    stickerId,
    blobId,
    width: 96,
    height: 96,
    emoji: '🦊',
    alt: evil(),
  });
  const linked = await send(plain(`look at ${link} and [${evil(40)}](${link})`));
  await until('the link has its preview', async () => {
    const { messages } = await hers.ask<{ messages: object[] }>(
      'GET',
      `/conversations/${group}/messages-by-id?messageIds=${linked}`,
      undefined,
    );
    return JSON.stringify(messages).includes('linkPreview"');
  });
  // What somebody could make a person keep themselves: pasted, imported, sent from another device.
  await his.ask('PATCH', `/me/folders/${newId()}`, { name: '<svg/onload=__xss=28>', kinds: ['channel'] });
  await his.ask('PUT', `/me/drafts/${group}`, { text: evil(), at: new Date().toISOString() });
  const at = new Date(Date.now() + 3_600_000).toISOString();
  await his.ask('PUT', `/me/reminders/${root}`, { conversationId: group, at });
  await his.ask('POST', '/me/scheduled', {
    conversationId: group,
    messageId: newId(),
    content: plain(evil()),
    at,
  });
  await his.ask('PUT', `/conversations/${group}/threads/${root}/following`, { following: true });
  await his.ask('PUT', `/sticker-packs/${packId}/installed`, {});

  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...desktop });
  context.setDefaultTimeout(20_000);
  await context.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { __violations: heard });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      heard.push(`${violatedDirective} ${blockedURI}`),
    );
  });
  const foreign: string[] = [];
  context.on('request', (request) => {
    const asked = new URL(request.url());
    if (/^https?:$/.test(asked.protocol) && asked.host !== new URL(url).host) foreign.push(request.url());
  });
  const dialogs: string[] = [];
  context.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const screen = new Screen(context, url);
  await screen.open();
  await screen.signIn(victim);
  const looked = async (where: string): Promise<void> => {
    await screen.page.waitForTimeout(150);
    await expectClean(screen.page, where);
  };

  await screen.row('<svg/onload=__xss=21>').waitFor();
  await looked('the list');
  await screen.row('<svg/onload=__xss=21>').click();
  await screen.log.getByRole('article').first().waitFor();
  await looked('the timeline');
  const jump = screen.page.getByRole('button', { name: /^To the newest message/ });
  if (await jump.isVisible()) await jump.click();
  await screen.message('look at').waitFor();
  await looked('the end of it, with files and a preview');
  // It is words: they stand there as they were written.
  for (let turn = 0; turn < 6; turn += 1) {
    await screen.log.evaluate((log) => {
      const scroller = log.closest('[class*="scroll"]') ?? log;
      scroller.scrollTop -= 700;
    });
    await looked(`the timeline, ${turn + 1} screens up`);
  }
  await screen.log.getByText('<svg/onload=__xss=2>').first().waitFor();

  const address = `/c/${group}`;
  const states = [
    ...['new', 'channels', 'threads', 'later', 'settings'].map((left) => ({ left })),
    ...['info', 'shared'].map((panel) => ({ panel })),
    { panel: 'thread', thread: { rootId: root } },
  ];
  for (const state of states) {
    // As if one had come there: each screen is an entry of the history.
    await screen.page.evaluate(([to, entry]) => history.replaceState(entry, '', to as string), [
      address,
      state,
    ] as const);
    await screen.page.reload();
    // It is there, and not the list again.
    if ('left' in state) await screen.list.getByRole('button', { name: 'Back' }).first().waitFor();
    else await screen.page.getByRole('complementary').first().waitFor();
    await screen.page.waitForTimeout(400);
    await looked(JSON.stringify(state));
  }
  await screen.page.evaluate((to) => history.replaceState({}, '', to), address);
  await screen.page.reload();
  const search = screen.list.getByRole('searchbox');
  for (const words of ['onerror', '<img src=x onerror="__xss=30">']) {
    await search.fill(words);
    await screen.page.waitForTimeout(800);
    await looked(`what is found for ${words}`);
  }
  await search.fill('');
  await screen.page.getByRole('button', { name: 'Profile of <img src=x' }).last().click();
  await screen.page.getByRole('dialog', { name: 'Profile' }).waitFor();
  await looked('the profile');
  await screen.page.keyboard.press('Escape');

  const { invite } = await hers.ask<{ invite: { token: string } }>('POST', '/invites', {
    inviteId: newId(),
    role: 'guest',
    conversationIds: [group],
    note: evil(),
  });
  await screen.page.goto(`${url}/invite#${invite.token}`);
  await screen.page.getByText('<svg/onload=__xss=21>').waitFor();
  await looked('the door of an invitation');

  expect(dialogs).toEqual([]);
  expect(foreign).toEqual([]);
  expect(screen.problems).toEqual([]);
  // Were one of them drawn as markup, it would have been noticed.
  await screen.page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), payloads[0]);
  await screen.page.waitForTimeout(150);
  await expect(expectClean(screen.page, 'markup')).rejects.toThrow('markup');
  await context.close();
});
