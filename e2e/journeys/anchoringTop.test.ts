/** A long history, read at its upper end while more of it arrives. */
import { expect, it } from 'vitest';
import { phone, useWorld } from '../support/browser.ts';
import { fillHistory } from '../support/history.ts';
import type { Screen } from '../support/screens.ts';
import { distant, fromEnd, pointAt, settled, watched } from '../support/timeline.ts';
import { until } from '../support/wait.ts';

const world = useWorld({ motion: true });

/** Up from the end, page by page, each time in one leap to the very top: there one sees what comes before it come. */
async function climb(device: Screen, name: string, newest: string): Promise<void> {
  const { page } = device;
  await device.openRow(name);
  const jump = page.getByRole('button', { name: /^To the newest message/ });
  // At the first unread message, or at the end where all is read.
  await jump.or(device.message(newest)).first().waitFor();
  if (await jump.isVisible()) await jump.click();
  await device.message(newest).waitFor();
  await until('the view is at the end', async () => (await fromEnd(device)) < 2);
  await jump.waitFor({ state: 'detached' });
  await settled(device);
  await pointAt(device);

  let pages = 0;
  for (let step = 0; step < 8; step += 1) {
    // From before the leap on: a page that comes soon is not missed. What is leapt over was never measured.
    const watch = watched(device);
    await page.mouse.wheel(0, -60_000);
    const { moved, where, grew } = await watch;
    if (grew) pages += 1;
    expect(moved, `all is still there in step ${step} of ${name}: ${where}`).toBeDefined();
    expect(moved, `pixels that something moved in step ${step} of ${name}: ${where}`).toBeLessThanOrEqual(1);
  }
  expect(pages, 'pages that came while the oldest message was in view').toBeGreaterThan(3);
  await device.message(/Message 1 said/).waitFor();
}

it('nothing moves while an older page arrives and the oldest message loaded is in view', async () => {
  const [ada, bob, cleo] = [await world.person('Ada'), await world.person('Bob'), await world.person('Cleo')];
  const [friend, other] = [await world.client(ada), await world.client(cleo)];
  // One author within minutes: the oldest message of each page turns out to be inside of a group, and of a day.
  const direct = await friend.conversations.openDirect(bob.userId);
  await fillHistory(friend, direct, 400);
  // Two, each of them for a whole page: there it turns out to be the first of a group, with a gap and a name above.
  const group = await friend.conversations.create({
    kind: 'group',
    name: 'Apollo',
    userIds: [bob.userId, cleo.userId],
  });
  for (let turn = 0; turn < 4; turn += 1)
    for (const author of [friend, other]) await fillHistory(author, group, 50);

  const device = await world.device();
  // Slower than anybody scrolls.
  await distant(device, 700);
  await device.signIn(bob);
  await climb(device, 'Ada', 'Message 400 said');
  await climb(device, 'Apollo', 'Message 50 said');

  // Where lines are many and pages come at once.
  const small = await world.device(phone);
  await distant(small, 40);
  await small.signIn(bob);
  await climb(small, 'Apollo', 'Message 50 said');
});
