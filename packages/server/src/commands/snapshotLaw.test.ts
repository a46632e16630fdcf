/**
 * The snapshot law: an old snapshot plus the events since equals a fresh snapshot, for every kind of change; and a
 * change that announces nothing fails.
 */
import { type ConversationChange, type Head, type MessageRecord, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemberships } from '../policy/memberships.ts';
import type { Caller, Services } from '../services.ts';
import { createReads } from '../store/reads.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { dispatch } from './dispatch.ts';

interface Snapshot {
  readonly rev: number;
  readonly records: ReadonlyMap<string, ConversationChange>;
}

const keyOf = (record: ConversationChange): string =>
  record.type === 'message'
    ? `message ${record.id}`
    : record.type === 'member'
      ? `member ${record.userId}`
      : 'conversation';

/** What replies add for the asking person is not part of a record. */
const shared = (record: ConversationChange): ConversationChange =>
  record.type === 'message'
    ? {
        ...record,
        ...(record.reactions && {
          reactions: record.reactions.map(({ mine: _mine, ...reaction }) => reaction),
        }),
        ...(record.poll && {
          poll: { ...record.poll, options: record.poll.options.map(({ mine: _mine, ...option }) => option) },
        }),
      }
    : record;

describe.each(databaseKinds)('the snapshot law on %s', (kind) => {
  let world: World;
  let owner: Caller;
  let member: Caller;
  let third: Caller;
  let group: string;
  let message: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [owner, member, third] = [
      await world.person('Owner'),
      await world.person('Member'),
      await world.person('Third'),
    ];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = newId();
    await world.call(owner, 'createConversation', {
      kind: 'channel',
      conversationId: group,
      name: 'Law',
      userIds: [member.userId],
    });
    message = (await world.send(owner, group, 'first')).messageId;
    await world.send(member, group, 'second');
  });

  const snapshot = async (since = 0): Promise<Snapshot> => {
    const records = new Map<string, ConversationChange>();
    let rev = since;
    for (;;) {
      const page = await world.call(owner, 'changes', { conversationId: group, since: rev, limit: 3 });
      if (page.type === 'reset') throw new Error('This history is short.');
      for (const record of page.records) records.set(keyOf(record), shared(record));
      rev = page.rev;
      if (!page.more) return { rev, records };
    }
  };

  const sendPoll = async (anonymous = false) => {
    const messageId = newId();
    await world.call(member, 'sendMessage', {
      conversationId: group,
      messageId,
      content: {
        type: 'plain',
        text: '',
        noPreview: true,
        attachment: {
          type: 'poll',
          question: 'Where?',
          options: ['Here', 'There'],
          multiple: true,
          anonymous,
          closesAt: '2100-01-01T00:00:00.000Z',
        },
      },
    });
    return { conversationId: group, messageId };
  };

  const changes: Record<string, () => Promise<unknown>> = {
    send: () => world.send(member, group, 'third'),
    reply: () => world.send(member, group, 'answer', message),
    'reply in a thread': () => world.reply(member, group, message, 'in a thread'),
    'reply in a thread, and to the channel': () => world.reply(member, group, message, 'in both', true),
    'delete a reply in a thread': async () => {
      const { messageId } = await world.reply(member, group, message, 'one');
      await world.reply(owner, group, message, 'two');
      await world.call(member, 'deleteMessage', { conversationId: group, messageId });
    },
    'delete the root of a thread': async () => {
      await world.reply(member, group, message, 'stays');
      await world.call(owner, 'deleteMessage', { conversationId: group, messageId: message });
    },
    mention: () => world.send(member, group, `hello <@${owner.userId}> and <@all>`),
    edit: () =>
      world.call(owner, 'editMessage', {
        conversationId: group,
        messageId: message,
        content: { type: 'plain', text: 'better' },
      }),
    delete: () => world.call(owner, 'deleteMessage', { conversationId: group, messageId: message }),
    react: () =>
      world.call(member, 'addReaction', { conversationId: group, messageId: message, emoji: '🎉' }),
    'react and take back': async () => {
      await world.call(member, 'addReaction', { conversationId: group, messageId: message, emoji: '🎉' });
      await world.call(member, 'removeReaction', { conversationId: group, messageId: message, emoji: '🎉' });
    },
    'send a poll': () => sendPoll(),
    'vote, choose otherwise, take back': async () => {
      const poll = await sendPoll();
      await world.call(member, 'votePoll', { ...poll, options: [0, 1] });
      await world.call(owner, 'votePoll', { ...poll, options: [0] });
      await world.call(member, 'votePoll', { ...poll, options: [1] });
      await world.call(owner, 'votePoll', { ...poll, options: [] });
    },
    'vote in secret': async () => {
      const poll = await sendPoll(true);
      await world.call(member, 'votePoll', { ...poll, options: [0, 1] });
    },
    'close a poll': async () => {
      const poll = await sendPoll();
      await world.call(owner, 'votePoll', { ...poll, options: [1] });
      await world.call(member, 'closePoll', poll);
    },
    forward: () =>
      world.call(member, 'sendMessage', {
        conversationId: group,
        messageId: newId(),
        forward: { conversationId: group, messageId: message },
      }),
    pin: () => world.call(owner, 'pinMessage', { conversationId: group, messageId: message }),
    'pin and unpin': async () => {
      await world.call(owner, 'pinMessage', { conversationId: group, messageId: message });
      await world.call(owner, 'unpinMessage', { conversationId: group, messageId: message });
    },
    'let messages disappear, and send one': async () => {
      await world.call(owner, 'updateConversation', { conversationId: group, disappearAfter: 3_600 });
      await world.send(member, group, 'for an hour');
    },
    'delete what carried a lot': async () => {
      await world.call(owner, 'updateConversation', { conversationId: group, disappearAfter: 86_400 });
      const { messageId } = await world.call(owner, 'sendMessage', {
        conversationId: group,
        messageId: newId(),
        content: {
          type: 'plain',
          text: 'here',
          attachment: { type: 'location', latitude: 48.137154, longitude: -11.576124, label: 'Home' },
        },
      });
      await world.call(owner, 'deleteMessage', { conversationId: group, messageId });
    },
    rename: () =>
      world.call(owner, 'updateConversation', { conversationId: group, name: 'Renamed', topic: 'New topic' }),
    'a picture, and none': async () => {
      const { id } = await world.services.blobs.upload(owner, 'avatar', pngOf(16, 16));
      await world.call(owner, 'updateConversation', { conversationId: group, avatar: id });
      await world.call(owner, 'updateConversation', { conversationId: group, avatar: null });
    },
    close: () =>
      world.call(owner, 'updateConversation', {
        conversationId: group,
        visibility: 'private',
        history: 'joined',
      }),
    add: () => world.call(owner, 'addMembers', { conversationId: group, userIds: [third.userId] }),
    join: () => world.call(third, 'joinChannel', { conversationId: group }),
    leave: () => world.call(member, 'leaveConversation', { conversationId: group }),
    remove: () => world.call(owner, 'removeMember', { conversationId: group, userId: member.userId }),
    role: () =>
      world.call(owner, 'setMemberRole', { conversationId: group, userId: member.userId, role: 'admin' }),
    'hand over': () =>
      world.call(owner, 'transferOwnership', { conversationId: group, userId: member.userId }),
  };

  it.each(Object.keys(changes))('%s', async (name) => {
    const before = await snapshot();
    const from = world.announced.length;
    await changes[name]?.();
    const fresh = await snapshot();
    expect(fresh.rev).toBeGreaterThan(before.rev);

    const applied = new Map(before.records);
    let rev = before.rev;
    for (const change of world.announced.slice(from)) {
      // S1, S4: contiguous, so that a client sees when it missed one.
      expect(change.from).toBe(rev + 1);
      rev = change.to;
      for (const record of change.records) applied.set(keyOf(record), shared(record));
    }
    expect({ rev, records: applied }).toEqual(fresh);
    // S2: so does asking for what changed since.
    const walked = await snapshot(before.rev);
    expect(new Map([...before.records, ...walked.records])).toEqual(fresh.records);
  });

  it('S3: applying everything twice, or an older state after a newer one, changes nothing', async () => {
    const from = world.announced.length;
    for (const name of ['send', 'reply', 'edit', 'react', 'rename', 'role', 'delete'])
      await changes[name]?.();
    const fresh = await snapshot();
    const events = world.announced.slice(from).flatMap((change) => change.records);
    const applied = new Map<string, ConversationChange>();
    const apply = (record: ConversationChange): void => {
      const known = applied.get(keyOf(record));
      if (!known || record.rev > known.rev) applied.set(keyOf(record), shared(record));
    };
    for (const record of [...fresh.records.values(), ...events, ...[...events].reverse()]) apply(record);
    expect(applied).toEqual(fresh.records);
  });

  it('S9: unread and mentions are exact under every change, for the head and for the reply to markRead', async () => {
    const head = async (): Promise<Head> => {
      const { heads } = await world.call(owner, 'getHeads', { conversationIds: [group] });
      if (!heads[0]) throw new Error('The owner is in it.');
      return heads[0];
    };
    const lastSeq = (await head()).lastSeq;
    const read = await world.call(owner, 'markRead', { conversationId: group, seq: lastSeq });
    expect(read).toMatchObject({ readSeq: lastSeq, unread: 0, mentions: 0 });
    const one = await world.send(member, group, 'one');
    const two = await world.send(member, group, `two <@${owner.userId}>`);
    await world.send(owner, group, 'own messages do not count');
    expect(await head()).toMatchObject({ unread: 2, mentions: 1 });
    await world.call(member, 'editMessage', {
      conversationId: group,
      messageId: one.messageId,
      content: { type: 'plain', text: 'one <@all>' },
    });
    expect(await head()).toMatchObject({ unread: 2, mentions: 2 });
    await world.call(member, 'deleteMessage', { conversationId: group, messageId: two.messageId });
    expect(await head()).toMatchObject({ unread: 1, mentions: 1 });
    await world.call(owner, 'updateConversation', {
      conversationId: group,
      name: 'System messages do not count',
    });
    expect(await head()).toMatchObject({ unread: 1, mentions: 1 });
    // A mark never goes back, nor beyond the end.
    await world.call(owner, 'markRead', { conversationId: group, seq: 1 });
    expect(await head()).toMatchObject({ readSeq: lastSeq });
    await world.call(owner, 'markRead', { conversationId: group, seq: Number.MAX_SAFE_INTEGER });
    expect(await head()).toMatchObject({ unread: 0, readSeq: (await head()).lastSeq });
    expect((await world.send(member, group, 'after')).seq).toBe((await head()).readSeq + 1);
    expect(await head()).toMatchObject({ unread: 1 });
    // T2: threads count for themselves.
    await world.reply(member, group, message, `in a thread <@${owner.userId}>`);
    expect(await head()).toMatchObject({
      unread: 1,
      mentions: 0,
      preview: { body: { content: { text: 'after' } } },
    });
    const also = await world.reply(member, group, message, `in both <@${owner.userId}>`, true);
    expect(await head()).toMatchObject({ unread: 2, mentions: 1, preview: { id: also.messageId } });
    const synced = await world.call(owner, 'sync', {});
    expect(synced.heads.find(({ conversation }) => conversation.id === group)).toEqual(await head());
  });

  it('S13: one who joins later sees no earlier message, in no way there is', async () => {
    const hidden = await world.group([owner]);
    const secret = await world.send(owner, hidden, 'secret');
    await world.call(owner, 'addReaction', {
      conversationId: hidden,
      messageId: secret.messageId,
      emoji: '🤫',
    });
    await world.call(owner, 'addMembers', { conversationId: hidden, userIds: [third.userId] });
    const answer = await world.send(owner, hidden, 'an answer', secret.messageId);
    await world.call(owner, 'editMessage', {
      conversationId: hidden,
      messageId: secret.messageId,
      content: { type: 'plain', text: 'secret!' },
    });
    const on = { conversationId: hidden, messageId: secret.messageId };
    const history = await world.call(third, 'getHistory', { conversationId: hidden });
    const told = await world.call(third, 'changes', { conversationId: hidden, since: 0 });
    const byId = await world.call(third, 'getMessages', {
      conversationId: hidden,
      messageIds: [secret.messageId, answer.messageId],
    });
    const seen: MessageRecord[] = [
      ...history.messages,
      ...history.quoted,
      ...byId.messages,
      ...(told.type === 'changes' ? told.records.filter((record) => record.type === 'message') : []),
    ];
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(history.atStart).toBe(true);
    for (const command of ['getMessageEdits', 'getReceipts'] as const) {
      await expect(world.call(third, command, on)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(world.call(third, 'addReaction', { ...on, emoji: '👀' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(world.send(third, hidden, 'quoting', secret.messageId)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('S13: whoever is shown out while a read of changes waits is not told what it found', async () => {
    const room = await world.group([owner, third]);
    const node: Services = {
      ...world.services,
      changesReader: {
        ...world.services.changesReader,
        read: async (question) => {
          await world.call(owner, 'removeMember', { conversationId: room, userId: third.userId });
          await world.send(owner, room, 'among us');
          return world.services.changesReader.read(question);
        },
      },
    };
    const asked = dispatch(node, third, 'changes', { conversationId: room, since: 0 });
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['getHeads', 'sync'] as const)(
    'S13: told of a new stay by %s, one reads as of it, on a node that never heard of the change',
    async (command) => {
      const room = await world.group([owner, third]);
      const node: Services = {
        ...world.services,
        memberships: createMemberships(createReads(world.database.db).membership),
      };
      const texts = async (): Promise<string[]> => {
        const { messages } = await dispatch(node, third, 'getHistory', { conversationId: room });
        return messages.flatMap(({ body }) =>
          body.type === 'content' && body.content.type === 'plain' ? [body.content.text] : [],
        );
      };
      await world.send(owner, room, 'before');
      expect(await texts()).toEqual(['before']);
      await world.call(owner, 'removeMember', { conversationId: room, userId: third.userId });
      await world.send(owner, room, 'meanwhile');
      await world.call(owner, 'addMembers', { conversationId: room, userIds: [third.userId] });
      await world.send(owner, room, 'after');

      if (command === 'sync') await dispatch(node, third, 'sync', {});
      else await dispatch(node, third, 'getHeads', { conversationIds: [room] });
      expect(await texts()).toEqual(['after']);
    },
  );

  it('S6: sync with a cursor tells what changed since, and only that', async () => {
    // PostgreSQL is shared with other tests: while they write, a cursor is of a little before, and tells more.
    const expectTold = (found: readonly unknown[], told: unknown[]) =>
      expect(found).toEqual(kind === 'pglite' ? told : expect.arrayContaining(told));
    const all = await world.call(owner, 'sync', {});
    expect(all.full).toBe(true);
    const quiet = await world.call(owner, 'sync', { cursor: all.cursor });
    expect(quiet.full).toBe(false);
    await world.send(member, group, 'news');
    const other = await world.group([owner, member]);
    await world.call(owner, 'removeMember', { conversationId: other, userId: member.userId });
    const news = await world.call(owner, 'sync', { cursor: quiet.cursor });
    expectTold(news.heads.map((head) => head.conversation.id).sort(), [group, other].sort());
    const theirs = await world.call(member, 'sync', { cursor: quiet.cursor });
    expectTold(
      theirs.left.map((record) => record.conversationId),
      [other],
    );
    // Read elsewhere: the person's other devices learn it.
    const before = await world.call(owner, 'sync', {});
    await world.call(owner, 'markRead', { conversationId: group, seq: 2 });
    await world.call(owner, 'markRead', { conversationId: group, seq: 999 });
    const read = await world.call(owner, 'sync', { cursor: before.cursor });
    expectTold(
      read.heads.map((head) => [head.conversation.id, head.unread]),
      [[group, 0]],
    );
  });
});
