import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { syncPages, syncQuestion } from './syncPages.ts';
import { type Counts, countsOf, createTails, type Tails } from './tails.ts';

/** Knows nothing: then every head is read for its person alone. */
const nothingShared: Tails = { read: async (questions) => questions.map(() => null) };

/** A small generator of chance that can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

describe.each(databaseKinds)('pages of sync on %s', (kind) => {
  let world: World;
  let people: Caller[];
  beforeAll(async () => {
    world = await createWorld(kind);
    people = [];
    for (const name of ['Ann', 'Ben', 'Cem', 'Dee', 'Eve']) people.push(await world.person(name));
  });
  afterAll(() => world?.close());

  const pagesWith = (tails: Tails, cursors: readonly (string | undefined)[]) =>
    syncPages(
      world.database.db,
      tails,
      people.map((person, index) => syncQuestion(person, cursors[index], undefined)),
    );
  const told = (pages: Awaited<ReturnType<typeof pagesWith>>) =>
    pages.map(({ cursor: _cursor, users, ...page }) => ({
      ...page,
      users: users.map((user) => user.id).sort(),
    }));

  it.each([1, 2, 3])(
    'S6: read together from what all share, they tell each what is read for them alone (seed %i)',
    async (seed) => {
      const below = chance(seed);
      const { db } = world.database;
      const someone = (): Caller => people[below(people.length)] as Caller;
      const rooms: string[] = [];
      for (const history of ['all', 'joined'] as const) {
        rooms.push(await world.group(people, { history }));
        rooms.push(await world.group(people.slice(0, 3), { history }));
      }
      const [ann, ben] = people as [Caller, Caller];
      const direct = newId();
      await world.call(ann, 'openDirect', { conversationId: direct, userId: ben.userId });
      rooms.push(direct);
      const sent = new Map<string, { messageId: string; seq: number }[]>(rooms.map((room) => [room, []]));

      /** Whatever may not be done is not done; what is told is compared, not what happened. */
      const attempt = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
      const happen = async (): Promise<void> => {
        const conversationId = rooms[below(rooms.length)] as string;
        const messages = sent.get(conversationId) ?? [];
        const message = messages[below(Math.max(1, messages.length))];
        const caller = someone();
        const other = someone();
        switch (below(9)) {
          case 0:
            return void (await attempt(world.call(caller, 'leaveConversation', { conversationId })));
          case 1:
            return void (await attempt(
              world.call(ann, 'addMembers', { conversationId, userIds: [other.userId] }),
            ));
          case 2:
            return void (
              message &&
              (await attempt(
                world.call(caller, 'deleteMessage', { conversationId, messageId: message.messageId }),
              ))
            );
          case 3:
            return void (
              message && (await attempt(world.call(caller, 'markRead', { conversationId, seq: message.seq })))
            );
          case 4:
            return void (
              message &&
              (await attempt(
                world.call(caller, 'markDelivered', { marks: [{ conversationId, seq: message.seq }] }),
              ))
            );
          case 5:
            return void (
              message &&
              (await attempt(
                world.call(caller, 'addReaction', {
                  conversationId,
                  messageId: message.messageId,
                  emoji: '👍',
                }),
              ))
            );
          default: {
            const text = ['plain', `<@${other.userId}> look`, '<@all> look'][below(3)] as string;
            await attempt(
              world.send(caller, conversationId, text).then(({ messageId, seq }) => {
                messages.push({ messageId, seq });
              }),
            );
          }
        }
      };

      const tails = createTails(db);
      let cursors: (string | undefined)[] = people.map(() => undefined);
      for (let step = 0; step < 6; step += 1) {
        for (let n = 0; n < 12; n += 1) await happen();
        const together = await pagesWith(tails, cursors);
        expect(told(together)).toEqual(told(await pagesWith(nothingShared, cursors)));
        // Kept from before, as long as nothing changed.
        expect(told(await pagesWith(tails, cursors))).toEqual(told(together));
        if (step % 2 === 1) cursors = together.map(({ cursor }) => cursor);
      }
    },
  );

  it('a foreign cursor is refused, and troubles nobody else', async () => {
    const { reads } = world.services;
    const [ann, ben] = people as [Caller, Caller];
    const wrong = reads.sync(ann, 'bm8gY3Vyc29y', undefined);
    const right = reads.sync(ben, undefined, undefined);
    await expect(wrong).rejects.toMatchObject({ code: 'bad_input' });
    expect((await right).full).toBe(true);
  });
});

describe('the counts out of what all share', () => {
  const cap = limits.unreadCap + 1;
  const counts = (changes: Partial<Counts>): Counts => ({
    authors: new Map([
      ['ann', 3],
      ['ben', 2],
    ]),
    total: 5,
    cut: false,
    mentioning: [
      { author: 'ann', all: true, people: null },
      { author: 'ben', all: false, people: ['ann'] },
    ],
    mentioningCut: false,
    ...changes,
  });

  it('leave out what one wrote oneself', () => {
    expect(countsOf(counts({}), 'ann')).toEqual({ unread: 2, mentions: 1 });
    expect(countsOf(counts({}), 'ben')).toEqual({ unread: 3, mentions: 1 });
    expect(countsOf(counts({}), 'cem')).toEqual({ unread: 5, mentions: 1 });
  });

  it('end at the cap, and are not told where too little was looked at', () => {
    const many = counts({ authors: new Map([['ann', 2 * cap]]), total: 2 * cap, cut: true });
    expect(countsOf(many, 'ben')).toEqual({ unread: cap, mentions: 1 });
    expect(countsOf(many, 'ann')).toBeNull();
    expect(countsOf(counts({ mentioningCut: true }), 'cem')).toBeNull();
  });
});
