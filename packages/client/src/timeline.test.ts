import { KithError } from '@kith/protocol/errors';
import { describe, expect, test, vi } from 'vitest';
import { memoryStorage } from './storage/memory.ts';
import { OPEN_MAX } from './store/windows.ts';
import { ANNA, BERT, Harness, textsOf } from './testing/harness.ts';
import { turn } from './testing/virtualClock.ts';

describe('timeline', () => {
  test('opens at the end, grows backwards to the start, knows both', async () => {
    const world = new Harness(120);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    expect(timeline.view.get().status).toBe('loading');
    await world.clock.pass(50);
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true, atStart: false });
    expect(timeline.view.get().messages.length).toBe(50);
    while (!timeline.view.get().atStart) {
      void timeline.loadOlder();
      expect(timeline.view.get().loading).toBe('older');
      await world.clock.pass(50);
    }
    expect(textsOf(timeline.view.get())).toEqual(world.texts());
  });

  test('S4: a far jump leaves a hole that is known, loaded through, and closed', async () => {
    const world = new Harness(300);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    const jumped = timeline.jumpTo({ seq: 20 });
    await world.clock.pass(50);
    expect(await jumped).toEqual({ seq: 20 });
    expect(timeline.view.get()).toMatchObject({ atStart: true, atEnd: false });
    expect(timeline.view.get().messages.some(({ record }) => record.seq === 20)).toBe(true);
    for (let n = 0; n < 10 && !timeline.view.get().atEnd; n++) {
      void timeline.loadNewer();
      await world.clock.pass(50);
    }
    expect(textsOf(timeline.view.get())).toEqual(world.texts());
  });

  test('opens at the first unread, whose place does not move', async () => {
    const world = new Harness(200);
    world.server.world.markRead(ANNA, { conversationId: world.group, seq: 60 });
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group, { at: 'unread' });
    await world.clock.pass(50);
    expect(timeline.view.get()).toMatchObject({ firstUnreadSeq: 61, atEnd: false });
    client.conversations.markRead(world.group, 100);
    await world.clock.pass(1_000);
    expect(timeline.view.get().firstUnreadSeq).toBe(61);
    expect(client.conversations.get(world.group).get()).toMatchObject({ readSeq: 100, unread: 100 });
  });

  test('an own message is there at once and is never gone, doubled or moved until it is read', async () => {
    const world = new Harness(3);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    client.watch({ conversationIds: [world.group], userIds: [] });
    await world.clock.pass(500);
    const states: string[] = [];
    const id = client.messages.send(world.group, 'mine');
    for (let ms = 0; ms < 60; ms++) {
      const rows = timeline.view.get().messages.filter(({ key }) => key === id);
      expect(rows.length).toBe(1);
      expect(timeline.view.get().messages.at(-1)).toBe(rows[0]);
      if (states.at(-1) !== rows[0]!.state) states.push(rows[0]!.state);
      await world.clock.pass(1);
    }
    world.server.world.markDelivered(BERT, { marks: [{ conversationId: world.group, seq: 4 }] });
    await world.clock.pass(50);
    states.push(timeline.view.get().messages.at(-1)!.state);
    world.server.world.markRead(BERT, { conversationId: world.group, seq: 4 });
    await world.clock.pass(50);
    states.push(timeline.view.get().messages.at(-1)!.state);
    expect(states).toEqual(['pending', 'sent', 'delivered', 'read']);
  });

  test('opens from the cache with no network, takes messages, and delivers them when it is back', async () => {
    const world = new Harness(30);
    const storage = memoryStorage();
    const before = await world.live(ANNA, storage);
    before.timeline(world.group);
    await world.clock.pass(2_000);
    void before.stop();
    await world.clock.pass(100);

    world.server.down = true;
    const client = world.client(ANNA, storage);
    void client.start();
    await turn();
    expect(client.conversations.status.get()).toBe('ready');
    expect(client.conversations.list.get().length).toBe(1);
    const timeline = client.timeline(world.group);
    await turn();
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true });
    const ids = ['one', 'two', 'three'].map((text) => client.messages.send(world.group, text));
    expect(textsOf(timeline.view.get()).slice(-3)).toEqual(['one', 'two', 'three']);
    await world.clock.pass(1_000);
    void client.stop(); // and even closed before it could send
    await world.clock.pass(1_000);

    const again = world.client(ANNA, storage);
    void again.start();
    world.say(BERT, 'meanwhile');
    world.server.down = false;
    await world.clock.pass(40_000);
    expect(world.texts().slice(-4)).toEqual(['meanwhile', 'one', 'two', 'three']);
    const last = world.server.world.conversations.get(world.group)!.messages.slice(-3);
    expect(last.map(({ id }) => id)).toEqual(ids);
  });

  test('what is on screen when the network goes is in the cache at once', async () => {
    const world = new Harness(30);
    const storage = memoryStorage();
    const client = await world.live(ANNA, storage);
    await world.clock.pass(2_000);
    const timeline = client.timeline(world.group);
    await world.clock.pass(20);
    expect(timeline.view.get().status).toBe('ready');
    expect(await storage.loadWindow(world.group)).toBeUndefined();
    world.server.down = true;
    world.server.cut();
    await turn();
    expect((await storage.loadWindow(world.group))?.row).toMatchObject({ from: 0, to: 30 });
  });

  test('shows what one writes offline in a conversation that is not in the cache, and then all of it', async () => {
    const world = new Harness(30);
    const storage = memoryStorage();
    const before = await world.live(ANNA, storage);
    void before.stop();
    await world.clock.pass(1_000);

    world.server.down = true;
    const client = world.client(ANNA, storage);
    void client.start();
    await turn();
    const timeline = client.timeline(world.group);
    await turn();
    expect(timeline.view.get()).toMatchObject({ status: 'loading', messages: [], atEnd: false });
    for (const text of ['one', 'two']) client.messages.send(world.group, text);
    await turn();
    const view = timeline.view.get();
    expect(view).toMatchObject({ status: 'loading', atStart: false, atEnd: true });
    expect(textsOf(view)).toEqual(['one', 'two']);
    expect(view.messages.map(({ state }) => state)).toEqual(['pending', 'pending']);

    world.server.down = false;
    await world.clock.pass(40_000);
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true });
    expect(textsOf(timeline.view.get())).toEqual([...world.texts()]);
    expect(textsOf(timeline.view.get()).slice(-2)).toEqual(['one', 'two']);
  });

  test('S2: too long away: starts anew at the end', async () => {
    const world = new Harness(30);
    world.server.world.distance = 10;
    const storage = memoryStorage();
    const client = await world.live(ANNA, storage);
    const timeline = client.timeline(world.group);
    await world.clock.pass(100);
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(100);
    for (let n = 0; n < 100; n++) world.say(BERT, `new ${n}`);
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true, loading: null });
    expect(textsOf(timeline.view.get()).at(-1)).toBe('new 99');
    expect(timeline.view.get().messages.length).toBe(50);
  });

  test('an optimistic change shows at once and is taken back when it is refused', async () => {
    const world = new Harness(1);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    const { key } = timeline.view.get().messages[0]!;
    const reactions = () =>
      timeline.view.get().messages[0]!.record.reactions?.map(({ emoji, mine }) => [emoji, mine]) ?? [];
    void client.messages.react(world.group, key, '👍', true);
    expect(reactions()).toEqual([['👍', true]]);
    await world.clock.pass(50);
    expect(reactions()).toEqual([['👍', true]]);
    world.server.world.deleteMessage(BERT, { conversationId: world.group, messageId: key });
    const refused = expect(client.messages.react(world.group, key, '🎉', true)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(reactions()).toEqual([
      ['👍', true],
      ['🎉', true],
    ]);
    await world.clock.pass(50);
    await refused;
    expect(reactions()).toEqual([]);
  });

  test('S13: left: nothing of it stays', async () => {
    const world = new Harness(5);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    world.server.world.leave(ANNA, world.group);
    await world.clock.pass(200);
    expect(client.conversations.list.get()).toEqual([]);
    expect(timeline.view.get()).toMatchObject({
      status: 'failed',
      messages: [],
      error: { code: 'not_found' },
    });
  });

  test('S9: in again: the marks that moved meanwhile are told', async () => {
    const world = new Harness(5);
    const client = await world.live(ANNA);
    client.watch({ conversationIds: [world.group], userIds: [] });
    await world.clock.pass(200);
    world.server.world.leave(ANNA, world.group);
    await world.clock.pass(200);
    world.server.world.markRead(BERT, { conversationId: world.group, seq: 4 });
    world.server.world.join(ANNA, world.group);
    await world.clock.pass(500);
    expect(client.receipts.marks(world.group).get()).toEqual([
      expect.objectContaining({ userId: BERT, readSeq: 4 }),
    ]);
  });

  test('S13: in again: the same timeline shows it again', async () => {
    const world = new Harness(5);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    world.server.world.leave(ANNA, world.group);
    await world.clock.pass(200);
    expect(timeline.view.get().status).toBe('failed');
    world.server.world.join(ANNA, world.group);
    await world.clock.pass(500);
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true });
    expect(timeline.view.get()).not.toHaveProperty('error');
  });

  test('S13: in again before the refusal of a page has come: tries again', async () => {
    const world = new Harness(5);
    const client = await world.live(ANNA);
    const { server } = world;
    const answer = server.answer.bind(server);
    let refusals = 0;
    vi.spyOn(server, 'answer').mockImplementation((userId, command, input) => {
      if (command !== 'getHistory' || refusals > 0) return answer(userId, command, input);
      refusals += 1;
      throw new KithError('forbidden');
    });
    const timeline = client.timeline(world.group);
    await world.clock.pass(5_000);
    expect(refusals).toBe(1);
    expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true });
    expect(timeline.view.get()).not.toHaveProperty('error');
  });

  test('who reads at the end goes on seeing what comes, however much; what is let go is the oldest', async () => {
    const world = new Harness(20);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    const newest = () => timeline.view.get().messages.at(-1)?.record.seq;
    for (let sent = 0; sent < OPEN_MAX + 500; sent += 100) {
      for (let n = 0; n < 100; n += 1) world.say(BERT, `and ${sent + n}`);
      await world.clock.pass(500);
      expect(newest()).toBe(20 + sent + 100);
    }
    const { atStart, atEnd, messages } = timeline.view.get();
    expect({ atStart, atEnd, count: messages.length }).toEqual({
      atStart: false,
      atEnd: true,
      count: OPEN_MAX,
    });
  });

  test('listeners hear once per turn, and views stay the same object while nothing changes', async () => {
    const world = new Harness(5);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(50);
    const view = timeline.view.get();
    const list = client.conversations.list.get();
    await world.clock.pass(1_000);
    expect(timeline.view.get()).toBe(view);
    expect(client.conversations.list.get()).toBe(list);
    let heard = 0;
    timeline.view.subscribe(() => heard++);
    for (const text of ['a', 'b', 'c']) client.messages.send(world.group, text);
    await turn();
    expect(heard).toBe(1);
    expect(timeline.view.get().messages[0]).toBe(view.messages[0]);
  });
});
