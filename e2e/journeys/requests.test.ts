/** What a stranger writes: it stands apart and tells them nothing until it is accepted, and is gone when it is deleted. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld({ env: { KITH_STRANGERS: 'on' } });

it('a stranger’s words wait in an inbox of their own, silently, until they are accepted or deleted', async () => {
  // Whoever looks after the place is a stranger to nobody.
  await world.person('Olga');
  const ann = await world.person('Ann');
  const [sam, pest] = [await world.person('Sam'), await world.person('Pest')];
  const annAt = await world.enter(ann);
  const samAt = await world.enter(sam);
  const pestClient = await world.client(pest);

  await samAt.find('Ann');
  for (const text of ['Good day, we met at the harbour', 'Look: https://example.org/boats'])
    await samAt.send(text);
  await samAt.acknowledged('Look');
  const spam = await pestClient.conversations.openDirect(ann.userId);
  await pestClient.messages.send(spam, 'Buy my ropes');

  const inbox = annAt.list.getByRole('button', { name: /Message requests/ });
  await expect.poll(() => inbox.textContent(), { timeout: 10_000 }).toContain('2');
  expect(await annAt.page.title()).not.toMatch(/\d/);
  expect(await annAt.list.getByText('Sam').count()).toBe(0);
  await inbox.click();
  const requests = annAt.list.getByRole('list', { name: 'Message requests' });
  await pictures(annAt, 'requests-inbox');
  await requests.getByRole('button', { name: /Sam/ }).click();
  await annAt.log.getByText('https://example.org/boats').waitFor();
  expect(await annAt.log.getByRole('link').count()).toBe(0);
  expect(await annAt.composer.count()).toBe(0);
  await pictures(annAt, 'requests-open');
  // It was looked at, and still stands as sent.
  await samAt.tick('Look', 'Sent');

  await annAt.page
    .getByRole('region', { name: 'Message request' })
    .getByRole('button', { name: 'Accept' })
    .click();
  await annAt.composer.waitFor();
  await annAt.log.getByRole('link', { name: 'https://example.org/boats' }).waitFor();
  await samAt.tick('Look', 'Read');
  await annAt.send('Of course, the blue boat');
  await samAt.log.getByText('Of course, the blue boat').waitFor();

  await requests.getByRole('button', { name: /Pest/ }).click();
  await annAt.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await annAt.page.getByText('The request is deleted.').waitFor();
  await pestClient.messages.send(spam, 'Buy them now');
  await annAt.list.getByText('Nobody waits for an answer.').waitFor();
  await annAt.list.getByRole('button', { name: 'Back' }).click();
  await annAt.list.getByRole('link', { name: /Sam/ }).waitFor();
  expect(await annAt.list.getByText('Pest').count()).toBe(0);
});

it('a sixth message to somebody who has not answered says why it waits', async () => {
  const [, sam] = [await world.person('Bea'), await world.person('Sid')];
  const samAt = await world.enter(sam);
  await samAt.find('Bea');
  for (const word of ['one', 'two', 'three', 'four', 'five']) {
    await samAt.send(word);
    await samAt.acknowledged(word);
  }
  await samAt.send('six');
  await samAt.log.getByText('Until they accept your request you can send 5 messages').waitFor();
});

/** For looking at, where they are asked for. */
async function pictures({ page }: Screen, name: string): Promise<void> {
  const folder = process.env['KITH_PICTURES'];
  if (!folder) return;
  await page.screenshot({ path: `${folder}/${name}.png` });
  const size = page.viewportSize();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: `${folder}/${name}-phone.png` });
  if (size) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light' });
}
