/** T1, T2: threads as a device knows them. */
import { newId } from '@kith/protocol/ids';
import { mentionOf } from '@kith/protocol/mentions';
import { expect, test } from 'vitest';
import { memoryStorage } from './storage/memory.ts';
import { ANNA, BERT, Harness, textsOf } from './testing/harness.ts';

/** A reply that somebody sends elsewhere. */
function reply(world: Harness, userId: string, thread: string, text: string, alsoSend?: true): string {
  const messageId = newId();
  world.server.world.sendMessage(userId, {
    conversationId: world.group,
    messageId,
    content: { type: 'plain', text },
    thread,
    ...(alsoSend && { alsoSend }),
  });
  return messageId;
}

test('the main line shows what was sent there, and loads on where a page holds threads only', async () => {
  const world = new Harness(20);
  const root = world.say(ANNA, 'root');
  for (let n = 0; n < 400; n++) reply(world, BERT, root, `reply ${n}`);
  reply(world, BERT, root, 'in both', true);
  const anna = await world.live(ANNA);
  const timeline = anna.timeline(world.group);
  await world.clock.pass(2_000);
  const shown = textsOf(timeline.view.get());
  expect(shown).toEqual([...Array.from({ length: 20 }, (_, n) => `message ${n + 1}`), 'root', 'in both']);
  expect(timeline.view.get()).toMatchObject({ status: 'ready', atEnd: true, loading: null });
});

test('whoever follows counts replies as they come, and tells what was read, on all devices', async () => {
  const world = new Harness();
  const root = world.say(ANNA, 'root');
  const anna = await world.live(ANNA);
  const phone = await world.live(ANNA);
  await world.clock.pass(2_000);
  expect(anna.threads.list.get()).toMatchObject({ status: 'ready', threads: [], unread: 0 });
  reply(world, BERT, root, 'first');
  await world.clock.pass(2_000);
  const second = reply(world, BERT, root, `second ${mentionOf(ANNA)}`);
  await world.clock.pass(2_000);
  for (const device of [anna, phone]) {
    expect(device.threads.list.get()).toMatchObject({ unread: 1, mentions: 1 });
    expect(device.threads.list.get().threads).toMatchObject([
      { root: { id: root, replies: { count: 2 } }, last: { id: second }, mark: { unread: 2, mentions: 1 } },
    ]);
    // Threads count for themselves.
    expect(device.conversations.get(world.group).get()).toMatchObject({ unread: 0, mentions: 0 });
  }
  anna.threads.markRead(world.group, root, 3);
  expect(anna.threads.list.get().unread).toBe(0);
  await world.clock.pass(2_000);
  expect(phone.threads.list.get()).toMatchObject({ unread: 0, mentions: 0 });
  // What comes while one is away is known when one is back.
  // An answer from before the mark was set comes after it, and changes nothing.
  const before = { ...world.server.world.threads.mark(ANNA, world.group, root), readSeq: 1, unread: 2 };
  anna.core.threads.handleMark(before);
  expect(anna.threads.list.get().unread).toBe(0);
  world.server.cut(ANNA);
  reply(world, BERT, root, 'third');
  await world.clock.pass(10_000);
  expect(anna.threads.mark(root).get()).toMatchObject({ unread: 1 });
});

test('a thread opens at its unread replies, pages back to its root, and goes where it is told', async () => {
  const world = new Harness();
  const root = world.say(ANNA, 'root');
  const replies = Array.from({ length: 130 }, (_, n) => reply(world, BERT, root, `reply ${n}`));
  const anna = await world.live(ANNA);
  await world.clock.pass(2_000);
  const thread = anna.threads.open(world.group, root, { at: 'unread' });
  await world.clock.pass(1_000);
  expect(thread.view.get()).toMatchObject({ status: 'ready', atStart: true, firstUnreadSeq: 2 });
  expect(textsOf(thread.view.get())[0]).toBe('root');
  const atEnd = anna.threads.open(world.group, root);
  await world.clock.pass(1_000);
  expect(textsOf(atEnd.view.get()).at(-1)).toBe('reply 129');
  expect(atEnd.view.get()).toMatchObject({ atStart: false, atEnd: true });
  const older = atEnd.loadOlder();
  await world.clock.pass(500);
  await older;
  expect(textsOf(atEnd.view.get())).toHaveLength(100);
  const jump = atEnd.jumpTo({ messageId: replies[3] ?? '' });
  await world.clock.pass(500);
  await jump;
  expect(textsOf(atEnd.view.get())).toContain('reply 3');
  reply(world, BERT, root, 'beyond what is loaded');
  await world.clock.pass(500);
  expect(textsOf(atEnd.view.get())).not.toContain('beyond what is loaded');
  const end = atEnd.jumpToEnd();
  await world.clock.pass(500);
  await end;
  expect(textsOf(atEnd.view.get()).at(-1)).toBe('beyond what is loaded');
});

