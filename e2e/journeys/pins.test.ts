/** What is pinned stands below the header for everyone, and leads to its message. */
import { it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { gone } from '../support/screens.ts';

const world = useWorld();

it('messages are pinned, stepped through, listed and unpinned', async () => {
  const bobs = await world.person('Bob');
  const ada = await world.enter('Ada');
  const bob = await world.enter(bobs);
  await ada.find('Bob');
  await ada.send('The code is 1234');
  await ada.acknowledged('The code is 1234');
  for (let i = 0; i < 30; i += 1) await ada.send(`line ${i}\nand its second\nand its third`);
  await ada.send('We meet at nine');
  await ada.acknowledged('We meet at nine');
  await bob.openRow('Ada');
  // He opens at what he has not read yet, which is far up.
  await bob.page.getByRole('button', { name: /^To the newest message/ }).click();
  await bob.message('We meet at nine').waitFor();
  await bob.choose('We meet at nine', 'Pin');
  const bar = ada.page.getByRole('region', { name: 'Pinned messages' });
  await bar.getByText('We meet at nine').waitFor();
  await ada.log.getByText('Bob pinned a message').waitFor();

  // The one far up, which has to be found first.
  await ada.page.getByRole('button', { name: 'Show details' }).waitFor();
  await ada.log.hover();
  for (let i = 0; i < 40 && !(await ada.message('The code is 1234').isVisible()); i += 1)
    await ada.page.mouse.wheel(0, -1_500);
  await ada.choose('The code is 1234', 'Pin');
  await bar.getByText('Pinned message 2 of 2').waitFor();
  await bar.getByRole('button', { name: /We meet at nine/ }).click();
  await ada.message('We meet at nine').waitFor();
  await bar.getByText('The code is 1234').waitFor();
  await bar.getByRole('button', { name: /The code is 1234/ }).click();
  await ada.message('The code is 1234').waitFor();

  // In the details all of them; taken down there, gone everywhere.
  await bar.getByRole('button', { name: 'All pinned messages' }).click();
  const listed = ada.details.getByRole('region', { name: 'Pinned' });
  await listed.getByText('We meet at nine').waitFor();
  await listed
    .getByRole('listitem')
    .filter({ hasText: 'We meet at nine' })
    .getByRole('button', { name: 'Unpin' })
    .click();
  await gone(listed.getByText('We meet at nine'));
  const theirs = bob.page.getByRole('region', { name: 'Pinned messages' });
  await theirs.getByText('Pinned message', { exact: true }).waitFor();
  await theirs.getByText('The code is 1234').waitFor();
  await bob.page.reload();
  await theirs.getByText('The code is 1234').waitFor();
});
