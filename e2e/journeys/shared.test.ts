/** What was shared in a conversation, gathered beside it: by kind, paged, in step with what comes and goes. */
import type { KithClient, OutgoingFile } from '@kith/client';
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { png } from '../support/picture.ts';
import { counted, gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ env: { KITH_FILE_QUOTA: '1GB' } });

const SIDE = 64;
const photo = (name: string): OutgoingFile => ({
  data: new Blob([new Uint8Array(png(SIDE, SIDE))]),
  kind: 'image',
  name,
  mime: 'image/png',
  width: SIDE,
  height: SIDE,
});
const text = (name: string, words: string): OutgoingFile => ({
  data: new Blob([words]),
  kind: 'file',
  name,
  mime: 'text/plain',
});

/** A second of silence, as programs have it. */
function voice(): OutgoingFile {
  const rate = 8_000;
  const wav = Buffer.alloc(44 + 2 * rate);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + 2 * rate, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(2 * rate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(2 * rate, 40);
  return {
    data: new Blob([new Uint8Array(wav)]),
    kind: 'voice',
    name: 'voice.wav',
    mime: 'audio/wav',
    duration: 1_000,
  };
}

/** Resolves when the server has it. */
async function send(
  client: KithClient,
  conversationId: string,
  words: string,
  files: readonly OutgoingFile[] = [],
): Promise<string> {
  const id = client.messages.send(conversationId, words, { files });
  await until(`“${words}” is sent`, () => (client.messages.get(conversationId, id).get()?.seq ?? 0) > 0, {
    timeoutMs: 60_000,
  });
  return id;
}

const shared = (screen: Screen) => screen.page.getByRole('complementary', { name: 'Shared', exact: true });
const tab = (screen: Screen, name: string) => shared(screen).getByRole('tab', { name, exact: true });
const photos = (screen: Screen) => shared(screen).getByRole('button', { name: /^Photo: / });

async function openShared(screen: Screen): Promise<void> {
  await (await screen.openDetails()).getByRole('button', { name: 'Photos, files, links, voice' }).click();
  await tab(screen, 'Media').waitFor();
}

it('photos, files, links and recordings are gathered, page by page, and follow what comes and goes', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const ada = await world.client(adas);
  const id = await ada.conversations.create({ kind: 'group', name: 'Apollo', userIds: [bobs.userId] });
  await send(ada, id, 'long ago', [photo('first.png')]);
  const bob = await world.enter(bobs);
  await bob.openRow('Apollo');

  // Of what is not there it is said what will be; and it fills while one looks on.
  await openShared(bob);
  await photos(bob).waitFor();
  await tab(bob, 'Files').click();
  await shared(bob).getByText('No files yet.').waitFor();
  await send(ada, id, '', [text('notes.txt', 'what we know')]);
  await shared(bob)
    .getByRole('button', { name: /^Open notes\.txt/ })
    .waitFor();
  await tab(bob, 'Links').click();
  await shared(bob).getByText('No links yet.').waitFor();
  await send(ada, id, 'see https://a.example/page and be amazed');
  const link = shared(bob).getByRole('link', { name: /a\.example\/page/ });
  await link.waitFor();
  expect(await link.getAttribute('rel')).toContain('noopener');
  expect(await link.getAttribute('href')).toBe('https://a.example/page');
  await tab(bob, 'Voice').click();
  await shared(bob).getByText('No voice messages yet.').waitFor();
  await send(ada, id, '', [voice()]);
  await shared(bob).getByRole('button', { name: 'Play', exact: true }).waitFor();

  // Many, in the order in which one leafs through them, the newest first.
  await tab(bob, 'Media').click();
  await counted('photos', photos(bob), 1);
  for (let n = 0; n < 7; n += 1)
    await send(
      ada,
      id,
      `album ${n}`,
      Array.from({ length: 10 }, (_, at) => photo(`${n}-${at}.png`)),
    );
  await counted('photos', photos(bob), 71, { timeoutMs: 30_000 });
  expect(await photos(bob).first().getAttribute('aria-label')).toMatch(/^Photo: 6-9\.png\. Ada, /);

  // Looked at, and from there to its message, which lies far up.
  await photos(bob).last().click();
  const viewer = bob.page.getByRole('dialog', { name: 'Pictures and files' });
  await viewer.getByRole('button', { name: 'Show in the conversation' }).click();
  await gone(viewer);
  await bob.message('long ago').waitFor();
  await photos(bob).first().waitFor();

  // By keys: one stop for all of them, arrows from one to the next, the menu by its key.
  await tab(bob, 'Media').focus();
  // At the one that was pressed last.
  await bob.page.keyboard.press('Tab');
  await bob.page.keyboard.press('Home');
  await bob.page.keyboard.press('ArrowRight');
  expect(await bob.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
    /^Photo: 6-8\.png/,
  );
  await bob.page.keyboard.press('ArrowDown');
  expect(await bob.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
    /^Photo: 6-5\.png/,
  );
  await bob.page.keyboard.press('Shift+F10');
  await bob.page.getByRole('menuitem', { name: 'Show in the conversation' }).click();
  await bob.message('album 6').waitFor();

  // Deleted for everybody, gone here too.
  const last = await send(ada, id, 'a slip', [photo('slip.png')]);
  const slip = shared(bob).getByRole('button', { name: /^Photo: slip\.png/ });
  await slip.waitFor();
  await ada.messages.remove(id, last);
  await gone(slip);

  // Out of reach: what is known stays, what is not is said to come.
  await bob.setOffline(true);
  await tab(bob, 'Files').click();
  await shared(bob)
    .getByText(/^You are offline\./)
    .waitFor();
  await bob.setOffline(false);
  await shared(bob)
    .getByRole('button', { name: /^Open notes\.txt/ })
    .waitFor({ timeout: 60_000 });
});