test('a reply written offline shows in its thread at once, and is delivered later', async () => {
  const world = new Harness();
  const root = world.say(BERT, 'root');
  const anna = await world.live(ANNA);
  const main = anna.timeline(world.group);
  const thread = anna.threads.open(world.group, root);
  await world.clock.pass(1_000);
  world.server.down = true;
  world.server.cut();
  await world.clock.pass(100);
  anna.messages.send(world.group, 'to the thread', { thread: root });
  anna.messages.send(world.group, 'to both', { thread: root, alsoSend: true });
  expect(textsOf(thread.view.get())).toEqual(['root', 'to the thread', 'to both']);
  expect(textsOf(main.view.get())).toEqual(['root', 'to both']);
  expect(thread.view.get().messages.map(({ state }) => state)).toEqual(['sent', 'pending', 'pending']);
  // The row of the conversation speaks of the main line only.
  expect(anna.conversations.get(world.group).get()?.pending?.record.body).toMatchObject({
    content: { text: 'to both' },
  });
  world.server.down = false;
  await world.clock.pass(60_000);
  expect(world.texts()).toEqual(['root', 'to the thread', 'to both']);
  expect(thread.view.get().messages.map(({ state }) => state)).not.toContain('pending');
  expect(anna.threads.mark(root).get()).toMatchObject({ following: true, unread: 0 });
});

test('a link to a reply leads to its root, and says in which thread it is', async () => {
  const world = new Harness(3);
  const root = world.say(BERT, 'root');
  const hidden = reply(world, BERT, root, 'hidden');
  const anna = await world.live(ANNA);
  const timeline = anna.timeline(world.group);
  await world.clock.pass(1_000);
  const jump = timeline.jumpTo({ messageId: hidden });
  await world.clock.pass(500);
  expect(await jump).toEqual({ seq: 4, threadId: root });
});

test('the list of threads is in the cache: it shows at once, offline too, and what was read meanwhile is told later', async () => {
  const world = new Harness();
  const root = world.say(ANNA, 'root');
  const gone = world.say(ANNA, 'another root');
  for (const thread of [root, gone]) reply(world, BERT, thread, 'first');
  const storage = memoryStorage();
  const before = await world.live(ANNA, storage);
  await world.clock.pass(3_000);
  expect(before.threads.list.get()).toMatchObject({ status: 'ready', unread: 2 });
  await before.stop();

  world.server.down = true;
  const offline = await world.live(ANNA, storage);
  expect(offline.threads.list.get()).toMatchObject({ status: 'ready', unread: 2, atEnd: true });
  expect(offline.threads.mark(root).get()).toMatchObject({ following: true, unread: 1 });
  offline.threads.markRead(world.group, root, 3);
  await world.clock.pass(1_000);
  await offline.stop();

  // No longer followed, as another device had it meanwhile.
  const target = { conversationId: world.group, rootId: gone, following: false };
  world.server.world.threads.follow(ANNA, target);
  world.server.down = false;
  const after = await world.live(ANNA, storage);
  await world.clock.pass(3_000);
  expect(world.server.world.threads.mark(ANNA, world.group, root)).toMatchObject({ readSeq: 3, unread: 0 });
  expect(after.threads.list.get()).toMatchObject({ unread: 0, threads: [{ root: { id: root } }] });
  expect(after.threads.mark(gone).get()).toBeUndefined();
});

