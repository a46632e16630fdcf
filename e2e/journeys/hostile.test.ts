/** Whatever people paste and send: the app stays quick and whole, and says what is true. */
import { expect, it } from 'vitest';
import { desktop, phone, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

/** Nothing is wider than the window, and the composer is where it belongs. */
async function stands(screen: Screen): Promise<void> {
  const { wide, over, composer, height } = await screen.page.evaluate(() => {
    const log = document.querySelector('[role="feed"]');
    const box = document.querySelector('textarea, [contenteditable]')?.getBoundingClientRect();
    return {
      wide: document.documentElement.scrollWidth - innerWidth,
      over: (log?.scrollWidth ?? 0) - (log?.clientWidth ?? 0),
      composer: box?.bottom ?? 0,
      height: innerHeight,
    };
  });
  expect(wide).toBeLessThanOrEqual(0);
  expect(over).toBeLessThanOrEqual(0);
  expect(composer).toBeLessThanOrEqual(height);
}

it('takes 100,000 characters, says that they are too many, and sends them as several messages', async () => {
  const ada = await world.person('Ada');
  const screen = await world.enter(ada);
  const bob = await world.person('Bob');
  await screen.find(bob.displayName);
  const text = Array.from({ length: 10_000 }, (_, n) => `word${String(n).padStart(5, '0')}`).join(' ');
  await screen.composer.fill(text);
  await screen.page.getByText('Too long by').waitFor();
  // The field is still one to write in.
  const started = Date.now();
  await screen.composer.press('End');
  await screen.page.keyboard.type(' more');
  expect(Date.now() - started).toBeLessThan(5_000);
  expect((await screen.composer.inputValue()).length).toBe(text.length + 5);
  await screen.composer.press('Enter');
  expect((await screen.composer.inputValue()).length).toBe(text.length + 5);

  await screen.page.getByRole('button', { name: /^Send as \d+ messages$/ }).click();
  expect(await screen.composer.inputValue()).toBe('');
  const own = await world.client(ada);
  const [entry] = own.conversations.list.get();
  await until('all of it has arrived, in order', async () => {
    const { messages } = await own.request('getHistory', { conversationId: entry?.id ?? '', limit: 50 });
    const said = messages.map(({ body }) =>
      body.type === 'content' && body.content.type === 'plain' ? body.content.text : '',
    );
    return said.join(' ') === `${text} more`;
  });
});

it('sends nothing that nobody would see, and does not leave the app for a file', async () => {
  const screen = await world.enter('Ada');
  const zoe = await world.person('Zoe');
  await screen.find(zoe.displayName);
  await screen.composer.fill('\u200B\u2060 \u202E\u3164');
  expect(await screen.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await screen.composer.fill('Look at this');
  for (const type of ['paste', 'drop'] as const) {
    const kept = await screen.composer.evaluate((field, name) => {
      const data = new DataTransfer();
      data.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
      const options = { bubbles: true, cancelable: true };
      return field.dispatchEvent(
        name === 'paste'
          ? new ClipboardEvent('paste', { ...options, clipboardData: data })
          : new DragEvent('drop', { ...options, dataTransfer: data }),
      );
    }, type);
    expect(kept, 'the browser would show the file in place of the app').toBe(false);
    const chosen = screen.page.getByText('1 file to send · ');
    await chosen.waitFor();
    await screen.page.getByRole('button', { name: 'Remove all files' }).click();
    await chosen.waitFor({ state: 'detached' });
  }
  expect(await screen.composer.inputValue()).toBe('Look at this');
});

it('draws what strangers send without harm', async () => {
  const ada = await world.person('Ada');
  const bob = await world.person('Bob');
  const friend = await world.client(bob);
  const conversationId = await friend.conversations.openDirect(ada.userId);
  const long = 'x'.repeat(8_000);
  const texts = [
    '😀'.repeat(5_000),
    `\u202Egnp.exe\u202C left to right again`,
    `z\u200B\u200B\u200Bero\u2060width\uFEFF \u200D\u200D\u200D`,
    `${'e\u0301'.repeat(3)}Z${'\u0335\u0489\u036F\u0353'.repeat(120)}algo`,
    '*'.repeat(10_000),
    `${'> '.repeat(500)}deep`,
    `${'- '.repeat(300)}deep`,
    `|${'a|'.repeat(300)}\n|${'-|'.repeat(300)}\n${`|${'b|'.repeat(300)}\n`.repeat(20)}`,
    '[[[[[[['.repeat(1_000),
    '[press me](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>)',
    '[https://bank.example/](https://evil.example/steal)',
    `https://example.org/${long}`,
    long,
    `\`\`\`\n${long}\n\`\`\``,
    '<img src=x onerror=alert(1)><script>alert(2)</script>',
    'The last of them',
  ];
  for (const text of texts) friend.messages.send(conversationId, text);

  for (const options of [desktop, phone]) {
    const screen = await world.enter(ada, options);
    let asked = false;
    screen.page.on('dialog', (dialog) => {
      asked = true;
      void dialog.dismiss();
    });
    await screen.page.locator('a[data-row]').first().click();
    // It opens at the first unread one, as long as there is one.
    const jump = screen.page.getByRole('button', { name: /^To the newest message/ });
    await jump.or(screen.message('The last of them')).first().waitFor();
    if (await jump.isVisible()) await jump.click();
    await screen.message('The last of them').waitFor();
    await stands(screen);
    for (let at = 0; at < 12; at += 1) {
      await screen.log.evaluate((log) => {
        const scroller = log.closest('[class*="scroll"]') ?? log;
        scroller.scrollTop -= 2_000;
      });
      await screen.page.waitForTimeout(100);
      await stands(screen);
    }
    const links = await screen.page
      .locator('[role="feed"] a')
      .evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).protocol));
    expect(links.filter((protocol) => !/^(https?|mailto):$/.test(protocol))).toEqual([]);
    expect(await screen.page.locator('[role="feed"] script').count()).toBe(0);
    expect(asked).toBe(false);
    await screen.context.close();
  }
});
