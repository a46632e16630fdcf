/** Kith, with either of its databases. */
import { newId } from '@kith/protocol';
import { startCluster } from '../cluster.ts';
import { Peer } from '../peer.ts';
import type { Person } from '../people.ts';
import { serverCore, startStack } from '../stack.ts';
import { missingNats, missingPostgres } from './packages.ts';
import { connectSome, type Running, type System } from './system.ts';

/** A group takes so many people at once. */
const ADDED_AT_ONCE = 100;

export const kith: System = {
  id: 'kith',
  name: 'Kith',
  archive: 'PostgreSQL',
  onRequest: false,
  guess: { direct: 6_000, group300: 900, group1000: 200 },
  missingPackages: missingPostgres,
  version: () => 'Kith',
  start: (people) => start(people, 'postgres'),
};

export const kithEmbedded: System = {
  id: 'kith-embedded',
  name: 'Kith, embedded',
  archive: 'PGlite in the server',
  onRequest: false,
  guess: { direct: 2_500, group300: 500, group1000: 150 },
  missingPackages: () => [],
  version: () => 'Kith with PGlite',
  start: (people) => start(people, 'embedded'),
};

/** What several nodes cost: beside one on the same core. With a core for each, see `nodes.ts`. */
export const kithTwoNodes: System = {
  id: 'kith-two-nodes',
  name: 'Kith, two nodes',
  archive: 'PostgreSQL, NATS between the nodes',
  onRequest: false,
  guess: { direct: 4_000, group300: 700, group1000: 150 },
  missingPackages: () => [...missingPostgres(), ...missingNats()],
  version: () => 'Kith with NATS',
  start: startTwo,
};

async function start(people: number, database: 'postgres' | 'embedded'): Promise<Running> {
  const stack = await startStack({ database, people, profile: false });
  const { serverPid, databasePid, url, stop } = stack;
  return running({ serverPids: [serverPid], databasePid, urls: [url], people: stack.people, stop });
}

/** All on the core that is measured. */
async function startTwo(people: number): Promise<Running> {
  const cluster = await startCluster({
    cores: [serverCore, serverCore],
    otherCore: serverCore,
    bus: true,
    people,
  });
  const { nodes, busPid, databasePid, stop } = cluster;
  return running({
    serverPids: [...nodes.map(({ pid }) => pid), ...(busPid === null ? [] : [busPid])],
    databasePid,
    urls: nodes.map(({ url }) => url),
    people: cluster.people,
    stop,
  });
}

interface Started extends Pick<Running, 'serverPids' | 'databasePid' | 'stop'> {
  /** Of the nodes' sockets. */
  readonly urls: readonly string[];
  readonly people: readonly Person[];
}

function running({ urls, people, ...server }: Started): Running {
  const peers: Peer[] = [];
  return {
    ...server,
    connect: async (from, to, ear) => {
      // Those who talk with each other are on different nodes.
      const more = await connectSome(from, to, (index) =>
        Peer.connect(urls[index % urls.length]!, people[index]!, index, ear),
      );
      peers.push(...more);
      return more;
    },
    pairUp: async (count) => {
      for (let i = 0; i + 1 < count; i += 2) {
        const [one, other] = [peers[i]!, peers[i + 1]!];
        const conversationId = newId();
        await one.request('openDirect', { conversationId, userId: other.person.userId });
        one.conversationId = conversationId;
        other.conversationId = conversationId;
      }
    },
    gather: async (size) => {
      const conversationId = newId();
      const [owner, ...others] = peers.slice(0, size);
      await owner?.request('createConversation', {
        kind: 'group',
        conversationId,
        name: 'Bench',
        userIds: [],
      });
      for (let from = 0; from < others.length; from += ADDED_AT_ONCE) {
        const userIds = others.slice(from, from + ADDED_AT_ONCE).map((peer) => peer.person.userId);
        await owner?.request('addMembers', { conversationId, userIds });
      }
      for (const peer of peers.slice(0, size)) peer.conversationId = conversationId;
    },
  };
}