test('T3: a reply is read when somebody has read the thread, not the main line', async () => {
  const world = new Harness();
  const root = world.say(BERT, 'root');
  const anna = await world.live(ANNA);
  const bert = await world.live(BERT);
  const thread = anna.threads.open(world.group, root);
  await world.clock.pass(1_000);
  anna.messages.send(world.group, 'to the thread', { thread: root });
  await world.clock.pass(3_000);
  const state = () => thread.view.get().messages.at(-1)?.state;
  bert.conversations.markRead(world.group, 2);
  await world.clock.pass(3_000);
  expect(state()).toBe('delivered');
  bert.threads.markRead(world.group, root, 2);
  await world.clock.pass(1_000);
  expect(state()).toBe('read');
  // Known to who opens it later.
  const again = (await world.live(ANNA)).threads.open(world.group, root);
  await world.clock.pass(1_000);
  expect(again.view.get().messages.at(-1)?.state).toBe('read');
});

test('T2: whom an edit names follows; who is asked whether one follows says so', async () => {
  const world = new Harness();
  const root = world.say(BERT, 'root');
  const first = reply(world, BERT, root, 'first');
  const anna = await world.live(ANNA);
  await world.clock.pass(2_000);
  expect(await anna.threads.follows(world.group, root)).toBe(false);
  const target = { conversationId: world.group, messageId: first };
  const content = { type: 'plain' as const, text: `first ${mentionOf(ANNA)}` };
  world.server.world.editMessage(BERT, { ...target, content });
  await world.clock.pass(2_000);
  expect(await anna.threads.follows(world.group, root)).toBe(true);
  expect(anna.threads.list.get()).toMatchObject({ unread: 1, mentions: 1 });
});

test('a reply in a thread farther down than the list is loaded brings it up; one that is not followed does not', async () => {
  const world = new Harness();
  const roots = Array.from({ length: 25 }, (_, n) => world.say(ANNA, `root ${n}`));
  const foreign = world.say(BERT, 'foreign');
  for (const root of roots) {
    reply(world, BERT, root, 'first');
    await world.clock.pass(1_000);
  }
  reply(world, BERT, foreign, 'alone');
  const anna = await world.live(ANNA);
  await world.clock.pass(3_000);
  const list = () => anna.threads.list.get();
  expect(list()).toMatchObject({ atEnd: false, unread: 25 });
  expect(list().threads).toHaveLength(20);
  const asked = () => world.server.asked.get('getThread') ?? 0;
  reply(world, BERT, roots[0]!, 'second');
  reply(world, BERT, foreign, 'alone again');
  await world.clock.pass(3_000);
  expect(list().threads[0]).toMatchObject({ root: { id: roots[0] }, mark: { unread: 2 } });
  expect(list().unread).toBe(25);
  expect(await anna.threads.follows(world.group, foreign)).toBe(false);
  // Each was asked for once.
  expect(asked()).toBe(2);
  reply(world, BERT, foreign, 'and again');
  await world.clock.pass(3_000);
  expect(asked()).toBe(2);
});

test('T3: who reads a thread without following it says so, once', async () => {
  const world = new Harness();
  const root = world.say(BERT, 'root');
  reply(world, BERT, root, 'first');
  const anna = await world.live(ANNA);
  const thread = anna.threads.open(world.group, root);
  await world.clock.pass(1_000);
  for (let n = 0; n < 3; n++) anna.threads.markRead(world.group, root, 2);
  await world.clock.pass(1_000);
  expect(world.server.world.threads.mark(BERT, world.group, root)).toMatchObject({ othersReadSeq: 2 });
  expect(world.server.asked.get('markThreadRead')).toBe(1);
  expect(anna.threads.mark(root).get()).toMatchObject({ following: false, unread: 0 });
  thread.dispose();
});

/** Something happens after the server has read the list, and is told before its answer. */
function meanwhile(world: Harness, happen: () => void): { happened: boolean } {
  const { server } = world;
  const answer = server.answer.bind(server);
  const state = { happened: false };
  server.answer = (userId, command, input) => {
    const output = answer(userId, command, input);
    if (command === 'listThreads' && !state.happened) {
      state.happened = true;
      happen();
    }
    return output;
  };
  return state;
}

