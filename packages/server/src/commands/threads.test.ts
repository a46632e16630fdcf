/** T1: threads, their roots, and who follows them. */
import { type Input, limits, type MessageRecord, newId, type Output, type ThreadMark } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('threads on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  let cem: Caller;
  let group: string;
  let root: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = await world.group([ann, ben, cem], { history: 'all' });
    root = (await world.send(ann, group, 'the root')).messageId;
  });

  const textOf = ({ body }: MessageRecord): string =>
    body.type === 'content' && body.content.type === 'plain' ? body.content.text : body.type;
  const rootRecord = async (): Promise<MessageRecord | undefined> =>
    (await world.call(ann, 'getMessages', { conversationId: group, messageIds: [root] })).messages[0];
  const thread = (caller: Caller, place = {}): Promise<Output<'getThread'>> =>
    world.call(caller, 'getThread', { conversationId: group, rootId: root, ...place });
  const markOf = async (caller: Caller): Promise<ThreadMark> => (await thread(caller)).mark;
  const mine = async (caller: Caller) => {
    const { threads, unread } = await world.call(caller, 'listThreads', {});
    return { threads: threads.filter(({ mark }) => mark.conversationId === group), unread };
  };

  /** What is told to each of them alone, from now on. */
  const listen = (): unknown[] => {
    const told: unknown[] = [];
    for (const { tenantId, userId } of [ann, ben, cem])
      world.bus.subscribe(subjects.user(tenantId, userId), (message) => {
        if (message.type === 'toUser') told.push([userId, JSON.parse(message.frame).event]);
      });
    return told;
  };
  const edit = (by: Caller, messageId: string, text: string) =>
    world.call(by, 'editMessage', { conversationId: group, messageId, content: { type: 'plain', text } });
  const read = (by: Caller, seq: number) =>
    world.call(by, 'markThreadRead', { conversationId: group, rootId: root, seq });

  it('a reply has its own place and revision, and its root tells of it in the same change', async () => {
    const from = world.announced.length;
    const reply = await world.reply(ben, group, root, 'first');
    expect(world.announced.slice(from)).toMatchObject([
      {
        from: reply.rev,
        to: reply.rev + 1,
        records: [
          { id: reply.messageId, thread: { rootId: root } },
          { id: root, replies: { count: 1, lastSeq: reply.seq, userIds: [ben.userId] } },
        ],
      },
    ]);
    for (const caller of [cem, ben, ann, ben]) await world.reply(caller, group, root, 'more');
    expect((await rootRecord())?.replies).toMatchObject({
      count: 5,
      userIds: [ben.userId, ann.userId, cem.userId],
    });
  });

  it('S7: the same id again is the first reply; somebody else’s id is a conflict', async () => {
    const messageId = newId();
    const input = {
      conversationId: group,
      messageId,
      content: { type: 'plain', text: 'once' } as const,
      thread: root,
    };
    const first = await world.call(ben, 'sendMessage', input);
    expect(await world.call(ben, 'sendMessage', input)).toEqual(first);
    const both = await Promise.all([
      world.call(ben, 'sendMessage', input),
      world.call(ben, 'sendMessage', input),
    ]);
    expect(both).toEqual([first, first]);
    expect((await rootRecord())?.replies?.count).toBe(1);
    await expect(world.call(cem, 'sendMessage', input)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('W6: replies sent at once are stored in the order they came', async () => {
    const texts = Array.from({ length: 12 }, (_, n) => `reply ${n}`);
    await Promise.all(texts.map((text) => world.reply(ben, group, root, text)));
    expect((await thread(ann)).replies.map(textOf)).toEqual(texts);
  });

  it('a reply to a reply stands in the same thread; to a system message there is none', async () => {
    const reply = await world.reply(ben, group, root, 'first');
    await world.reply(cem, group, reply.messageId, 'second');
    expect((await thread(ann)).replies.map(textOf)).toEqual(['first', 'second']);
    await expect(
      world.call(ann, 'getThread', { conversationId: group, rootId: reply.messageId }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await world.call(ann, 'updateConversation', { conversationId: group, name: 'Renamed' });
    const { messages } = await world.call(ann, 'getHistory', { conversationId: group });
    const system = messages.find(({ body }) => body.type === 'system');
    await expect(world.reply(ann, group, system?.id ?? '', 'to it')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('pages of replies know where the thread begins and ends', async () => {
    const seqs: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      seqs.push((await world.reply(ben, group, root, `reply ${n}`)).seq);
      await world.send(cem, group, 'between');
    }
    const shape = ({ replies, atStart, atEnd }: Output<'getThread'>) => [
      replies.map(({ seq }) => seqs.indexOf(seq)),
      atStart,
      atEnd,
    ];
    expect(shape(await thread(ann, { limit: 3 }))).toEqual([[4, 5, 6], false, true]);
    expect(shape(await thread(ann, { limit: 3, before: seqs[4] }))).toEqual([[1, 2, 3], false, false]);
    expect(shape(await thread(ann, { limit: 3, before: seqs[1] }))).toEqual([[0], true, false]);
    expect(shape(await thread(ann, { limit: 3, after: seqs[3] }))).toEqual([[4, 5, 6], false, true]);
    expect(shape(await thread(ann, { limit: 2, after: 0 }))).toEqual([[0, 1], true, false]);
    expect(shape(await thread(ann, { limit: 4, around: seqs[3] }))).toEqual([[1, 2, 3, 4], false, false]);
    expect(shape(await thread(ann, { limit: 50 }))).toEqual([[0, 1, 2, 3, 4, 5, 6], true, true]);
  });

  it('a page of long replies ends early, and says that there is more', async () => {
    const long = 'x'.repeat(limits.textLength);
    const many = Math.ceil(limits.pageBytes / long.length) + 5;
    for (let n = 0; n < many; n += 1) await world.reply(ben, group, root, long);
    const page = await thread(ann, { limit: 200 });
    expect(page.replies.length).toBeLessThan(many);
    expect(page).toMatchObject({ atStart: false, atEnd: true });
  });

  it('a deleted reply keeps its place in the thread, and the root tells of one less', async () => {
    const first = await world.reply(ben, group, root, 'first');
    const second = await world.reply(cem, group, root, 'second');
    await world.call(cem, 'deleteMessage', { conversationId: group, messageId: second.messageId });
    expect((await rootRecord())?.replies).toMatchObject({
      count: 1,
      lastSeq: first.seq,
      userIds: [ben.userId],
    });
    expect((await thread(ann)).replies.map(textOf)).toEqual(['first', 'deleted']);
    await world.call(cem, 'deleteMessage', { conversationId: group, messageId: second.messageId });
    expect((await rootRecord())?.replies?.count).toBe(1);
    await world.call(ben, 'deleteMessage', { conversationId: group, messageId: first.messageId });
    expect((await rootRecord())?.replies).toBeUndefined();
  });

  it('a deleted root keeps the thread it has, and begins none', async () => {
    await world.reply(ben, group, root, 'stays');
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: root });
    expect((await thread(cem)).replies.map(textOf)).toEqual(['stays']);
    await world.reply(cem, group, root, 'goes on');
    expect((await rootRecord())?.replies?.count).toBe(2);
    const bare = await world.send(ann, group, 'bare');
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: bare.messageId });
    await expect(world.reply(ben, group, bare.messageId, 'to nothing')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('whoever wrote the root, replies or is mentioned follows; the others do not', async () => {
    await world.reply(ben, group, root, `look, <@${cem.userId}>`);
    expect(await markOf(ann)).toMatchObject({ following: true, unread: 1, mentions: 0 });
    expect(await markOf(ben)).toMatchObject({ following: true, unread: 0 });
    expect(await markOf(cem)).toMatchObject({ following: true, unread: 1, mentions: 1 });
    const quiet = await world.send(ben, group, 'another root');
    await world.reply(ben, group, quiet.messageId, 'alone');
    expect((await mine(cem)).threads.map((one) => one.root.id)).toEqual([root]);
  });

  it('who begins to follow is told so, on all devices', async () => {
    const told = listen();
    await world.reply(ben, group, root, 'first');
    expect(told).toEqual(
      expect.arrayContaining([
        [ann.userId, { type: 'thread', mark: await markOf(ann) }],
        [ben.userId, { type: 'thread', mark: await markOf(ben) }],
      ]),
    );
    expect(told).toHaveLength(2);
    await world.reply(ben, group, root, 'second');
    expect(told).toHaveLength(2);
  });

  it('unfollowed by hand is unfollowed, until one replies or is mentioned again', async () => {
    await world.reply(ben, group, root, 'first');
    const set = (caller: Caller, following: boolean) =>
      world.call(caller, 'followThread', { conversationId: group, rootId: root, following });
    expect((await set(ann, false)).mark).toMatchObject({ following: false, unread: 0 });
    await world.reply(ben, group, root, 'second');
    expect(await markOf(ann)).toMatchObject({ following: false, unread: 0 });
    expect(await mine(ann)).toMatchObject({ threads: [] });
    await world.reply(ben, group, root, `third <@${ann.userId}>`);
    expect(await markOf(ann)).toMatchObject({ following: true, unread: 1, mentions: 1 });
    // By hand too; then nothing of before is unread.
    expect((await set(cem, true)).mark).toMatchObject({ following: true, unread: 0 });
    await world.reply(ben, group, root, 'fourth');
    expect(await markOf(cem)).toMatchObject({ unread: 1 });
  });

  it('a mark never goes back nor beyond the end, and counts neither own nor deleted replies', async () => {
    const first = await world.reply(ben, group, root, 'first');
    const second = await world.reply(ben, group, root, 'second');
    await world.reply(ann, group, root, 'own');
    const third = await world.reply(ben, group, root, 'third');
    const read = (seq: number) =>
      world.call(ann, 'markThreadRead', { conversationId: group, rootId: root, seq });
    expect(await markOf(ann)).toMatchObject({ unread: 3 });
    expect((await read(first.seq)).mark).toMatchObject({ readSeq: first.seq, unread: 2 });
    expect((await read(1)).mark).toMatchObject({ readSeq: first.seq });
    await world.call(ben, 'deleteMessage', { conversationId: group, messageId: second.messageId });
    expect(await markOf(ann)).toMatchObject({ unread: 1 });
    expect((await mine(ann)).unread).toBeGreaterThan(0);
    expect((await read(Number.MAX_SAFE_INTEGER)).mark).toMatchObject({ readSeq: third.seq, unread: 0 });
    // Who does not follow has no mark.
    expect(
      (await world.call(cem, 'markThreadRead', { conversationId: group, rootId: root, seq: 99 })).mark,
    ).toMatchObject({ following: false, readSeq: 0 });
  });

  it('the list: newest replies first, in pages, with how many are unread', async () => {
    const dora = await world.person(`Dora${newId().slice(-6)}`);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [dora.userId] });
    const roots: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { messageId } = await world.send(dora, group, `root ${n}`);
      roots.push(messageId);
      await world.reply(ben, group, messageId, `reply ${n}`);
    }
    await world.reply(ben, group, roots[1] ?? '', 'newest');
    const list = (input: { cursor?: string; limit?: number }) => world.call(dora, 'listThreads', input);
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next ?? '' });
    const third = await list({ limit: 2, cursor: second.next ?? '' });
    const order = [first, second, third].map((page) => page.threads.map((one) => roots.indexOf(one.root.id)));
    expect(order).toEqual([[1, 4], [3, 2], [0]]);
    expect([first.unread, third.next]).toEqual([5, null]);
    expect(first.threads[0]).toMatchObject({
      last: { body: { content: { text: 'newest' } } },
      mark: { unread: 2 },
    });
    await world.call(dora, 'markThreadRead', { conversationId: group, rootId: roots[1] ?? '', seq: 999 });
    expect(await list({})).toMatchObject({ unread: 4 });
  });

  it('S13: whoever left sees no thread, and gets it back with the conversation', async () => {
    await world.reply(ben, group, root, 'first');
    expect((await mine(ann)).threads).toHaveLength(1);
    await world.call(ann, 'transferOwnership', { conversationId: group, userId: ben.userId });
    const before = (await mine(ann)).unread;
    await world.call(ann, 'leaveConversation', { conversationId: group });
    expect(await mine(ann)).toMatchObject({ threads: [], unread: before - 1 });
    await expect(thread(ann)).rejects.toMatchObject({ code: 'not_found' });
    await world.call(ben, 'addMembers', { conversationId: group, userIds: [ann.userId] });
    expect((await mine(ann)).threads).toHaveLength(1);
  });

  it('a mention makes nobody follow who cannot see the root', async () => {
    const late = await world.person(`Late${newId().slice(-6)}`);
    await world.call(ann, 'updateConversation', { conversationId: group, history: 'joined' });
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [late.userId] });
    await world.reply(ben, group, root, `hello <@${late.userId}>`);
    await expect(thread(late)).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.call(late, 'listThreads', {})).toMatchObject({ threads: [], unread: 0 });
  });

  it('T2: whom an edit names follows as if the first version had named them, and is told so', async () => {
    const first = await world.reply(ben, group, root, 'first');
    await world.reply(ben, group, root, 'second');
    const told = listen();
    await edit(ben, first.messageId, `first, <@${cem.userId}>`);
    const mark = await markOf(cem);
    expect(mark).toMatchObject({ following: true, unread: 2, mentions: 1 });
    expect(told).toEqual([[cem.userId, { type: 'thread', mark }]]);
    // Named again, or another change: nothing begins.
    await world.call(cem, 'followThread', { conversationId: group, rootId: root, following: false });
    await edit(ben, first.messageId, `First, <@${cem.userId}>`);
    expect(await markOf(cem)).toMatchObject({ following: false });
    // Of a root it holds as far as there are replies, and not against who stays away.
    const quiet = await world.send(ben, group, 'quiet');
    await edit(ben, quiet.messageId, `quiet, <@${ann.userId}>`);
    expect((await mine(ann)).threads.map((one) => one.root.id)).toEqual([root]);
    await world.reply(ben, group, quiet.messageId, 'alone');
    expect((await mine(ann)).threads).toHaveLength(2);
    await edit(ben, quiet.messageId, `quiet, <@${ann.userId}> <@${cem.userId}>`);
    expect((await mine(cem)).threads).toMatchObject([{ root: { id: quiet.messageId }, mark: { unread: 1 } }]);
    await edit(ann, root, `the root, <@${cem.userId}>`);
    expect(await markOf(cem)).toMatchObject({ following: false });
  });

  it('T3: reading the main line is not reading a thread; who has read it is told to those who wrote there', async () => {
    const first = await world.reply(ben, group, root, 'first');
    const second = await world.reply(cem, group, root, 'second');
    const both = await world.call(ben, 'sendMessage', {
      conversationId: group,
      messageId: newId(),
      content: { type: 'plain', text: 'to both' },
      thread: root,
      alsoSend: true,
    });
    const receipts = async (messageId: string) =>
      (await world.call(ben, 'getReceipts', { conversationId: group, messageId })).receipts
        .filter(({ readAt }) => readAt !== null)
        .map(({ userId }) => userId)
        .sort();
    await world.call(cem, 'markRead', { conversationId: group, seq: both.seq });
    expect(await receipts(first.messageId)).toEqual([]);
    expect(await receipts(both.messageId)).toEqual([cem.userId]);
    expect(await markOf(ben)).toMatchObject({ othersReadSeq: 0 });

    const told = listen();
    await read(ann, second.seq);
    const event = { type: 'threadRead', conversationId: group, rootId: root, readSeq: second.seq };
    expect(told).toEqual(
      expect.arrayContaining([
        [ben.userId, event],
        [cem.userId, event],
      ]),
    );
    // Besides, the mark itself to who has read.
    expect(told).toHaveLength(3);
    expect(await receipts(first.messageId)).toEqual([ann.userId]);
    expect(await markOf(ben)).toMatchObject({ othersReadSeq: second.seq });
    expect((await mine(ben)).threads[0]?.mark).toMatchObject({ othersReadSeq: second.seq });
    // Nobody is told of their own.
    expect(await markOf(ann)).toMatchObject({ othersReadSeq: 0 });
    // Who looks without following has no mark, and has read it all the same; once.
    const dora = await world.person(`Dora${newId().slice(-6)}`);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [dora.userId] });
    expect((await read(dora, second.seq)).mark).toMatchObject({ following: false, readSeq: 0 });
    expect(await receipts(first.messageId)).toEqual([ann.userId, dora.userId].sort());
    const before = told.length;
    await read(dora, second.seq);
    expect(told).toHaveLength(before);
    await read(ann, both.seq);
    expect(await receipts(both.messageId)).toEqual([ann.userId, cem.userId].sort());
  });

  it('T3: of many who read only those in front are told; S21: who hides it leaves no trace, and is told of nobody', async () => {
    const first = await world.reply(ben, group, root, 'first');
    const second = await world.reply(ben, group, root, 'second');
    const dora = await world.person(`Dora${newId().slice(-6)}`);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [dora.userId] });
    for (const caller of [cem, dora])
      await world.call(caller, 'followThread', { conversationId: group, rootId: root, following: true });
    await world.reply(ben, group, root, 'third');
    const told = listen();
    const heard = () =>
      told.flatMap((one) => {
        const [userId, { type, readSeq }] = one as [string, { type: string; readSeq: number }];
        return type === 'threadRead' && userId === ben.userId ? [readSeq] : [];
      });
    await world.call(dora, 'updateSettings', { privacy: { receipts: false } });
    await read(dora, 99);
    expect(heard()).toEqual([]);
    expect(await markOf(ben)).toMatchObject({ othersReadSeq: 0 });
    await read(ann, 99);
    await read(cem, 99);
    expect(heard()).toHaveLength(2);
    expect(await markOf(dora)).toMatchObject({ othersReadSeq: 0 });
    // Two are in front: a third who comes as far is no news to anybody.
    await world.call(dora, 'updateSettings', { privacy: { receipts: true } });
    const last = await world.reply(ben, group, root, 'fourth');
    for (const caller of [ann, cem, dora]) await read(caller, last.seq);
    expect(heard()).toHaveLength(4);
    expect([first.seq < second.seq, (await markOf(ben)).othersReadSeq]).toEqual([true, last.seq]);
    await world.call(ben, 'updateSettings', { privacy: { receipts: false } });
    expect(await markOf(ben)).toMatchObject({ othersReadSeq: 0 });
    await world.reply(cem, group, root, 'fifth');
    await world.call(ben, 'updateSettings', { privacy: { receipts: true } });
  });

  it('a draft of a thread is kept by its root, and only for who sees it', async () => {
    const at = new Date().toISOString();
    const save = (by: Caller, thread: string, text: string) =>
      world.call(by, 'saveDraft', { conversationId: group, thread, text, at });
    expect((await save(ann, root, 'begun')).record).toMatchObject({
      key: root,
      value: { text: 'begun', conversationId: group },
    });
    await world.call(ann, 'saveDraft', { conversationId: group, text: 'main', at });
    const drafts = (await world.call(ann, 'getMyChanges', { since: 0 })).records.filter(
      (record) => record.type === 'draft' && [root, group].includes(record.key),
    );
    expect(drafts).toHaveLength(2);
    const reply = await world.reply(ben, group, root, 'first');
    await expect(save(ann, reply.messageId, 'no root')).rejects.toMatchObject({ code: 'not_found' });
    const stranger = await world.person(`Eve${newId().slice(-6)}`);
    await expect(save(stranger, root, 'mine?')).rejects.toMatchObject({ code: 'not_found' });
    expect((await save(ann, root, '')).record.value).toBeNull();
  });

  it('a draft of a thread that one does not see any more can still be thrown away', async () => {
    const at = new Date().toISOString();
    const save = (text: string) =>
      world.call(cem, 'saveDraft', { conversationId: group, thread: root, text, at });
    await save('begun');
    await world.call(ann, 'removeMember', { conversationId: group, userId: cem.userId });
    await expect(save('more')).rejects.toMatchObject({ code: 'not_found' });
    expect((await save('')).record.value).toBeNull();
  });

  it('T3: who left is told of nobody’s reading', async () => {
    const reply = await world.reply(ben, group, root, 'first');
    await world.call(ann, 'removeMember', { conversationId: group, userId: ben.userId });
    const told = listen();
    await read(ann, reply.seq);
    expect(told.filter((one) => (one as [string])[0] === ben.userId)).toEqual([]);
  });

  it('S7: a repeated reply returns the first result, also when it and its root are gone', async () => {
    const lone = await world.send(ann, group, 'a root');
    const input: Input<'sendMessage'> = {
      conversationId: group,
      messageId: newId(),
      content: { type: 'plain', text: 'a reply' },
      thread: lone.messageId,
    };
    const first = await world.call(ben, 'sendMessage', input);
    await world.call(ben, 'deleteMessage', { conversationId: group, messageId: input.messageId });
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: lone.messageId });
    expect(await world.call(ben, 'sendMessage', input)).toEqual(first);
  });
});
