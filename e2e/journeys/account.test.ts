/** The ways into an account and what keeps it one's own, with the mails that belong to them. */
import { accounts } from '@kith/client';
import { freePort } from '@kith/tools/services/processes.ts';
import { afterAll, expect, it } from 'vitest';
import { type CaughtMail, createMailCatcher } from '../../packages/server/src/testing/mailCatcher.ts';
import { useAxe } from '../support/axe.ts';
import { useWorld } from '../support/browser.ts';
import type { Account } from '../support/people.ts';
import type { Screen } from '../support/screens.ts';
import { until } from '../support/wait.ts';

const mail = await createMailCatcher();
afterAll(() => mail.close());
const port = await freePort();
const world = useWorld({
  port,
  env: { KITH_SMTP_URL: mail.url, KITH_PUBLIC_URL: `http://localhost:${port}`, KITH_PROVE_EMAIL: 'on' },
});
const { judge, found } = useAxe();

const codeIn = ({ text }: CaughtMail): string => {
  const code = /\b\d{3} ?\d{3}\b/.exec(text)?.[0];
  if (code === undefined) throw new Error(`There is no code in: ${text}`);
  return code;
};

/** The link of a mail to `email`, from the root of the server; other mails may have come before it. */
const linkTo = (page: 'reset' | 'undo-email', email: string): Promise<string> =>
  until(`a link to ${page} is mailed to ${email}`, async () => {
    const mails = mail.caught.filter(({ to }) => to.includes(email));
    return mails.map(({ text }) => new RegExp(`/${page}#\\S+`).exec(text)?.[0]).find(Boolean);
  });

/** Somebody who has shown that the address is theirs. */
async function member(displayName: string): Promise<Account> {
  const username = `${displayName.toLowerCase()}-${process.pid}`;
  const email = `${username}@example.org`;
  const password = `a rather good one, says ${username.length} times ${displayName}ine`;
  const door = accounts(world.server.url);
  const asked = await door.signUp({ email, password, username, displayName });
  if (asked.type !== 'code_sent') throw new Error('No code was sent.');
  const code = codeIn(await mail.next(email));
  const step = await door.proceed({ ticket: asked.ticket, code });
  if (step.type !== 'signed_in' || step.token === undefined) throw new Error('Not signed in.');
  return { userId: step.userId, token: step.token, email, password, username, displayName };
}

async function openSecurity({ list }: Screen): Promise<void> {
  await list.getByRole('button', { name: 'Settings' }).click();
  await list.getByRole('button', { name: 'Account and security' }).click();
  await list.getByRole('heading', { level: 1, name: 'Account and security' }).waitFor();
}

const signedOut = ({ page }: Screen): Promise<void> =>
  page.getByText('You were signed out on this device. Sign in to go on.').waitFor();

it('an account begins with the code that came by mail', async () => {
  const screen = await world.device();
  // What is refused is a line in the console, too.
  screen.excuseNetwork();
  const { page, list } = screen;
  await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await page.getByLabel('Username').fill('grace');
  await page.getByLabel('Email').fill('grace@exmaple.org');
  await page.getByLabel('Password', { exact: true }).fill('seven compilers before breakfast');
  await page.getByRole('button', { name: 'Create account' }).click();

  // Mistyped: back to the form, where everything still stands.
  await page.getByText('grace@exmaple.org').waitFor();
  await page.getByRole('button', { name: 'Another address' }).click();
  await page.getByLabel('Email').fill('grace@example.org');
  await page.getByRole('button', { name: 'Create account' }).click();

  const code = codeIn(await mail.next('grace@example.org'));
  const field = page.getByLabel('Code');
  // Back to the form and on again; and a page that was let go while they looked into their mail.
  await field.waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Create your account' }).waitFor();
  await page.goForward();
  await page.reload();
  const wrong = code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  await field.pressSequentially(wrong);
  await page.getByText('This code is not right.').waitFor();
  await until('the field has the focus', () =>
    field.evaluate((element) => element === document.activeElement && getSelection()?.toString() !== ''),
  );
  // As it is pasted; it is sent by itself.
  await page.keyboard.insertText(`${code.slice(0, 3)} ${code.replace(/ /, '').slice(3)}`);
  await list.getByRole('button', { name: 'Settings' }).waitFor();

  await openSecurity(screen);
  const address = list.getByRole('region', { name: 'Email address' });
  await address.getByText('grace@example.org').waitFor();
  await address.getByText('Verified', { exact: true }).waitFor();
  const activity = list.getByRole('region', { name: 'Activity' });
  await activity.getByText('Account created').waitFor();
  // The first of all is the owner, and sees what happens to others, too.
  await activity.getByText('Everybody').click();
  await activity
    .getByRole('listitem')
    .filter({ hasText: 'Account created' })
    .getByText('Grace Hopper')
    .waitFor();
});

