/**
 * `node bench/webLong.ts`: a conversation of 100,000 messages in the web app on a processor slowed down four times: frames
 * while it is scrolled (by wheel and by flings, as Chromium's trace tells them), the time from a key to its paint, and what
 * moves by itself while the app loads. Real server, real Chromium, the web app as last built (`npm run build`).
 */
import { newId } from '@kith/protocol';
import type { CDPSession, Page } from 'playwright-core';
import { launch } from '../e2e/support/browser.ts';
import { startInProcess } from '../e2e/support/inProcess.ts';
import { signUp } from '../e2e/support/people.ts';
import { Screen } from '../e2e/support/screens.ts';
import { backfillConversation } from '../packages/server/src/store/backfill.ts';
import { directKey } from '../packages/server/src/store/conversations.ts';

const MESSAGES = 100_000;
const SLOWDOWN = 4;
const KEYS = 60;
const DRAFT_CHARS = 19_000;
/** The main tenant. */
const TENANT = 1;

const at = (times: readonly number[], share: number): string => {
  const sorted = times.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
};

interface Frames {
  readonly drawn: number;
  /** Of those dropped: scrolled in time all the same, with rows that were there; what the page drew came one later. */
  readonly partial: number;
  readonly dropped: number;
}

/** What we read of an event in Chromium's trace. */
interface TraceEvent {
  readonly name?: string;
  readonly ph?: string;
  readonly pid?: number;
  readonly tid?: number;
  /** Of a complete event, of its thread's own time, µs. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly hasPartialUpdate?: boolean };
}

async function trace(
  session: CDPSession,
  categories: readonly string[],
  run: () => Promise<void>,
): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: readonly TraceEvent[] }): void => {
    events.push(...value);
  };
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: [...categories] },
  });
  await run();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}

/** What the compositor says of its frames while `run` runs. */
async function frames(session: CDPSession, run: () => Promise<void>): Promise<Frames> {
  const counts = { drawn: 0, partial: 0, dropped: 0 };
  const categories = ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'];
  for (const { name, args } of await trace(session, categories, run)) {
    if (name === 'DrawFrame') counts.drawn += 1;
    else if (name === 'DroppedFrame') counts[args?.hasPartialUpdate ? 'partial' : 'dropped'] += 1;
  }
  return counts;
}

/** Time of a processor that the page's own thread takes while `run` runs, ms. */
async function work(session: CDPSession, run: () => Promise<void>): Promise<number> {
  const events = await trace(session, ['toplevel'], run);
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  return events
    .filter((event) => event.name?.endsWith('RunTask') && event.ph === 'X' && main.has(threadOf(event)))
    .reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0);
}

/** Gaps between the frames of the page's own thread, ms, until the returned function is called. */
async function watchGaps(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const state = { gaps: [] as number[], on: true };
    Object.assign(window, { benchGaps: state });
    let last = performance.now();
    const tick = (now: number): void => {
      state.gaps.push(now - last);
      last = now;
      if (state.on) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  return () =>
    page.evaluate(() => {
      const state = (window as unknown as { benchGaps: { gaps: number[]; on: boolean } }).benchGaps;
      state.on = false;
      return state.gaps;
    });
}

async function scroll(
  what: string,
  screen: Screen,
  session: CDPSession,
  run: () => Promise<void>,
): Promise<void> {
  const gaps = await watchGaps(screen.page);
  const { drawn, partial, dropped } = await frames(session, run);
  const times = await gaps();
  const over = (ms: number): number => times.filter((gap) => gap > ms).length;
  process.stdout.write(
    `${what.padEnd(6)} drawn ${drawn}, in part ${partial}, dropped ${dropped}; of ${times.length} frames of the page ${over(17.7)} over 16.7 ms, ${over(34)} over 33 ms, longest ${Math.max(...times).toFixed(0)} ms\n`,
  );
}

/**
 * From each key to the frame that shows it, ms: the wait for the next frame, up to 16.7 ms, is in it. And what the key
 * costs the page's thread.
 */
async function type(what: string, screen: Screen, session: CDPSession): Promise<void> {
  await screen.page.evaluate(() => {
    const found: number[] = [];
    Object.assign(window, { benchKeys: found });
    document.addEventListener(
      'keydown',
      () => {
        const start = performance.now();
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => found.push(performance.now() - start);
          channel.port2.postMessage(null);
        });
      },
      { capture: true },
    );
  });
  await screen.composer.focus();
  await screen.page.keyboard.press('Control+End');
  const spent = await work(session, async () => {
    for (let key = 0; key < KEYS; key += 1) {
      await screen.page.keyboard.press('abcdefgh'[key % 8] ?? 'a');
      await screen.page.waitForTimeout(30);
    }
  });
  const times = await screen.page.evaluate(() => (window as unknown as { benchKeys: number[] }).benchKeys);
  process.stdout.write(
    `${what.padEnd(28)} n=${times.length}  median ${at(times, 0.5)} ms  p95 ${at(times, 0.95)} ms  work a key ${(spent / KEYS).toFixed(1)} ms\n`,
  );
}