it('more than a page is loaded while one scrolls', async () => {
  const adas = await world.person('Ada');
  const ada = await world.client(adas);
  const id = await ada.conversations.openDirect(adas.userId);
  await Promise.all(Array.from({ length: 75 }, (_, n) => send(ada, id, '', [text(`${n}.txt`, `file ${n}`)])));
  const screen = await world.enter(adas);
  await screen.openRow('Saved messages');
  await openShared(screen);
  await tab(screen, 'Files').click();
  const files = shared(screen).getByRole('button', { name: /^Open \d+\.txt/ });
  await counted('files', files, 60);
  await files.last().scrollIntoViewIfNeeded();
  await counted('files', files, 75);
});

it('on a phone it covers the conversation, gives way to a message, and comes back', async () => {
  const bobs = await world.person('Bob');
  const ada = await world.client(await world.person('Ada'));
  const id = await ada.conversations.openDirect(bobs.userId);
  await send(ada, id, '', [text('plan.txt', 'one, two')]);
  const bob = await world.enter(bobs, phone);
  await bob.openRow('Ada');
  await openShared(bob);
  await tab(bob, 'Files').click();
  const file = shared(bob).getByRole('button', { name: /^Open plan\.txt/ });
  await file.waitFor();
  await shared(bob).getByRole('button', { name: 'Show in the conversation' }).click();
  await gone(shared(bob));
  await bob.log.getByRole('button', { name: /^Open plan\.txt/ }).waitFor();
  // Back where one was, then to the details, then to the conversation.
  await bob.page.goBack();
  await file.waitFor();
  await shared(bob).getByRole('button', { name: 'Back' }).click();
  await bob.details.getByRole('button', { name: 'Photos, files, links, voice' }).waitFor();
  await bob.page.goBack();
  await gone(bob.details);
});

it('who runs a group says what files may be sent in it; settings say how much room they take', async () => {
  const bobs = await world.person('Bob');
  const adas = await world.person('Ada');
  const bobsClient = await world.client(bobs);
  const ada = await world.enter(adas);
  const client = await world.client(adas);
  const id = await client.conversations.create({ kind: 'group', name: 'Quiet', userIds: [bobs.userId] });
  await ada.openRow('Quiet');
  await (await ada.openDetails()).getByRole('button', { name: 'Edit', exact: true }).click();
  const choice = ada.details.getByRole('group', { name: 'Files that may be sent' });
  expect(await choice.getByRole('radio', { name: 'All kinds' }).isChecked()).toBe(true);
  await choice.getByRole('radio', { name: 'Photos, videos and sound only' }).click();
  await ada.details.getByRole('button', { name: 'Save' }).click();
  await ada.details.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  await until(
    'Bob knows of it',
    () => bobsClient.conversations.get(id).get()?.conversation.files?.types?.join() === 'audio,image,video',
  );
  await send(bobsClient, id, '', [photo('fine.png')]);
  const timeline = bobsClient.timeline(id);
  const refused = bobsClient.messages.send(id, 'not this', { files: [text('not.txt', 'no')] });
  await until('the text is refused', () => {
    const { messages } = timeline.view.get();
    return messages.some(({ key, state }) => key === refused && state === 'failed');
  });
  timeline.dispose();

  await ada.list.getByRole('button', { name: 'Settings' }).click();
  const storage = ada.list.getByRole('region', { name: 'Storage' });
  await storage.getByText(/^The files you sent take up .* of 1 GB\.$/).waitFor();
  await storage.getByRole('meter', { name: 'Room used' }).waitFor();
  await storage.getByRole('radio', { name: 'High quality' }).check();
  await ada.page.reload();
  await storage.getByRole('radio', { name: 'High quality', checked: true }).waitFor();

  // From the card of somebody one writes with, too.
  await client.conversations.openDirect(bobs.userId);
  await ada.list.getByRole('button', { name: 'Back' }).click();
  await ada.openRow('Quiet');
  await ada.details.getByRole('button', { name: 'Profile of Bob' }).click();
  const card = ada.page.getByRole('dialog', { name: 'Profile' });
  await card.getByRole('button', { name: 'Photos, files, links, voice' }).click();
  await ada.heading('Bob').waitFor();
  await shared(ada).getByText('No photos yet.').waitFor();
});
