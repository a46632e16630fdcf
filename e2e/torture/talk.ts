/**
 * Two people who do not stop writing, whatever happens to the server: each on a real client with its outbox, and on a bare
 * one that repeats a request until it is answered (S7). Afterwards `expectNothingLost` holds what was acknowledged, what
 * the server has and what the devices show against each other.
 */
import { type KithClient, KithError, type Timeline, type TimelineMessage } from '@kith/client';
import { isId, newId } from '@kith/protocol';
import { expect } from 'vitest';
import { createNetwork, type Network } from '../support/network.ts';
import { connect, signUp, untilSynced } from '../support/people.ts';
import type { Random } from '../support/random.ts';
import { sleep, until } from '../support/wait.ts';
import { loadAll, serverHistory, shared } from './history.ts';
import { createLedger, type Ledger } from './ledger.ts';

interface Writer {
  readonly name: string;
  readonly client: KithClient;
  readonly network: Network;
  /** Open from the first moment on: it must get right by itself. */
  readonly timelines: ReadonlyMap<string, Timeline>;
  /** Ids of what was written, by conversation, in order of writing. */
  readonly written: ReadonlyMap<string, string[]>;
}

export interface Talk {
  readonly ledger: Ledger;
  readonly writers: readonly Writer[];
  /** Of the first writer, for asking in other ways. */
  readonly token: string;
  /** Writes until `stop`. */
  start(): void;
  /** Resolves when nobody writes any more; what was written may still be on its way. */
  stop(): Promise<void>;
  /** Resolves when everybody is connected again and nothing is pending. */
  settled(): Promise<void>;
  /** Resolves when what each writes now is on every other's screen; rejects when that takes longer. */
  heard(timeoutMs: number): Promise<void>;
  /** Acknowledged since the talk began. */
  acknowledged(): number;
  dispose(): Promise<void>;
}

/** At least as many messages stay in an open timeline. */
const TIMELINE_MAX = 4_500;
/** More unsent messages than this, and a person waits. */
const PENDING_MAX = 40;

export async function createTalk(url: string, random: Random): Promise<Talk> {
  const ledger = createLedger();
  const people = [await signUp(url, 'Alice'), await signUp(url, 'Bob')] as const;
  const devices: { name: string; client: KithClient; network: Network }[] = [];
  for (const person of people) {
    const network = createNetwork({ tap: ledger.tap(person.displayName) });
    const client = await connect(url, person.token, {
      WebSocket: network.WebSocket,
      // The shortest wait there is: a test's server is back within seconds, and nobody else shares it.
      random: () => 0,
    });
    devices.push({ name: person.displayName, client, network });
  }
  const [, bob] = people;
  const first = devices[0]?.client;
  if (!first) throw new Error('nobody is here');
  const direct = await first.conversations.openDirect(bob.userId);
  const group = await first.conversations.create({
    kind: 'group',
    name: 'Both',
    userIds: [bob.userId],
    history: 'all',
  });
  /** Only for the bare outboxes, which know nothing of order within a client's own. */
  const bare = await first.conversations.create({
    kind: 'group',
    name: 'Bare',
    userIds: [bob.userId],
    history: 'all',
  });
  const conversations = [direct, group, bare];

  const writers: Writer[] = devices.map(({ name, client, network }) => ({
    name,
    client,
    network,
    timelines: new Map(conversations.map((id) => [id, client.timeline(id)])),
    written: new Map(conversations.map((id) => [id, []])),
  }));
  let writing = false;
  let loops: Promise<void>[] = [];

  const write = async (writer: Writer, dice: Random): Promise<void> => {
    for (let n = 0; writing; n += 1) {
      const conversationId = dice.pick([direct, group]);
      if (pendingIn(writer, conversationId) < PENDING_MAX) {
        const written = writer.written.get(conversationId) ?? [];
        const replyTo = dice.chance(0.1) ? newestSent(writer, conversationId) : undefined;
        written.push(
          writer.client.messages.send(conversationId, `${writer.name} ${n}`, replyTo ? { replyTo } : {}),
        );
        // Some changes besides: whether they arrive is not promised, that all agree about it is.
        const target = dice.chance(0.1) ? newestSent(writer, conversationId) : undefined;
        if (target)
          void writer.client.messages.react(conversationId, target, '👍', true).catch(expectRetryable);
      }
      await sleep(dice.int(0, 25));
    }
  };

  /** One request after the other, each repeated with the same id until it is answered. */
  const writeBare = async (writer: Writer): Promise<void> => {
    const written = writer.written.get(bare) ?? [];
    for (let n = 0; writing; n += 1) {
      const messageId = newId();
      written.push(messageId);
      for (;;) {
        try {
          await writer.client.request('sendMessage', {
            conversationId: bare,
            messageId,
            content: { type: 'plain', text: `${writer.name} bare ${n}` },
          });
          break;
        } catch (error) {
          expectRetryable(error);
          await sleep(50);
        }
      }
      await sleep(5);
    }
  };

  return {
    ledger,
    writers,
    token: people[0].token,
    start: () => {
      writing = true;
      loops = writers.flatMap((writer) => [write(writer, random.fork()), writeBare(writer)]);
    },
    stop: async () => {
      writing = false;
      await Promise.all(loops);
    },
    settled: async () => {
      for (const { client, name } of writers) {
        await untilSynced(client);
        await until(
          `nothing of ${name} is pending`,
          () => conversations.every((id) => client.conversations.get(id).get()?.pending === undefined),
          { timeoutMs: 60_000 },
        );
      }
    },
    heard: async (timeoutMs) => {
      const words = writers.map((writer) => {
        const id = writer.client.messages.send(group, `${writer.name} can you hear me`);
        writer.written.get(group)?.push(id);
        return id;
      });
      for (const { name, timelines } of writers) {
        await until(
          `${name} has heard everybody`,
          () => {
            const shown = timelines.get(group)?.view.get().messages ?? [];
            return words.every((id) => shown.some(({ record }) => record.id === id && record.seq > 0));
          },
          { timeoutMs, everyMs: 50 },
        );
      }
    },
    acknowledged: () => ledger.acks.size,
    dispose: async () => {
      for (const { client, timelines } of writers) {
        for (const timeline of timelines.values()) timeline.dispose();
        await client.stop();
      }
    },
  };
}

