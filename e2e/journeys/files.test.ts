/** Files of every kind, from one person's device to another's screen. */
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { film, gif, oddFilm, pdf, photo, type Sample, song } from '../support/samples.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ env: { KITH_FILE_SIZE: '5MB' }, motion: true });

const sample = (name: string, mimeType: string, buffer: Buffer): Sample => ({ name, mimeType, buffer });

async function pair(): Promise<{ readonly ada: Screen; readonly bob: Screen }> {
  const [a, b] = [await world.person('Ada'), await world.person('Bob')];
  const friend = await world.client(b);
  friend.messages.send(await friend.conversations.openDirect(a.userId), 'Hello');
  const [ada, bob] = [await world.enter(a), await world.enter(b)];
  await Promise.all([ada.openRow('Bob'), bob.openRow('Ada')]);
  return { ada, bob };
}

/** Waits until a picture was drawn, from bytes that came. */
const drawn = (picture: Locator): Promise<unknown> =>
  until('the picture is drawn', () =>
    picture.evaluate((element) => {
      const images = [
        ...element.querySelectorAll('img'),
        ...(element instanceof HTMLImageElement ? [element] : []),
      ];
      return images.some((image) => image.complete && image.naturalWidth > 1);
    }),
  );

/** Waits until a film or sound has come somewhere. */
const plays = (screen: Screen, what: string): Promise<unknown> =>
  until(`the ${what} plays`, () =>
    screen.page.evaluate(
      (tag) => [...document.querySelectorAll<HTMLMediaElement>(tag)].some((one) => one.currentTime > 0.2),
      what,
    ),
  );

/** Up to a file of some megabytes it takes a while. Returns how to end that. */
async function slow(screen: Screen, bytesPerSecond: number): Promise<() => Promise<void>> {
  const line = await screen.context.newCDPSession(screen.page);
  await line.send('Network.enable');
  const set = async (uploadThroughput: number): Promise<void> => {
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  };
  await set(bytesPerSecond);
  return () => set(-1);
}

it('pictures: an album with words below, seen large, leafed through, and shown where it stands', async () => {
  const { ada, bob } = await pair();
  await ada.attach(
    [
      sample('beach.jpg', 'image/jpeg', await photo(1_600, 1_200, 30)),
      sample('tower.jpg', 'image/jpeg', await photo(1_200, 1_600, 200)),
      sample('dance.gif', 'image/gif', await gif()),
    ],
    'Photo or video',
  );
  // Seen large before they go; one of them is taken out there.
  await ada.tray.getByRole('button', { name: /^Look at beach/ }).click();
  const look = ada.page.getByRole('dialog', { name: 'Look at it before it goes' });
  await drawn(look.getByRole('img', { name: /^Photo: beach/ }));
  await ada.page.keyboard.press('ArrowRight');
  await drawn(look.getByRole('img', { name: /^Photo: tower/ }));
  await ada.page.keyboard.press('ArrowRight');
  await drawn(look.getByRole('img', { name: /^Photo: dance/ }));
  await ada.page.keyboard.press('Escape');
  await look.waitFor({ state: 'detached' });
  await ada.composer.fill('From the weekend');
  await ada.composer.press('Enter');
  await ada.acknowledged('From the weekend');
  const album = bob.message('From the weekend');
  for (const name of ['Photo: beach.', 'Photo: tower.', 'GIF: dance.gif'])
    await drawn(album.getByRole('button', { name }));
  // What goes is made smaller, and says nothing of camera and place.
  await album.getByRole('button', { name: 'Photo: beach.' }).click();
  await drawn(bob.viewer);
  await bob.page.keyboard.press('ArrowRight');
  await bob.viewer.getByRole('img', { name: 'Photo: tower.' }).waitFor();
  await bob.viewer.getByText('From the weekend').waitFor();
  await bob.page.keyboard.press('Escape');
  await bob.viewer.waitFor({ state: 'detached' });
  await bob.row('Ada').getByText('From the weekend').waitFor();
  await bob.row('Ada').locator('.kith-line-picture').waitFor();
  // All of them are saved, under their names.
  const names: string[] = [];
  bob.page.on('download', (download) => names.push(download.suggestedFilename()));
  await (await bob.menu('From the weekend')).getByRole('menuitem', { name: 'Download', exact: true }).click();
  await until('three were saved', () => Promise.resolve(names.length === 3));
  expect(names.map((name) => name.split('.')[0]).toSorted()).toEqual(['beach', 'dance', 'tower']);
  // Whoever answers it sees what to.
  await (await bob.menu('From the weekend')).getByRole('menuitem', { name: /^Reply(?! in)/ }).click();
  await bob.send('I was there');
  await drawn(ada.message('I was there').locator('.kith-quote .kith-line-picture'));
});

it('a film is sent with a picture of it, and plays', async () => {
  const { ada, bob } = await pair();
  await ada.attach([sample('surf.webm', 'video/webm', await film())], 'Photo or video');
  await ada.composer.fill('The waves');
  await ada.composer.press('Enter');
  const shown = bob.message('The waves').getByRole('button', { name: /Video: surf.webm, 0:0\d/ });
  await drawn(shown);
  await shown.click();
  await plays(bob, 'video');
  await bob.page.keyboard.press('Escape');
});

