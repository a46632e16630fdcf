/** A group from its making to its handing over, by people of every role (S13). */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { counted, gone, type Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const world = useWorld();

/** Somebody's row in the list of members. */
const member = (screen: Screen, name: string) =>
  screen.details.getByRole('region', { name: 'Members' }).getByRole('listitem').filter({ hasText: name });

async function act(screen: Screen, name: string, item: string): Promise<void> {
  await screen.details.getByRole('button', { name: `More about ${name}` }).click();
  await screen.page.getByRole('menuitem', { name: item }).click();
}

it('S13: a group is made, renamed, grown, shrunk and handed over', async () => {
  const bobs = await world.person('Bob');
  const carols = await world.person('Carol');
  const ada = await world.enter('Ada');
  const bob = await world.enter(bobs);
  const carol = await world.enter(carols);

  // Made with Bob.
  await ada.list.getByRole('button', { name: 'New conversation' }).click();
  await ada.list.getByRole('button', { name: 'New group' }).click();
  await ada.list.getByRole('button', { name: 'Create group' }).click();
  await ada.list.getByText('Give the group a name.').waitFor();
  await ada.list.getByLabel('Name of the group').fill('Apollo');
  await ada.list.getByRole('searchbox', { name: 'Find people' }).fill('Bob');
  await counted('people', ada.list.getByRole('checkbox'), 1);
  await ada.list.getByRole('checkbox', { name: /^Bob/ }).click();
  expect(await ada.list.getByRole('checkbox', { name: /^Bob/ }).isChecked()).toBe(true);
  await ada.list.getByRole('button', { name: 'Create group of 2' }).click();
  await ada.heading('Apollo').waitFor();
  await bob.openRow('Apollo');
  await ada.send('Only the two of us');
  await bob.message('Only the two of us').waitFor();

  // Renamed: in both headers, and a quiet line says so.
  await ada.openDetails();
  await ada.details.getByRole('button', { name: 'Edit' }).click();
  await ada.details.getByLabel('Name', { exact: true }).fill('Artemis');
  await ada.details.getByRole('button', { name: 'Save' }).click();
  await bob.heading('Artemis').waitFor();
  await bob.log.getByText('Ada changed the name to Artemis').waitFor();

  // Carol is added, and sees what is said from now on.
  await ada.details.getByRole('button', { name: 'Add people' }).click();
  await ada.details.getByRole('searchbox', { name: 'Find people' }).fill('Carol');
  await ada.details.getByRole('checkbox', { name: /^Carol/ }).click();
  await ada.details.getByRole('button', { name: 'Add', exact: true }).click();
  await member(ada, 'Carol').waitFor();
  await carol.openRow('Artemis');
  await ada.send('Welcome, Carol');
  await carol.message('Welcome, Carol').waitFor();
  expect(await carol.message('Only the two of us').count(), 'history from joining').toBe(0);
  await carol.header.getByText('3 members').waitFor();

  // An ordinary member may not remove anybody; an admin may.
  await bob.openDetails();
  await member(bob, 'Carol').waitFor();
  await bob.details.getByRole('button', { name: 'More about Carol' }).click();
  await bob.page.getByRole('menuitem', { name: 'Write to Carol' }).waitFor();
  expect(await bob.page.getByRole('menuitem', { name: 'Remove' }).count()).toBe(0);
  await bob.page.keyboard.press('Escape');
  await act(ada, 'Bob', 'Make admin');
  await member(ada, 'Bob').getByText('Admin').waitFor();
  await member(bob, 'Bob').getByText('Admin').waitFor();
  await act(bob, 'Carol', 'Remove');
  await gone(member(ada, 'Carol'));

  // Carol's app drops it, and says so where she looks at it.
  await gone(carol.row('Artemis'));
  await carol.page.getByRole('alert').filter({ hasText: 'no longer in it' }).waitFor();
  await ada.send('Carol cannot read this');
  await bob.message('Carol cannot read this').waitFor();
  await carol.page.reload();
  await carol.page.getByRole('alert').filter({ hasText: 'no longer in it' }).waitFor();
  expect(await carol.row('Artemis').count()).toBe(0);

  // An owner leaves behind an owner.
  await ada.details.getByText('To leave, hand the group over first').waitFor();
  await act(ada, 'Bob', 'Hand over ownership');
  const dialog = ada.page.getByRole('dialog', { name: 'Hand over to Bob?' });
  await dialog.getByRole('button', { name: 'Hand over' }).click();
  await member(ada, 'Bob').getByText('Owner').waitFor();
  await member(bob, 'Bob').getByText('Owner').waitFor();
  await ada.details.getByRole('button', { name: 'Leave group' }).click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await gone(ada.row('Artemis'));
  await bob.log.getByText('Ada left').waitFor();
  await until(
    'Bob is alone',
    async () => (await bob.header.getByText('1 member', { exact: false }).count()) > 0,
  );
});
