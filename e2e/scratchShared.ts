import { execFileSync } from 'node:child_process';
import { readFileSync, mkdirSync } from 'node:fs';
import sharp from 'sharp';
import { createRequire } from 'node:module';
import { startServer } from './support/server.ts';
import { sql } from 'kysely';
import { startInProcess } from './support/inProcess.ts';
import { connect, signUp } from './support/people.ts';
import { Screen } from './support/screens.ts';
import { desktop, launch, phone } from './support/browser.ts';
import { until } from './support/wait.ts';

const OUT = '/tmp/h7-shots';
mkdirSync(OUT, { recursive: true });
const place = await startInProcess({ webRoot: '/tmp/h7-dist' });
const browser = await launch();
try {
  const ana = await signUp(place.url, 'Ana');
  const bob = await signUp(place.url, 'Bob');
  const a = await connect(place.url, ana.token);
  const b = await connect(place.url, bob.token);
  const id = await a.conversations.create({ kind: 'group', name: 'Apollo', userIds: [bob.userId] });
  const photo = async (n: number, w: number, h: number) => {
    const hue = (n * 47) % 360;
    const raw = Buffer.alloc(w * h * 3);
    for (let y = 0; y < h; y += 1)
      for (let x = 0; x < w; x += 1) {
        const o = 3 * (y * w + x);
        const round = Math.hypot(x - w * 0.6, y - h * 0.4) < h * 0.22 ? 60 : 0;
        raw[o] = Math.min(255, 60 + (hue * 3 + (x / w) * 120) % 150 + round);
        raw[o + 1] = Math.min(255, 60 + (hue * 5 + (y / h) * 120) % 150 + round);
        raw[o + 2] = Math.min(255, 60 + (hue * 7 + ((x + y) / (w + h)) * 120) % 150 + round);
      }
    return new Blob([await sharp(raw, { raw: { width: w, height: h, channels: 3 } }).jpeg().toBuffer()], { type: 'image/jpeg' });
  };
  const sent = async (client: typeof a, text: string, files: Parameters<typeof a.messages.send>[2]) => {
    const mid = client.messages.send(id, text, files ?? {});
    await until('sent', () => (client.messages.get(id, mid).get()?.seq ?? 0) > 0, { timeoutMs: 60_000 });
    return mid;
  };
  await until('bob has it', () => b.conversations.get(id).get() !== undefined);
  for (let n = 0; n < 9; n += 1)
    await sent(n % 2 ? a : b, '', {
      files: await Promise.all(
        Array.from({ length: (n % 3) + 1 }, async (_, k) => ({
          data: await photo(n * 3 + k, 900, 600 + 100 * k), kind: 'image' as const, name: `IMG_${n}${k}.jpg`, mime: 'image/jpeg', width: 900, height: 600 + 100 * k,
        })),
      ),
    });
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=duration=7:size=640x360:rate=15', '-pix_fmt', 'yuv420p', '/tmp/h7-clip.mp4']);
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=5', '-c:a', 'libopus', '/tmp/h7-voice.webm']);
  const clip = readFileSync('/tmp/h7-clip.mp4');
  await sent(a, 'the clip', { files: [{ data: new Blob([clip]), kind: 'video', name: 'clip.mp4', mime: 'video/mp4', width: 640, height: 360, duration: 7000, thumbnail: { data: await photo(99, 320, 180), mime: 'image/jpeg', width: 320, height: 180 } }] });
  for (const client of [a, b])
    await sent(client, '', { files: [{ data: new Blob([readFileSync('/tmp/h7-voice.webm')]), kind: 'voice', name: 'voice.webm', mime: 'audio/webm', duration: 5000, waveform: Buffer.from(Array.from({ length: 60 }, (_, k) => Math.round(120 + 110 * Math.sin(k / 3)))).toString('base64') }] });
  await sent(b, '', { files: [{ data: new Blob([readFileSync('/tmp/h7-voice.webm')]), kind: 'audio', name: 'A song of the sea.webm', mime: 'audio/webm', duration: 5000 }] });
  await sent(a, '', { files: [{ data: new Blob(['hello\n'.repeat(900)]), kind: 'file', name: 'Minutes of the meeting about everything that ever was planned.txt', mime: 'text/plain' }] });
  await sent(b, '', { files: [{ data: new Blob([new Uint8Array(123456)]), kind: 'file', name: 'backup.bin', mime: 'application/octet-stream' }] });
  await sent(a, 'Have a look at https://www.example.org/news/2026/landing?from=kith before the call', {});
  await sent(b, 'https://kith.example/', {});
  // Older ones.
  const { db } = place.database;
  await sql`update messages set created_at = now() - (12 - seq) * interval '9 days' where conversation_id = ${id} and seq < 12`.execute(db);
  await a.stop();
  await b.stop();
  const shots = async (name: string, options: object, scheme: 'light' | 'dark', locale = 'en-GB') => {
    const context = await browser.newContext({ ...options, colorScheme: scheme, locale: 'en-GB', serviceWorkers: 'block' });
    context.setDefaultTimeout(15_000);
    const screen = new Screen(context, place.url);
    await screen.open();
    const { page } = screen;
    page.on('console', (m) => m.type() !== 'log' && m.type() !== 'debug' && console.log(name, m.type(), m.text()));
    await screen.signIn(ana);
    if (locale !== 'en-GB') {
      await page.evaluate((l) => localStorage.setItem('kith.language', l), locale);
      await page.reload();
    }
    await page.locator('a[data-row]').first().click();
    await page.getByRole('article').first().waitFor();
    await page.locator('.kith-head-who').click();
    await page.locator('.kith-shared-way').waitFor();
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${OUT}/${name}-info.png` });
    await page.locator('.kith-shared-way').click();
    await page.locator('.kith-shared-tile').first().waitFor();
    await page.waitForTimeout(900);
    await page.screenshot({ path: `${OUT}/${name}-media.png` });
    for (const at of [1, 2, 3]) {
      await page.locator('.kith-shared-tabs button').nth(at).click();
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${OUT}/${name}-${at}.png` });
    }
    await context.close();
  };
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const place2 = await startServer({ env: { KITH_FILE_QUOTA: '1MB' } });
  const cy = await signUp(place2.url, 'Cy');
  const c = await connect(place2.url, cy.token);
  const own = await c.conversations.openDirect(cy.userId);
  const mid = c.messages.send(own, '', { files: [{ data: new Blob([new Uint8Array(620_000)]), kind: 'file', name: 'a.bin', mime: 'application/octet-stream' }] });
  await until('sent', () => (c.messages.get(own, mid).get()?.seq ?? 0) > 0, { timeoutMs: 60_000 });
  for (const [url, who] of [[place.url, ana], [place2.url, cy]] as const) {
    const context = await browser.newContext({ ...desktop, locale: 'en-GB', serviceWorkers: 'block', reducedMotion: 'reduce' });
    context.setDefaultTimeout(15_000);
    const screen = new Screen(context, url);
    await screen.open();
    const { page } = screen;
    await screen.signIn(who);
    if (who === cy) {
      await screen.list.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('heading', { name: 'Storage' }).evaluate((e) => e.scrollIntoView({ block: 'center' }));
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${OUT}/quota.png` });
      continue;
    }
    const judge = async (where: string) => {
      for (const media of [{ colorScheme: 'light', contrast: 'no-preference' }, { colorScheme: 'dark', contrast: 'no-preference' }, { colorScheme: 'light', contrast: 'more' }] as const) {
        await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
        await page.waitForTimeout(300);
        await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
        const { violations } = await page.evaluate<any>(`axe.run(document, ${JSON.stringify({ resultTypes: ['violations'] })})`);
        for (const { id, impact, help, nodes } of violations) console.log(where, JSON.stringify(media), impact, id, help, nodes.slice(0, 3).map((n: any) => `${n.target} ${n.failureSummary}`).join(' | '));
      }
    };
    await screen.openRow('Apollo');
    await screen.openDetails();
    await page.locator('.kith-shared-way').click();
    await page.locator('.kith-shared-tile').first().waitFor();
    await judge('media');
    for (const at of [1, 2, 3]) {
      await page.locator('.kith-shared-tabs button').nth(at).click();
      await page.waitForTimeout(700);
      await judge(`tab ${at}`);
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
    await page.locator('.kith-shared-tabs button').nth(0).click();
    await page.locator('.kith-shared-tile').nth(1).click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${OUT}/menu.png` });
    await page.keyboard.press('Escape');
    console.log('focus', await page.evaluate(() => document.activeElement?.getAttribute('aria-label')));
    await page.keyboard.press('ArrowDown');
    await page.screenshot({ path: `${OUT}/focus.png` });
    // Direct, and the card.
    await screen.find('Bob');
    await screen.send('hi');
    await screen.openRow('Apollo');
    await page.locator('.kith-sender').first().click();
    await page.getByRole('dialog').waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${OUT}/card.png` });
    await page.getByRole('dialog').locator('.kith-shared-way').click();
    await page.waitForTimeout(900);
    await page.screenshot({ path: `${OUT}/card-empty.png` });
    await context.close();
  }
  // Hold a finger.
  const context = await browser.newContext({ ...phone, locale: 'en-GB', serviceWorkers: 'block' });
  context.setDefaultTimeout(15_000);
  const screen = new Screen(context, place.url);
  await screen.open();
  const { page } = screen;
  await screen.signIn(bob);
  await screen.openRow('Apollo');
  await screen.openDetails();
  await page.locator('.kith-shared-way').click();
  const tile = page.locator('.kith-shared-tile').nth(4);
  await tile.waitFor();
  const box = (await tile.boundingBox())!;
  const cdp = await context.newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await page.waitForTimeout(700);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${OUT}/held.png` });
  await page.getByRole('menuitem', { name: 'Show in the conversation' }).click();
  await page.waitForTimeout(900);
  await page.screenshot({ path: `${OUT}/held-shown.png` });
  await c.stop();
  await place2.dispose();
} finally {
  await browser.close();
  await place.close();
}
