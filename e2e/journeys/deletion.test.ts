/** The end of an account: asked for, called off, asked for again, and then nobody is left but their name for nobody. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../packages/server/src/store/database.ts';
import { planDeletion } from '../../packages/server/src/store/deletion.ts';
import { useWorld } from '../support/browser.ts';
import type { Account } from '../support/people.ts';
import type { Screen } from '../support/screens.ts';

const world = useWorld();

it('an account is about to end, is kept, and ends: others see so, and nobody signs in with it any more', async () => {
  await world.person('Olga');
  const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
  const annAt = await world.enter(ann);
  const bobAt = await world.enter(bob);
  await annAt.find('Bob');
  await annAt.send('See you at the harbour');
  await annAt.acknowledged('See you at the harbour');
  await bobAt.openRow('Ann');

  await annAt.list.getByRole('button', { name: 'Settings' }).click();
  await annAt.list.getByRole('button', { name: 'Account and security' }).click();
  const section = annAt.list.getByRole('region', { name: 'Delete account' });
  await section.getByRole('button', { name: 'Delete account' }).click();
  await section.getByText('They are deleted for everyone').click();
  await pictures(annAt, 'deletion-ask');
  await section.getByRole('button', { name: 'Delete account' }).click();
  await annAt.page.getByRole('heading', { name: /Your account is deleted on/ }).waitFor();
  await pictures(annAt, 'deletion-pending');
  await annAt.page.getByRole('button', { name: 'Keep my account' }).click();
  // In again, where they were.
  await section.getByRole('button', { name: 'Delete account' }).waitFor();

  bobAt.excuseNetwork();
  await annAt.page.close();
  await untilTheEnd(ann);
  await bobAt.list.getByRole('link', { name: /Deleted account/ }).waitFor();
  await bobAt.page.getByText('This account was deleted').waitFor();
  expect(await bobAt.composer.count()).toBe(0);
  await bobAt.log.getByText('Message deleted').waitFor();
  await pictures(bobAt, 'deletion-other');

  const late = await world.device();
  late.excuseNetwork();
  await late.page.getByLabel('Email or username').fill(ann.email);
  await late.page.getByLabel('Password', { exact: true }).fill(ann.password);
  await late.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await late.page.getByText('The email address, the username or the password is wrong').waitFor();
});

/** Two weeks later: the server was away meanwhile. */
async function untilTheEnd({ userId }: Account): Promise<void> {
  const { server } = world;
  await server.stop();
  const database = await openDatabase({ directory: server.dataDirectory });
  const { tenant_id: tenantId } = await database.db
    .selectFrom('users')
    .select('tenant_id')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  await database.db
    .transaction()
    .execute((trx) => planDeletion(trx, { tenantId, userId }, { at: new Date(), messages: 'delete' }));
  await database.close();
  await server.start();
}

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
