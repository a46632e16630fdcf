import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('pins on %s', (kind) => {
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

  const pin = async (who: Caller, messageId: string, conversationId = group) =>
    (await world.call(who, 'pinMessage', { conversationId, messageId })).message;
  const pins = async (who: Caller, limit?: number) => {
    const found: string[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await world.call(who, 'listPins', {
        conversationId: group,
        ...(limit && { limit }),
        ...(cursor && { cursor }),
      });
      found.push(...page.messages.map(({ id }) => id));
      if (page.next === null) return found;
      cursor = page.next;
    }
  };

  it('a pinned message says by whom, the conversation says it once, and the list holds it', async () => {
    const one = await world.send(ana, group, 'one');
    const two = await world.send(bo, group, 'two');
    await pin(bo, two.messageId);
    const record = await pin(bo, one.messageId);
    expect(record.pinned).toMatchObject({ by: bo.userId });
    // S7: once more, by somebody else: nothing changes.
    expect(await pin(ana, one.messageId)).toEqual(record);
    expect(await pins(ana)).toEqual([two.messageId, one.messageId]);
    expect(await pins(ana, 1)).toEqual([two.messageId, one.messageId]);
    const { messages } = await world.call(ana, 'getHistory', { conversationId: group });
    const told = messages.flatMap(({ body }) =>
      body.type === 'system' && body.event.type === 'pinned' ? [body.event.messageId] : [],
    );
    expect(told).toEqual([two.messageId, one.messageId]);
  });

  it('unpinned, edited or deleted', async () => {
    const { messageId } = await world.send(ana, group, 'one');
    const on = { conversationId: group, messageId };
    await pin(bo, messageId);
    const { message } = await world.call(ana, 'editMessage', {
      ...on,
      content: { type: 'plain', text: 'better' },
    });
    expect(message.pinned).toBeDefined();
    const unpinned = (await world.call(ana, 'unpinMessage', on)).message;
    expect(unpinned.pinned).toBeUndefined();
    expect((await world.call(ana, 'unpinMessage', on)).message).toEqual(unpinned);
    expect(await pins(ana)).toEqual([]);
    await pin(bo, messageId);
    await world.call(ana, 'deleteMessage', on);
    expect(await pins(ana)).toEqual([]);
    await expect(pin(bo, messageId)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('in a channel only admins pin', async () => {
    const channel = newId();
    await world.call(ana, 'createConversation', {
      kind: 'channel',
      conversationId: channel,
      name: 'Channel',
      userIds: [bo.userId],
    });
    const { messageId } = await world.send(bo, channel, 'mine');
    await expect(pin(bo, messageId, channel)).rejects.toMatchObject({ code: 'forbidden' });
    await pin(ana, messageId, channel);
    await expect(
      world.call(bo, 'unpinMessage', { conversationId: channel, messageId }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('S13: what was pinned before one’s time is not in one’s list', async () => {
    group = await world.group([ana]);
    const { messageId } = await world.send(ana, group, 'before');
    await pin(ana, messageId);
    await world.call(ana, 'addMembers', { conversationId: group, userIds: [bo.userId] });
    const after = await world.send(ana, group, 'after');
    await pin(ana, after.messageId);
    expect(await pins(bo)).toEqual([after.messageId]);
  });

  it('E2: there is room for so many, and no more', async () => {
    const ids: string[] = [];
    for (let i = 0; i <= limits.pins; i += 1) ids.push((await world.send(ana, group, `${i}`)).messageId);
    const last = ids.pop() as string;
    for (const id of ids) await pin(ana, id);
    await expect(pin(ana, last)).rejects.toMatchObject({ code: 'limit_reached' });
    expect(await pins(bo)).toEqual(ids.toReversed());
  });
});