const service = await startInProcess();
const url = service.url.replace('127.0.0.1', 'localhost');
const browser = await launch();
try {
  const [ada, bob] = [await signUp(url, 'Ada'), await signUp(url, 'Bob')];
  const began = Date.now() - MESSAGES * 60_000;
  await backfillConversation(service.database.db, {
    tenantId: TENANT,
    id: newId(),
    kind: 'direct',
    visibility: 'private',
    history: 'all',
    name: '',
    topic: '',
    directKey: directKey(ada.userId, bob.userId),
    createdAt: new Date(began),
    members: [ada, bob].map(({ userId }) => ({ userId, role: 'member', unread: 0 })),
    messages: Array.from({ length: MESSAGES }, (_, n) => ({
      id: newId(),
      authorId: n % 3 === 0 ? ada.userId : bob.userId,
      at: new Date(began + n * 60_000),
      body: { text: `Message ${n} said **this** ${'and some more words '.repeat((n * 7) % 13)}`.trim() },
    })),
  });

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const screen = new Screen(context, url);
  await screen.open();
  await screen.signIn(ada);
  await screen.openRow('Bob');
  await screen.message(`Message ${MESSAGES - 1} `).waitFor();

  // What moves by itself between the first byte and rest, with everything in the cache.
  await screen.page.addInitScript(() => {
    const state = { shift: 0 };
    Object.assign(window, { benchShift: state });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        state.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await screen.page.reload();
  await screen.message(`Message ${MESSAGES - 1} `).waitFor();
  await screen.page.waitForTimeout(1_500);
  const shift = await screen.page.evaluate(
    () => (window as unknown as { benchShift: { shift: number } }).benchShift.shift,
  );
  process.stdout.write(`layout shift while loading: ${shift.toFixed(4)}\n`);

  const session = await context.newCDPSession(screen.page);
  await type('typing', screen, session);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await type(`typing, ${SLOWDOWN} times slower`, screen, session);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await screen.composer.fill('some words of a long letter '.repeat(DRAFT_CHARS / 28));
  await type(`typing in ${DRAFT_CHARS} characters`, screen, session);
  await screen.composer.fill('');

  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await screen.log.hover();
  await scroll('wheel', screen, session, async () => {
    for (let turn = 0; turn < 250; turn += 1) {
      await screen.page.mouse.wheel(0, -120);
      await screen.page.waitForTimeout(16);
    }
  });
  await scroll('fling', screen, session, async () => {
    for (let fling = 0; fling < 6; fling += 1)
      await session.send('Input.synthesizeScrollGesture', {
        x: 800,
        y: 400,
        yDistance: 4_000,
        speed: 4_000,
        gestureSourceType: 'mouse',
      });
  });
} finally {
  await browser.close();
  await service.close();
}
