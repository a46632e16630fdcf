/**
 * A conversation of ten million messages beside one of a thousand: the same members, server and requests. Whatever people
 * do in the end of a conversation should cost the same in both.
 *
 *     node bench/largeConversation.ts [--messages 10000000] [--small 1000] [--repetitions 200] [--members 50]
 *
 * Filled by SQL, with fsync on: the time goes into rows and indexes, not into the disk. Each hundredth message mentions a
 * member. Requests are sent one at a time, by turns to one conversation and the other.
 */
import { newId } from '@kith/protocol';
import { countsFor, headsFor } from '../packages/server/src/store/heads.ts';
import { historyPage } from '../packages/server/src/store/messages.ts';
import { alone, type Flag, presetsOf, type Say, withStack } from './commandLine.ts';
import { keepAlive, within } from './deadline.ts';
import { explain } from './explain.ts';
import { type Layout, openLayout } from './layout.ts';
import { type Ear, Peer } from './peer.ts';
import { table } from './report.ts';
import { ms, Samples, whole } from './samples.ts';
import { type Stack, startStack } from './stack.ts';

const flags = {
  messages: { preset: 10_000_000, min: 2_000, max: 50_000_000, help: 'in the large conversation' },
  small: { preset: 1_000, min: 1_000, max: 100_000, help: 'in the small one' },
  repetitions: { preset: 200, min: 5, max: 10_000, help: 'of each request' },
  members: { preset: 50, min: 5, max: 1_000, help: 'of both' },
} satisfies Record<string, Flag>;

type Options = Record<keyof typeof flags, number>;

export interface Comparison {
  readonly what: string;
  /** Medians and tails, ms. */
  readonly small: { readonly p50: number; readonly p99: number };
  readonly large: { readonly p50: number; readonly p99: number };
  /** Of the medians, without what the server waits on purpose. */
  readonly ratio: number;
  readonly repetitions: number;
  readonly waitMs: number;
}

export interface LargeConversationResult {
  readonly options: Options;
  readonly fillSeconds: number;
  readonly comparisons: readonly Comparison[];
  /** Of whatever is dearer than it should be, in the large conversation. */
  readonly plans: readonly { readonly what: string; readonly plan: string }[];
}

const UNREAD = 500;
/** A page as the SDK asks for it. */
const PAGE = 50;
const WARM_UP = 20;
const ANSWER_MS = 30_000;
/** What is slow is repeated less often: no request is measured for longer. */
const MOST_MS = 60_000;
/** Beyond this ratio the plan is shown; also when the median takes longer than any of these requests should. */
const SUSPICIOUS = 1.5;
const SLOW_MS = 10;
/** Marks wait so long for others to be written with, in either conversation (packages/server/src/log/receipts.ts). */
const MARK_WAIT_MS = 40;

const deaf: Ear = { acknowledged: () => undefined, failed: () => undefined, delivered: () => undefined };

interface Room {
  readonly id: string;
  readonly lastSeq: number;
  /** How far the one who reads on has come. */
  marked: number;
}

/** Members by what they are for. The others only write what is there already. */
interface Cast {
  readonly writer: Peer;
  /** Behind by `UNREAD`. */
  readonly reader: Peer;
  /** Has never read anything. */
  readonly stranger: Peer;
  /** Reads on, a message at a time. */
  readonly marker: Peer;
}

interface Act {
  readonly what: string;
  readonly waitMs: number;
  run(cast: Cast, room: Room, turn: number): Promise<unknown>;
  /** What the server asks the database, for the plan. */
  readonly read?: (layout: Layout, cast: Cast, room: Room) => Promise<string[]>;
}

const viewOf = (peer: Peer, room: Room) => ({
  tenantId: 1,
  conversationId: room.id,
  userId: peer.person.userId,
  visibleAfter: 0,
});

const history =
  (place: (room: Room, turn: number) => { readonly around?: number }) =>
  (cast: Cast, room: Room, turn: number): Promise<unknown> =>
    cast.reader.request('getHistory', { conversationId: room.id, ...place(room, turn), limit: PAGE });

