/**
 * A channel of ten thousand of whom some hundreds are connected, beside one of a hundred who all are: what a message, a
 * mark, a page of members, a joining and a leaving cost.
 *
 *     node bench/largeChannel.ts [--members 10000] [--connected 500] [--small 100] [--repetitions 200]
 *
 * One request at a time, so the CPU is that of requests alone, not of batches; server and database on one core, the load
 * on the other. The reference is a public channel too, for a group cannot be joined.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits, newId, type Output } from '@kith/protocol';
import { Arrivals } from './arrivals.ts';
import { alone, type Flag, presetsOf, type Say, withStack } from './commandLine.ts';
import { forEach, keepAlive, within } from './deadline.ts';
import { openLayout } from './layout.ts';
import { Peer } from './peer.ts';
import { cpuOfTrees } from './processes.ts';
import { table } from './report.ts';
import { ms, Samples, whole } from './samples.ts';
import { type Stack, startStack } from './stack.ts';

const flags = {
  members: {
    preset: limits.members,
    min: 300,
    max: limits.members,
    help: 'of the large channel, with those who come and go',
  },
  connected: { preset: 500, min: 20, max: 5_000, help: 'of them with a socket' },
  small: { preset: 100, min: 10, max: 1_000, help: 'of the small channel, all with a socket' },
  repetitions: { preset: 200, min: 5, max: 5_000, help: 'of each request' },
} satisfies Record<string, Flag>;

type Options = Record<keyof typeof flags, number>;

export interface Cost {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU of each, µs. */
  readonly serverMicros: number;
  readonly databaseMicros: number;
}

export interface LargeChannelResult {
  readonly options: Options;
  readonly rows: readonly { readonly what: string; readonly small: Cost; readonly large: Cost }[];
  /** CPU while nothing is asked, ms a second. */
  readonly idle: { readonly server: number; readonly database: number };
  readonly lost: number;
}

/** They join and leave; until then there is room for them. */
const GUESTS = 50;
const EARLIER = 500;
const PARALLEL_CONNECTS = 32;
const ANSWER_MS = 30_000;
/** What follows an answer (events, marks) belongs to it. */
const SETTLE_MS = 300;
const IDLE_MS = 3_000;
const WARM_UP = 10;
/** Everybody marks at once: so often. */
const CROWDS = 20;

interface Room {
  readonly id: string;
  readonly members: number;
  /** Who of it is connected; the first one writes. */
  readonly peers: readonly Peer[];
  readonly cursors: { readonly middle: string | undefined; readonly last: string | undefined };
  marked: number;
}

export function runLargeChannel(say: Say, options: Options = presetsOf(flags)): Promise<LargeChannelResult> {
  say(`large channel: starting, ${options.members} people`);
  const starting = startStack({ database: 'postgres', people: options.members, profile: false });
  return withStack(starting, (stack) => drive(stack, options, say));
}

async function drive(stack: Stack, options: Options, say: Say): Promise<LargeChannelResult> {
  const { databaseUrl, databasePid, serverPid, people, url } = stack;
  if (databaseUrl === null || databasePid === null) throw new Error('This takes PostgreSQL.');
  const inside = people.slice(0, people.length - GUESTS);
  const userIds = inside.map((person) => person.userId);
  const [large, small] = [newId(), newId()];
  const layout = await openLayout(databaseUrl);
  try {
    const places = [
      { id: large, userIds },
      { id: small, userIds: userIds.slice(0, options.small) },
    ];
    await layout.addPlaces(places, { kind: 'channel', visibility: 'public' });
    await layout.addMessages([large, small], EARLIER);
    await layout.tidy();
  } finally {
    await layout.close();
  }
  const arrivals = new Arrivals();
  const peers: Peer[] = [];
  const guests: Peer[] = [];
  await forEach(options.connected + GUESTS, PARALLEL_CONNECTS, async (i) => {
    const index = i < options.connected ? i : inside.length + i - options.connected;
    const peer = await Peer.connect(url, people[index]!, index, arrivals);
    if (i < options.connected) peers[i] = peer;
    else guests.push(peer);
  });
  await forEach(peers.length, PARALLEL_CONNECTS, async (i) => {
    const conversationIds = i < options.small ? [large, small] : [large];
    await peers[i]!.request('watch', { conversationIds, userIds: [] });
  });
  const rooms: readonly Room[] = [
    await roomOf(small, options.small, peers.slice(0, options.small)),
    await roomOf(large, inside.length, peers),
  ];
  const meter = new Meter(serverPid, databasePid);
  say(`  ${peers.length} connected, ${guests.length} outside`);
  await sleep(IDLE_MS);
  meter.begin();
  await sleep(IDLE_MS);
  const idleMs = meter.end();
  const rows: { what: string; costs: Cost[] }[] = [];
  const add = async (what: string, measure: (room: Room) => Promise<Cost>): Promise<void> => {
    const costs: Cost[] = [];
    for (const room of rooms) costs.push(await measure(room));
    rows.push({ what, costs });
    say(`  ${what}: ${costs.map((cost) => `${ms(cost.p50)} ms`).join(' beside ')}`);
  };
  const letGo = keepAlive([...peers, ...guests]);
  let lost: number;
  try {
    lost = await sends(rooms, arrivals, meter, options.repetitions, add);
    await marks(meter, options.repetitions, add);
    await pages(meter, options.repetitions, add);
    await comings(guests, meter, options.repetitions, add);
  } finally {
    letGo();
  }
  for (const peer of [...peers, ...guests]) peer.terminate();
  return {
    options,
    rows: rows.map(({ what, costs: [ofSmall, ofLarge] }) => ({ what, small: ofSmall!, large: ofLarge! })),
    idle: { server: (idleMs.server * 1_000) / IDLE_MS, database: (idleMs.database * 1_000) / IDLE_MS },
    lost,
  };
}

