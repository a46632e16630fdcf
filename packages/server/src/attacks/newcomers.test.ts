/** Accounts made to write to everybody. */
import { type CommandName, KithError, limits, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../commands/dispatch.ts';
import { type Config, defaultConfig } from '../config.ts';
import { createNewcomers } from '../limits/newcomers.ts';
import type { Caller, Services } from '../services.ts';
import { attack } from '../testing/attacks.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

const DAY = 24 * 3_600_000;
const OPEN = { publicOrigins: ['https://chat.example.org'] };

describe.each(databaseKinds)('accounts made to write to everybody, on %s', (kind) => {
  let world: World;
  let now = Date.now();
  let people: Caller[];
  let spammer: Caller;
  let names = 0;

  const node = (config: Partial<Config> = OPEN): Services => ({
    ...world.services,
    newcomers: createNewcomers({
      db: world.database.db,
      privacy: world.services.privacy,
      config: defaultConfig(config),
      now: () => now,
    }),
  });
  const person = (role: 'member' | 'admin' = 'member'): Promise<Caller> => {
    names += 1;
    return world.person(`n${names}`, 1, role);
  };
  const tries = async (services: Services, who: Caller, name: CommandName, input: object) => {
    try {
      await dispatch(services, who, name, input);
      return 'ok';
    } catch (error) {
      if (!(error instanceof KithError)) throw error;
      if (error.code === 'rate_limited') {
        expect(error.fields?.[0]?.reason).toBe('new_account');
        expect(error.retryAfterMs).toBeGreaterThan(0);
        expect(error.retryAfterMs).toBeLessThanOrEqual(DAY);
      }
      return error.code;
    }
  };
  const write = (services: Services, to: Caller, who = spammer): Promise<string> =>
    tries(services, who, 'openDirect', { conversationId: newId(), userId: to.userId });
  const gather = (services: Services, whom: readonly Caller[]): Promise<string> =>
    tries(services, spammer, 'createConversation', {
      kind: 'group',
      conversationId: newId(),
      name: 'Win',
      userIds: whom.map(({ userId }) => userId),
    });

  beforeAll(async () => {
    world = await createWorld(kind);
    people = [];
    for (let n = 0; n < 30; n += 1) people.push(await person());
  }, 60_000);
  beforeEach(async () => {
    now = Date.now();
    spammer = await person();
  });
  afterAll(() => world?.close());

  attack(
    'writes to some strangers a day, over all nodes and side by side, and no more',
    'thirty direct conversations opened at once at two nodes, the same again, and a day later',
    async (saw) => {
      const nodes = [node(), node()] as const;
      const all = (): Promise<string[]> =>
        Promise.all(people.map((one, n) => write(nodes[n % 2 ? 1 : 0], one)));
      const first = await all();
      for (const one of first) saw('a first contact', one, ['ok', 'rate_limited']);
      expect(first.filter((one) => one === 'ok')).toHaveLength(limits.newcomerContacts);
      // Those that are there are opened as ever.
      expect(await all()).toEqual(first);
      now += DAY + 1_000;
      const next = (await all()).filter((one) => one === 'ok');
      expect(next).toHaveLength(2 * limits.newcomerContacts);
    },
  );

  attack(
    'adds some strangers a day to groups, however they are shared out',
    'groups of 15, of 10, of 5, of 1, and then people added to what is there',
    async (saw) => {
      const services = node();
      saw('15', await gather(services, people.slice(0, 15)), ['ok']);
      saw('10 more', await gather(services, people.slice(15, 25)), ['rate_limited']);
      saw('5 more', await gather(services, people.slice(15, 20)), ['ok']);
      saw('1 more', await gather(services, people.slice(20, 21)), ['rate_limited']);
      const conversationId = await world.group([spammer]);
      const userIds = people.slice(21, 22).map(({ userId }) => userId);
      saw('1 into another', await tries(services, spammer, 'addMembers', { conversationId, userIds }), [
        'rate_limited',
      ]);
      // Who knows them by now is no stranger.
      saw('a group of known ones', await gather(services, people.slice(0, 15)), ['ok']);
    },
  );

  attack(
    'mails some invitations a day, over all nodes and side by side, and no more',
    'a dozen invitations at once at two nodes, again, and a day later; and an admin’s',
    async (saw) => {
      const nodes = [node(), node()] as const;
      const mails = (who: Caller): Promise<string[]> =>
        Promise.all(
          Array.from({ length: 12 }, async (_, n) => {
            try {
              await nodes[n % 2 ? 1 : 0].newcomers.demandInvite(who);
              return 'ok';
            } catch (error) {
              return error instanceof KithError ? error.code : 'broken';
            }
          }),
        );
      const passed = async (who: Caller): Promise<number> => {
        const all = await mails(who);
        for (const one of all) saw('an invitation by mail', one, ['ok', 'rate_limited']);
        return all.filter((one) => one === 'ok').length;
      };
      expect(await passed(spammer)).toBe(limits.newcomerInvites);
      expect(await passed(spammer)).toBe(0);
      now += DAY + 1_000;
      expect(await passed(spammer)).toBe(limits.newcomerInvites);
      expect(await passed(await person('admin'))).toBe(12);
    },
  );

  it('people who know one another are not counted, nor is who is here for long or looks after the place', async () => {
    const services = node();
    await world.group([people[0] as Caller, spammer, ...people.slice(1)]);
    for (const one of people) expect(await write(services, one)).toBe('ok');
    const admin = await person('admin');
    const old = await person();
    await sql`update users set created_at = now() - interval '8 days' where id = ${old.userId}`.execute(
      world.database.db,
    );
    for (const one of people) {
      expect(await write(services, one, admin)).toBe('ok');
      expect(await write(services, one, old)).toBe('ok');
    }
  });

  it('nothing is counted where people are let in by somebody, or it is switched off; a tenant may say so itself', async () => {
    const { db } = world.database;
    const reaches = async (config: Partial<Config>): Promise<number> => {
      const services = node(config);
      const who = await person();
      let reached = 0;
      for (const one of people.slice(0, 12)) if ((await write(services, one, who)) === 'ok') reached += 1;
      return reached;
    };
    for (const config of [
      {},
      { ...OPEN, signUp: 'closed' },
      { ...OPEN, strangers: 'off' },
      { ...OPEN, rateFactor: 0 },
    ] as const)
      expect(await reaches(config)).toBe(12);
    expect(await reaches(OPEN)).toBe(10);
    expect(await reaches({ strangers: 'on' })).toBe(10);
    expect(await reaches({ ...OPEN, rateFactor: 0.5 })).toBe(5);
    try {
      await sql`update tenants set sign_up = 'invited' where id = 1`.execute(db);
      expect(await reaches(OPEN)).toBe(12);
      await sql`update tenants set features = '{"strangers": true}' where id = 1`.execute(db);
      expect(await reaches({ signUp: 'closed' })).toBe(10);
      // Who comes by a host is of that host, whatever is configured for accounts.
      await sql`update tenants set sign_up = null, features = '{}', slug = 'hosted' where id = 1`.execute(db);
      expect(await reaches(OPEN)).toBe(12);
    } finally {
      await sql`update tenants set sign_up = null, features = '{}', slug = 'main' where id = 1`.execute(db);
    }
  });
});