function pendingIn({ timelines }: Writer, conversationId: string): number {
  const messages = timelines.get(conversationId)?.view.get().messages ?? [];
  let count = 0;
  for (let i = messages.length - 1; i >= 0 && messages[i]?.record.seq === 0; i -= 1) count += 1;
  return count;
}

function newestSent({ timelines }: Writer, conversationId: string): string | undefined {
  const messages = timelines.get(conversationId)?.view.get().messages ?? [];
  return messages.findLast(({ record }) => record.seq > 0 && record.body.type === 'content')?.record.id;
}

/** While the server is away, nothing but "try again" may be said. */
function expectRetryable(error: unknown): void {
  if (error instanceof KithError && error.retryable && error.code !== 'internal') return;
  throw error;
}

/** Everything that was promised, held against what is there. Waits only for what may rightly take a moment. */
export async function expectNothingLost({ ledger, writers }: Talk): Promise<void> {
  expect(ledger.contradictions, 'S7: a repeated message has one place').toEqual([]);
  const [one] = writers;
  if (!one) throw new Error('nobody wrote');
  for (const conversationId of one.timelines.keys()) {
    const history = await serverHistory(one.client, conversationId);
    const bySeq = new Map(history.map((message) => [message.seq, message]));
    const ids = new Set(history.map((message) => message.id));
    expect(
      history.map((message) => message.seq),
      'S1: contiguous',
    ).toEqual(history.map((_, index) => index + 1));
    expect(ids.size, 'every message is there once').toBe(history.length);

    for (const ack of ledger.acks.values()) {
      if (ack.conversationId !== conversationId) continue;
      expect(bySeq.get(ack.seq), `S8: acknowledged at ${ack.seq}`).toMatchObject({
        id: ack.messageId,
        createdAt: ack.createdAt,
      });
    }
    const seqOf = new Map(history.map((message) => [message.id, message.seq]));
    for (const { name, written } of writers) {
      const acknowledged = ledger.inOrder.get(`${name} ${conversationId}`) ?? [];
      const places = acknowledged.map(({ seq }) => seq);
      expect(places, `${name}'s messages stand in the order of their acknowledgement`).toEqual(
        [...places].sort((a, b) => a - b),
      );
      const asWritten = (written.get(conversationId) ?? []).map((id) => seqOf.get(id));
      expect(
        asWritten.filter((seq) => seq === undefined),
        `what ${name} wrote is there`,
      ).toEqual([]);
      expect(asWritten, `${name}'s messages stand in the order of writing`).toEqual(
        [...asWritten].sort((a, b) => Number(a) - Number(b)),
      );
    }
    const authored = history.filter((message) => message.body.type === 'content').length;
    const writtenHere = writers.flatMap(({ written }) => written.get(conversationId) ?? []);
    expect(authored, 'nothing else is there').toBe(new Set(writtenHere).size);
    expect(writtenHere.every(isId)).toBe(true);

    // Anti-entropy may bring the last ones (S11).
    for (const { name, client, timelines } of writers) {
      const timeline = timelines.get(conversationId);
      if (!timeline) throw new Error('no timeline');
      const asTheServer = (shown: readonly TimelineMessage[]): boolean => {
        const state = shown.find((message) => message.state === 'pending' || message.state === 'failed');
        if (state) throw new Error(`${state.key} is ${state.state}`);
        const from = (shown[0]?.record.seq ?? 1) - 1;
        expect(shown.map(({ record }) => shared(record))).toEqual(
          history.slice(from, from + shown.length).map(shared),
        );
        return true;
      };
      const patience = { timeoutMs: 20_000, everyMs: 250 };
      await until(
        `${name}'s device shows the newest as the server has it`,
        () => {
          const { messages } = timeline.view.get();
          return messages.at(-1)?.record.seq === history.length && asTheServer(messages);
        },
        patience,
      );
      await until(
        `${name}'s device shows what the server has, back to the start`,
        async () => {
          const shown = await loadAll(timeline);
          // A timeline holds so many; on the way back it lets go of the newest, which were looked at before.
          expect(shown.length).toBeGreaterThanOrEqual(Math.min(history.length, TIMELINE_MAX));
          return asTheServer(shown);
        },
        patience,
      );
      await until(`${name}'s head is the server's`, async () => {
        const { heads } = await client.request('getHeads', { conversationIds: [conversationId] });
        const { rev, lastSeq, readSeq, unread, mentions } = heads[0] ?? {};
        const entry = client.conversations.get(conversationId).get();
        expect(entry).toMatchObject({ rev, lastSeq, readSeq, unread, mentions });
        return true;
      });
    }
  }
}