type Add = (what: string, measure: (room: Room) => Promise<Cost>) => Promise<void>;

/** One message after the other, each when the last has reached everybody. Returns how many deliveries never came. */
async function sends(
  rooms: readonly Room[],
  arrivals: Arrivals,
  meter: Meter,
  repetitions: number,
  add: Add,
): Promise<number> {
  const reached = new Map<Room, Cost>();
  let lost = 0;
  const one = async (room: Room): Promise<void> => {
    const [writer] = room.peers;
    if (!writer) throw new Error('Nobody is connected.');
    writer.conversationId = room.id;
    arrivals.say(writer, room.peers.length - 1);
    await arrivals.settle();
  };
  await add('message: acknowledged', async (room) => {
    for (let turn = 0; turn < WARM_UP; turn += 1) await one(room);
    arrivals.reset();
    meter.begin();
    for (let turn = 0; turn < repetitions; turn += 1) await one(room);
    const spent = meter.end();
    lost += arrivals.missing;
    reached.set(room, costOf(arrivals.deliveriesOfAll, spent, repetitions));
    return costOf(arrivals.acks, spent, repetitions);
  });
  await add('message: delivered', async (room) => reached.get(room)!);
  if (rooms.length !== reached.size) throw new Error('A room was left out.');
  return lost;
}

async function marks(meter: Meter, repetitions: number, add: Add): Promise<void> {
  await add('read mark of one', (room) =>
    timed(meter, repetitions, (turn) => {
      // Each in turn, and when all have, the next message.
      if (turn % room.peers.length === 0) room.marked += 1;
      const peer = room.peers[turn % room.peers.length]!;
      return peer.request('markRead', { conversationId: room.id, seq: room.marked });
    }),
  );
  await add('delivered marks of all, each', async (room) => {
    const times = new Samples();
    meter.begin();
    for (let crowd = 0; crowd < CROWDS; crowd += 1) {
      room.marked += 1;
      const marked = [{ conversationId: room.id, seq: room.marked }];
      const all = room.peers.map(async (peer) => {
        const began = performance.now();
        await peer.request('markDelivered', { marks: marked });
        times.add(performance.now() - began);
      });
      await within(ANSWER_MS, 'marks', Promise.all(all));
      await sleep(SETTLE_MS);
    }
    return costOf(times, meter.end(), times.count);
  });
}

async function pages(meter: Meter, repetitions: number, add: Add): Promise<void> {
  const page = (what: string, inputOf: (room: Room) => object): Promise<void> =>
    add(what, (room) =>
      timed(meter, repetitions, () =>
        room.peers[0]!.request('listMembers', {
          conversationId: room.id,
          limit: limits.pageDefault,
          ...inputOf(room),
        }),
      ),
    );
  await page('members, first page', () => ({}));
  await page('members, middle page', ({ cursors: { middle } }) => (middle ? { cursor: middle } : {}));
  await page('members, last page', ({ cursors: { last } }) => (last ? { cursor: last } : {}));
  await page('members, search', () => ({ query: 'bench 7' }));
  await page('members, search for nobody', () => ({ query: 'nobody' }));
}

