import { KithError, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createSweeper } from './sweeper.ts';

describe.each(databaseKinds)('what disappears on %s', (kind) => {
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
    await world.call(ana, 'updateConversation', { conversationId: group, disappearAfter: 3_600 });
  });

  const node = () =>
    createSweeper({
      database: world.database,
      conversationLog: world.services.conversationLog,
      everyMs: 60 * 60_000,
    });
  /** Its time is over now. */
  const ripen = (...ids: string[]) =>
    world.database.db
      .updateTable('messages')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('id', 'in', ids)
      .execute();
  const head = async () => {
    const { heads } = await world.call(bo, 'getHeads', { conversationIds: [group] });
    return heads[0];
  };

  it('S17: is deleted for everyone when due, not before; counts and preview follow', async () => {
    const kept = await world.send(ana, group, 'kept');
    const gone = await world.send(ana, group, `gone <@${bo.userId}>`);
    await world.call(bo, 'addReaction', { conversationId: group, messageId: gone.messageId, emoji: '👍' });
    await world.call(bo, 'pinMessage', { conversationId: group, messageId: gone.messageId });
    const sweeper = node();
    expect(await sweeper.sweep()).toBe(0);
    expect(await head()).toMatchObject({ unread: 2, mentions: 1 });
    await ripen(gone.messageId);
    expect(await sweeper.sweep()).toBe(1);
    expect(await sweeper.sweep()).toBe(0);
    expect(await head()).toMatchObject({ unread: 1, mentions: 0 });
    const { messages } = await world.call(bo, 'getMessages', {
      conversationId: group,
      messageIds: [gone.messageId, kept.messageId],
    });
    const deleted = messages.find(({ id }) => id === gone.messageId);
    expect(deleted?.body.type).toBe('deleted');
    expect([deleted?.reactions, deleted?.pinned]).toEqual([undefined, undefined]);
    // Apps show nothing in the place of one whose time was over.
    expect(deleted?.expiresAt).toBeDefined();
    expect(JSON.stringify(world.announced.at(-1)?.records)).not.toContain('gone');
    expect(messages.find(({ id }) => id === kept.messageId)?.body.type).toBe('content');
    await sweeper.close();
  });

  it('several nodes at once delete each message once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push((await world.send(ana, group, `${i}`)).messageId);
    await ripen(...ids);
    const before = (await head())?.rev ?? 0;
    const nodes = [node(), node(), node()];
    await Promise.all(nodes.map((one) => one.sweep()));
    expect((await head())?.rev).toBe(before + ids.length);
    await Promise.all(nodes.map((one) => one.close()));
  });

  it('deletes many with few statements, the replies of a thread too', async () => {
    const root = await world.send(ana, group, 'root');
    const ids: string[] = [];
    for (let i = 0; i < 15; i += 1) {
      ids.push((await world.send(ana, group, `${i}`)).messageId);
      ids.push((await world.reply(bo, group, root.messageId, `reply ${i}`)).messageId);
    }
    const left = await world.reply(bo, group, root.messageId, 'left');
    await ripen(...ids);
    let statements = 0;
    const { conversationLog } = world.services;
    const counting: typeof conversationLog = {
      ...conversationLog,
      changeIfFree: (tenantId, conversationId, work) =>
        conversationLog.changeIfFree(tenantId, conversationId, (held) => {
          const count = (target: object): never =>
            new Proxy(target, {
              get: (of, key) => {
                if (['deleteFrom', 'selectFrom', 'updateTable'].includes(String(key))) statements += 1;
                const value: unknown = Reflect.get(of, key);
                return typeof value === 'function' ? value.bind(of) : value;
              },
            }) as never;
          return work({ ...held, row: held.row, trx: count(held.trx) });
        }),
    };
    const sweeper = createSweeper({
      database: world.database,
      conversationLog: counting,
      everyMs: 3_600_000,
    });
    expect(await sweeper.sweep()).toBe(30);
    await sweeper.close();
    expect(statements).toBeLessThan(6);
    const { messages } = await world.call(bo, 'getMessages', {
      conversationId: group,
      messageIds: [root.messageId, ...ids],
    });
    expect(messages.filter(({ body }) => body.type === 'deleted')).toHaveLength(30);
    expect(messages.find(({ id }) => id === root.messageId)?.replies).toMatchObject({
      count: 1,
      lastAt: left.createdAt,
    });
    // Of several deletions of one transaction, as of one: each its own rev, none left out.
    const revs = (world.announced.at(-1)?.records ?? []).map(({ rev }) => rev);
    expect(revs).toHaveLength(31);
    expect(new Set(revs).size).toBe(31);
  });

  it('a conversation where it fails holds up no other', async () => {
    const other = await world.group([ana, bo]);
    await world.call(ana, 'updateConversation', { conversationId: other, disappearAfter: 3_600 });
    const sent = await Promise.all(
      Array.from({ length: 210 }, (_, i) => world.send(ana, group, `stuck ${i}`)),
    );
    const { messageId } = await world.send(ana, other, 'free');
    await ripen(...sent.map((one) => one.messageId));
    await ripen(messageId);
    const { conversationLog } = world.services;
    let refused = 0;
    const refusing: typeof conversationLog = {
      ...conversationLog,
      changeIfFree: (tenantId, conversationId, work) => {
        if (conversationId !== group) return conversationLog.changeIfFree(tenantId, conversationId, work);
        refused += 1;
        return Promise.reject(new KithError('unavailable', { message: 'Full.' }));
      },
    };
    const sweeper = createSweeper({
      database: world.database,
      conversationLog: refusing,
      everyMs: 3_600_000,
    });
    expect([await sweeper.sweep(), await sweeper.sweep(), await sweeper.sweep()]).toEqual([200, 1, 0]);
    await sweeper.close();
    expect(refused).toBe(1);
    const { messages } = await world.call(ana, 'getMessages', {
      conversationId: other,
      messageIds: [messageId],
    });
    expect(messages[0]?.body.type).toBe('deleted');
    const again = node();
    while ((await again.sweep()) > 0);
    await again.close();
  });

  it('one that was deleted by hand, or in another tenant, is left alone', async () => {
    const { messageId } = await world.send(ana, group, 'by hand');
    await ripen(messageId);
    await world.call(ana, 'deleteMessage', { conversationId: group, messageId });
    const sweeper = node();
    expect(await sweeper.sweep()).toBe(0);
    // Replies of a thread go too, and their root counts them no more.
    const root = newId();
    await world.call(ana, 'sendMessage', {
      conversationId: group,
      messageId: root,
      content: { type: 'plain', text: 'root' },
    });
    const reply = await world.reply(bo, group, root, 'reply');
    await ripen(reply.messageId);
    expect(await sweeper.sweep()).toBe(1);
    const { messages } = await world.call(ana, 'getMessages', { conversationId: group, messageIds: [root] });
    expect(messages[0]?.replies).toBeUndefined();
    await sweeper.close();
  });
});
