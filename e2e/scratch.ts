import { mkdirSync, writeFileSync } from 'node:fs';
import { accounts, createClient } from '@kith/client';
import sharp from 'sharp';
import { launch } from './support/browser.ts';
import { connect, signUp } from './support/people.ts';
import { startServer } from './support/server.ts';

const out = '/tmp/scr/';
const server = await startServer();
const browser = await launch();
try {
  const a = await signUp(server.url, 'Ada');
  const b = await signUp(server.url, 'Bob');
  const bob = await connect(server.url, b.token);
  const id = await bob.conversations.openDirect(a.userId);
  bob.messages.send(id, 'Here are the pictures from the weekend');
  const noise = async (w: number, h: number, hue: number) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl(${hue},60%,70%)"/><stop offset="1" stop-color="hsl(${hue + 60},70%,35%)"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/><circle cx="${w * 0.7}" cy="${h * 0.3}" r="${h * 0.15}" fill="hsl(${hue + 180},80%,75%)"/><path d="M0 ${h * 0.8} L${w * 0.3} ${h * 0.5} L${w * 0.5} ${h * 0.7} L${w * 0.8} ${h * 0.4} L${w} ${h * 0.75} L${w} ${h} L0 ${h}Z" fill="hsl(${hue + 30},40%,25%)"/></svg>`;
    return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
  };
  for (const [i, [w, h]] of (
    [
      [3000, 2000],
      [2000, 3000],
      [2400, 2400],
    ] as const
  ).entries())
    writeFileSync(`${out}p${i}.jpg`, await noise(w, h, i * 80 + 20));
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') console.log('console', m.type(), m.text());
  });
  page.on('pageerror', (e) => console.log('pageerror', e.message));
  await page.goto(server.url);
  await page.getByLabel('Email or username').fill(a.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(a.password);
  await page.keyboard.press('Enter');
  await page.getByText('Here are the pictures').first().click();
  await page.waitForTimeout(800);
  await page
    .getByRole('button', { name: /Attach|Add/ })
    .first()
    .click();
  await page.waitForTimeout(400);
  await page.screenshot({ path: out + 'menu.png' });
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('menuitem').first().click(),
  ]);
  await chooser.setFiles([0, 1, 2].map((i) => `${out}p${i}.jpg`));
  await page.waitForTimeout(2500);
  await page.screenshot({ path: out + 'tray.png' });
  await page.keyboard.type('Three of them');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
  await page.screenshot({ path: out + 'sending.png' });
  await page.waitForTimeout(4000);
  await page.screenshot({ path: out + 'sent.png' });
  await page.locator('.kith-message img').last().click();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: out + 'viewer.png' });
  await bob.stop();
} finally {
  await browser.close();
  await server.dispose();
}