it('a film that the browser cannot play says how far the server is, and then plays', async () => {
  const { ada, bob } = await pair();
  await ada.attach([sample('old.avi', 'video/x-msvideo', await oddFilm())], 'Photo or video');
  await ada.composer.fill('From the old camera');
  await ada.composer.press('Enter');
  await bob
    .message('From the old camera')
    .getByRole('button', { name: /Video: old.avi/ })
    .click();
  await bob.viewer.getByText(/The server is making a version/).waitFor();
  await plays(bob, 'video');
  await bob.page.keyboard.press('Escape');
});

it('documents keep their names; text and PDF are read here, the rest is saved', async () => {
  const { ada, bob } = await pair();
  await ada.attach([
    sample('Protokoll – Übersicht 会議.pdf', 'application/pdf', pdf()),
    sample('notes.txt', 'text/plain', Buffer.from('first line\nsecond line\n')),
    sample('data.bin', 'application/octet-stream', Buffer.alloc(5_000, 7)),
    sample('page.html', 'text/html', Buffer.from('<script>document.title = "taken over"</script>')),
  ]);
  await ada.page.keyboard.press('Enter');
  const message = bob.log.getByRole('article').last();
  await message.getByText('Protokoll – Übersicht').waitFor();
  await message.getByRole('button', { name: /^Open notes.txt/ }).click();
  await bob.viewer.getByText('second line').waitFor();
  await bob.page.keyboard.press('Escape');
  await message.getByRole('button', { name: /^Open Protokoll/ }).click();
  await bob.viewer.locator('canvas').first().waitFor();
  await bob.page.keyboard.press('Escape');
  for (const name of ['data.bin', 'page.html']) {
    const download = bob.page.waitForEvent('download');
    await message
      .getByRole('link', { name: new RegExp(`^Download ${name}`) })
      .first()
      .click();
    expect((await download).suggestedFilename()).toBe(name);
  }
  expect(await bob.page.title()).not.toContain('taken over');
});

it('music plays, also while one looks elsewhere', async () => {
  const { ada, bob } = await pair();
  const carla = await world.client(await world.person('Carla'));
  await ada.attach([sample('song.mp3', 'audio/mpeg', await song(30))]);
  await ada.page.keyboard.press('Enter');
  const message = bob.log.getByRole('article').filter({ hasText: 'song.mp3' });
  await message.getByRole('button', { name: 'Play' }).click();
  const player = bob.page.getByRole('region', { name: 'Playing' });
  await bob.find('Carla');
  await player.getByRole('button', { name: 'Pause' }).waitFor();
  await player.getByRole('button', { name: 'Show message' }).first().click();
  await bob.heading('Ada').waitFor();
  await message.getByRole('button', { name: 'Pause' }).click();
  expect(carla.me.get()?.user.displayName).toBe('Carla');
});

it('a voice message is recorded, sent and heard', async () => {
  const { ada, bob } = await pair();
  await ada.page.getByRole('button', { name: 'Record voice message' }).click();
  await ada.page.getByText(/0:02/).waitFor();
  await ada.page.getByRole('button', { name: 'Send voice message' }).click();
  const message = bob.log.getByRole('article', { name: /Voice message/ });
  await message.waitFor();
  await message.getByRole('img', { name: 'Not played yet' }).waitFor();
  await message.getByRole('button', { name: 'Play' }).click();
  await message.getByRole('button', { name: 'Pause' }).waitFor();
  await until(
    'the dot is gone',
    async () => (await message.getByRole('img', { name: 'Not played yet' }).count()) === 0,
  );
  await bob
    .row('Ada')
    .getByText(/Voice message/)
    .waitFor();
});

it('a video message is recorded, watched, sent and seen', async () => {
  const { ada, bob } = await pair();
  await ada.conversation.getByRole('button', { name: 'Attach' }).click();
  await ada.page.getByRole('menuitem', { name: 'Video message' }).click();
  const sheet = ada.page.getByRole('dialog', { name: 'Video message' });
  await sheet.getByRole('button', { name: 'Record', exact: true }).click();
  await ada.page.waitForTimeout(1_500);
  await sheet.getByRole('button', { name: 'Stop' }).click();
  await sheet.getByRole('button', { name: 'Send' }).click();
  const message = bob.log.getByRole('article', { name: /Video message/ });
  await message.getByRole('button', { name: 'Play video message' }).click();
  await plays(bob, 'video');
});

