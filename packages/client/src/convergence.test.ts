/**
 * S1-S4, S7, S9, S11: whatever is lost, doubled, reordered, cut or restarted, in the end every client holds what the
 * server holds, and every message sent is there once, in order. A failing seed is printed; run it alone with KITH_SEED.
 */
import type { Attachment, Head, MessageRecord } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { mentionOf } from '@kith/protocol/mentions';
import { expect, test } from 'vitest';
import { Client } from './client.ts';
import { steadyNetwork } from './network.ts';
import { memoryStorage } from './storage/memory.ts';
import type { Storage } from './storage/storage.ts';
import { inMainLine } from './store/heads.ts';
import { FakeServer, fairWeather } from './testing/fakeServer.ts';
import { seeded, VirtualClock } from './testing/virtualClock.ts';
import type { ThreadTimeline, Timeline } from './types.ts';

const seeds = process.env.KITH_SEED
  ? [Number(process.env.KITH_SEED)]
  : Array.from({ length: Number(process.env.KITH_SEEDS ?? 200) }, (_, n) => n + 1);
const STEPS = 120;
const POLL: Attachment = {
  type: 'poll',
  question: 'Where?',
  options: ['Here', 'There'],
  multiple: true,
  anonymous: false,
};

class Device {
  readonly userId: string;
  readonly storage: Storage = memoryStorage();
  client: Client;
  timelines: Timeline[] = [];
  threads: ThreadTimeline[] = [];
  /** What this person sent, by conversation, in order. */
  readonly sent = new Map<string, string[]>();
  readonly #run: Run;

  constructor(run: Run, userId: string) {
    this.#run = run;
    this.userId = userId;
    this.client = this.#make();
  }

