/** axe-core on every screen, in light and in dark: no serious or critical violation. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mentionOf } from '@kith/protocol';
import type { AxeResults } from 'axe-core';
import { afterAll, expect, it } from 'vitest';
import { desktop, phone, useWorld } from '../support/browser.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const calm = { ...desktop, reducedMotion: 'reduce' } as const;

/** All that was found, told at once: a screen should not hide what is wrong with the next. */
const found: string[] = [];
afterAll(() => {
  for (const violation of new Set(found)) process.stderr.write(`${violation}\n`);
});

async function judge({ page }: Screen, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Not a script element: the page's own policy would refuse it.
    await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
    const { violations } = await page.evaluate<AxeResults>(
      "axe.run(document, { resultTypes: ['violations'], rules: { region: { enabled: true } } })",
    );
    for (const { id, impact, help, nodes } of violations) {
      const targets = nodes.slice(0, 3).map(({ target, failureSummary }) => {
        const why = failureSummary?.split('\n').at(1)?.trim() ?? '';
        return `    ${String(target)}: ${why}`;
      });
      const line = `${where}, ${colorScheme}: ${impact} ${id}: ${help} (${nodes.length})\n${targets.join('\n')}`;
      if (impact === 'serious' || impact === 'critical') found.push(line);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

it('axe finds nothing serious on any screen', async () => {
  const empty = await world.device(calm);
  await empty.page.getByText('The first account becomes the owner').waitFor();
  await judge(empty, 'the door of an empty server');
  await world.person('Owner');
  const door = await world.device(calm);
  await door.page.getByRole('heading', { name: 'Sign in to Kith' }).waitFor();
  await judge(door, 'sign in');
  await door.page.getByRole('button', { name: 'Create an account' }).click();
  await door.page.getByRole('button', { name: 'Create account' }).click();
  await door.page.getByText('Enter your email address.').waitFor();
  await judge(door, 'sign up, with errors');

  const newcomer = await world.enter('Newcomer', calm);
  await newcomer.list.getByText('Find someone to write to').waitFor();
  await judge(newcomer, 'the empty list');

  const adas = await world.person('Ada Lovelace');
  const bobs = await world.person('Bob Noyce');
  const friend = await world.client(bobs);
  const group = await friend.conversations.create({
    kind: 'group',
    name: 'Analytical engines',
    userIds: [adas.userId],
  });
  await friend.conversations.create({ kind: 'channel', name: 'town-square', topic: 'For everybody' });
  const direct = await friend.conversations.openDirect(adas.userId);
  friend.messages.send(direct, 'Only for you');
  const first = friend.messages.send(group, 'A message with **bold**, `code` and https://example.org/link');
  friend.messages.send(group, '> a quote\n\n- one\n- two\n\n```ts\nconst answer = 42;\n```');
  friend.messages.send(group, `${mentionOf(adas.userId)}, look at this`, { replyTo: first });
  const device = await world.enter(adas, calm);
  await device.unread('Analytical engines', 3).waitFor();
  await friend.messages.react(group, first, '👍', true);
  await friend.messages.remove(direct, friend.messages.send(direct, 'A slip')).catch(() => undefined);
  await judge(device, 'the list');

  await device.openRow('Analytical engines');
  await device.message('look at this').waitFor();
  await device.send('My own **words** with a [link](https://example.org)');
  await device.tick('My own', 'Sent').catch(() => device.tick('My own', 'Delivered'));
  await judge(device, 'the timeline');

  await device.message('look at this').hover();
  await device.message('look at this').getByRole('button', { name: 'Reply', exact: true }).click();
  await device.composer.pressSequentially('@bo');
  await device.page.getByRole('option', { name: /Bob/ }).waitFor();
  await judge(device, 'the composer with a reply and a completion');
  await device.composer.fill('');
  await device.page.getByRole('button', { name: 'Cancel reply' }).click();

  await device.conversation.getByRole('button', { name: 'Emoji', exact: true }).click();
  await device.page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
  await judge(device, 'the emoji picker');
  await device.page.keyboard.press('Escape');

  await device.menu('My own');
  await judge(device, 'the menu of a message');
  await device.page.getByRole('menuitem', { name: /^Info/ }).click();
  await device.page.getByRole('dialog').waitFor();
  await judge(device, 'who has read a message');
  await device.page.keyboard.press('Escape');

  await device.openDetails();
  await device.details.getByRole('button', { name: 'Add people' }).waitFor();
  await judge(device, 'the details');
  await device.details.getByRole('button', { name: 'Add people' }).click();
  await device.details.getByRole('checkbox').first().waitFor();
  await judge(device, 'adding people');
  await device.page.keyboard.press('Escape');
  await device.details.getByRole('button', { name: 'Close details' }).click();

  const left: readonly (readonly [string, string])[] = [
    ['New group', 'New group'],
    ['New channel', 'New channel'],
    ['Browse channels', 'Channels'],
  ];
  await device.list.getByRole('button', { name: 'New conversation' }).click();
  await device.list.getByRole('button', { name: /^Bob Noyce/ }).waitFor();
  await judge(device, 'a new conversation');
  for (const [button, heading] of left) {
    await device.list.getByRole('button', { name: button }).click();
    await device.list.getByRole('heading', { level: 1, name: heading }).waitFor();
    if (heading === 'Channels') await device.list.getByRole('button', { name: /^town-square/ }).waitFor();
    await judge(device, heading);
    if (heading === 'Channels') {
      await device.list.getByRole('button', { name: /^town-square/ }).click();
      await device.conversation.getByRole('button', { name: 'Join channel' }).waitFor();
      await judge(device, 'a channel not joined');
    }
    await device.list.getByRole('button', { name: 'Back' }).click();
    await device.list.getByRole('heading', { level: 1, name: 'New conversation' }).waitFor();
  }
  await device.list.getByRole('button', { name: 'Back' }).click();
  await device.list.getByRole('button', { name: 'Settings' }).click();
  await device.list.getByText('This device').waitFor();
  await judge(device, 'the settings');

  const hand = await world.enter(adas, { ...phone, reducedMotion: 'reduce' });
  await hand.row('Analytical engines').tap();
  await hand.message('look at this').waitFor();
  await judge(hand, 'the timeline on a phone');

  expect(found.join('\n')).toBe('');
}, 240_000);
