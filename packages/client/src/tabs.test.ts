import { describe, expect, test } from 'vitest';
import { memoryStorage } from './storage/memory.ts';
import type { Storage } from './storage/storage.ts';
import type { Channel, Locks, TabsEnvironment } from './tabs.ts';
import { ANNA, BERT, Harness, textsOf } from './testing/harness.ts';
import { turn } from './testing/virtualClock.ts';

/** One browser: locks and channels shared by its tabs. */
class FakeBrowser {
  readonly #held = new Map<string, (() => void)[]>();
  readonly #channels = new Map<string, Set<Channel>>();

  tab(): TabsEnvironment & { kill(): void } {
    let alive = true;
    const release: (() => void)[] = [];
    const locks: Locks = {
      request: async (name, { signal }, held) => {
        const queue = this.#held.get(name) ?? [];
        this.#held.set(name, queue);
        await new Promise<void>((resolve, reject) => {
          queue.push(resolve);
          if (queue.length === 1) resolve();
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        });
        const free = () => {
          queue.shift();
          queue[0]?.();
        };
        release.push(free);
        await held();
        if (alive) free();
      },
      query: async () => ({
        held: [...this.#held].filter(([, queue]) => queue.length > 0).map(([name]) => ({ name })),
      }),
    };
    const openChannel = (name: string): Channel => {
      const all = this.#channels.get(name) ?? new Set();
      this.#channels.set(name, all);
      const channel: Channel = {
        onmessage: null,
        postMessage: (data) => {
          for (const other of all)
            if (other !== channel) queueMicrotask(() => other.onmessage?.({ data: structuredClone(data) }));
        },
        close: () => void all.delete(channel),
      };
      all.add(channel);
      return channel;
    };
    return {
      locks,
      openChannel,
      kill: () => {
        alive = false;
        for (const free of release) free();
      },
    };
  }
}

function setup(messages = 0) {
  const world = new Harness(messages);
  const browser = new FakeBrowser();
  const storage: Storage = Object.assign(memoryStorage(), { name: 'kith' });
  const writes: string[] = [];
  const open = async (label: string) => {
    const tab = browser.tab();
    const own: Storage = {
      ...storage,
      write: async (batch) => {
        writes.push(label);
        await storage.write(batch);
      },
    };
    const client = await world.live(ANNA, own, { tabs: tab });
    return { client, tab };
  };
  return { world, storage, writes, open };
}

describe('several tabs', () => {
  test('one writes the cache; when it closes another goes on', async () => {
    const { world, writes, open } = setup();
    const first = await open('first');
    const second = await open('second');
    world.say(BERT, 'hello');
    await world.clock.pass(2_000);
    expect(new Set(writes)).toEqual(new Set(['first']));
    void first.client.stop();
    await world.clock.pass(100);
    writes.length = 0;
    world.say(BERT, 'hello again');
    await world.clock.pass(2_000);
    expect(new Set(writes)).toEqual(new Set(['second']));
    expect(second.client.conversations.get(world.group).get()?.unread).toBe(2);
  });

  test('what one tab writes is shown pending in the other, and sent once', async () => {
    const { world, open } = setup(1);
    const first = await open('first');
    const second = await open('second');
    const timeline = second.client.timeline(world.group);
    await world.clock.pass(100);
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    first.client.messages.send(world.group, 'from the first');
    await turn();
    await turn();
    expect(textsOf(timeline.view.get()).at(-1)).toBe('from the first');
    expect(timeline.view.get().messages.at(-1)?.state).toBe('pending');
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.texts().filter((text) => text === 'from the first').length).toBe(1);
    expect(timeline.view.get().messages.at(-1)?.state).toBe('sent');
    expect(world.server.asked.get('sendMessage')).toBe(1);
  });

  test('what another tab wrote and this one discards is not sent', async () => {
    const { world, storage, open } = setup();
    const first = await open('first');
    const second = await open('second');
    const [mine, timeline] = [first.client.timeline(world.group), second.client.timeline(world.group)];
    await world.clock.pass(100);
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    first.client.messages.send(world.group, 'better not');
    first.client.messages.send(world.group, 'this');
    await world.clock.pass(100);
    const unwanted = timeline.view.get().messages.find(({ state }) => state === 'pending');
    second.client.messages.discard(unwanted?.record.id ?? '');
    await world.clock.pass(100);
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.texts()).toEqual(['this']);
    expect(textsOf(mine.view.get())).toEqual(['this']);
    expect(await storage.loadOutbox()).toEqual([]);
  });

