/** Where one is, and how to reach somebody, as cards; and what lets messages disappear. */
import { expect, it } from 'vitest';
import { useWorld } from '../support/browser.ts';
import { counted, gone } from '../support/screens.ts';

const world = useWorld();

it('a place is shared after a look at it, a person with a way to write to them', async () => {
  const bobs = await world.person('Bob');
  await world.person('Carol');
  const ada = await world.enter('Ada');
  const bob = await world.enter(bobs);
  await ada.context.grantPermissions(['geolocation'], { origin: world.server.url });
  await ada.context.setGeolocation({ latitude: 48.137154, longitude: -11.576124 });
  await ada.find('Bob');
  const attach = async (what: string) => {
    await ada.conversation.getByRole('button', { name: 'Attach' }).click();
    await ada.page.getByRole('menuitem', { name: what }).click();
  };

  await attach('Location');
  await ada.page.getByRole('button', { name: 'Find my position' }).click();
  await ada.page.getByLabel('What is there (optional)').fill('At the lake');
  await ada.page.getByRole('button', { name: 'Send location' }).click();
  await bob.openRow('Ada');
  const place = bob.message('At the lake').getByRole('link', { name: /At the lake, open in OpenStreetMap/ });
  await place.getByText('48.13715° N, 11.57612° W').waitFor();
  expect(await place.getAttribute('href')).toContain('mlat=48.137154&mlon=-11.576124');
  await bob.row('Ada').getByText('At the lake').waitFor();

  await attach('Contact');
  const dialog = ada.page.getByRole('dialog', { name: 'Share a contact' });
  await dialog.getByRole('searchbox').fill('Carol');
  await counted('people', dialog.locator('[data-row]'), 1);
  await dialog.getByRole('button', { name: /^Carol/ }).click();
  await gone(dialog);
  await attach('Contact');
  await dialog.getByText('Somebody else').click();
  await dialog.getByLabel('Name').fill('Dr. Who');
  await dialog.getByRole('button', { name: 'Send contact' }).click();
  await dialog.getByText('Give a telephone number or an e-mail address.').waitFor();
  await dialog.getByLabel('Telephone').fill('+49 89 1234');
  await dialog.getByRole('button', { name: 'Send contact' }).click();
  const who = bob.message('Dr. Who').getByRole('link', { name: '+49 89 1234' });
  expect(await who.getAttribute('href')).toBe('tel:+49891234');
  await bob.message('Carol').getByRole('button', { name: 'Message', exact: true }).click();
  await bob.heading('Carol').waitFor();
});

it('in the details messages are let disappear, and a line says so', async () => {
  const erins = await world.person('Erin');
  const finn = await world.enter('Finn');
  const erin = await world.enter(erins);
  await finn.find('Erin');
  await finn.send('Hello');
  await finn.acknowledged('Hello');
  await finn.openDetails();
  await finn.details.getByRole('combobox', { name: 'Messages disappear' }).selectOption({ label: '1 day' });
  await erin.openRow('Finn');
  await erin.log.getByText('Finn set messages to disappear after 1 day').waitFor();
  await erin.send('For a day');
  await finn
    .message('For a day')
    .getByRole('img', { name: /^Disappears / })
    .waitFor();
});
