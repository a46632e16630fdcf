/**
 * Two nodes beside one: what a second server process, and NATS between them, cost and bring.
 *
 *     node bench/nodes.ts [--clients 1000] [--seconds 8]
 *
 * On two cores two nodes cannot be twice as fast as one: PostgreSQL, NATS and the load need as much of the cores as the
 * servers do. So the CPU of the server processes for each message is what is compared: where every node has a core of its
 * own and the database keeps up, that decides. What really came through on these two cores is told beside it.
 *
 * Pairs of two write to each other; with two nodes, half of the pairs have both people on one node and half are apart, as
 * chance would have it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { Arrivals } from './arrivals.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { alone, type Flag, presetsOf, type Say, withStack } from './commandLine.ts';
import { forEach, keepAlive } from './deadline.ts';
import { Peer } from './peer.ts';
import { cpuOfTrees } from './processes.ts';
import { table } from './report.ts';
import { ms, whole } from './samples.ts';

const flags = {
  clients: { preset: 1_000, min: 8, max: 5_000, help: 'in pairs' },
  seconds: { preset: 8, min: 1, max: 60, help: 'each rate is offered' },
} satisfies Record<string, Flag>;

type Options = Record<keyof typeof flags, number>;

export interface RateResult {
  readonly rate: number;
  /** A second, until the last was answered. */
  readonly acknowledged: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU of each message, µs: of each node, and of what they share. */
  readonly nodeMicros: readonly number[];
  readonly databaseMicros: number;
  readonly busMicros: number;
  readonly loadMicros: number;
  /** Deliveries that never came, and messages that were refused. */
  readonly lost: number;
  readonly refused: number;
  /** Deliveries that came once more. */
  readonly repeated: number;
}

export interface Way {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

export interface SetUpResult {
  readonly name: string;
  readonly nodes: number;
  readonly rates: readonly RateResult[];
  /** At low load, by whether both people are on one node. */
  readonly ways: Readonly<Record<string, Way>>;
  readonly lost: number;
}

export interface NodesResult {
  readonly options: Options;
  readonly setUps: readonly SetUpResult[];
}

const setUps = [
  { name: 'one', cores: [0], bus: false },
  { name: 'one, with NATS', cores: [0], bus: true },
  { name: 'two', cores: [0, 1], bus: true },
] as const;

/** Messages a second, up to beyond what two cores can do. */
const RATES = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 15_000];
const LOW_RATE = 50;
const LOW_SECONDS = 10;
const WARM_UP_RATE = 2_000;
const WARM_UP_SECONDS = 8;
const PARALLEL_CONNECTS = 32;
const SETTLE_MS = 1_000;
/** A rate counts as kept up with when so much of it was answered in its time; beyond the first that is not, none is tried. */
const KEPT_UP = 0.9;

export async function runNodes(say: Say, options: Options = presetsOf(flags)): Promise<NodesResult> {
  const results: SetUpResult[] = [];
  for (const { name, cores, bus } of setUps) {
    say(`nodes: ${name}`);
    const starting = startCluster({ cores, bus, people: options.clients });
    const measured = await withStack(starting, (cluster) => drive(cluster, options, say));
    results.push({ name, nodes: cores.length, ...measured });
  }
  return { options, setUps: results };
}

async function drive(
  cluster: Cluster,
  options: Options,
  say: Say,
): Promise<Omit<SetUpResult, 'name' | 'nodes'>> {
  const count = options.clients - (options.clients % 2);
  const { nodes } = cluster;
  // Pairs are neighbours; of four pairs two are apart, one is here and one is there.
  const nodeOf = (index: number): number => {
    const pair = Math.floor(index / 2) % 4;
    return (pair < 2 ? pair + index : pair) % nodes.length;
  };
  const arrivals = new Arrivals((sender, receiver) =>
    nodeOf(sender) === nodeOf(receiver) ? 'same node' : 'other node',
  );
  const peers: Peer[] = [];
  await forEach(count, PARALLEL_CONNECTS, async (i) => {
    peers[i] = await Peer.connect(nodes[nodeOf(i)]!.url, cluster.people[i]!, i, arrivals);
  });
  await forEach(count / 2, PARALLEL_CONNECTS, async (i) => {
    const [one, other] = [peers[2 * i]!, peers[2 * i + 1]!];
    const conversationId = newId();
    await one.request('openDirect', { conversationId, userId: other.person.userId });
    for (const peer of [one, other]) {
      peer.conversationId = conversationId;
      await peer.request('watch', { conversationIds: [conversationId], userIds: [] });
    }
  });
  // As a real client, each tells once a second what has reached it.
  const slices = 50;
  let slice = 0;
  const marking = setInterval(() => {
    for (let i = slice; i < peers.length; i += slices) peers[i]!.markDelivered();
    slice = (slice + 1) % slices;
  }, 1_000 / slices);
  const letGo = keepAlive(peers);
  try {
    say(`  ${count} clients; warming up`);
    await arrivals.offer(peers, WARM_UP_RATE, WARM_UP_SECONDS, 1);
    let lost = arrivals.missing;
    arrivals.reset();
    await arrivals.offer(peers, LOW_RATE, LOW_SECONDS, 1);
    const ways = Object.fromEntries(
      [...arrivals.deliveries].map(([way, samples]) => [
        way,
        { p50: samples.at(0.5), p99: samples.at(0.99), count: samples.count },
      ]),
    );
    lost += arrivals.missing;
    const rates: RateResult[] = [];
    for (const rate of RATES) {
      const result = await step(cluster, peers, arrivals, rate, options.seconds);
      rates.push(result);
      lost += result.lost;
      say(
        `  ${rate}/s: acknowledged ${whole(result.acknowledged)}/s, p50 ${ms(result.p50)} ms, p99 ${ms(result.p99)} ms`,
      );
      if (arrivals.refused > 0) say(`  refused, for example: ${arrivals.failure}`);
      if (result.acknowledged < rate * KEPT_UP) break;
    }
    return { rates, ways, lost };
  } finally {
    clearInterval(marking);
    letGo();
    for (const peer of peers) peer.terminate();
  }
}

