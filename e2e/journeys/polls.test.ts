/** A question is asked, voted on, looked into and closed, by mouse and by keys. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

it('a poll is made by keyboard, voted on by two, and closed', async () => {
  const bobs = await world.person('Bob');
  const ada = await world.enter('Ada');
  const bob = await world.enter(bobs, phone);
  await ada.find('Bob');

  await ada.conversation.getByRole('button', { name: 'Attach' }).click();
  await ada.page.getByRole('menuitem', { name: 'Poll' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'New poll' });
  // What is missing is said, and nothing is lost.
  await dialog.getByRole('button', { name: 'Create poll' }).click();
  await dialog.getByText('Ask something.').waitFor();
  await dialog.getByLabel('Question').fill('Where do we eat?');
  await dialog.getByRole('textbox', { name: 'Answer 1' }).fill('Here');
  await dialog.getByRole('button', { name: 'Create poll' }).click();
  await dialog.getByText('A poll needs at least two answers.').waitFor();
  await dialog.getByRole('textbox', { name: 'Answer 2' }).fill('here');
  await dialog.getByText('Two answers are the same.').waitFor();
  await dialog.getByRole('textbox', { name: 'Answer 2' }).fill('There');
  await dialog.getByRole('textbox', { name: 'Answer 3' }).fill('Nowhere');
  // The third goes up by one.
  await dialog.getByRole('textbox', { name: 'Answer 3' }).press('Alt+ArrowUp');
  expect(await dialog.getByRole('textbox', { name: 'Answer 2' }).inputValue()).toBe('Nowhere');
  await dialog.getByRole('button', { name: 'Create poll' }).click();
  await ada.page.getByRole('group', { name: 'Where do we eat?' }).waitFor();
  await ada.row('Bob').getByText('Where do we eat?').waitFor();

  await bob.openRow('Ada');
  const poll = bob.page.getByRole('group', { name: 'Where do we eat?' });
  await poll.getByText('No votes yet').waitFor();
  await poll.getByRole('button', { name: 'There', exact: true }).tap();
  await poll.getByRole('button', { name: 'There: 100%, 1 vote' }).waitFor();

  // Ada sees how it stands once she has voted; pressing her answer again takes it back.
  const own = ada.page.getByRole('group', { name: 'Where do we eat?' });
  await own.getByText('1 vote').waitFor();
  await own.getByRole('button', { name: 'Here', exact: true }).click();
  await own.getByRole('button', { name: 'Here: 50%, 1 vote', exact: true }).waitFor();
  await own.getByRole('button', { name: 'Here: 50%, 1 vote', exact: true }).click();
  await own.getByRole('button', { name: 'Here', exact: true }).waitFor();
  await own.getByRole('button', { name: 'There', exact: true }).click();
  await poll.getByRole('button', { name: 'There: 100%, 2 votes' }).waitFor();

  // Who chose what.
  await own.getByRole('button', { name: '2 votes', exact: true }).click();
  const voters = ada.page.getByRole('dialog', { name: 'Where do we eat?' });
  await voters.getByText('Bob').waitFor();
  await voters.getByText('Ada').waitFor();
  await ada.page.keyboard.press('Escape');

  // Closed, nobody votes any more.
  await ada.choose('Where do we eat?', 'Close poll');
  await ada.page.getByRole('menuitem', { name: 'Sure? No more votes' }).click();
  await poll.getByText('Final results').waitFor();
  expect(await poll.getByRole('button', { name: /^Here/ }).getAttribute('aria-disabled')).toBe('true');
  await poll.getByRole('button', { name: /^Here/ }).tap({ force: true });
  await until('nothing was counted', async () => (await poll.getByText('2 votes').count()) > 0);
});
