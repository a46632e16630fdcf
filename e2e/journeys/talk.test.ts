/** Two people sign up, find each other and talk. */
import { newId } from '@kith/protocol';
import { describe, expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

describe('two people', () => {
  it('sign up, find each other by name, and talk', async () => {
    const ada = await world.device();
    // Whoever comes first is asked to make the account that owns the server.
    await ada.page.getByText('The first account becomes the owner').waitFor();
    await ada.signUp('Ada Lovelace', 'ada');
    await ada.list.getByText('Find someone to write to').waitFor();

    // Bob signs up and closes his browser.
    const bob = await world.device();
    await bob.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
    await bob.signUp('Bob Noyce', 'bob');
    await bob.page.close();

    await ada.find('Bob Noyce');
    await ada.send('Are you there?');
    await ada.tick('Are you there?', 'Sent');

    // Delivered once his app has it, read once it is on his screen.
    await bob.open();
    await bob.unread('Ada Lovelace', 1).waitFor();
    await ada.tick('Are you there?', 'Delivered');
    await ada.header.getByText('online').waitFor();
    await bob.openRow('Ada Lovelace');
    await bob.message('Are you there?').waitFor();
    await ada.tick('Are you there?', 'Read');
    await until('nothing is unread', async () => (await bob.unread('Ada Lovelace', 1).count()) === 0);

    // Typing shows while Bob writes: in the header and in the list.
    await bob.composer.pressSequentially('Of cou', { delay: 30 });
    await ada.header.getByText('typing…').waitFor();
    await ada.row('Bob Noyce').getByText('typing…').waitFor();
    await bob.composer.pressSequentially('rse');
    await bob.composer.press('Enter');
    await ada.message('Of course').waitFor();
    await until('typing is over', async () => (await ada.header.getByText('typing…').count()) === 0);
    await bob.tick('Of course', 'Read');

    // By username too, and who leaves was seen.
    await bob.page.close();
    await until(
      'Ada sees that Bob is gone',
      async () => (await ada.header.getByText('online').count()) === 0,
    );
    await ada.header.getByText(/last seen/i).waitFor();
    await ada.list.getByRole('searchbox', { name: 'Search messages, conversations and people' }).fill('bob');
    await ada.row('Bob Noyce').waitFor();

    // A username lets in as the address does.
    const elsewhere = await world.device();
    await elsewhere.signIn({ email: 'Ada', password: 'a long enough secret' });
    await elsewhere.row('Bob Noyce').waitFor();
  });

  it('are told in plain words what is wrong with what they enter', async () => {
    const device = await world.device();
    // The browser prints what the server refuses.
    device.excuseNetwork();
    const { page } = device;
    const account = await world.person('Grace');
    await page.getByLabel('Email').fill(account.email);
    await page.getByLabel('Password', { exact: true }).fill('not her password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: /password/i });
    await alert.waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe(account.email);

    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
    await page.getByLabel('Username').fill(account.username);
    await page.getByLabel('Email').fill('not an address');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('At least 12 characters').waitFor();
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Email').fill('grace@example.org');
    await page.getByLabel('Password', { exact: true }).fill('long enough by now');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Somebody has this username. Choose another.').waitFor();
  });

  it('see how strong a new password is as they type, and are told by the server where that cannot be', async () => {
    const device = await world.device();
    device.excuseNetwork();
    const { page } = device;
    const lists = '**/assets/zxcvbn-*';
    await page.route(lists, (route) => route.abort());
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Mary Somerville');
    await page.getByLabel('Email').fill('mary@example.org');
    const password = page.getByLabel('Password', { exact: true });
    const told = (words: string) => page.locator('.kith-field-note', { hasText: words }).waitFor();
    await password.fill('manchester1984');
    await told('At least 12 characters');
    await page.getByRole('button', { name: 'Create account' }).click();
    await told('Weak: add a few words.');

    await page.unroute(lists);
    await page.getByLabel('Email').focus();
    await password.fill('Mary Somerville 1780');
    await told('Too much like your name or address.');
    await password.fill('four cats on the roof');
    await told('Strong.');
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Create account' }).click();
    await device.list.getByRole('button', { name: 'Settings' }).waitFor();
  });
});

it('who is away or invisible is shown so, and is there again when they wish', async () => {
  const [ann, ben] = [await world.person('Ann'), await world.person('Ben')];
  const friend = await world.client(ben);
  await friend.request('sendMessage', {
    conversationId: await friend.conversations.openDirect(ann.userId),
    messageId: newId(),
    content: { type: 'plain', text: 'Good morning' },
  });
  await friend.stop();
  const anns = await world.enter(ann);
  const bens = await world.enter(ben);
  await anns.openRow('Ben');
  await anns.header.getByText('online').waitFor();

  await bens.list.getByRole('button', { name: 'Settings' }).click();
  const wish = (name: RegExp) => bens.list.getByRole('radio', { name }).click();
  await wish(/^Away/);
  await anns.header.getByText('away').waitFor();
  await wish(/^Invisible/);
  await anns.header.getByText('last seen just now').waitFor();
  // Unseen, one talks all the same.
  await anns.send('Are you there?');
  await anns.tick('Are you there?', 'Delivered');
  expect(await anns.header.getByText('online').count()).toBe(0);
  await wish(/^Online/);
  await anns.header.getByText('online').waitFor();
});
