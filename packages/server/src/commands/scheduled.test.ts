import { limits, newId, type OwnRecord, type Reminder, type ScheduledMessage } from '@kith/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDueWork, type DueWork } from '../jobs/dueWork.ts';
import { dueKinds } from '../jobs/kinds.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

const HOUR = 3_600_000;
const content = (text: string) => ({ type: 'plain' as const, text });

describe.each(databaseKinds)('what is done at a time, on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let bob: Caller;
  let group: string;
  /** Two nodes of one clock. */
  let ahead = 0;
  let nodes: DueWork[] = [];
  const now = () => Date.now() + ahead;
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();

  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
    bob = await world.person('Bob');
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = await world.group([ann, bob]);
    ahead = 0;
    nodes = [1, 2].map(() =>
      createDueWork({ database: world.database, work: dueKinds(world.services, now), now }),
    );
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
  });

  const pass = async (ms: number) => {
    ahead += ms;
    await Promise.all(nodes.map((node) => node.round()));
  };
  const texts = async () =>
    (await world.call(ann, 'getHistory', { conversationId: group })).messages.flatMap(({ body, id }) =>
      body.type === 'content' && body.content.type === 'plain' ? [[id, body.content.text]] : [],
    );
  const mine = async (type: OwnRecord['type'], key: string) =>
    (await world.call(bob, 'getMyChanges', { since: 0, limit: limits.pageMax })).records.find(
      (record): record is OwnRecord => record.type === type && 'key' in record && record.key === key,
    )?.value as (ScheduledMessage & Reminder) | null | undefined;
  const schedule = async (text: string, ms: number, messageId = newId()) => {
    const input = { conversationId: group, messageId, content: content(text), at: later(ms) };
    await world.call(bob, 'scheduleMessage', input);
    return messageId;
  };

  it('S7: sends once, at its time and not before, whichever nodes are at it, and takes it off the list', async () => {
    const id = await schedule('good morning', HOUR);
    await schedule('a repetition', 2 * HOUR, id);
    await pass(HOUR - 60_000);
    expect(await texts()).toEqual([]);
    await pass(60_001);
    expect(await texts()).toEqual([[id, 'good morning']]);
    expect(await mine('scheduled', id)).toBeNull();
    await pass(24 * HOUR);
    expect(await texts()).toHaveLength(1);
  });

  it('goes into a thread as it would have at once, and to both when it is to', async () => {
    const { messageId: thread } = await world.send(ann, group, 'the root');
    const at = later(HOUR);
    const ids = [newId(), newId()];
    const input = (messageId: string | undefined) => ({
      conversationId: group,
      messageId: messageId ?? '',
      content: content('in time'),
      thread,
      at,
    });
    await world.call(bob, 'scheduleMessage', input(ids[0]));
    await world.call(bob, 'scheduleMessage', { ...input(ids[1]), alsoSend: true });
    expect(await mine('scheduled', ids[0] ?? '')).toMatchObject({ thread });
    await expect(
      world.call(bob, 'scheduleMessage', { ...input(newId()), thread: newId() }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const { thread: _, ...main } = input(newId());
    await expect(world.call(bob, 'scheduleMessage', { ...main, alsoSend: true })).rejects.toMatchObject({
      code: 'bad_input',
    });
    await pass(HOUR + 1);
    const { replies, root } = await world.call(ann, 'getThread', { conversationId: group, rootId: thread });
    expect(replies.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(replies.filter((reply) => reply.thread?.alsoSent).map(({ id }) => id)).toEqual([ids[1]]);
    expect(root.replies?.count).toBe(2);
    expect(await mine('scheduled', ids[1] ?? '')).toBeNull();
  });

  it('S7: a node that dies after sending leaves nothing that is sent again', async () => {
    const id = await schedule('once', HOUR);
    await world.call(bob, 'sendMessage', { conversationId: group, messageId: id, content: content('once') });
    await pass(HOUR + 1);
    expect(await texts()).toEqual([[id, 'once']]);
    expect(await mine('scheduled', id)).toBeNull();
  });

  it('what a node claimed and did not do is done by another after the lease', async () => {
    const id = await schedule('after all', HOUR);
    const dying = createDueWork({
      database: world.database,
      work: {
        scheduled: () => Promise.reject(new Error('killed')),
        reminder: async () => undefined,
        guest_end: async () => undefined,
        account_deletion: async () => undefined,
      },
      now,
    });
    ahead = HOUR + 1;
    await dying.round();
    await dying.close();
    await pass(1_000);
    expect(await texts()).toEqual([]);
    await pass(30_000);
    expect(await texts()).toEqual([[id, 'after all']]);
  });

  it('while it is being sent, to change it or take it back is refused: nothing that was acknowledged is lost', async () => {
    const id = await schedule('as it was', HOUR);
    const { messageLog } = world.services;
    let begun = false;
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const append: typeof messageLog.append = async (draft) => {
      begun = true;
      await gate;
      return messageLog.append(draft);
    };
    const slow = createDueWork({
      database: world.database,
      work: dueKinds({ ...world.services, messageLog: { ...messageLog, append } }, now),
      now,
    });
    ahead = HOUR + 1;
    const round = slow.round();
    await expect.poll(() => begun).toBe(true);
    const update = { messageId: id, content: content('changed'), at: later(3 * HOUR) };
    const tooLate = { code: 'conflict' };
    await expect(world.call(bob, 'updateScheduled', update)).rejects.toMatchObject(tooLate);
    await expect(world.call(bob, 'cancelScheduled', { messageId: id })).rejects.toMatchObject(tooLate);
    await expect(world.call(bob, 'sendScheduledNow', { messageId: id })).rejects.toMatchObject({
      code: 'unavailable',
    });
    go();
    await round;
    await slow.close();
    expect(await texts()).toEqual([[id, 'as it was']]);
    expect(await mine('scheduled', id)).toBeNull();
  });

  it('what could not be sent at once waits for its time, and can be changed', async () => {
    const id = await schedule('later then', HOUR);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    await expect(world.call(bob, 'sendScheduledNow', { messageId: id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [bob.userId] });
    await world.call(bob, 'updateScheduled', { messageId: id, content: content('later now') });
    await pass(HOUR + 1);
    expect(await texts()).toEqual([[id, 'later now']]);
  });

  it('is changed, put off, sent at once, taken back', async () => {
    const [put, sent, back] = [
      await schedule('first words', HOUR),
      await schedule('now', HOUR),
      await schedule('never', HOUR),
    ];
    await world.call(bob, 'updateScheduled', {
      messageId: put,
      content: content('better words'),
      at: later(3 * HOUR),
    });
    expect((await world.call(bob, 'sendScheduledNow', { messageId: sent })).record.value).toBeNull();
    await world.call(bob, 'cancelScheduled', { messageId: back });
    await world.call(bob, 'cancelScheduled', { messageId: back });
    expect(await texts()).toEqual([[sent, 'now']]);
    await pass(2 * HOUR);
    expect(await texts()).toHaveLength(1);
    await pass(2 * HOUR);
    expect(await texts()).toEqual([
      [sent, 'now'],
      [put, 'better words'],
    ]);
    await expect(world.call(bob, 'sendScheduledNow', { messageId: put })).rejects.toMatchObject({
      code: 'not_found',
    });
    // Somebody else's cannot be named.
    const theirs = await schedule('mine', HOUR);
    await expect(
      world.call(ann, 'updateScheduled', { messageId: theirs, at: later(HOUR) }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await world.call(bob, 'cancelScheduled', { messageId: theirs });
  });

  it('what cannot be sent stays, with the reason, and may be given another time', async () => {
    const id = await schedule('too late', HOUR);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    await pass(HOUR + 1);
    expect(await mine('scheduled', id)).toMatchObject({
      content: content('too late'),
      failed: { code: 'not_found' },
    });
    await pass(HOUR);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [bob.userId] });
    await world.call(bob, 'updateScheduled', { messageId: id, at: later(4 * HOUR) });
    expect(await mine('scheduled', id)).not.toHaveProperty('failed');
    await pass(2 * HOUR + 1);
    expect(await texts()).toEqual([[id, 'too late']]);
  });

  it('the past, and what lies too far ahead, is refused in words; so is more than so many', async () => {
    const at = (ms: number) => schedule('when?', ms);
    await expect(at(-1_000)).rejects.toMatchObject({
      code: 'bad_input',
      message: 'This time has passed.',
      fields: [{ path: 'at' }],
    });
    await expect(at(limits.aheadMs + HOUR)).rejects.toMatchObject({ code: 'bad_input' });
    const many = await world.person('Many');
    const room = await world.group([many]);
    const input = () => ({
      conversationId: room,
      messageId: newId(),
      content: content('x'),
      at: later(HOUR),
    });
    for (let n = 0; n < limits.scheduledMessages; n++) await world.call(many, 'scheduleMessage', input());
    await expect(world.call(many, 'scheduleMessage', input())).rejects.toMatchObject({
      code: 'limit_reached',
    });
  });

  it('reminds at its time, until it is done or put off', async () => {
    const { messageId, seq } = await world.send(ann, group, 'call the plumber');
    const target = { conversationId: group, messageId };
    await world.call(bob, 'setReminder', { ...target, at: later(HOUR) });
    await pass(HOUR - 60_000);
    expect(await mine('reminder', messageId)).toEqual({ ...target, seq, at: expect.any(String) });
    await pass(60_001);
    expect(await mine('reminder', messageId)).toMatchObject({ seq, due: true });
    await world.call(bob, 'setReminder', { ...target, at: later(3 * HOUR) });
    expect(await mine('reminder', messageId)).not.toHaveProperty('due');
    await pass(2 * HOUR);
    expect(await mine('reminder', messageId)).toMatchObject({ due: true });
    await world.call(bob, 'setReminder', { ...target, at: null });
    expect(await mine('reminder', messageId)).toBeNull();
    await pass(9 * HOUR);
    expect(await mine('reminder', messageId)).toBeNull();
  });

  it('a reminder put off at the moment of its time is reminded of at the new one', async () => {
    const { messageId } = await world.send(ann, group, 'water the plants');
    const target = { conversationId: group, messageId };
    await world.call(bob, 'setReminder', { ...target, at: later(HOUR) });
    const { db } = world.database;
    // Another device is quicker, each time this node is about to write.
    const transaction = () => ({
      execute: async (work: Parameters<ReturnType<typeof db.transaction>['execute']>[0]) => {
        await world.call(bob, 'setReminder', { ...target, at: later(3 * HOUR) });
        return db.transaction().execute(work);
      },
    });
    const late = new Proxy(db, {
      get: (of, name, self) => (name === 'transaction' ? transaction : Reflect.get(of, name, self)),
    });
    const database = { ...world.database, db: late };
    ahead = HOUR + 1;
    const node = createDueWork({
      database: world.database,
      work: dueKinds({ ...world.services, database }, now),
      now,
    });
    await node.round();
    await node.close();
    expect(await mine('reminder', messageId)).not.toHaveProperty('due');
    await pass(2 * HOUR);
    expect(await mine('reminder', messageId)).toMatchObject({ due: true });
  });
});