  test('a tab that dies leaves its messages to the one that leads', async () => {
    const { world, storage, open } = setup();
    await open('leader');
    const second = await open('second');
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    second.client.messages.send(world.group, 'orphan');
    await world.clock.pass(100);
    expect((await storage.loadOutbox()).length).toBe(1);
    second.tab.kill();
    second.client.core.connection.stop();
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.texts()).toEqual(['orphan']);
    expect(await storage.loadOutbox()).toEqual([]);
  });

  test('what a tab that dies had set is told by the one that leads', async () => {
    const { world, storage, open } = setup(3);
    const first = await open('leader');
    const second = await open('second');
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    second.client.messages.setHidden(world.group, [2], true).catch(() => undefined);
    await world.clock.pass(100);
    expect(first.client.core.store.hides(world.group, 2)).toBe(true);
    second.tab.kill();
    second.client.core.connection.stop();
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.server.asked.get('hideMessages')).toBe(1);
    expect(first.client.core.own.record('hidden', world.group)?.value).toEqual({ ranges: [[2, 2]] });
    expect(await storage.loadWishes()).toEqual([]);
  });

  test('a tab that opens late shows what is wished for, and does not tell it again', async () => {
    const { world, open } = setup(3);
    const first = await open('leader');
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    first.client.messages.setHidden(world.group, [1], true).catch(() => undefined);
    await world.clock.pass(2_000);
    const second = await open('second');
    expect(second.client.core.store.hides(world.group, 1)).toBe(true);
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.server.asked.get('hideMessages')).toBe(1);
    expect(second.client.core.wishes.foreign()).toEqual([]);
    expect(second.client.core.store.hides(world.group, 1)).toBe(true);
  });

  test('read marks that the tab which led had not told are told by the next', async () => {
    const { world, storage, open } = setup(3);
    const first = await open('leader');
    const second = await open('second');
    await world.clock.pass(2_000);
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    first.client.conversations.markRead(world.group, 3);
    await world.clock.pass(1_000);
    expect((await storage.load()).reads).toEqual({ [world.group]: 3 });
    first.tab.kill();
    first.client.core.connection.stop();
    await world.clock.pass(1_000);
    expect(second.client.conversations.get(world.group).get()?.unread).toBe(0);
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(world.server.asked.get('markRead')).toBe(1);
  });

  test('signing out in one signs out all, and nothing stays on the device', async () => {
    const { world, storage, open } = setup(3);
    const first = await open('first');
    const second = await open('second');
    await world.clock.pass(2_000);
    expect((await storage.load()).me?.user.id).toBe(ANNA);
    void first.client.signOut();
    await world.clock.pass(2_000);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the request to http://test fails in real time
    await world.clock.pass(2_000);
    for (const { client } of [first, second]) {
      expect(client.connection.get().type).toBe('ended');
      expect(client.me.get()).toBeUndefined();
      expect(client.conversations.list.get()).toEqual([]);
    }
    expect(await storage.load()).toMatchObject({ me: undefined, cursor: undefined, heads: [], windows: [] });
  });
});

describe('whose cache it is', () => {
  test('somebody else who signs in on the same device never sees it', async () => {
    const world = new Harness(3);
    const storage = memoryStorage();
    const anna = await world.live(ANNA, storage);
    anna.timeline(world.group);
    await world.clock.pass(2_000);
    void anna.stop();
    await world.clock.pass(100);
    world.server.world.leave(BERT, world.group);

    const bert = world.client(BERT, storage);
    void bert.start();
    await world.clock.pass(2_000);
    expect(bert.me.get()?.user.id).toBe(BERT);
    expect(bert.conversations.list.get()).toEqual([]);
    expect((await storage.load()).heads).toEqual([]);
    expect(await storage.loadWindow(world.group)).toBeUndefined();
  });
});
