import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import type { Db } from '../store/database.ts';
import { createWorld, type World } from '../testing/world.ts';

/** PostgreSQL alone: the embedded database has one connection, which everybody shares anyway. */
describe('changes of a conversation on postgres', () => {
  let world: World;
  let ann: Caller;
  beforeAll(async () => {
    world = await createWorld('postgres');
    ann = await world.person('Ann');
  });
  afterAll(() => world?.close());

  it('those that wait for each other leave the other conversations their connections', async () => {
    const busy = await world.group([ann]);
    const other = await world.group([ann]);
    const { messageId } = await world.send(ann, busy, 'hello');
    let release = (): void => undefined;
    let held: Promise<void> = Promise.resolve();
    await new Promise<void>((holds) => {
      held = world.services.conversationLog.change(1, busy, () => {
        holds();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      });
    });
    // More than the pool has connections.
    const reactions = ['👍', '🎉', '❤️', '🚀', '👀', '😀', '😅', '🙏', '🔥', '✅'].map((emoji) =>
      world.call(ann, 'addReaction', { conversationId: busy, messageId, emoji }),
    );
    const done = Promise.all(reactions);
    const page = await world.call(ann, 'getHistory', { conversationId: other }).finally(() => release());
    expect(page.messages.length).toBeGreaterThan(0);
    await held;
    const last = (await done).at(-1);
    expect(last?.message.reactions).toHaveLength(10);
  });

  it('S9: handing a conversation over and marking receipts do not wait for each other in a circle', async () => {
    const people = [await world.person('Pia'), await world.person('Quin')];
    const [low, high] = people.sort((a, b) => (a.userId < b.userId ? -1 : 1)) as [Caller, Caller];
    const group = await world.group([high, low]);
    const lock = (trx: Db, person: Caller) =>
      sql`select 1 from members where conversation_id = ${group} and user_id = ${person.userId} for no key update`.execute(
        trx,
      );
    let handed: Promise<unknown> = Promise.resolve();
    // As a write of receipts does: memberships in order of their ids.
    await world.database.db.transaction().execute(async (trx) => {
      await lock(trx, low);
      handed = world.call(high, 'transferOwnership', { conversationId: group, userId: low.userId });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await lock(trx, high);
    });
    await expect(handed).resolves.toMatchObject({ members: expect.any(Array) });
  });

  it('a transaction whose node fell silent is ended by the database and frees its locks', async () => {
    const { rows } = await sql<{ ms: string }>`
      select setting as ms from pg_settings where name = 'idle_in_transaction_session_timeout'`.execute(
      world.database.db,
    );
    expect(Number(rows[0]?.ms)).toBeGreaterThan(0);
    expect(Number(rows[0]?.ms)).toBeLessThanOrEqual(15_000);
  });
});
