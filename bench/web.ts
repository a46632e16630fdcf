/**
 * `node bench/web.ts`: how long it takes to open a conversation in the web app, from the press on its row until its newest
 * message is painted. `visited`: it was open before in this run. `stored`: its first time after a reload, from IndexedDB.
 *
 * Real server, real Chromium, the web app as last built (`npm run build`). The aim is 50 ms on a quiet machine (two frames are 33 of them).
 */
import { newId } from '@kith/protocol';
import type { Page } from 'playwright-core';
import { launch } from '../e2e/support/browser.ts';
import { fillHistory } from '../e2e/support/history.ts';
import { connect, signUp } from '../e2e/support/people.ts';
import { Screen } from '../e2e/support/screens.ts';
import { startServer } from '../e2e/support/server.ts';
import { until } from '../e2e/support/wait.ts';

const CONVERSATIONS = 12;
const MESSAGES = 200;
const ROUNDS = 4;

/** Presses a row and waits for the words of its newest message; ms until the frame that shows them is painted. */
const open = (page: Page, name: string, newest: string): Promise<number> =>
  page.evaluate(
    async ({ name, newest }) => {
      const row = [...document.querySelectorAll<HTMLElement>('a[data-row]')].find((one) =>
        one.textContent?.includes(name),
      );
      if (!row) throw new Error(`There is no row ${name}`);
      // From the beginning of a frame, as a press comes.
      await new Promise(requestAnimationFrame);
      const start = performance.now();
      row.click();
      const there = (): boolean => {
        const log = document.querySelector('[role="feed"]');
        const last = [...(log?.querySelectorAll('[role="article"]') ?? [])].at(-1);
        return last?.textContent?.includes(newest) ?? false;
      };
      while (!there()) {
        if (performance.now() - start > 10_000) throw new Error(`${name} does not open`);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      // A task queued inside a frame runs after that frame is painted.
      await new Promise<void>((resolve) =>
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(null);
        }),
      );
      return performance.now() - start;
    },
    { name, newest },
  );

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(0);
  process.stdout.write(`${what.padEnd(8)} n=${times.length}  median ${at(0.5)} ms  p95 ${at(0.95)} ms\n`);
}

const server = await startServer();
const browser = await launch();
try {
  const ada = await signUp(server.url, 'Ada');
  const bob = await signUp(server.url, 'Bob');
  const friend = await connect(server.url, bob.token);
  const names = Array.from({ length: CONVERSATIONS }, (_, i) => `Room ${String(i + 1).padStart(2, '0')}`);
  for (const name of names) {
    const id = await friend.conversations.create({ kind: 'group', name, userIds: [ada.userId] });
    await fillHistory(friend, id, MESSAGES);
    await friend.request('sendMessage', {
      conversationId: id,
      messageId: newId(),
      content: { type: 'plain', text: `The newest of ${name}` },
    });
  }
  // All is read: conversations open at their end.
  const mine = await connect(server.url, ada.token);
  for (const entry of mine.conversations.list.get()) mine.conversations.markRead(entry.id, entry.lastSeq);
  await until('all is read', async () => {
    const { heads } = await friend.request('getHeads', {
      conversationIds: mine.conversations.list.get().map(({ id }) => id),
    });
    return heads.every((head) => head.othersReadSeq >= head.lastSeq);
  });
  await mine.stop();
  await friend.stop();

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const screen = new Screen(context, server.url);
  await screen.open();
  await screen.signIn(ada);
  for (const name of names) {
    await screen.openRow(name);
    await screen.message(`The newest of ${name}`).waitFor();
  }
  const visited: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of names) visited.push(await open(screen.page, name, `The newest of ${name}`));

  // Everything is in the cache by now; the reload forgets what is in memory.
  await screen.page.goto(server.url);
  await screen.row(names[0] ?? '').waitFor();
  const stored: number[] = [];
  for (const name of names) stored.push(await open(screen.page, name, `The newest of ${name}`));
  report('visited', visited);
  report('stored', stored);
} finally {
  await browser.close();
  await server.dispose();
}
