import { type Input, limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audienceBy, estrangedBy, followPrivacy } from '../fanout/audience.ts';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { openGateway } from '../testing/gatewayWorld.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { veilTold } from './veil.ts';

describe.each(databaseKinds)('privacy on %s', (kind) => {
  let world: World;
  let ada: Caller;
  let ben: Caller;
  let cid: Caller;
  let people = 0;
  beforeAll(async () => {
    world = await createWorld(kind);
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    people += 1;
    const person = (name: string) => world.person(`${name}-${people}`);
    [ada, ben, cid] = [await person('Ada'), await person('Ben'), await person('Cid')];
  });

  const block = (who: Caller, whom: Caller, blocked = true) =>
    world.call(who, 'setBlocked', { userId: whom.userId, blocked });
  const direct = async (who: Caller, whom: Caller) =>
    (await world.call(who, 'openDirect', { conversationId: newId(), userId: whom.userId })).head.conversation
      .id;
  const refused = { code: 'forbidden' };

  describe('receipts', () => {
    it('S9: whose reading is nobody’s to know leaves no read mark, and is told of none', async () => {
      const group = await world.group([ada, ben, cid]);
      const { messageId, seq } = await world.send(ada, group, 'hello');
      await world.call(ben, 'updateSettings', { privacy: { receipts: false } });
      await world.call(cid, 'markRead', { conversationId: group, seq });
      await world.call(ben, 'markRead', { conversationId: group, seq });
      await world.services.receiptLog.settled();

      const marks = async (who: Caller) => {
        const { receipts } = await world.call(who, 'watch', { conversationIds: [group], userIds: [] });
        return new Map(receipts[0]?.marks.map((mark) => [mark.userId, [mark.deliveredSeq, mark.readSeq]]));
      };
      const forAda = await marks(ada);
      expect(forAda.get(ben.userId)).toEqual([seq, 0]);
      expect(forAda.get(cid.userId)).toEqual([seq, seq]);
      expect((await marks(ben)).get(cid.userId)).toEqual([seq, 0]);

      const read = async (who: Caller) => {
        const { receipts } = await world.call(who, 'getReceipts', { conversationId: group, messageId });
        return receipts.filter(({ readAt }) => readAt !== null).map(({ userId }) => userId);
      };
      expect(await read(ada)).toEqual([cid.userId]);
      expect(await read(ben)).toEqual([]);
      const head = async (who: Caller) =>
        (await world.call(who, 'getHeads', { conversationIds: [group] })).heads[0];
      expect(await head(ben)).toMatchObject({ othersReadSeq: 0, unread: 0, readSeq: seq });
      expect(await head(ada)).toMatchObject({ othersReadSeq: seq, othersDeliveredSeq: seq });
    });

    it('S9: reading is not announced either', async () => {
      const group = await world.group([ada, ben]);
      const { seq } = await world.send(ada, group, 'hello');
      await world.call(ben, 'updateSettings', { privacy: { receipts: false } });
      const heard: unknown[] = [];
      const stop = world.bus.subscribe(subjects.conversation(1, group), (message) => {
        if (message.type === 'receipts') heard.push(...message.marks);
      });
      await world.call(ben, 'markDelivered', { marks: [{ conversationId: group, seq }] });
      await world.call(ben, 'markRead', { conversationId: group, seq });
      await world.services.receiptLog.settled();
      stop();
      expect(heard).toEqual([{ userId: ben.userId, deliveredSeq: seq, readSeq: 0 }]);
    });
  });

  describe('groups', () => {
    const group = (who: Caller, whom: Caller) =>
      world.call(who, 'createConversation', {
        kind: 'group',
        conversationId: newId(),
        name: 'Group',
        userIds: [whom.userId],
      });

    it('are entered by nobody’s word but one’s contacts’, or nobody’s', async () => {
      await world.call(ben, 'updateSettings', { privacy: { groups: 'contacts' } });
      await expect(group(ada, ben)).rejects.toMatchObject({ ...refused, fields: [{ path: 'userIds.0' }] });
      const mine = await world.group([ada, cid]);
      const again: Input<'createConversation'> = {
        kind: 'group',
        conversationId: newId(),
        name: 'Once',
        userIds: [ben.userId],
      };
      await expect(
        world.call(ada, 'addMembers', { conversationId: mine, userIds: [ben.userId] }),
      ).rejects.toMatchObject(refused);
      // A stranger who writes is a stranger still; whom Ben answers is not.
      const talk = await direct(ada, ben);
      await world.send(ada, talk, 'May I add you?');
      await expect(group(ada, ben)).rejects.toMatchObject(refused);
      await world.send(ben, talk, 'You may.');
      await group(ada, ben);
      const made = await world.call(ada, 'createConversation', again);
      await world.call(ada, 'addMembers', { conversationId: mine, userIds: [ben.userId] });
      await world.call(ben, 'updateSettings', { privacy: { groups: 'nobody' } });
      await expect(group(ada, ben)).rejects.toMatchObject(refused);
      // S7: what was done before stays done, when it is said again.
      expect((await world.call(ada, 'createConversation', again)).head.conversation).toEqual(
        made.head.conversation,
      );
      const { members } = await world.call(ada, 'addMembers', {
        conversationId: mine,
        userIds: [ben.userId],
      });
      expect(members).toMatchObject([{ userId: ben.userId, state: 'joined' }]);
      await expect(world.call(cid, 'createConversation', again)).rejects.toMatchObject({ code: 'conflict' });
      // One’s own doing is no addition.
      await group(ben, ada);
    });
  });

  describe('blocks', () => {
    it('S21: end the direct conversation of two both ways, until they end', async () => {
      const talk = await direct(ada, ben);
      const { messageId } = await world.send(ada, talk, 'hello');
      await world.send(ben, talk, 'hi');
      await block(ben, ada);
      for (const who of [ada, ben]) {
        await expect(world.send(who, talk, 'more')).rejects.toMatchObject(refused);
        await expect(
          world.call(who, 'addReaction', { conversationId: talk, messageId, emoji: '👍' }),
        ).rejects.toMatchObject(refused);
        await expect(world.call(who, 'typing', { conversationId: talk, active: true })).rejects.toMatchObject(
          refused,
        );
        expect((await world.call(who, 'getHistory', { conversationId: talk })).messages).toHaveLength(2);
      }
      // Both ways: one end is not enough.
      await block(ada, ben);
      await block(ben, ada, false);
      await expect(world.send(ada, talk, 'more')).rejects.toMatchObject(refused);
      await block(ada, ben, false);
      await world.send(ada, talk, 'more');
    });

    it('refuse a new direct conversation and groups as one refuses anybody', async () => {
      await block(ben, ada);
      await expect(direct(ada, ben)).rejects.toMatchObject(refused);
      await expect(
        world.call(ada, 'createConversation', {
          kind: 'group',
          conversationId: newId(),
          name: 'Group',
          userIds: [ben.userId],
        }),
      ).rejects.toMatchObject(refused);
      // Who blocks may look at it, and write only after unblocking.
      const talk = await direct(ben, ada);
      await expect(world.send(ben, talk, 'hello')).rejects.toMatchObject(refused);
      await block(ben, ada, false);
      await world.send(ben, talk, 'hello');
    });

    it('S5, S7: are records of one’s own, that a repetition does not change', async () => {
      const { record } = await block(ada, ben);
      expect(record).toMatchObject({ type: 'block', key: ben.userId, value: { at: expect.any(String) } });
      expect((await block(ada, ben)).record).toEqual(record);
      const { records } = await world.call(ada, 'getMyChanges', { since: record.rev - 1 });
      expect(records).toEqual([record]);
      // Ben learns nothing.
      expect(
        (await world.call(ben, 'getMyChanges', { since: 0 })).records.some(({ type }) => type === 'block'),
      ).toBe(false);
      expect((await block(ada, ben, false)).record).toMatchObject({ value: null });
      await expect(block(ada, ada)).rejects.toMatchObject(refused);
    });

    it('leave a name of the one who blocks, in every reply', async () => {
      const group = await world.group([ada, ben]);
      await world.call(ada, 'updateProfile', { bio: 'Builds engines', status: { text: 'Here' } });
      await world.send(ada, group, 'hello');
      const seen = async (who: Caller) => {
        const replies = await Promise.all([
          world.call(who, 'getUsers', { userIds: [ada.userId] }),
          world.call(who, 'getHistory', { conversationId: group }),
          world.call(who, 'changes', { conversationId: group, since: 0 }),
          world.call(who, 'catchUp', { conversations: [{ conversationId: group, since: 0 }] }),
          world.call(who, 'listMembers', { conversationId: group }),
          world.call(who, 'searchUsers', {}),
        ]);
        return replies.map((reply) => JSON.stringify(reply).includes('Builds engines'));
      };
      expect(await seen(ben)).toEqual(Array(6).fill(true));
      await block(ada, ben);
      expect(await seen(ben)).toEqual(Array(6).fill(false));
      expect(await seen(ada)).toEqual(Array(6).fill(true));
    });
  });

  it('S21: presence: strangers, and those who are blocked, see somebody offline; a change shows at once', async () => {
    const { privacy } = world.services;
    const gateway = await openGateway(world, { hub: { audience: audienceBy(privacy) } });
    followPrivacy({ ...gateway, bus: world.bus, privacy, onError: (error) => expect(error).toBeUndefined() });
    await world.group([ada, ben]);
    const screens = [await gateway.connect(ben), await gateway.connect(cid)];
    const states = async () => {
      for (const screen of screens) await screen.request('watch', { conversationIds: [], userIds: [] });
      const replies = [];
      for (const screen of screens)
        replies.push(await screen.request('watch', { conversationIds: [], userIds: [ada.userId] }));
      return replies.map((reply) => reply.presence[0]?.state);
    };
    const device = await gateway.connect(ada);
    expect(await states()).toEqual(['online', 'online']);
    await world.call(ada, 'updateSettings', { privacy: { lastSeen: 'contacts' } });
    const told = (screen: (typeof screens)[number]) =>
      screen.frames.flatMap((frame) =>
        frame.t === 'ephemeral' && frame.ephemeral.type === 'presence' ? [frame.ephemeral.presence] : [],
      );
    await expect.poll(() => told(screens[1]!).at(-1)).toEqual({ userId: ada.userId, state: 'offline' });
    expect(await states()).toEqual(['online', 'offline']);
    await block(ada, ben);
    await expect.poll(() => told(screens[0]!).at(-1)).toEqual({ userId: ada.userId, state: 'offline' });
    expect(await states()).toEqual(['offline', 'offline']);
    const before = screens.map((screen) => told(screen).length);
    await device.request('setActivity', { active: false });
    await block(ada, ben, false);
    await world.call(ada, 'updateSettings', { privacy: { lastSeen: 'everyone' } });
    await expect.poll(() => screens.map((screen) => told(screen).at(-1)?.state)).toEqual(['away', 'away']);
    // Neither saw her go idle while hidden: only the end of it.
    expect(
      told(screens[1]!)
        .slice(before[1])
        .map(({ state }) => state),
    ).not.toContain('online');
    await gateway.close();
  });

  it('S21: nobody is seen typing across a block, whoever of the two blocks', async () => {
    const { privacy, announcer } = world.services;
    const gateway = await openGateway(world, { hub: { estranged: estrangedBy(privacy) } });
    const group = await world.group([ada, ben, cid]);
    const [hers, bens, cids] = [
      await gateway.connect(ada),
      await gateway.connect(ben),
      await gateway.connect(cid),
    ];
    for (const screen of [hers, bens, cids])
      await screen.request('watch', { conversationIds: [group], userIds: [] });
    const type = ({ userId }: Caller) =>
      announcer.ephemeral(subjects.conversation(ada.tenantId, group), {
        type: 'typing',
        conversationId: group,
        userId,
        active: true,
      });
    const seen = (screen: typeof hers) =>
      screen.frames.flatMap((frame) =>
        frame.t === 'ephemeral' && frame.ephemeral.type === 'typing' ? [frame.ephemeral.userId] : [],
      );
    await block(ada, ben);
    type(ben);
    type(ada);
    type(cid);
    await expect.poll(() => [seen(hers), seen(bens)]).toEqual([[cid.userId], [cid.userId]]);
    expect(seen(cids)).toEqual([ben.userId, ada.userId]);
    await block(ada, ben, false);
    type(ben);
    await expect.poll(() => seen(hers)).toEqual([cid.userId, ben.userId]);
    await gateway.close();
  });

  it('S21: who is drawn into a group is told no more of those who block them than a name', async () => {
    const { privacy } = world.services;
    const gateway = await openGateway(world, {
      hub: { veil: (tenantId, userId, joined) => veilTold(privacy, tenantId, userId, joined) },
    });
    await world.call(ada, 'updateProfile', { bio: 'Poet on Sundays.' });
    await block(ada, ben);
    const screen = await gateway.connect(ben);
    const group = await world.group([ada, cid]);
    await world.call(ada, 'addMembers', { conversationId: group, userIds: [ben.userId] });
    const { event } = await screen.next('event', (frame) => frame.event.type === 'joined');
    const told = event.type === 'joined' ? event.users.find(({ id }) => id === ada.userId) : undefined;
    expect(told).toEqual({
      id: ada.userId,
      username: expect.any(String),
      displayName: expect.any(String),
      role: 'member',
    });
    await gateway.close();
  });

  it('reports go to those who run the place, with a copy of what was seen', async () => {
    const owner = await world.person(`Owner-${people}`, 1, 'owner');
    const group = await world.group([ada, ben]);
    const { messageId } = await world.send(ada, group, 'Buy now!');
    const reportId = newId();
    const input: Input<'report'> = {
      reportId,
      about: { type: 'messages', conversationId: group, messageIds: [messageId] },
      reason: 'spam',
      words: 'Again and again.',
    };
    await world.call(ben, 'report', input);
    await world.call(ben, 'report', input);
    await world.call(ada, 'deleteMessage', { conversationId: group, messageId });
    await world.call(ben, 'report', {
      reportId: newId(),
      about: { type: 'person', userId: ada.userId },
      reason: 'abuse',
    });
    const { reports, next } = await world.call(owner, 'listReports', { limit: 1 });
    expect(reports).toMatchObject([{ by: ben.userId, about: { type: 'person' }, reason: 'abuse' }]);
    const rest = await world.call(owner, 'listReports', { cursor: next ?? '', limit: 1 });
    expect(rest.reports).toMatchObject([
      {
        id: reportId,
        words: 'Again and again.',
        seen: { messages: [{ body: { content: { text: 'Buy now!' } } }], users: [{ id: ada.userId }] },
      },
    ]);
    await expect(world.call(ben, 'listReports', {})).rejects.toMatchObject(refused);
    // What one may not see cannot be reported, nor asked about that way.
    await expect(world.call(cid, 'report', { ...input, reportId: newId() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('S7: a report said again changes nothing, also when what was seen is gone; an id of somebody else’s is refused', async () => {
    const group = await world.group([ada, ben]);
    const { messageId } = await world.send(ada, group, 'Buy now!');
    const input: Input<'report'> = {
      reportId: newId(),
      about: { type: 'messages', conversationId: group, messageIds: [messageId] },
      reason: 'spam',
    };
    await world.call(ben, 'report', input);
    await world.call(ben, 'leaveConversation', { conversationId: group });
    await world.call(ben, 'report', input);
    await expect(world.call(ada, 'report', input)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('E3: pages of reports end early when they are long; a report keeps so much text, and no vote of the reporter', async () => {
    const owner = await world.person(`Owner-${people}`, 1, 'owner');
    const group = await world.group([ada, ben]);
    const poll = newId();
    await world.call(ada, 'sendMessage', {
      conversationId: group,
      messageId: poll,
      content: {
        type: 'plain',
        text: '',
        attachment: {
          type: 'poll',
          question: 'Whom?',
          options: ['Her', 'Him'],
          multiple: false,
          anonymous: true,
        },
      },
    });
    await world.call(ben, 'votePoll', { conversationId: group, messageId: poll, options: [1] });
    // As long as a message gets on the wire: what JSON has to escape takes six bytes a character.
    const longest = '\u0001'.repeat(limits.textLength - 1).concat('x');
    const long: string[] = [];
    for (let n = 1; n < limits.reportMessages; n += 1)
      long.push((await world.send(ada, group, longest)).messageId);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const reportId = newId();
      ids.unshift(reportId);
      await world.call(ben, 'report', {
        reportId,
        about: { type: 'messages', conversationId: group, messageIds: [poll, ...long] },
        reason: 'other',
      });
    }
    const walked: string[] = [];
    let pages = 0;
    for (let cursor: string | null | undefined; cursor !== null && walked.length < ids.length; pages += 1) {
      const page = await world.call(owner, 'listReports', { ...(cursor && { cursor }) });
      expect(JSON.stringify(page).length).toBeLessThan(limits.pageBytes + 500_000);
      expect(JSON.stringify(page)).not.toContain('"mine"');
      walked.push(...page.reports.map(({ id }) => id));
      cursor = page.next;
    }
    expect(walked.slice(0, ids.length)).toEqual(ids);
    expect(pages).toBeGreaterThan(1);
  });

  it('a person reports so much a day', async () => {
    const report = () =>
      world.call(ada, 'report', {
        reportId: newId(),
        about: { type: 'person', userId: ben.userId },
        reason: 'other',
      });
    for (let n = 0; n < 20; n += 1) await report();
    await expect(report()).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it('a picture is told as before, and its bytes are asked of the rules', async () => {
    const { id } = await world.services.blobs.upload(ada, 'avatar', pngOf(16, 16, people));
    await world.call(ada, 'updateProfile', { avatar: id });
    const may = async (who: Caller) =>
      (await world.services.privacy.allowed(1, ada.userId, 'avatar', [who.userId])).has(who.userId);
    expect(await Promise.all([ada, ben].map(may))).toEqual([true, true]);
    await world.call(ada, 'updateSettings', { privacy: { avatar: 'nobody' } });
    expect(await Promise.all([ada, ben].map(may))).toEqual([true, false]);
    expect((await world.services.privacy.facts(1, ada.userId))?.avatarId).toBe(id);
  });
});
