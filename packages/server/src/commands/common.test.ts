/** What two people are both in. H5: on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('groups in common on %s', (kind) => {
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

  it('are those that both are in now, by name and in pages; never what is between two', async () => {
    const rename = (conversationId: string, name: string) =>
      world.call(anna, 'updateConversation', { conversationId, name });
    const [ours, later, left, without] = [
      await world.group([anna, ben]),
      await world.group([anna, ben, zoe]),
      await world.group([anna, ben]),
      await world.group([anna, zoe]),
    ];
    await rename(ours, 'Éclair');
    await rename(later, 'Zebras');
    await rename(left, 'Gone');
    await rename(without, 'Others');
    await world.call(ben, 'leaveConversation', { conversationId: left });
    await world.call(anna, 'openDirect', { conversationId: crypto.randomUUID(), userId: ben.userId });

    const common = async (who: Caller, other: Caller, limit?: number, cursor?: string) => {
      const found = await world.call(who, 'listCommon', {
        userId: other.userId,
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
      });
      return { names: found.conversations.map(({ name }) => name), next: found.next };
    };
    expect(await common(anna, ben)).toEqual({ names: ['Éclair', 'Zebras'], next: null });
    expect(await common(ben, anna)).toEqual({ names: ['Éclair', 'Zebras'], next: null });
    expect((await common(ben, zoe)).names).toEqual(['Zebras']);
    const first = await common(anna, ben, 1);
    expect(first.names).toEqual(['Éclair']);
    expect(await common(anna, ben, 1, first.next ?? '')).toEqual({ names: ['Zebras'], next: null });
    expect(await common(await world.person('New'), ben)).toEqual({ names: [], next: null });
  });
});