it('what is dropped and pasted is sent; what is too large is told before it begins', async () => {
  const { ada, bob } = await pair();
  await ada.composer.evaluate((field) => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped words'], 'dropped.txt', { type: 'text/plain' }));
    field.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await ada.tray.getByRole('listitem').first().waitFor();
  await ada.composer.press('Enter');
  await bob.log.getByText('dropped').waitFor();
  await ada.attach([sample('huge.bin', 'application/octet-stream', Buffer.alloc(6_000_000))]);
  await ada.page.getByText(/^huge\.bin is too large: 6 MB\. A file may have up to 5 MB\./).waitFor();
  expect(await ada.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await ada.page.getByRole('button', { name: 'Take out' }).click();
});

it('a deleted picture is gone for both, and its address too', async () => {
  const { ada, bob } = await pair();
  await ada.attach([sample('secret.jpg', 'image/jpeg', await photo())], 'Photo or video');
  await ada.composer.fill('Not for long');
  await ada.composer.press('Enter');
  const picture = bob.message('Not for long').getByRole('button', { name: 'Photo: secret.' });
  await drawn(picture);
  const address = await picture.locator('img').first().getAttribute('src');
  expect((await bob.page.request.get(address ?? '')).status()).toBe(200);
  const stranger = await world.enter('Eve');
  expect((await stranger.page.request.get(address ?? '')).status()).toBe(404);
  await ada.acknowledged('Not for long');
  const menu = await ada.menu('Not for long');
  await menu.getByRole('menuitem', { name: 'Delete for everyone' }).click();
  await menu.getByRole('menuitem', { name: 'Sure? Gone for everyone' }).click();
  await picture.waitFor({ state: 'detached' });
  expect((await bob.page.request.get(address ?? '')).status()).toBe(404);
});

it('goes on where it was when the server was restarted in the middle, and the words after it follow', async () => {
  const { ada, bob } = await pair();
  for (const screen of [ada, bob]) screen.excuseNetwork();
  const quicken = await slow(ada, 400_000);
  await ada.attach([sample('large.bin', 'application/octet-stream', Buffer.alloc(4_000_000, 3))]);
  await ada.composer.fill('with the large one');
  await ada.composer.press('Enter');
  await ada.send('and these words after it');
  await ada
    .message('with the large one')
    .getByText(/[12]\.\d MB of 4 MB/)
    .waitFor();
  await world.server.kill();
  await world.server.start();
  await quicken();
  await bob.message('and these words after it').waitFor({ timeout: 60_000 });
  const texts = await bob.drawn();
  expect(texts.findIndex((text) => text.includes('with the large one'))).toBeLessThan(
    texts.findIndex((text) => text.includes('and these words after it')),
  );
});

it('words behind a large file say that they wait, and go first when they are told to', async () => {
  const { ada, bob } = await pair();
  const quicken = await slow(ada, 300_000);
  await ada.attach([sample('large.bin', 'application/octet-stream', Buffer.alloc(2_500_000, 3))]);
  await ada.composer.fill('the large one');
  await ada.composer.press('Enter');
  await ada.send('first words');
  await ada.send('second words');
  // Said once, under the last of them.
  const waiting = ada.log.getByRole('group', { name: 'Waits for the files above' });
  await waiting.waitFor();
  expect(await waiting.count()).toBe(1);
  expect(await bob.message('first words').count()).toBe(0);
  await waiting.getByRole('button', { name: 'Send now' }).click();
  await bob.message('second words').waitFor({ timeout: 5_000 });
  await waiting.waitFor({ state: 'detached' });
  expect(await bob.message('the large one').count()).toBe(0);
  await quicken();
  await bob.message('the large one').waitFor({ timeout: 60_000 });
  for (const screen of [ada, bob]) {
    const texts = await screen.drawn();
    const places = ['first words', 'second words', 'the large one'].map((words) =>
      texts.findIndex((text) => text.includes(words)),
    );
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  }
  // Stopped, the words are not lost with the file.
  await slow(ada, 300_000);
  await ada.attach([sample('wrong.bin', 'application/octet-stream', Buffer.alloc(2_500_000, 3))]);
  await ada.composer.fill('the wrong one');
  await ada.composer.press('Enter');
  await ada.message('the wrong one').getByRole('button', { name: 'Stop sending' }).click();
  await ada.message('the wrong one').waitFor({ state: 'detached' });
  expect(await ada.composer.inputValue()).toBe('the wrong one');
});

it('on a phone: a picture is sent, opened and closed by the way back', async () => {
  const [a, b] = [await world.person('Ada'), await world.person('Bob')];
  const friend = await world.client(b);
  const conversationId = await friend.conversations.openDirect(a.userId);
  const bytes = await photo();
  friend.messages.send(conversationId, 'On the way', {
    files: [
      {
        data: new Blob([new Uint8Array(bytes)]),
        kind: 'image',
        name: 'way.jpg',
        mime: 'image/jpeg',
        width: 1_600,
        height: 1_200,
      },
    ],
  });
  const ada = await world.enter(a, phone);
  await ada.openRow('Bob');
  const picture = ada.message('On the way').getByRole('button', { name: 'Photo: way.jpg' });
  await drawn(picture);
  await picture.tap();
  await drawn(ada.viewer);
  await ada.page.goBack();
  await ada.viewer.waitFor({ state: 'detached' });
  await ada.heading('Bob').waitFor();
});
