import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeProvider, startFakeProvider } from '../../packages/server/src/testing/gifProvider.ts';
import { useWorld } from '../support/browser.ts';

let fake: FakeProvider;
const port = 20_000 + (process.pid % 20_000);
beforeAll(async () => {
  fake = await startFakeProvider(port);
});
afterAll(() => fake?.close());

describe('with a provider', () => {
  const world = useWorld({
    motion: true,
    env: {
      KITH_GIF_PROVIDER: 'giphy',
      KITH_GIF_KEY: 'the-key',
      KITH_GIF_URL: `http://127.0.0.1:${port}`,
    },
  });

  test('a GIF is searched, sent and seen, and no browser ever talks to the provider', async () => {
    const anna = await world.person('Anna');
    const ben = await world.person('Ben');
    const client = await world.client(anna);
    const id = await client.conversations.openDirect(ben.userId);
    await client.messages.send(id, 'Hi');
    const hers = await world.enter(anna);
    const his = await world.enter(ben);
    const asked: string[] = [];
    for (const { page } of [hers, his])
      page.on('request', (request) => asked.push(new URL(request.url()).host));
    await hers.openRow('Ben');
    await his.openRow('Anna');
    await hers.page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await hers.page.getByRole('tab', { name: 'GIFs' }).click();
    await hers.page.getByRole('button', { name: 'fashion' }).first().waitFor();
    await hers.page.getByText('By way of GIPHY').waitFor();
    await hers.page.getByRole('searchbox', { name: 'Search GIFs' }).fill('fox');
    await hers.page.getByRole('button', { name: 'fox' }).first().click();
    for (const screen of [hers, his]) {
      const picture = screen.log.getByRole('img', { name: 'fox' });
      await expect
        .poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
        .toBe(10);
    }
    await hers.list.getByText('GIF', { exact: true }).waitFor();
    expect(new Set(asked.filter((host) => host !== ''))).toEqual(new Set([new URL(world.server.url).host]));
    expect(fake.asked.some(({ searchParams }) => searchParams.get('q') === 'fox')).toBe(true);
  });

  test('when the provider is away, the picker says so and tries again', async () => {
    const cleo = await world.person('Cleo');
    const client = await world.client(cleo);
    await client.messages.send(await client.conversations.openDirect(cleo.userId), 'Note');
    const screen = await world.enter(cleo);
    screen.excuseNetwork();
    await screen.list.getByRole('link').first().click();
    fake.mood = 'broken';
    await screen.page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await screen.page.getByRole('tab', { name: 'GIFs' }).click();
    await screen.page.getByRole('searchbox', { name: 'Search GIFs' }).fill('owl');
    await screen.page
      .getByRole('alert')
      .getByText(/does not answer/)
      .waitFor();
    fake.mood = 'well';
    await screen.page.getByRole('button', { name: 'Try again' }).click();
    await screen.page.getByRole('button', { name: 'owl' }).first().waitFor();
  });
});

describe('without one', () => {
  const world = useWorld();

  test('there is no tab for GIFs', async () => {
    const dora = await world.person('Dora');
    const client = await world.client(dora);
    await client.messages.send(await client.conversations.openDirect(dora.userId), 'Note');
    const screen = await world.enter(dora);
    await screen.list.getByRole('link').first().click();
    await screen.page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await screen.page.getByRole('tab', { name: 'Stickers' }).waitFor();
    expect(await screen.page.getByRole('tab', { name: 'GIFs' }).count()).toBe(0);
  });
});
