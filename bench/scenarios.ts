/** What is driven: many pairs, one large group, and sockets that only stay connected. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { fillHistory } from './history.ts';
import { Load, type StepResult } from './load.ts';
import type { AloneOptions, Print } from './options.ts';
import { type Ear, Peer } from './peer.ts';
import type { Person } from './people.ts';
import { residentBytes } from './processes.ts';
import type { Stack } from './stack.ts';
import { connectSome } from './systems/system.ts';

export interface IdleResult {
  readonly sockets: number;
  /** Of the server, resident. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly bytesPerSocket: number;
}

/** So long until V8 has compiled what is hot; before, a third of the core goes into that. */
const FIRST_WARM_UP_S = 12;
/** A group takes so many people at once. */
const ADDED_AT_ONCE = 100;
/** Memory is read when the connecting is digested. */
const SETTLE_MS = 5_000;

export const deaf: Ear = {
  acknowledged: () => undefined,
  failed: () => undefined,
  delivered: () => undefined,
};

const connectAll = (
  url: string,
  people: readonly Person[],
  from: number,
  to: number,
  ear: Ear,
): Promise<Peer[]> => connectSome(from, to, (index) => Peer.connect(url, people[index]!, index, ear));

/** Pairs of two, each of whom writes to the other. */
export async function direct(stack: Stack, options: AloneOptions, say: Print): Promise<StepResult[]> {
  const load = new Load(1, options.textLength);
  const count = options.clients - (options.clients % 2);
  let peers = await connectAll(stack.url, stack.people, 0, count, load);
  const places: string[] = [];
  for (let i = 0; i < count; i += 2) {
    const place = newId();
    await peers[i]!.request('openDirect', { conversationId: place, userId: peers[i + 1]!.person.userId });
    places.push(place, place);
  }
  if (options.history > 0) {
    if (stack.databaseUrl === null) throw new Error('--history needs PostgreSQL');
    for (const peer of peers) peer.terminate();
    say(
      `  ${await fillHistory(stack.databaseUrl, [...new Set(places)], options.history)} messages of history`,
    );
    peers = await connectAll(stack.url, stack.people, 0, count, load);
  }
  for (const peer of peers) peer.conversationId = places[peer.index]!;
  return await drive(stack, options, load, peers, options.directRates, say);
}

/** All in one group, anybody writes. */
export async function group(stack: Stack, options: AloneOptions, say: Print): Promise<StepResult[]> {
  const load = new Load(options.clients - 1, options.textLength);
  const userIds = stack.people.slice(0, options.clients).map((person) => person.userId);
  const conversationId = newId();
  // Made before the others are there: their connecting is not what is measured.
  const [owner] = await connectAll(stack.url, stack.people, 0, 1, load);
  if (!owner) throw new Error('Nobody connected.');
  await owner.request('createConversation', { kind: 'group', conversationId, name: 'Bench', userIds: [] });
  for (let from = 1; from < userIds.length; from += ADDED_AT_ONCE) {
    const some = userIds.slice(from, Math.min(userIds.length, from + ADDED_AT_ONCE));
    await owner.request('addMembers', { conversationId, userIds: some });
  }
  const peers = [owner, ...(await connectAll(stack.url, stack.people, 1, options.clients, load))];
  for (const peer of peers) peer.conversationId = conversationId;
  return await drive(stack, options, load, peers, options.groupRates, say);
}

async function drive(
  stack: Stack,
  options: AloneOptions,
  load: Load,
  peers: readonly Peer[],
  rates: readonly number[],
  say: Print,
): Promise<StepResult[]> {
  if (options.receipts) {
    for (const peer of peers) {
      await peer.request('watch', { conversationIds: [peer.conversationId], userIds: [] });
    }
  }
  const stopMarking = options.receipts ? load.keepMarking(peers) : () => undefined;
  const results: StepResult[] = [];
  say(`  ${peers.length} clients; warming up`);
  await load.warmUp(peers, rates[Math.min(1, rates.length - 1)]!, FIRST_WARM_UP_S);
  for (const rate of rates) {
    const result = await load.step(peers, rate, options.seconds, {
      serverPids: [stack.serverPid],
      databasePid: stack.databasePid,
    });
    results.push(result);
    say(lineOf(result));
    if (load.failure && result.failed > 0) say(`  refused, for example: ${load.failure}`);
    if (result.overrun) break;
  }
  stopMarking();
  for (const peer of peers) peer.terminate();
  await sleep(500);
  return results;
}

const lineOf = (result: StepResult): string =>
  `  ${result.rate}/s: acknowledged ${Math.round(result.acknowledged)}/s, delivered ${Math.round(result.delivered)}/s, ` +
  `delivery p50 ${result.deliveryP50} ms, p99 ${result.deliveryP99} ms`;

/** Sockets that say hello and nothing more. */
export async function idle(stack: Stack, options: AloneOptions): Promise<IdleResult> {
  // The first sockets pay for code and pools that all share.
  const first = await connectAll(stack.url, stack.people, 0, Math.min(50, options.idleSockets), deaf);
  await sleep(SETTLE_MS);
  const bytesBefore = residentBytes(stack.serverPid);
  const rest = await connectAll(stack.url, stack.people, first.length, options.idleSockets, deaf);
  await sleep(SETTLE_MS);
  const bytesAfter = residentBytes(stack.serverPid);
  for (const peer of [...first, ...rest]) peer.terminate();
  const bytesPerSocket = Math.round((bytesAfter - bytesBefore) / Math.max(1, rest.length));
  return { sockets: options.idleSockets, bytesBefore, bytesAfter, bytesPerSocket };
}