test('S13: a list that was asked for before one left brings nothing back; who comes in again has it again', async () => {
  const world = new Harness();
  const root = world.say(ANNA, 'root');
  reply(world, BERT, root, 'first');
  const leaving = meanwhile(world, () => world.server.world.leave(ANNA, world.group));
  const anna = await world.live(ANNA);
  await world.clock.pass(5_000);
  expect(leaving.happened).toBe(true);
  expect(anna.conversations.get(world.group).get()).toBeFalsy();
  expect(anna.threads.list.get()).toMatchObject({ status: 'ready', threads: [], unread: 0 });
  world.server.world.join(ANNA, world.group);
  await world.clock.pass(5_000);
  expect(anna.threads.list.get()).toMatchObject({ threads: [{ root: { id: root } }], unread: 1 });
});

test('a list that was asked for before a reply was deleted, or came, does not bring the past back', async () => {
  const world = new Harness();
  const [first, second] = [world.say(ANNA, 'first'), world.say(ANNA, 'second')];
  const only = reply(world, BERT, first, 'only');
  reply(world, BERT, second, 'one');
  const changing = meanwhile(world, () => {
    world.server.world.deleteMessage(BERT, { conversationId: world.group, messageId: only });
    reply(world, BERT, second, 'two');
  });
  const anna = await world.live(ANNA);
  await world.clock.pass(5_000);
  expect(changing.happened).toBe(true);
  expect(anna.threads.list.get()).toMatchObject({
    threads: [{ root: { id: second, replies: { count: 2 } }, mark: { unread: 2 } }],
    unread: 1,
  });
  expect(anna.threads.list.get().threads).toHaveLength(1);
});

test('lists that are asked for while one is on its way do not overtake each other', async () => {
  const world = new Harness();
  const kept = world.say(ANNA, 'kept');
  reply(world, BERT, kept, 'stays');
  const emptied = world.say(ANNA, 'emptied');
  const only = reply(world, BERT, emptied, 'only');
  const begun = ['one', 'two', 'three'].map((text) => world.say(ANNA, text));
  const anna = await world.live(ANNA);
  await world.clock.pass(3_000);
  expect(anna.threads.list.get().threads).toHaveLength(2);

  // The first is slow, so that two more come to wait for it; were both asked at once, the later would be the slower.
  const late = [2_000, 0, 2_000];
  world.server.lateness = (command) => (command === 'listThreads' ? (late.shift() ?? 0) : 0);
  for (const root of begun) {
    reply(world, BERT, root, 'begins to be followed');
    await world.clock.pass(600);
  }
  await world.clock.pass(1_200);
  world.server.world.deleteMessage(BERT, { conversationId: world.group, messageId: only });
  await world.clock.pass(10_000);
  const shown = anna.threads.list.get().threads.map(({ root }) => root.id);
  expect(new Set(shown)).toEqual(new Set([kept, ...begun]));
});

test.each(['deleted', 'answered'])(
  'a thread that was %s while its event was lost is right a moment later, also in a conversation that is not open',
  async (what) => {
    const world = new Harness();
    const root = world.say(ANNA, 'root');
    const only = reply(world, BERT, root, 'only');
    const anna = await world.live(ANNA);
    await world.clock.pass(3_000);
    expect(anna.threads.list.get().threads).toHaveLength(1);
    world.server.weather.lose = 1;
    if (what === 'deleted')
      world.server.world.deleteMessage(BERT, { conversationId: world.group, messageId: only });
    else reply(world, BERT, root, 'lost');
    await world.clock.pass(100);
    world.server.weather.lose = 0;
    world.server.antiEntropy();
    await world.clock.pass(10_000);
    const { threads } = anna.threads.list.get();
    if (what === 'deleted') expect(threads).toEqual([]);
    else expect(threads).toMatchObject([{ root: { replies: { count: 2 } }, mark: { unread: 2 } }]);
  },
);