const planOfHistory =
  (place: (room: Room) => { readonly around?: number }) =>
  ({ database }: Layout, cast: Cast, room: Room): Promise<string[]> =>
    explain(database.db, (db) => historyPage(db, viewOf(cast.reader, room), place(room), PAGE));

const heads = (peer: Peer, room: Room): Promise<unknown> =>
  peer.request('getHeads', { conversationIds: [room.id] });

const planOfHeads = ({ database }: Layout, peer: Peer, room: Room): Promise<string[]> =>
  explain(database.db, (db) => headsFor(db, 1, peer.person.userId, [room.id]));

/** The same spot in the middle, so that both have it in memory. */
const middle = ({ lastSeq }: Room) => ({ around: Math.floor(lastSeq / 2) });
/** Each time another spot of the whole, which of a large conversation no memory of PostgreSQL's own holds. */
const anywhere = ({ lastSeq }: Room, turn: number) => ({ around: 1 + ((turn * 7_919_993) % lastSeq) });

const acts: readonly Act[] = [
  {
    what: 'send',
    waitMs: 0,
    run: (cast, room, turn) =>
      cast.writer.request('sendMessage', {
        conversationId: room.id,
        messageId: newId(),
        content: { type: 'plain', text: `Number ${turn} of what is said while somebody counts.` },
      }),
  },
  { what: 'newest page', waitMs: 0, run: history(() => ({})), read: planOfHistory(() => ({})) },
  { what: 'page in the middle', waitMs: 0, run: history(middle), read: planOfHistory(middle) },
  {
    what: 'page anywhere',
    waitMs: 0,
    run: history(anywhere),
    read: planOfHistory((room) => anywhere(room, 77)),
  },
  {
    what: `head, ${UNREAD} unread`,
    waitMs: 0,
    run: (cast, room) => heads(cast.reader, room),
    read: (layout, cast, room) => planOfHeads(layout, cast.reader, room),
  },
  {
    what: 'head, never read',
    waitMs: 0,
    run: (cast, room) => heads(cast.stranger, room),
    read: (layout, cast, room) => planOfHeads(layout, cast.stranger, room),
  },
  {
    what: 'mark read',
    waitMs: MARK_WAIT_MS,
    run: (cast, room) => {
      room.marked += 1;
      return cast.marker.request('markRead', { conversationId: room.id, seq: room.marked });
    },
    read: ({ database }, cast, room) =>
      explain(database.db, (db) => countsFor(db, 1, room.id, cast.marker.person.userId)),
  },
];

export function runLargeConversation(
  say: Say,
  options: Options = presetsOf(flags),
): Promise<LargeConversationResult> {
  say(`large conversation: starting, ${options.messages} messages`);
  const starting = startStack({ database: 'postgres', people: options.members, profile: false });
  return withStack(starting, (stack) => drive(stack, options, say));
}

async function drive(stack: Stack, options: Options, say: Say): Promise<LargeConversationResult> {
  if (stack.databaseUrl === null) throw new Error('This takes PostgreSQL.');
  const userIds = stack.people.map((person) => person.userId);
  const [large, small] = [newId(), newId()];
  const layout = await openLayout(stack.databaseUrl);
  try {
    const began = performance.now();
    const places = [large, small].map((id) => ({ id, userIds }));
    await layout.addPlaces(places, { kind: 'group', visibility: 'private' });
    let told = 0;
    await layout.addMessages([large], options.messages, {
      mentions: true,
      onProgress: (done) => {
        if (done - told < options.messages / 10) return;
        told = done;
        say(`  ${whole(done)} messages after ${whole((performance.now() - began) / 1_000)} s`);
      },
    });
    await layout.addMessages([small], options.small, { mentions: true });
    const [writerId = '', readerId = '', strangerId = '', markerId = '', ...otherIds] = userIds;
    for (const id of [large, small]) {
      await layout.setRead(id, [writerId, ...otherIds], 0);
      await layout.setRead(id, [readerId, markerId], UNREAD);
    }
    await layout.tidy();
    const fillSeconds = (performance.now() - began) / 1_000;
    say(`  filled in ${whole(fillSeconds)} s (${strangerId} has never read)`);
    const [writer, reader, stranger, marker] = await Promise.all(
      stack.people.slice(0, 4).map((person, index) => Peer.connect(stack.url, person, index, deaf)),
    );
    if (!writer || !reader || !stranger || !marker) throw new Error('Nobody connected.');
    const cast = { writer, reader, stranger, marker };
    const roomOf = (id: string, lastSeq: number): Room => ({ id, lastSeq, marked: lastSeq - UNREAD });
    const rooms = { small: roomOf(small, options.small), large: roomOf(large, options.messages) };
    const letGo = keepAlive(Object.values(cast));
    const comparisons = await compare(cast, rooms, options.repetitions, say).finally(letGo);
    const plans = await plansOf(layout, cast, rooms.large, comparisons);
    for (const peer of Object.values(cast)) peer.terminate();
    return { options, fillSeconds, comparisons, plans };
  } finally {
    await layout.close();
  }
}