  #make(): Client {
    const { clock, random, server } = this.#run;
    return new Client(
      {
        url: 'http://test',
        token: this.userId,
        storage: this.storage,
        clock,
        random,
        WebSocket: server.WebSocket,
      },
      { network: steadyNetwork, tabs: { locks: undefined, openChannel: undefined } },
    );
  }

  /** As a closed laptop does it: without a word, or after writing everything. */
  async restart(): Promise<void> {
    const { random, server } = this.#run;
    for (const timeline of this.timelines) timeline.dispose();
    this.timelines = [];
    for (const thread of this.threads) thread.dispose();
    this.threads = [];
    const old = this.client;
    if (random() < 0.5) void old.stop();
    else {
      old.core.connection.stop();
      server.cut(this.userId);
    }
    await this.#run.clock.pass(random() * 50);
    this.client = this.#make();
    this.start();
  }

  start(): void {
    void this.client.start();
    this.client.watch({ conversationIds: this.#run.conversations, userIds: [] });
  }
}

class Run {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly server: FakeServer;
  readonly devices: Device[];
  readonly conversations: string[];

  constructor(seed: number) {
    this.random = seeded(seed);
    this.server = new FakeServer(this.clock, this.random);
    const { world } = this.server;
    world.distance = 25;
    const userIds = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
    for (const [index, id] of userIds.entries()) world.addUser(id, `user${index}`);
    this.conversations = [newId(), newId(), newId(), newId()];
    const [direct, group, channel, recent] = this.conversations as [string, string, string, string];
    world.addConversation(direct, 'direct', userIds.slice(0, 2));
    world.addConversation(group, 'group', userIds);
    world.addConversation(channel, 'channel', userIds);
    world.addConversation(recent, 'channel', userIds.slice(0, 2), 'joined');
    for (let n = 0; n < 130; n++) {
      world.sendMessage(this.pick(userIds), {
        conversationId: group,
        messageId: newId(),
        content: { type: 'plain', text: `old ${n}` },
      });
    }
    const old = world.conversations.get(group)!.messages;
    const roots = [old[20]!, old.at(-1)!, old.at(-2)!];
    for (let n = 0; n < 70; n++) {
      world.sendMessage(this.pick(userIds), {
        conversationId: group,
        messageId: newId(),
        content: { type: 'plain', text: `old reply ${n}` },
        thread: roots[n % 3]!.id,
      });
    }
    // Two devices of the first person.
    this.devices = [userIds[0]!, userIds[0]!, userIds[1]!, userIds[2]!].map((id) => new Device(this, id));
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  /** Something done to a message that is there. */
  async mark(client: Client, { conversationId, id, body, pinned }: MessageRecord): Promise<void> {
    const isPoll =
      body.type === 'content' && body.content.type === 'plain' && body.content.attachment !== undefined;
    if (isPoll) {
      const options = [0, 1].filter(() => this.random() < 0.5);
      return this.random() < 0.9
        ? client.messages.vote(conversationId, id, options)
        : client.messages.closePoll(conversationId, id);
    }
    if (this.random() < 0.3) return client.messages.pin(conversationId, id, !pinned);
    return client.messages.react(conversationId, id, this.pick(['👍', '🎉']), this.random() < 0.6);
  }

  async step(): Promise<void> {
    const device = this.pick(this.devices);
    const { client } = device;
    const id = this.pick(this.conversations);
    const head = client.core.store.head(id);
    const window = client.core.store.windows.get(id);
    const loaded = window && [...window.messages(0, window.endSeq)];
    const some: MessageRecord | undefined = loaded && this.pick(loaded);
    // Where people talk in threads, they do so in few.
    const busy = loaded?.filter(({ replies }) => replies).slice(-2) ?? [];
    const root = busy.length > 0 && this.random() < 0.8 ? this.pick(busy) : some;
    const settle = (promise: Promise<unknown>) => void promise.catch(() => {});
    const dice = this.random();
    if (dice < 0.3 && head) {
      const text = this.random() < 0.2 ? `hi ${mentionOf(this.pick(this.devices).userId)}` : `text ${dice}`;
      // Some say it in a thread: of whatever message they see.
      const thread = root && this.random() < 0.5 ? { thread: root.id, alsoSend: this.random() < 0.3 } : {};
      const messageId = client.messages.send(id, text, {
        ...thread,
        ...(this.random() < 0.2 && { attachment: POLL }),
      });
      device.sent.set(id, [...(device.sent.get(id) ?? []), messageId]);
    } else if (dice < 0.36 && some)
      settle(
        client.messages.edit(id, some.id, `edited ${dice} ${mentionOf(this.pick(this.devices).userId)}`),
      );
    else if (dice < 0.42 && some) settle(client.messages.remove(id, some.id));
    else if (dice < 0.5 && some) settle(this.mark(client, some));
    else if (dice < 0.58 && head) client.conversations.markRead(id, Math.ceil(this.random() * head.lastSeq));
    else if (dice < 0.66)
      device.timelines.push(client.timeline(id, { at: this.random() < 0.5 ? 'end' : 'unread' }));
    else if (dice < 0.72 && device.timelines.length > 0) settle(this.pick(device.timelines).loadOlder());
    else if (dice < 0.75 && device.timelines.length > 0) settle(this.pick(device.timelines).loadNewer());
    else if (dice < 0.79 && device.timelines.length > 0)
      settle(this.pick(device.timelines).jumpTo({ seq: Math.ceil(this.random() * 130) }));
    else if (dice < 0.81 && device.timelines.length > 0) device.timelines.shift()!.dispose();
    else if (dice < 0.82 && root) {
      const rootId = root.thread?.rootId ?? root.id;
      device.threads.push(client.threads.open(id, rootId, { at: this.random() < 0.5 ? 'end' : 'unread' }));
    } else if (dice < 0.825 && device.threads.length > 0) settle(this.pick(device.threads).loadOlder());
    else if (dice < 0.83 && root) {
      const rootId = root.thread?.rootId ?? root.id;
      if (this.random() < 0.5) settle(client.threads.follow(id, rootId, this.random() < 0.5));
      else client.threads.markRead(id, rootId, root.replies?.lastSeq ?? root.seq);
    } else if (dice < 0.84) this.server.cut(this.random() < 0.7 ? device.userId : undefined);
    else if (dice < 0.86) await device.restart();
    else if (dice < 0.88) settle(client.conversations.update(id, { name: `name ${dice}` }));
    else if (dice < 0.9) settle(client.conversations.leave(id));
    else if (dice < 0.93) settle(client.conversations.join(id));
    else if (dice < 0.95) {
      this.server.down = true;
      this.server.cut();
      await this.clock.pass(this.random() * 3_000);
      this.server.down = false;
    }
    await this.clock.pass(this.random() < 0.5 ? this.random() * 10 : this.random() * 400);
  }

  async settle(): Promise<void> {
    this.server.weather = { ...fairWeather };
    this.server.down = false;
    await this.clock.pass(70_000);
    // What nobody asked for again is found by S11, and read marks lost on the way by the next connection.
    this.server.antiEntropy();
    await this.clock.pass(5_000);
    this.server.cut();
    await this.clock.pass(70_000);
  }

  /** T1, T2: open threads show what there is, and the list counts what the server counts. */
  #checkThreads({ userId, client, threads }: Device): void {
    const { world } = this.server;
    for (const thread of threads) {
      const { conversationId, rootId } = thread;
      if (!client.core.store.head(conversationId)) continue;
      const view = thread.view.get();
      if (view.status === 'failed') continue; // opened while not a member, or the root is from before
      const shown = view.messages.filter(({ state }) => state !== 'failed').map(({ record }) => record);
      const all = world
        .visibleTo(userId, conversationId)
        .filter((record) => record.id === rootId || record.thread?.rootId === rootId);
      const from = view.atStart ? 0 : shown[0]!.seq;
      expect(view.atEnd).toBe(true);
      expect(bare(shown)).toEqual(bare(all.filter(({ seq }) => seq >= from)));
    }
    const list = client.threads.list.get();
    const truth = world.threads.list(userId);
    const marks = (all: typeof truth.threads) =>
      all
        .map(({ mark: { rev: _, lastSeq: __, othersReadSeq: ___, ...mark } }) => mark)
        .sort((a, b) => (a.rootId < b.rootId ? -1 : 1));
    expect(marks([...list.threads])).toEqual(marks(truth.threads));
    expect(list.unread).toBe(truth.unread);
    for (const { root, last, mark } of truth.threads) {
      const known = list.threads.find((thread) => thread.mark.rootId === mark.rootId);
      expect(bare([known!.root, known!.last!])).toEqual(bare([root, last!]));
    }
  }

  check(): void {
    const { world } = this.server;
    for (const device of this.devices) {
      const { store, outbox, list } = device.client.core;
      expect(device.client.connection.get().type).toBe('live');
      expect(outbox.all().filter((item) => item.type !== 'failed')).toEqual([]);
      for (const id of this.conversations) {
        const head = store.head(id);
        const truth = world.head(device.userId, id);
        // The foremost marks never go back, even when the member who had come that far has left.
        expect(head?.othersReadSeq ?? 0).toBeGreaterThanOrEqual(truth?.othersReadSeq ?? 0);
        expect(head?.othersDeliveredSeq ?? 0).toBeGreaterThanOrEqual(truth?.othersDeliveredSeq ?? 0);
        expect(comparable(head)).toEqual(comparable(truth));
        expect(list.peek(id)?.unread).toBe(truth?.unread);
        if (!truth) continue;
        const visible = world.visibleTo(device.userId, id);
        const window = store.windows.get(id);
        if (!window) continue;
        expect(window.rev).toBe(truth.rev);
        expect(window.lastSeq).toBe(truth.lastSeq);
        for (const run of window.runs) {
          expect([...window.messages(run.from, run.to)]).toEqual(
            visible.filter(({ seq }) => seq >= run.from && seq <= run.to),
          );
        }
      }
      for (const timeline of device.timelines) {
        const view = timeline.view.get();
        const head = store.head(timeline.conversationId);
        if (!head) {
          expect(view.status).toBe('failed');
          continue;
        }
        if (view.status === 'failed') continue; // opened while not a member
        expect(view.status).toBe('ready');
        expect(view.loading).toBe(null);
        const seqs = view.messages.map((row) => row.record.seq).filter((seq) => seq > 0);
        // Without holes, and to the end of what the main line shows.
        const main = world
          .visibleTo(device.userId, timeline.conversationId)
          .filter(inMainLine)
          .map(({ seq }) => seq);
        const last = view.atEnd ? (seqs.length > 0 ? main.at(-1)! : 0) : (seqs.at(-1) ?? 0);
        expect(seqs).toEqual(main.filter((seq) => seq >= (seqs[0] ?? 0) && seq <= last));
      }
      this.#checkThreads(device);
      // S7, S8: each once, in the order of writing.
      for (const [id, sent] of device.sent) {
        const { messages } = world.conversations.get(id)!;
        const arrived = messages.map((message) => message.id).filter((messageId) => sent.includes(messageId));
        const failed = new Set(outbox.of(id).map((item) => item.entry.id));
        expect(new Set(arrived).size).toBe(arrived.length);
        expect(arrived).toEqual(sent.filter((messageId) => arrived.includes(messageId)));
        for (const messageId of sent) {
          if (arrived.includes(messageId) || failed.has(messageId)) continue;
          // Only leaving a conversation gives up what was not sent.
          expect(world.conversations.get(id)!.record.kind).not.toBe('');
        }
      }
    }
  }
}

/** What is shown of a thread, without what not everybody is told. */
const bare = (records: readonly MessageRecord[]): unknown =>
  JSON.parse(JSON.stringify(records, (key, value) => (key === 'mine' ? undefined : value)));

/** Previews come from events too, which do not say which reactions are one's own. */
function comparable(head: Head | undefined): unknown {
  if (!head) return undefined;
  const { othersReadSeq: _, othersDeliveredSeq: __, ...rest } = head;
  return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'mine' ? undefined : value)));
}

test.each(seeds)(
  'converges, seed %i',
  async (seed) => {
    const run = new Run(seed);
    for (const device of run.devices) {
      void device.client.start();
      device.client.watch({ conversationIds: run.conversations, userIds: [] });
    }
    await run.clock.pass(2_000);
    run.server.weather = { delay: 30, lose: 0.1, double: 0.1, reorder: 0.1, fail: 0.05 };
    for (let step = 0; step < STEPS; step++) {
      await run.step();
      for (const device of run.devices) for (const timeline of device.timelines) timeline.view.get();
    }
    await run.settle();
    run.check();
    for (const device of run.devices) void device.client.stop();
  },
  20_000,
);
