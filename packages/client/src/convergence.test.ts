/**
 * S1-S4, S7, S9, S11: whatever is lost, doubled, reordered, cut or restarted, in the end every client holds what the
 * server holds, and every message sent is there once, in order. A failing seed is printed; run it alone with KITH_SEED.
 */
import type { Head, MessageRecord } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { mentionOf } from '@kith/protocol/mentions';
import { expect, test } from 'vitest';
import { Client } from './client.ts';
import { steadyNetwork } from './network.ts';
import { memoryStorage } from './storage/memory.ts';
import type { Storage } from './storage/storage.ts';
import { FakeServer, fairWeather } from './testing/fakeServer.ts';
import { seeded, VirtualClock } from './testing/virtualClock.ts';
import type { Timeline } from './types.ts';

const seeds = process.env.KITH_SEED
  ? [Number(process.env.KITH_SEED)]
  : Array.from({ length: Number(process.env.KITH_SEEDS ?? 200) }, (_, n) => n + 1);
const STEPS = 120;

class Device {
  readonly userId: string;
  readonly storage: Storage = memoryStorage();
  client: Client;
  timelines: Timeline[] = [];
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
    // Two devices of the first person.
    this.devices = [userIds[0]!, userIds[0]!, userIds[1]!, userIds[2]!].map((id) => new Device(this, id));
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  async step(): Promise<void> {
    const device = this.pick(this.devices);
    const { client } = device;
    const id = this.pick(this.conversations);
    const head = client.core.store.head(id);
    const window = client.core.store.windows.get(id);
    const loaded = window && [...window.messages(0, window.endSeq)];
    const some: MessageRecord | undefined = loaded && this.pick(loaded);
    const settle = (promise: Promise<unknown>) => void promise.catch(() => {});
    const dice = this.random();
    if (dice < 0.3 && head) {
      const text = this.random() < 0.2 ? `hi ${mentionOf(this.pick(this.devices).userId)}` : `text ${dice}`;
      const messageId = client.messages.send(id, text);
      device.sent.set(id, [...(device.sent.get(id) ?? []), messageId]);
    } else if (dice < 0.36 && some)
      settle(
        client.messages.edit(id, some.id, `edited ${dice} ${mentionOf(this.pick(this.devices).userId)}`),
      );
    else if (dice < 0.42 && some) settle(client.messages.remove(id, some.id));
    else if (dice < 0.5 && some)
      settle(client.messages.react(id, some.id, this.pick(['👍', '🎉']), this.random() < 0.6));
    else if (dice < 0.58 && head) client.conversations.markRead(id, Math.ceil(this.random() * head.lastSeq));
    else if (dice < 0.66)
      device.timelines.push(client.timeline(id, { at: this.random() < 0.5 ? 'end' : 'unread' }));
    else if (dice < 0.72 && device.timelines.length > 0) settle(this.pick(device.timelines).loadOlder());
    else if (dice < 0.75 && device.timelines.length > 0) settle(this.pick(device.timelines).loadNewer());
    else if (dice < 0.79 && device.timelines.length > 0)
      settle(this.pick(device.timelines).jumpTo({ seq: Math.ceil(this.random() * 130) }));
    else if (dice < 0.81 && device.timelines.length > 0) device.timelines.shift()!.dispose();
    else if (dice < 0.84) this.server.cut(this.random() < 0.7 ? device.userId : undefined);
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
        expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
        if (view.atEnd && seqs.length > 0) expect(seqs.at(-1)).toBe(head.lastSeq);
      }
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