async function compare(
  cast: Cast,
  rooms: { readonly small: Room; readonly large: Room },
  repetitions: number,
  say: Say,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const act of acts) {
    const times = { small: new Samples(), large: new Samples() };
    const end = performance.now() + MOST_MS;
    let warmUp = WARM_UP;
    for (let turn = 0; turn < warmUp + repetitions && performance.now() < end; turn += 1) {
      // By turns, and first by turns: what else happens on this machine happens to both.
      const order = turn % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const);
      for (const name of order) {
        const began = performance.now();
        await within(ANSWER_MS, act.what, act.run(cast, rooms[name], turn));
        if (turn >= warmUp) times[name].add(performance.now() - began);
      }
      // What takes a second is warm after the first.
      if (turn < warmUp && performance.now() > end - MOST_MS / 2) warmUp = turn + 1;
    }
    const both = (samples: Samples) => ({ p50: samples.at(0.5), p99: samples.at(0.99) });
    const [ofSmall, ofLarge] = [both(times.small), both(times.large)];
    const ratio = (ofLarge.p50 - act.waitMs) / (ofSmall.p50 - act.waitMs);
    comparisons.push({
      what: act.what,
      small: ofSmall,
      large: ofLarge,
      ratio,
      repetitions: times.large.count,
      waitMs: act.waitMs,
    });
    say(`  ${act.what}: ${ms(ofSmall.p50)} ms beside ${ms(ofLarge.p50)} ms`);
  }
  return comparisons;
}

async function plansOf(
  layout: Layout,
  cast: Cast,
  room: Room,
  comparisons: readonly Comparison[],
): Promise<{ what: string; plan: string }[]> {
  const plans: { what: string; plan: string }[] = [];
  for (const { what, ratio, large, waitMs } of comparisons) {
    const read = acts.find((act) => act.what === what)?.read;
    if (!read || (ratio < SUSPICIOUS && large.p50 - waitMs < SLOW_MS)) continue;
    for (const plan of await read(layout, cast, room)) plans.push({ what, plan });
  }
  return plans;
}

export function markdownLargeConversation(result: LargeConversationResult): string {
  const { options } = result;
  const rows = result.comparisons.map(({ what, small, large, ratio, repetitions }) => [
    what,
    ms(small.p50),
    ms(large.p50),
    ratio.toFixed(2),
    ms(small.p99),
    ms(large.p99),
    whole(repetitions),
  ]);
  const head = ['', 'small p50', 'large p50', 'ratio', 'small p99', 'large p99', 'times'];
  return [
    '## A large conversation',
    `${whole(options.messages)} messages beside ${whole(options.small)}, ${options.members} members in both, one in a hundred messages ` +
      `mentions one of them; ${options.repetitions} requests each, one at a time, by turns. Filled in ${whole(result.fillSeconds)} s.`,
    table(head, rows),
    `Milliseconds. The ratio is that of the medians; a read mark waits ${MARK_WAIT_MS} ms for others by design, which it leaves out.`,
    ...result.plans.map(({ what, plan }) => `### Plan of: ${what}\n\n\`\`\`\n${plan}\n\`\`\``),
  ].join('\n\n');
}

await alone({
  file: import.meta.filename,
  flags,
  pinned: true,
  run: async (options, say) => markdownLargeConversation(await runLargeConversation(say, options)),
});