async function step(
  { nodes, databasePid, busPid }: Cluster,
  peers: readonly Peer[],
  arrivals: Arrivals,
  rate: number,
  seconds: number,
): Promise<RateResult> {
  await sleep(SETTLE_MS);
  arrivals.reset();
  const pids = [databasePid, busPid ?? 0, ...nodes.map((node) => node.pid)];
  const before = cpuOfTrees(pids);
  const ownBefore = process.cpuUsage();
  const took = await arrivals.offer(peers, rate, seconds, 1);
  const own = process.cpuUsage(ownBefore);
  const answered = Math.max(1, arrivals.answered - arrivals.refused);
  const [database = 0, bus = 0, ...each] = cpuOfTrees(pids).map(
    (cpu, i) => ((cpu - before[i]!) * 1_000) / answered,
  );
  const all = arrivals.deliveriesOfAll;
  return {
    rate,
    acknowledged: answered / took,
    p50: all.at(0.5),
    p99: all.at(0.99),
    nodeMicros: each,
    databaseMicros: database,
    busMicros: bus,
    loadMicros: (own.user + own.system) / answered,
    lost: arrivals.missing - arrivals.refused,
    refused: arrivals.refused,
    repeated: arrivals.repeated,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Of the server processes together, at this rate; null when it was not offered or not kept up with. */
const microsAt = (setUp: SetUpResult | undefined, rate: number): number | null => {
  const found = setUp?.rates.find((step) => step.rate === rate);
  return found && found.acknowledged >= rate * KEPT_UP ? sum(found.nodeMicros) : null;
};

export function markdownNodes({ options, setUps: results }: NodesResult): string {
  const rows = results.flatMap(({ name, rates }) =>
    rates.map((step) => [
      name,
      whole(step.rate),
      whole(step.acknowledged),
      ms(step.p50),
      ms(step.p99),
      step.nodeMicros.map(whole).join(' + '),
      whole(step.databaseMicros),
      whole(step.busMicros),
      whole(step.loadMicros),
      `${step.lost}, ${step.refused}, ${step.repeated}`,
    ]),
  );
  const head = [
    'nodes',
    'offered/s',
    'acknowledged/s',
    'p50',
    'p99',
    'server µs',
    'database µs',
    'NATS µs',
    'load µs',
    'lost, refused, repeated',
  ];
  const one = results.find((setUp) => setUp.name === 'one');
  const two = results.find((setUp) => setUp.nodes === 2);
  const comparisons = RATES.flatMap((rate) => {
    const single = microsAt(one, rate);
    if (single === null) return [];
    const bring = (both: number | null): string[] =>
      both === null ? ['–', '–'] : [whole(both), ((2 * single) / both).toFixed(2)];
    return [[whole(rate), whole(single), ...bring(microsAt(two, rate)), ...bring(microsAt(two, rate * 2))]];
  });
  const ways = results.flatMap(({ name, ways: byWay }) =>
    Object.entries(byWay).map(([way, { p50, p99, count }]) => [name, way, ms(p50), ms(p99), whole(count)]),
  );
  return [
    '## Two nodes',
    `${whole(options.clients)} clients in pairs, ${options.seconds} s a rate. Each node is held to a core; PostgreSQL, NATS and the load take what is ` +
      'left of both, so what comes through here says what this machine does, not what two nodes do. Milliseconds until delivered; ' +
      'µs are CPU for each message, of each node and of what they share.',
    table(head, rows),
    'With a core for each node, and a database that keeps up, throughput follows from the CPU of the servers for each message: ' +
      'twice the cores, at the price of what two take together. At the same rate two nodes have smaller batches, which are dearer; ' +
      'at the same load of each node, twice the rate, the cores here are fuller, which makes batches larger. The truth lies between.',
    table(['messages/s', 'one, µs', 'two, µs', 'bring', 'two at twice the rate, µs', 'bring'], comparisons),
    `At ${LOW_RATE} messages a second:`,
    table(['nodes', 'way', 'p50', 'p99', 'messages'], ways),
    `Lost: ${results.map(({ name, lost }) => `${name} ${lost}`).join(', ')}.`,
  ].join('\n\n');
}

await alone({
  file: import.meta.filename,
  flags,
  // Nothing but the nodes has a core of its own here.
  pinned: false,
  run: async (options, say) => markdownNodes(await runNodes(say, options)),
});
