import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { changesSince } from './changes.ts';

describe.each(databaseKinds)('changes on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, ben] = [await world.person('Ann'), await world.person('Ben')];
  });
  afterAll(() => world?.close());

  /** Runs `meanwhile` after the first statement that reads this table, before its answer is seen. */
  const afterReading = (table: string, meanwhile: () => Promise<void>): KyselyPlugin => {
    const readings = new WeakSet<object>();
    let done = false;
    return {
      transformQuery: ({ node, queryId }) => {
        if (JSON.stringify(node).includes(`"${table}"`)) readings.add(queryId);
        return node;
      },
      transformResult: async ({ result, queryId }) => {
        if (readings.has(queryId) && !done) {
          done = true;
          await meanwhile();
        }
        return result;
      },
    };
  };

  it('S2: what changes while a page is read is told by the next one, not passed over', async () => {
    const group = await world.group([ann, ben]);
    const since = (await world.send(ann, group, 'known')).rev;
    await world.send(ann, group, 'one');
    const db = world.database.db;
    // The members have been read when a role and two messages change; the messages are read after that.
    const busy = db.withPlugin(
      afterReading('members', async () => {
        const change = { conversationId: group, userId: ben.userId, role: 'admin' as const };
        await world.call(ann, 'setMemberRole', change);
        await world.send(ann, group, 'two');
      }),
    );
    const told: string[] = [];
    let rev = since;
    for (let more = true, source = busy; more; source = db) {
      const page = await changesSince(source, ann.tenantId, group, rev, 0, 2);
      if (page?.type !== 'changes') throw new Error('a page was expected');
      expect(page.rev).toBeGreaterThan(rev);
      told.push(...page.records.map((record) => `${record.type} ${record.rev}`));
      ({ rev, more } = page);
    }
    const role = (await world.call(ann, 'listMembers', { conversationId: group })).members.find(
      (member) => member.userId === ben.userId,
    );
    expect(role?.role).toBe('admin');
    if (rev >= (role?.rev ?? 0)) expect(told).toContain(`member ${role?.rev}`);
  });
});
