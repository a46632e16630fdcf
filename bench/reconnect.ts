/**
 * Everybody comes back at once, after each has missed messages in all of their conversations.
 *
 *     node bench/reconnect.ts [--clients 5000] [--conversations 20] [--missed 50] [--size 50]
 *
 * All sockets are opened in the same instant: the pauses by which real clients spread their return are left out until
 * one of them is refused. So this is the worst case. Server and database on one core, the load on the other.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { alone, type Flag, presetsOf, type Say, withStack } from './commandLine.ts';
import { forEach, keepAlive, within } from './deadline.ts';
import { gatherings, openLayout, placesOf } from './layout.ts';
import { cpuOfTrees, residentBytes } from './processes.ts';
import { table } from './report.ts';
import { Returner, type Troubles } from './returner.ts';
import { mebibytes, ms, Samples, whole } from './samples.ts';
import { type Stack, startStack } from './stack.ts';

const flags = {
  clients: { preset: 5_000, min: 2, max: 10_000, help: 'who come back' },
  conversations: { preset: 20, min: 1, max: 200, help: 'that each of them is in' },
  missed: { preset: 50, min: 1, max: 1_000, help: 'messages in each conversation meanwhile' },
  size: { preset: 50, min: 2, max: 1_000, help: 'members of each conversation' },
} satisfies Record<string, Flag>;

type Options = Record<keyof typeof flags, number>;

export interface ReconnectResult {
  readonly options: Options;
  /** Milliseconds from the one moment on. */
  readonly allInStep: number;
  readonly welcomed: readonly [p50: number, p99: number];
  readonly synced: readonly [p50: number, p99: number];
  readonly inStep: readonly [p50: number, p99: number];
  readonly bytesPerClient: number;
  readonly serverSeconds: number;
  readonly databaseSeconds: number;
  readonly generatorSeconds: number;
  /** Of the server, resident. */
  readonly bytesBefore: number;
  readonly bytesPeak: number;
  readonly bytesAfter: number;
  /** Clients that never came in step. */
  readonly failed: number;
  /** Messages that never came, or not in their turn. */
  readonly lost: number;
  readonly misplaced: number;
  /** Refusals and broken connections, all tried again, by what they were. */
  readonly troubles: readonly (readonly [string, number])[];
}

/** Messages in each conversation before, so that nobody comes back to an empty one. */
const EARLIER = 50;
const PARALLEL_VISITS = 32;
const SETTLE_MS = 3_000;
/** The worst case has an end. */
const MOST_MS = 1_500_000;
const PROGRESS_MS = 20_000;

export function runReconnect(say: Say, options: Options = presetsOf(flags)): Promise<ReconnectResult> {
  say(`reconnect: starting, ${options.clients} people`);
  const starting = startStack({ database: 'postgres', people: options.clients, profile: false });
  return withStack(starting, (stack) => drive(stack, options, say));
}

async function drive(stack: Stack, options: Options, say: Say): Promise<ReconnectResult> {
  if (stack.databaseUrl === null || stack.databasePid === null) throw new Error('This takes PostgreSQL.');
  const userIds = stack.people.map((person) => person.userId);
  const places = placesOf(gatherings(options.clients, options.size, options.conversations), userIds);
  const ids = places.map((place) => place.id);
  const troubles: Troubles = new Map();
  const clients = stack.people.map((person, index) => new Returner(stack.url, person, index, troubles));
  const layout = await openLayout(stack.databaseUrl);
  try {
    await layout.addPlaces(places, { kind: 'group', visibility: 'private' });
    await layout.addMessages(ids, EARLIER);
    await layout.tidy();
    say(`  ${places.length} conversations; everybody visits`);
    await forEach(clients.length, PARALLEL_VISITS, async (index) => {
      await clients[index]!.visit();
      clients[index]!.leave();
    });
    await layout.addMessages(ids, options.missed);
    await layout.tidy();
  } finally {
    await layout.close();
  }
  if (troubles.size > 0) say(`  troubles before: ${JSON.stringify([...troubles])}`);
  troubles.clear();
  await sleep(SETTLE_MS);
  for (const client of clients) client.bytes = 0;
  say(`  ${options.missed * ids.length} messages missed; everybody comes back`);
  return await measure({ ...stack, databasePid: stack.databasePid }, options, clients, troubles, say);
}

