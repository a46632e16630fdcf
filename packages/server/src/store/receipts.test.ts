import type { Output } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { writeMarks } from './receipts.ts';

describe.each(databaseKinds)('receipts on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  let cem: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')];
  });
  afterAll(() => world?.close());

  const marks = (group: string) => world.services.reads.marks(ann.tenantId, group, ann.userId, 3);
  const head = async (group: string) =>
    (await world.call(ann, 'getHeads', { conversationIds: [group] })).heads[0];

  it('S9: whoever has just joined has read nothing, in the marks as in the head', async () => {
    const group = await world.group([ann, ben], { history: 'all' });
    const { seq } = await world.send(ann, group, 'hello');
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [cem.userId] });
    expect(await marks(group)).toEqual(
      expect.arrayContaining([
        { userId: ben.userId, deliveredSeq: 0, readSeq: 0 },
        { userId: cem.userId, deliveredSeq: 0, readSeq: 0 },
      ]),
    );
    expect(await head(group)).toMatchObject({ othersDeliveredSeq: 0, othersReadSeq: 0 });
    // Nor when the first news reaches them: it is delivered, not read.
    const news = await world.send(ann, group, 'welcome');
    const scope = { tenantId: ann.tenantId, conversationId: group, userId: cem.userId };
    const moved = await writeMarks(world.database.db, [{ ...scope, deliveredSeq: news.seq, readSeq: 0 }]);
    expect(moved).toEqual([{ ...scope, deliveredSeq: news.seq, readSeq: 0 }]);
    expect(await head(group)).toMatchObject({ othersDeliveredSeq: news.seq, othersReadSeq: 0 });
    await world.call(ben, 'markRead', { conversationId: group, seq });
    expect(await marks(group)).toEqual([
      { userId: ben.userId, deliveredSeq: seq, readSeq: seq },
      { userId: cem.userId, deliveredSeq: news.seq, readSeq: 0 },
    ]);
  });

  it('tells who has read a message, whom it reached, and whom not yet; of later members only what they received', async () => {
    const [dan, eva, fay] = [await world.person('Dan'), await world.person('Eva'), await world.person('Fay')];
    const group = await world.group([ann, ben, cem, dan, eva], { history: 'all' });
    const { messageId, seq } = await world.send(ann, group, 'hello');
    await world.call(ben, 'markRead', { conversationId: group, seq });
    await world.call(cem, 'markDelivered', { marks: [{ conversationId: group, seq }] });
    await world.services.receiptLog.settled();
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [fay.userId] });
    const found = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page: Output<'getReceipts'> = await world.call(ann, 'getReceipts', {
        conversationId: group,
        messageId,
        limit: 2,
        ...(cursor !== null && { cursor }),
      });
      for (const { userId, deliveredAt, readAt } of page.receipts) {
        expect(found.has(userId)).toBe(false);
        expect(page.users.map(({ id }) => id)).toContain(userId);
        found.set(userId, readAt ? 'read' : deliveredAt ? 'delivered' : 'waits');
      }
      cursor = page.next;
    } while (cursor !== null);
    expect(found).toEqual(
      new Map([
        [ben.userId, 'read'],
        [cem.userId, 'delivered'],
        [dan.userId, 'waits'],
        [eva.userId, 'waits'],
      ]),
    );
  });
});
