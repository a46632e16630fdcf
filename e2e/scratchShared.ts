import { execFileSync } from 'node:child_process';
import { readFileSync, mkdirSync } from 'node:fs';
import sharp from 'sharp';
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
    const context = await browser.newContext({ ...options, colorScheme: scheme, locale, serviceWorkers: 'block' });
    context.setDefaultTimeout(15_000);
    const screen = new Screen(context, place.url);
    await screen.open();
    const { page } = screen;
    page.on('console', (m) => m.type() !== 'log' && m.type() !== 'debug' && console.log(name, m.type(), m.text()));
    if (locale !== 'en-GB') {
      await page.locator('input[type=email]').fill(ana.email);
      await page.locator('input[type=password]').fill(ana.password);
      await page.locator('button[type=submit]').click();
    } else await screen.signIn(ana);
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
  const only = process.argv[2];
  if (!only || only === 'all') {
    await shots('desktop-light', desktop, 'light');
    await shots('desktop-dark', desktop, 'dark');
    await shots('phone-light', phone, 'light');
    await shots('phone-dark', phone, 'dark');
    await shots('phone-ar', phone, 'light', 'ar');
  }
  // Settings and editing.
  const context = await browser.newContext({ ...desktop, locale: 'en-GB', serviceWorkers: 'block' });
  context.setDefaultTimeout(15_000);
  const screen = new Screen(context, place.url);
  await screen.open();
  const { page } = screen;
  page.on('console', (m) => m.type() !== 'log' && m.type() !== 'debug' && console.log('edit', m.type(), m.text()));
  await screen.signIn(ana);
  await screen.openRow('Apollo');
  await screen.openDetails();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.waitForTimeout(400);
  await page.getByText('Photos, videos and sound only').scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${OUT}/edit.png` });
  await screen.list.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Storage' }).evaluate((e) => e.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${OUT}/settings.png` });
  await context.close();
} finally {
  await browser.close();
  await place.close();
}
