/** Places in a conversation that one jumps to: by date, and by mention. H5: on both databases. */
import { mentionOf } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('finding a place on %s', (kind) => {
  let world: World;
  let anna: Caller;
  let ben: Caller;
  let zoe: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    anna = await world.person('Anna');
    ben = await world.person('Ben');
    zoe = await world.person('Zoe');
  });
  afterAll(() => world?.close());

  /** One message a day, from the first of May 2026 on. */
  const diary = async (days: number): Promise<{ group: string; seqOf: ReadonlyMap<number, number> }> => {
    const group = await world.group([anna, ben]);
    const seqOf = new Map<number, number>();
    // That the group was made, and who was added.
    for (const seq of [1, 2]) await setTime(group, seq, '2026-04-01T00:00:00Z');
    for (let day = 1; day <= days; day += 1) {
      const { seq } = await world.send(anna, group, `day ${day}`);
      await setTime(group, seq, new Date(Date.UTC(2026, 4, day, 12)).toISOString());
      seqOf.set(day, seq);
    }
    return { group, seqOf };
  };
  const setTime = async (group: string, seq: number, at: string): Promise<void> => {
    await world.database.db
      .updateTable('messages')
      .set({ created_at: at })
      .where('conversation_id', '=', group)
      .where('seq', '=', seq)
      .execute();
  };
  const seqAt = async (caller: Caller, conversationId: string, at: string): Promise<number | undefined> =>
    (await world.call(caller, 'findDate', { conversationId, at })).place?.seq;

  it('finds the first message of a day, whichever it is', async () => {
    const { group, seqOf } = await diary(13);
    for (let day = 1; day <= 13; day += 1) {
      const at = new Date(Date.UTC(2026, 4, day)).toISOString();
      expect(await seqAt(ben, group, at)).toBe(seqOf.get(day));
    }
    expect(await seqAt(ben, group, '2026-05-05T12:00:00Z')).toBe(seqOf.get(5));
    expect(await seqAt(ben, group, '2026-05-05T12:00:01Z')).toBe(seqOf.get(6));
  });

  it('finds the first for anything earlier, the last for anything later', async () => {
    const { group, seqOf } = await diary(3);
    expect(await seqAt(ben, group, '0000-01-01T00:00:00Z')).toBe(2);
    expect(await seqAt(ben, group, '9999-12-31T23:59:59Z')).toBe(seqOf.get(3));
  });

  it('S13: finds nothing from before one’s time', async () => {
    const { group } = await diary(3);
    await world.call(anna, 'addMembers', { conversationId: group, userIds: [zoe.userId] });
    const added = await seqAt(zoe, group, '2026-05-01T00:00:00Z');
    expect(added).toBeGreaterThan(3);
    const empty = await world.group([anna]);
    expect(await seqAt(anna, empty, '2026-05-01T00:00:00Z')).toBe(1);
  });

  it('tells the mentions after a place, oldest first, of others only', async () => {
    const group = await world.group([anna, ben, zoe]);
    await world.send(anna, group, `${mentionOf(ben.userId)} one`);
    const { seq } = await world.send(anna, group, 'nobody');
    await world.send(anna, group, `${mentionOf(ben.userId)} two`);
    await world.send(anna, group, `${mentionOf(zoe.userId)} not ben`);
    await world.send(ben, group, `${mentionOf(ben.userId)} oneself`);
    const gone = await world.send(anna, group, `${mentionOf(ben.userId)} deleted`);
    await world.send(zoe, group, `${mentionOf('all')} three`);
    await world.call(anna, 'deleteMessage', { conversationId: group, messageId: gone.messageId });
    const texts = async (after: number, limit: number) =>
      (await world.call(ben, 'getMentions', { conversationId: group, after, limit })).messages.map(
        ({ body }) =>
          body.type === 'content' && body.content.type === 'plain' ? body.content.text.split(' ')[1] : null,
      );
    expect(await texts(0, 10)).toEqual(['one', 'two', 'three']);
    expect(await texts(seq, 10)).toEqual(['two', 'three']);
    expect(await texts(seq, 1)).toEqual(['two']);
  });
});
