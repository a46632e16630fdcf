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
});
