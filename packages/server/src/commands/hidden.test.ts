/** Messages that one person removed from their own view. H5: on both databases. */
import { limits, mentionOf } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import { silentLogger } from '../logger.ts';
import { createSearchIndexer } from '../search/indexer.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('hidden messages on %s', (kind) => {
  let world: World;
  let ana: Caller;
  let bo: Caller;
  let conversationId: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ana, bo] = [await world.person('Ana'), await world.person('Bo')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    conversationId = await world.group([ana, bo]);
  });

  const hide = (who: Caller, ...seqs: number[]) =>
    world.call(who, 'hideMessages', { conversationId, hide: seqs });
  const show = (who: Caller, ...seqs: number[]) =>
    world.call(who, 'hideMessages', { conversationId, show: seqs });
  const history = (
    who: Caller,
    place: { before?: number; after?: number; around?: number; limit?: number } = {},
  ) => world.call(who, 'getHistory', { conversationId, ...place });
  const seqs = async (who: Caller): Promise<number[]> => (await history(who)).messages.map(({ seq }) => seq);
  const head = async (who: Caller) => {
    const [one] = (await world.call(who, 'getHeads', { conversationIds: [conversationId] })).heads;
    if (!one) throw new Error('There is no head.');
    return one;
  };
  const send = async (who: Caller, text: string) => world.send(who, conversationId, text);

  it('S22: are gone from the history, from quotes and look-ups, of this person alone, until they are shown again', async () => {
    const all = await seqs(ana);
    const others = await seqs(bo);
    const one = await send(bo, 'one');
    const two = await send(bo, 'two');
    const reply = await world.send(ana, conversationId, 'about one', one.messageId);
    const { record } = await hide(ana, one.seq);
    expect(record.value).toEqual({ ranges: [[one.seq, one.seq]] });
    expect(await seqs(ana)).toEqual([...all, two.seq, reply.seq]);
    expect(await seqs(bo)).toEqual([...others, one.seq, two.seq, reply.seq]);
    expect((await history(ana, { after: two.seq })).quoted).toEqual([]);
    expect((await history(bo, { after: two.seq })).quoted).toHaveLength(1);
    const lookUp = { conversationId, messageIds: [one.messageId, two.messageId] };
    expect((await world.call(ana, 'getMessages', lookUp)).messages.map(({ id }) => id)).toEqual([
      two.messageId,
    ]);
    // S7: the same again spends no rev.
    expect((await hide(ana, one.seq)).record).toEqual(record);
    expect((await show(ana, one.seq)).record.value).toBeNull();
    expect(await seqs(ana)).toEqual([...all, one.seq, two.seq, reply.seq]);
  });

  it('pages end where nothing more is shown', async () => {
    for (const text of ['a', 'b', 'c', 'd']) await send(bo, text);
    const { messages, lastSeq } = await history(ana);
    const all = messages.map(({ seq }) => seq);
    const [first = 0, second = 0] = all;
    await hide(ana, first, second, lastSeq);
    const newest = await history(ana, { limit: 2 });
    expect(newest.messages.map(({ seq }) => seq)).toEqual(all.slice(-3, -1));
    expect(newest).toMatchObject({ atEnd: true, lastSeq });
    const before = newest.messages[0]?.seq ?? 0;
    const oldest = await history(ana, { before });
    expect(oldest).toMatchObject({ atStart: true });
    expect(oldest.messages.map(({ seq }) => seq)).toEqual(all.slice(2, -3));
    const others = await seqs(bo);
    await hide(ana, ...all);
    expect(await history(ana)).toMatchObject({ messages: [], atStart: true, atEnd: true });
    expect(await history(ana, { around: 2 })).toMatchObject({ messages: [] });
    expect(await seqs(bo)).toEqual(others);
  });

  it('S9: are not counted, and are no preview; also to a device that comes back', async () => {
    await world.call(ana, 'markRead', { conversationId, seq: (await head(ana)).lastSeq });
    const read = await send(bo, 'read');
    await world.call(ana, 'markRead', { conversationId, seq: read.seq });
    const one = await send(bo, `look ${mentionOf(ana.userId)}`);
    const two = await send(bo, 'two');
    const before = await world.call(ana, 'sync', {});
    expect(await head(ana)).toMatchObject({ unread: 2, mentions: 1, preview: { seq: two.seq } });
    await hide(ana, one.seq, two.seq);
    expect(await head(ana)).toMatchObject({ unread: 0, mentions: 0, preview: { seq: read.seq } });
    const { heads } = await world.call(ana, 'sync', { cursor: before.cursor });
    expect(heads.find(({ conversation }) => conversation.id === conversationId)).toMatchObject({
      unread: 0,
      mentions: 0,
      preview: { seq: read.seq },
    });
    expect((await world.call(ana, 'getMentions', { conversationId, after: 0 })).messages).toEqual([]);
    expect(await head(bo)).toMatchObject({ preview: { seq: two.seq } });
    await show(ana, two.seq);
    expect(await head(ana)).toMatchObject({ unread: 1, mentions: 0, preview: { seq: two.seq } });
  });

  it('are not found, among what is pinned, or in threads', async () => {
    const index = () => createSearchIndexer({ database: world.database, logger: silentLogger }).catchUp();
    const root = await send(ana, 'a marmalade root');
    const one = await world.reply(bo, conversationId, root.messageId, 'first marmalade');
    const two = await world.reply(bo, conversationId, root.messageId, 'second marmalade');
    await world.call(bo, 'pinMessage', { conversationId, messageId: root.messageId });
    await index();
    const found = async (who: Caller) =>
      (await world.call(who, 'searchMessages', { query: 'marmalade', conversationId })).hits.map(
        ({ message }) => message.seq,
      );
    const everywhere = async (who: Caller) =>
      (await world.call(who, 'searchMessages', { query: 'marmalade' })).hits.filter(
        ({ message }) => message.conversationId === conversationId,
      ).length;
    const thread = { conversationId, rootId: root.messageId };
    expect(await found(ana)).toEqual([two.seq, one.seq, root.seq]);
    await hide(ana, two.seq);
    expect(await found(ana)).toEqual([one.seq, root.seq]);
    expect(await everywhere(ana)).toBe(2);
    expect(await found(bo)).toEqual([two.seq, one.seq, root.seq]);
    const { replies, mark } = await world.call(ana, 'getThread', thread);
    expect(replies.map(({ seq }) => seq)).toEqual([one.seq]);
    expect(mark).toMatchObject({ following: true, unread: 1 });
    const listed = (await world.call(ana, 'listThreads', {})).threads.filter(
      ({ root: { id } }) => id === root.messageId,
    );
    expect(listed).toMatchObject([{ last: null, mark: { unread: 1 } }]);
    await hide(ana, root.seq);
    expect((await world.call(ana, 'listPins', { conversationId })).messages).toEqual([]);
    expect((await world.call(bo, 'listPins', { conversationId })).messages).toHaveLength(1);
    const { threads } = await world.call(ana, 'listThreads', {});
    expect(threads.filter(({ root: { id } }) => id === root.messageId)).toEqual([]);
  });

  it('no day leads to one', async () => {
    const one = await send(bo, 'one');
    const two = await send(bo, 'two');
    await hide(ana, two.seq);
    const ahead = new Date(Date.now() + 60_000).toISOString();
    const at = (who: Caller) => world.call(who, 'findDate', { conversationId, at: ahead });
    expect(await at(ana)).toMatchObject({ place: { seq: one.seq } });
    expect(await at(bo)).toMatchObject({ place: { seq: two.seq } });
  });

  it('stay hidden when somebody reacts, edits or deletes, and when one leaves and joins again', async () => {
    const one = await send(bo, 'one');
    const on = { conversationId, messageId: one.messageId };
    await hide(ana, one.seq);
    await world.call(bo, 'addReaction', { ...on, emoji: '👍' });
    await world.call(bo, 'editMessage', { ...on, content: { type: 'plain', text: 'better' } });
    expect(await seqs(ana)).not.toContain(one.seq);
    await world.call(bo, 'leaveConversation', { conversationId });
    await world.call(ana, 'addMembers', { conversationId, userIds: [bo.userId] });
    expect(await seqs(ana)).not.toContain(one.seq);
  });

  it('S5: one rev of the person, told to their devices and to nobody else', async () => {
    const one = await send(bo, 'one');
    const heard = { ana: 0, bo: 0 };
    const stops = [
      world.bus.subscribe(subjects.user(ana.tenantId, ana.userId), () => heard.ana++),
      world.bus.subscribe(subjects.user(bo.tenantId, bo.userId), () => heard.bo++),
    ];
    const rev = (await head(ana)).rev;
    const { record } = await hide(ana, one.seq);
    expect(heard).toMatchObject({ ana: 1, bo: 0 });
    expect((await head(ana)).rev).toBe(rev);
    const { records } = await world.call(ana, 'getMyChanges', { since: record.rev - 1 });
    expect(records).toEqual([record]);
    for (const stop of stops) stop();
  });

  it('cost a head little, however many they are', async () => {
    const { db } = world.database;
    const busy = await world.group([ana, bo]);
    const stretches = Array.from({ length: limits.hiddenRanges }, (_, n) => {
      const from = 10 + n * 10 + ((n * 7_919) % 5);
      return `[${from},${from + 4}]`;
    });
    const hidden = `{${stretches.join(',')}}`;
    const last = 20_000;
    // What Bo sees of it is his own, so that all of it has to be looked at.
    await sql`
      insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text)
      select ${bo.tenantId}, ${busy}::uuid, n, gen_random_uuid(), n, n,
        case when n::bigint <@ hidden then ${ana.userId}::uuid else ${bo.userId}::uuid end, now(), 'content', 'busy'
      from generate_series(10, ${last}::integer) n cross join (select ${hidden}::int8multirange + '{}' as hidden offset 0) h`.execute(
      db,
    );
    await sql`update conversations set last_seq = ${last}, rev = ${last} where id = ${busy}`.execute(db);
    await sql`analyze messages`.execute(db);
    const quickest = async () => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 4; i += 1) {
        const began = performance.now();
        const { heads } = await world.call(bo, 'getHeads', { conversationIds: [busy] });
        least = Math.min(least, performance.now() - began);
        expect(heads[0]?.preview?.seq).toBe(last);
      }
      return least;
    };
    const none = await quickest();
    await sql`
      update members set hidden = ${hidden}::int8multirange
      where conversation_id = ${busy} and user_id = ${bo.userId}`.execute(db);
    // Unpacked for each message, they took some hundred times as long.
    expect(await quickest()).toBeLessThan(6 * none + 60);
  }, 60_000);

  it('are bounded, and places that do not exist are refused', async () => {
    const { lastSeq } = await head(ana);
    await expect(hide(ana, lastSeq + 1)).rejects.toMatchObject({ code: 'bad_input' });
    await expect(hide(ana, 0)).rejects.toMatchObject({ code: 'bad_input' });
    const most = limits.hiddenRanges;
    const value = JSON.stringify({
      ranges: Array.from({ length: most }, (_, n) => [1_000 + n * 2, 1_000 + n * 2]),
    });
    const { rev } = (await hide(ana, 1)).record;
    await world.database.db
      .updateTable('own_records')
      .set({ value })
      .where('user_id', '=', ana.userId)
      .where('type', '=', 'hidden')
      .where('rev', '=', rev)
      .execute();
    await expect(hide(ana, 1)).rejects.toMatchObject({ code: 'limit_reached' });
    // What makes room is taken.
    expect((await show(ana, 1_000)).record.value?.ranges).toHaveLength(most - 1);
  });
});
