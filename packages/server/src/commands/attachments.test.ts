import { type Attachment, type Content, KithError, type MessageRecord, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

const poll: Attachment = {
  type: 'poll',
  question: 'Where?',
  options: ['Here', 'There'],
  multiple: false,
  anonymous: false,
};
const place: Attachment = { type: 'location', latitude: 48.137154, longitude: -11.576124, label: 'Home' };
const plain = (text: string, attachment?: Attachment): Content => ({
  type: 'plain',
  text,
  ...(attachment && { attachment }),
});

describe.each(databaseKinds)('attachments and disappearing on %s', (kind) => {
  let world: World;
  let ana: Caller;
  let bo: Caller;
  let group: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ana, bo] = [await world.person('Ana'), await world.person('Bo')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = await world.group([ana, bo]);
  });

  const send = async (caller: Caller, conversationId: string, content: Content): Promise<string> => {
    const messageId = newId();
    await world.call(caller, 'sendMessage', { conversationId, messageId, content });
    return messageId;
  };
  const read = async (caller: Caller, conversationId: string, messageId: string): Promise<MessageRecord> => {
    const { messages } = await world.call(caller, 'getMessages', {
      conversationId,
      messageIds: [messageId],
    });
    return messages[0] as MessageRecord;
  };

  it('what is sent is what is read, in history, heads and events', async () => {
    const content = plain('', place);
    const id = await send(ana, group, content);
    const body = { type: 'content', content };
    expect((await read(bo, group, id)).body).toEqual(body);
    const { heads } = await world.call(bo, 'getHeads', { conversationIds: [group] });
    expect(heads[0]?.preview?.body).toEqual(body);
    expect(world.announced.at(-1)?.records).toMatchObject([{ id, body }]);
  });

  it('an edit changes the text only; the attachment stays, said or not', async () => {
    const id = await send(ana, group, plain('look', place));
    const edit = (content: Content) =>
      world.call(ana, 'editMessage', { conversationId: group, messageId: id, content });
    expect((await edit(plain('look here'))).message.body).toEqual({
      type: 'content',
      content: plain('look here', place),
    });
    expect((await edit(plain('', place))).message.body).toEqual({
      type: 'content',
      content: plain('', place),
    });
    const moved = { ...place, latitude: 1 };
    for (const other of [
      plain('x', moved),
      plain('x', poll),
      { type: 'encrypted', scheme: 's', bytes: '' },
    ]) {
      await expect(edit(other as Content)).rejects.toMatchObject({ code: 'conflict' });
    }
    const words = await send(ana, group, plain('words'));
    await expect(
      world.call(ana, 'editMessage', { conversationId: group, messageId: words, content: plain('x', poll) }),
    ).rejects.toBeInstanceOf(KithError);
  });

  it('a deleted message keeps nothing of what it carried', async () => {
    await world.call(ana, 'updateConversation', { conversationId: group, disappearAfter: 3_600 });
    const id = await send(ana, group, plain('look', place));
    await world.call(ana, 'deleteMessage', { conversationId: group, messageId: id });
    const record = await read(bo, group, id);
    expect(Object.keys(record).sort()).toEqual(
      ['authorId', 'body', 'conversationId', 'createdAt', 'id', 'rev', 'seq', 'type'].sort(),
    );
    const row = await world.database.db
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ text: null, attachment: null, expires_at: null });
  });

  it('S17: what is sent while messages disappear bears its end, what was sent before and after does not', async () => {
    const set = (disappearAfter: 0 | 3_600 | 86_400) =>
      world.call(ana, 'updateConversation', { conversationId: group, disappearAfter });
    const before = await send(bo, group, plain('before'));
    expect((await set(3_600)).conversation.disappearAfter).toBe(3_600);
    const rev = world.announced.at(-1)?.to;
    await set(3_600);
    expect(world.announced.at(-1)?.to).toBe(rev);
    // Several in one statement, of several conversations: each as its own has it.
    const other = await world.group([ana, bo]);
    const ids = await Promise.all([
      ...Array.from({ length: 5 }, () => send(bo, group, plain('while'))),
      send(bo, other, plain('elsewhere')),
    ]);
    const elsewhere = ids.pop() as string;
    for (const id of ids) {
      const { createdAt, expiresAt } = await read(ana, group, id);
      expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBe(3_600_000);
    }
    expect((await set(0)).conversation.disappearAfter).toBeUndefined();
    const after = await send(bo, group, plain('after'));
    for (const [where, id] of [
      [group, before],
      [group, after],
      [other, elsewhere],
    ] as const)
      expect((await read(ana, where, id)).expiresAt).toBeUndefined();
    const events = (await world.call(ana, 'getHistory', { conversationId: group })).messages.flatMap(
      ({ body }) =>
        body.type === 'system' && body.event.type === 'disappearing_changed' ? [body.event] : [],
    );
    expect(events.map(({ seconds }) => seconds)).toEqual([3_600, 0]);
  });

  it('in a group only admins let messages disappear; in a direct conversation either of the two, and nothing else', async () => {
    await expect(
      world.call(bo, 'updateConversation', { conversationId: group, disappearAfter: 3_600 }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const { head } = await world.call(ana, 'openDirect', { conversationId: newId(), userId: bo.userId });
    const conversationId = head.conversation.id;
    await world.call(bo, 'updateConversation', { conversationId, disappearAfter: 3_600 });
    await expect(
      world.call(bo, 'updateConversation', { conversationId, disappearAfter: 0, name: 'x' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      world.call(bo, 'updateConversation', { conversationId, disappearAfter: 61 as 0 }),
    ).rejects.toMatchObject({ code: 'bad_input' });
  });
});