async function measure(
  { serverPid, databasePid }: { readonly serverPid: number; readonly databasePid: number },
  options: Options,
  clients: readonly Returner[],
  troubles: Troubles,
  say: Say,
): Promise<ReconnectResult> {
  const [welcomed, synced, inStep] = [new Samples(), new Samples(), new Samples()];
  const bytesBefore = residentBytes(serverPid);
  const cpuBefore = cpuOfTrees([serverPid, databasePid]);
  const ownBefore = process.cpuUsage();
  const letGo = keepAlive(clients);
  const progress = setInterval(() => {
    say(`  ${inStep.count} in step after ${whole((performance.now() - begun) / 1_000)} s`);
  }, PROGRESS_MS);
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  let failed = 0;
  const one = async (client: Returner): Promise<void> => {
    // The first of each: a connection that broke is counted among the troubles.
    const once = (samples: Samples): (() => void) => {
      let done = false;
      return () => {
        if (!done) samples.add(since());
        done = true;
      };
    };
    try {
      const { told } = await client.comeBack({
        welcomed: once(welcomed),
        synced: once(synced),
        inStep: once(inStep),
      });
      await told;
    } catch (error) {
      failed += 1;
      say(`  one gave up: ${error instanceof Error ? error.message : error}`);
    }
  };
  try {
    await within(MOST_MS, 'reconnecting', Promise.all(clients.map(one)));
  } finally {
    clearInterval(progress);
    letGo();
  }
  const [server = 0, database = 0] = cpuOfTrees([serverPid, databasePid]).map(
    (cpu, i) => (cpu - cpuBefore[i]!) / 1_000,
  );
  const own = process.cpuUsage(ownBefore);
  const bytesPeak = peakBytes(serverPid);
  await sleep(SETTLE_MS);
  const bytesAfter = residentBytes(serverPid);
  for (const client of clients) client.leave();
  const wanted = options.missed * options.conversations;
  const both = (samples: Samples): [number, number] => [samples.at(0.5), samples.at(0.99)];
  return {
    options,
    allInStep: inStep.at(1),
    welcomed: both(welcomed),
    synced: both(synced),
    inStep: both(inStep),
    bytesPerClient: clients.reduce((sum, client) => sum + client.bytes, 0) / clients.length,
    serverSeconds: server,
    databaseSeconds: database,
    generatorSeconds: (own.user + own.system) / 1e6,
    bytesBefore,
    bytesPeak,
    bytesAfter,
    failed,
    lost: clients.reduce((sum, client) => sum + Math.max(0, wanted - client.messages), 0),
    misplaced: clients.reduce((sum, client) => sum + client.misplaced, 0),
    troubles: [...troubles].sort((a, b) => b[1] - a[1]),
  };
}

/** The most that was ever resident. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

export function markdownReconnect(result: ReconnectResult): string {
  const { options } = result;
  const clients = options.clients;
  const rows = [
    ['welcomed', ...result.welcomed.map(ms)],
    ['heads in step', ...result.synced.map(ms)],
    ['all messages in step', ...result.inStep.map(ms)],
  ];
  const troubles = result.troubles.map(([what, count]) => `${what} ${whole(count)}`).join(', ');
  return [
    '## Everybody comes back',
    `${whole(clients)} clients at the same instant, each with ${options.conversations} conversations of ${options.size} people and ` +
      `${options.missed} messages missed in each. All were in step after **${ms(result.allInStep / 1_000)} s**.`,
    table(['ms', 'p50', 'p99'], rows),
    `Each received ${whole(result.bytesPerClient / 1024)} KiB. Server ${ms(result.serverSeconds)} s of CPU ` +
      `(${ms((result.serverSeconds * 1_000) / clients)} ms a client), database ${ms(result.databaseSeconds)} s ` +
      `(${ms((result.databaseSeconds * 1_000) / clients)} ms), load ${ms(result.generatorSeconds)} s. ` +
      `Memory of the server: ${mebibytes(result.bytesBefore)} before, ${mebibytes(result.bytesPeak)} at most, ${mebibytes(result.bytesAfter)} after.`,
    `Clients that failed ${result.failed}, messages lost ${result.lost}, out of turn ${result.misplaced}. ` +
      `Tried again: ${troubles === '' ? 'nothing' : troubles}.`,
  ].join('\n\n');
}

await alone({
  file: import.meta.filename,
  flags,
  pinned: true,
  run: async (options, say) => markdownReconnect(await runReconnect(say, options)),
});
