import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('catchUp on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  let cem: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')];
  });
  afterAll(() => world?.close());

  it('answers for each conversation what `changes` does, in the order asked', async () => {
    const rooms = [await world.group([ann, ben]), await world.group([ann, ben, cem])];
    const quiet = await world.group([ann, ben]);
    for (const room of rooms) {
      const { messageId } = await world.send(ann, room, 'hello, “world”');
      await world.call(ben, 'addReaction', { conversationId: room, messageId, emoji: '👍' });
    }
    const far = { conversationId: quiet, since: 9_999 };
    const asked = [...rooms.map((conversationId) => ({ conversationId, since: 1 })), far];
    for (const caller of [ann, ben]) {
      const { answers } = await world.call(caller, 'catchUp', { conversations: asked });
      const alone = await Promise.all(asked.map((one) => world.call(caller, 'changes', one)));
      expect(answers).toEqual(
        asked.map(({ conversationId }, index) => ({ conversationId, changes: alone[index] })),
      );
    }
  });

  it('asks for each conversation once', async () => {
    const room = await world.group([ann, ben]);
    const twice = [room, room].map((conversationId, since) => ({ conversationId, since }));
    await expect(world.call(ann, 'catchUp', { conversations: twice })).rejects.toMatchObject({
      code: 'bad_input',
    });
  });

  it('S13, S15: tells nothing of what is not the caller’s to see, and goes on', async () => {
    const [theirs, left, mine] = [
      await world.group([ann, ben]),
      await world.group([ann, cem]),
      await world.group([ann, cem]),
    ];
    await world.call(ann, 'removeMember', { conversationId: left, userId: cem.userId });
    const ids = [theirs, left, newId(), mine];
    const { answers } = await world.call(cem, 'catchUp', {
      conversations: ids.map((conversationId) => ({ conversationId, since: 0 })),
    });
    expect(answers.map(({ conversationId, changes }) => [conversationId, changes?.type ?? null])).toEqual(
      ids.map((id) => [id, id === mine ? 'changes' : null]),
    );
  });

  it('E3: an answer that would weigh too much ends early, never empty', async () => {
    const longest = '\u0001'.repeat(limits.textLength - 1).concat('x');
    const rooms: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const room = await world.group([ann, ben]);
      for (let i = 0; i < 5; i += 1) await world.send(ann, room, longest);
      rooms.push(room);
    }
    const walked: string[] = [];
    for (let due = rooms; due.length > 0; due = rooms.slice(walked.length)) {
      const { answers } = await world.call(ben, 'catchUp', {
        conversations: due.map((conversationId) => ({ conversationId, since: 0 })),
      });
      expect(answers.length).toBeGreaterThan(0);
      expect(JSON.stringify(answers).length).toBeLessThan(2 * limits.pageBytes);
      // No room for all three.
      expect(answers.length).toBeLessThan(rooms.length);
      walked.push(...answers.map(({ conversationId }) => conversationId));
    }
    expect(walked).toEqual(rooms);
  });
});