it('a forgotten password becomes another, and who knew the old one is out', async () => {
  const ada = await member('Ada');
  const other = await world.enter(ada);
  const screen = await world.device();
  screen.excuseNetwork();
  const { page, list } = screen;
  await page.getByRole('button', { name: 'Forgot password?' }).click();
  await page.getByLabel('Email').fill(ada.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('a mail is on its way').waitFor();
  const link = await linkTo('reset', ada.email);

  await page.goto(world.server.url + link);
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  expect(page.url(), 'the address bar').toBe(`${world.server.url}/`);
  await page.getByText(`For Ada, ${ada.email}.`).waitFor();
  await judge(screen, 'a new password');
  expect(found).toEqual([]);
  await page.getByLabel('New password', { exact: true }).fill('password1234');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await until('the field says what is wrong with it', () =>
    page.getByLabel('New password', { exact: true }).evaluate((one) => one.ariaInvalid === 'true'),
  );
  await page.getByLabel('New password', { exact: true }).fill('looms and engines of another kind');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await list.getByRole('button', { name: 'Settings' }).waitFor();
  await signedOut(other);

  // It worked once. Somebody is signed in here, and is told nonetheless.
  await page.goto(world.server.url + link);
  await page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  await page.getByRole('button', { name: 'Go to Kith' }).click();
  await list.getByRole('button', { name: 'Settings' }).waitFor();
});

it('who sets a new password in one tab is in with it, in the other tabs of that browser, too', async () => {
  const eve = await member('Eve');
  const screen = await world.enter(eve);
  await accounts(world.server.url).forgotPassword(eve.email);
  const tab = await screen.tab(await linkTo('reset', eve.email));
  await tab.page.getByLabel('New password', { exact: true }).fill('twelve windows on one garden');
  await tab.page.getByRole('button', { name: 'Save and sign in' }).click();
  await openSecurity(tab);
  await openSecurity(screen);
  // Each asks the server: both are known to it.
  for (const { list } of [tab, screen]) {
    const activity = list.getByRole('region', { name: 'Activity' });
    await activity.getByText('New password chosen by mail link').waitFor();
  }
  await tab.page.reload();
  await tab.list.getByRole('region', { name: 'Activity' }).getByText('Account created').waitFor();
});

it('an address that somebody else changed is taken back', async () => {
  const bea = await member('Bea');
  const thief = await world.enter(bea);
  await openSecurity(thief);
  const address = thief.list.getByRole('region', { name: 'Email address' });
  await address.getByRole('button', { name: 'Change' }).click();
  await address.getByLabel('New address').fill('thief@example.org');
  await address.getByRole('button', { name: 'Continue' }).click();
  await address.getByLabel('Code').fill(codeIn(await mail.next('thief@example.org')));
  await address.getByText('thief@example.org').waitFor();
  await address.getByRole('button', { name: 'Change' }).waitFor();

  // To whom it belonged, wherever they read it.
  const link = await linkTo('undo-email', bea.email);
  const home = await world.device();
  await home.page.goto(world.server.url + link);
  await home.page.getByRole('button', { name: 'Undo the change' }).click();
  await home.page.getByText(`${bea.email} is the address of your account again.`).waitFor();
  await signedOut(thief);
  await home.page.getByLabel('New password', { exact: true }).fill('nobody else knows this one now');
  await home.page.getByRole('button', { name: 'Save and sign in' }).click();
  await home.list.getByRole('button', { name: 'Settings' }).waitFor();
  await openSecurity(home);
  await home.list.getByRole('region', { name: 'Email address' }).getByText(bea.email).waitFor();
  await home.list.getByRole('region', { name: 'Activity' }).getByText('Change of address undone').waitFor();
});

it('what is dear asks for the password first, and is done after all', async () => {
  const cleo = await member('Cleo');
  const other = await world.enter(cleo);
  const screen = await world.device();
  const { page, list } = screen;
  // As if signing in were longer ago than it is: the first wish is refused as the server would refuse it then.
  let refused = false;
  await page.routeWebSocket(/\/v1\/socket/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const frame = JSON.parse(String(message)) as { id: number; command?: string };
      if (refused || frame.command !== 'changePassword') return server.send(message);
      refused = true;
      const error = { code: 'confirmation_required', message: 'First the password.', retryable: false };
      socket.send(JSON.stringify({ t: 'failed', id: frame.id, error }));
    });
  });
  await page.reload();
  await screen.signIn(cleo);
  await openSecurity(screen);
  const section = list.getByRole('region', { name: 'Password' });
  await section.getByRole('button', { name: 'Change password' }).click();
  await section.getByLabel('New password').fill('what the asp did not know');
  await section.getByRole('button', { name: 'Change password' }).click();

  const dialog = page.getByRole('dialog', { name: 'Confirm it is you' });
  await dialog.getByLabel('Password', { exact: true }).fill('not hers');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByText('This password is wrong.').waitFor();
  await dialog.getByLabel('Password', { exact: true }).fill(cleo.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();

  await page.getByText('Password changed. All other devices were signed out.').waitFor();
  await signedOut(other);
  await other.signIn({ email: cleo.email, password: 'what the asp did not know' });
});
