import { type Content, type MessageRecord, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('forwarding on %s', (kind) => {
  let world: World;
  let ana: Caller;
  let bo: Caller;
  let from: string;
  let to: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ana, bo] = [await world.person('Ana'), await world.person('Bo')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    from = await world.group([ana, bo]);
    to = await world.group([bo, ana]);
  });

  const read = async (conversationId: string, messageId: string): Promise<MessageRecord> => {
    const { messages } = await world.call(bo, 'getMessages', { conversationId, messageIds: [messageId] });
    return messages[0] as MessageRecord;
  };
  const forward = async (messageId: string, source = from, target = to, id = newId()) => {
    const sent = await world.call(bo, 'sendMessage', {
      conversationId: target,
      messageId: id,
      forward: { conversationId: source, messageId },
    });
    return { sent, record: await read(target, id) };
  };

  it('S19: copies what was said, with whose it was and when; twice forwarded it is still the first one’s', async () => {
    const content: Content = {
      type: 'plain',
      text: `look <@${bo.userId}> <@all>`,
      attachment: { type: 'location', latitude: 1, longitude: 2 },
    };
    const messageId = newId();
    await world.call(ana, 'sendMessage', { conversationId: from, messageId, content });
    const original = await read(from, messageId);
    const { record } = await forward(messageId);
    expect(record).toMatchObject({ authorId: bo.userId, body: { type: 'content', content } });
    expect(record.forwarded).toEqual({ authorId: ana.userId, createdAt: original.createdAt });
    // It wakes nobody here.
    expect([record.mentions, record.mentionsAll]).toEqual([undefined, undefined]);
    expect(world.announced.at(-1)?.records).toEqual([record]);
    const again = await forward(record.id, to, from);
    expect(again.record.forwarded).toEqual(record.forwarded);
  });

  it('S19: stays as it was said: nobody puts words into another’s mouth', async () => {
    const { messageId } = await world.send(ana, from, 'I like it.');
    const { record } = await forward(messageId);
    const edit = (text: string) =>
      world.call(bo, 'editMessage', {
        conversationId: to,
        messageId: record.id,
        content: { type: 'plain', text },
      });
    await expect(edit('I hate it.')).rejects.toMatchObject({ code: 'conflict' });
    // As it is already (S7).
    await edit('I like it.');
    expect(await read(to, record.id)).toEqual(record);
  });

  it('says where it stood only of a public channel', async () => {
    const channel = newId();
    await world.call(ana, 'createConversation', {
      kind: 'channel',
      conversationId: channel,
      name: 'Open',
      visibility: 'public',
      userIds: [bo.userId],
    });
    const { messageId } = await world.send(ana, channel, 'for all');
    const { record } = await forward(messageId, channel);
    expect(record.forwarded).toMatchObject({ conversationId: channel, messageId });
  });

  it('S7: repeated, it returns the first result, also when the original is gone', async () => {
    const { messageId } = await world.send(ana, from, 'short-lived');
    const { sent, record } = await forward(messageId);
    await world.call(ana, 'deleteMessage', { conversationId: from, messageId });
    expect((await forward(messageId, from, to, record.id)).sent).toEqual(sent);
    await expect(forward(messageId)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      world.call(ana, 'sendMessage', {
        conversationId: to,
        messageId: record.id,
        forward: { conversationId: to, messageId: record.id },
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('S13: what one may not see cannot be forwarded, nor told from what is not there', async () => {
    const closed = await world.group([ana]);
    const { messageId } = await world.send(ana, closed, 'secret');
    await expect(forward(messageId, closed)).rejects.toMatchObject({ code: 'not_found' });
    await expect(forward(newId())).rejects.toMatchObject({ code: 'not_found' });
    await world.call(ana, 'addMembers', { conversationId: closed, userIds: [bo.userId] });
    await expect(forward(messageId, closed)).rejects.toMatchObject({ code: 'not_found' });
    const { messageId: here } = await world.send(ana, from, 'here');
    await expect(forward(here, from, newId())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('neither system messages nor sealed ones; and it is content or a forward, not both and not neither', async () => {
    const { messages } = await world.call(bo, 'getHistory', { conversationId: from });
    const system = messages.find(({ body }) => body.type === 'system');
    const sealed = newId();
    await world.call(ana, 'sendMessage', {
      conversationId: from,
      messageId: sealed,
      content: { type: 'encrypted', scheme: 'test', bytes: 'AAAA' },
    });
    for (const id of [system?.id ?? '', sealed].filter((one) => one !== ''))
      await expect(forward(id)).rejects.toMatchObject({ code: 'conflict' });
    const target = { conversationId: to, messageId: newId() };
    const { messageId } = await world.send(ana, from, 'x');
    for (const given of [
      {},
      { content: { type: 'plain', text: 'x' }, forward: { conversationId: from, messageId } },
    ]) {
      await expect(world.call(bo, 'sendMessage', { ...target, ...given } as never)).rejects.toMatchObject({
        code: 'bad_input',
      });
    }
  });

  it('a poll is asked anew', async () => {
    const messageId = newId();
    const attachment = {
      type: 'poll' as const,
      question: 'Where?',
      options: ['Here', 'There'],
      multiple: false,
      anonymous: false,
    };
    await world.call(ana, 'sendMessage', {
      conversationId: from,
      messageId,
      content: { type: 'plain', text: '', attachment },
    });
    await world.call(ana, 'votePoll', { conversationId: from, messageId, options: [0] });
    const { record } = await forward(messageId);
    expect(record.poll).toBeUndefined();
    expect(record.body).toMatchObject({ content: { attachment } });
  });
});
