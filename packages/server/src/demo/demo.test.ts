import { newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Accounts } from '../accounts/accounts.ts';
import { ensurePerson } from '../accounts/persons.ts';
import { accountsDb } from '../accounts/tables.ts';
import type { Services } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { seedDemo } from './demo.ts';

describe.each(databaseKinds)('the demo on %s', (kind) => {
  let world: World;
  let services: Services;
  const printed: string[] = [];
  beforeAll(async () => {
    world = await createWorld(kind);
    // Signing up without the cost of hashing: what the demo writes is under test, not passwords.
    const signUp: Accounts['signUp'] = async ({ username, name, email }) => {
      const user = { id: newId(), username, name, email };
      await ensurePerson(accountsDb(world.database.db), user);
      return { token: '', setCookie: '', user };
    };
    services = { ...world.services, accounts: { ...world.services.accounts, signUp } };
    await seedDemo(services, (line) => printed.push(line));
  });
  afterAll(() => world?.close());

  const owner = async () => {
    const row = await world.database.db
      .selectFrom('users')
      .select('id')
      .where('username', '=', 'ada')
      .executeTakeFirstOrThrow();
    return { tenantId: 1, userId: row.id, sessionId: 'ada', socket: null };
  };

  it('holds a dozen people and some thousand messages, and says how to sign in', async () => {
    const count = await world.database.db
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(count.n)).toBeGreaterThan(4_000);
    const ada = await owner();
    expect((await world.call(ada, 'searchUsers', {})).users).toHaveLength(12);
    expect((await world.call(ada, 'getMe', {})).user.role).toBe('owner');
    expect(printed.join('\n')).toContain('ada@demo.example');
  });

  it('is consistent: heads, history and changes agree, and talking goes on', async () => {
    const ada = await owner();
    const { heads } = await world.call(ada, 'sync', {});
    expect(heads.length).toBeGreaterThan(8);
    expect(heads.some((head) => head.mentions > 0)).toBe(true);
    for (const head of heads) {
      const conversationId = head.conversation.id;
      const page = await world.call(ada, 'getHistory', { conversationId, limit: 20 });
      expect(page.messages.at(-1)?.seq).toBe(head.lastSeq);
      const since = await world.call(ada, 'changes', { conversationId, since: head.rev - 10 });
      expect(since.type === 'changes' && since.records.map((record) => record.rev)).toEqual(
        Array.from({ length: 10 }, (_, i) => head.rev - 9 + i),
      );
      expect((await world.send(ada, conversationId, 'and on')).seq).toBe(head.lastSeq + 1);
    }
  });

  it('leaves a service with people alone', async () => {
    const before = await world.call(await owner(), 'searchUsers', {});
    await seedDemo(services, () => undefined);
    expect(await world.call(await owner(), 'searchUsers', {})).toEqual(before);
  });
});