/** All guests join, one after the other, then all leave, and so on. */
async function comings(guests: readonly Peer[], meter: Meter, repetitions: number, add: Add): Promise<void> {
  const left = new Map<Room, Cost>();
  await add('joining', async (room) => {
    const [joins, leaves] = [new Samples(), new Samples()];
    const spent = { join: { server: 0, database: 0 }, leave: { server: 0, database: 0 } };
    const all = async (command: string, samples: Samples, sum: Spent): Promise<void> => {
      meter.begin();
      for (const guest of guests) {
        const began = performance.now();
        await within(ANSWER_MS, command, guest.request(command, { conversationId: room.id }));
        samples.add(performance.now() - began);
      }
      await sleep(SETTLE_MS);
      const more = meter.end();
      sum.server += more.server;
      sum.database += more.database;
    };
    for (let round = 0; round < Math.max(2, repetitions / guests.length); round += 1) {
      await all('joinChannel', joins, spent.join);
      await all('leaveConversation', leaves, spent.leave);
    }
    left.set(room, costOf(leaves, spent.leave, leaves.count));
    return costOf(joins, spent.join, joins.count);
  });
  await add('leaving', async (room) => left.get(room)!);
}

async function roomOf(id: string, members: number, peers: readonly Peer[]): Promise<Room> {
  const cursors: string[] = [];
  let next: string | null = null;
  do {
    const page: Output<'listMembers'> = (await peers[0]!.request('listMembers', {
      conversationId: id,
      limit: limits.pageDefault,
      ...(next !== null && { cursor: next }),
    })) as Output<'listMembers'>;
    next = page.next;
    if (next !== null) cursors.push(next);
  } while (next !== null);
  return {
    id,
    members,
    peers,
    cursors: { middle: cursors[Math.floor(cursors.length / 2)], last: cursors.at(-1) },
    marked: EARLIER,
  };
}

async function timed(
  meter: Meter,
  repetitions: number,
  act: (turn: number) => Promise<unknown>,
): Promise<Cost> {
  const times = new Samples();
  for (let turn = 0; turn < WARM_UP; turn += 1) await within(ANSWER_MS, 'a request', act(turn));
  meter.begin();
  for (let turn = 0; turn < repetitions; turn += 1) {
    const began = performance.now();
    await within(ANSWER_MS, 'a request', act(WARM_UP + turn));
    times.add(performance.now() - began);
  }
  return costOf(times, meter.end(), repetitions);
}

/** CPU, ms. */
interface Spent {
  server: number;
  database: number;
}

class Meter {
  readonly #pids: readonly number[];
  #before: readonly number[] = [];

  constructor(serverPid: number, databasePid: number) {
    this.#pids = [serverPid, databasePid];
  }

  begin(): void {
    this.#before = cpuOfTrees(this.#pids);
  }

  end(): Spent {
    const [server = 0, database = 0] = cpuOfTrees(this.#pids).map((cpu, i) => cpu - (this.#before[i] ?? 0));
    return { server, database };
  }
}

const costOf = (times: Samples, { server, database }: Spent, count: number): Cost => ({
  p50: times.at(0.5),
  p99: times.at(0.99),
  serverMicros: (server * 1_000) / count,
  databaseMicros: (database * 1_000) / count,
});

export function markdownLargeChannel({ options, rows, idle, lost }: LargeChannelResult): string {
  const cells = ({ p50, p99, serverMicros, databaseMicros }: Cost): string[] => [
    ms(p50),
    ms(p99),
    `${whole(serverMicros)} + ${whole(databaseMicros)}`,
  ];
  const head = ['', 'small p50', 'p99', 'µs', 'large p50', 'p99', 'µs'];
  return [
    '## A large channel',
    `A channel of ${whole(options.members - GUESTS)}, ${whole(options.connected)} of them connected, beside one of ${whole(options.small)}, all connected. ` +
      `${options.repetitions} requests each, one at a time. Milliseconds; µs are CPU of server + database for each. A mark waits 40 ms for others by design.`,
    table(
      head,
      rows.map(({ what, small, large }) => [what, ...cells(small), ...cells(large)]),
    ),
    `Deliveries lost ${lost}. At rest the server takes ${ms(idle.server)} ms of CPU a second, the database ${ms(idle.database)}.`,
  ].join('\n\n');
}

await alone({
  file: import.meta.filename,
  flags,
  pinned: true,
  run: async (options, say) => markdownLargeChannel(await runLargeChannel(say, options)),
});
