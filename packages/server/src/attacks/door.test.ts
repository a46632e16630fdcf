/** Machines at the door: many at once, work that was not done, or for somebody else, and the field that nobody sees. */
import { createHash } from 'node:crypto';
import { type Challenge, type ChallengeSolution, KithError } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Accounts, Origin } from '../accounts/accounts.ts';
import { createAccounts } from '../accounts/createAccounts.ts';
import { createHousekeeping } from '../accounts/housekeeping.ts';
import type { Costs } from '../accounts/passwords/scrypt.ts';
import { accountsDb } from '../accounts/tables.ts';
import { type Config, defaultConfig } from '../config.ts';
import { createAnnouncer } from '../fanout/announcer.ts';
import { localBus } from '../fanout/bus.ts';
import { silentLogger } from '../logger.ts';
import type { DoorEvent } from '../meter.ts';
import { attack } from '../testing/attacks.ts';
import { CHEAP, createLetters, type Letters } from '../testing/letters.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';

const PASSWORD = 'seven quiet otters swim';
const MINUTE = 60_000;

let people = 0;
const form = (email?: string) => {
  people += 1;
  const username = `d${people}`;
  return { email: email ?? `${username}@example.org`, password: PASSWORD, name: `D ${people}`, username };
};
const place = (): Origin => {
  people += 1;
  return { address: `10.7.${people >> 8}.${people & 255}`, userAgent: 'browser' };
};

const outcome = (work: Promise<{ type: string } | undefined>): Promise<string> =>
  work.then(
    (done) => done?.type ?? 'done',
    (error) => (error instanceof KithError ? error.code : String(error)),
  );
const taskOf = async (work: Promise<unknown>): Promise<Challenge> => {
  const error = await work.then(
    () => expect.fail('no work was asked for'),
    (reason: unknown) => reason,
  );
  return error instanceof KithError && error.challenge ? error.challenge : expect.fail(String(error));
};

/** As a machine does it that has another SHA-256. */
function solve({ salt, target, most, token }: Challenge): ChallengeSolution {
  for (let number = 0; number <= most; number += 1) {
    if (createHash('sha256').update(`${salt}:${number}`).digest('hex') === target)
      return { token, answer: String(number) };
  }
  return expect.fail('there is no solution');
}

describe.each(databaseKinds)('machines at the door, on %s', (kind) => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let letters: Letters;
  let now = Date.now();
  const seen: DoorEvent[] = [];
  const nodes: Accounts[] = [];

  /** A node on the same database. */
  const node = async (config: Partial<Config>, costs: Costs = CHEAP): Promise<Accounts> => {
    const bus = localBus();
    const one = await createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: letters,
      config: { ...defaultConfig(), proveEmail: true, ...config },
      log: silentLogger,
      meter: { door: (what) => seen.push(what) },
      costs,
      evenMs: 0,
      now: () => now,
    });
    nodes.push(one);
    return one;
  };

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    letters = createLetters();
  }, 60_000);
  beforeEach(async () => {
    seen.length = 0;
    // What another case counted is long over.
    now += 60 * MINUTE;
  });
  afterAll(async () => {
    for (const one of nodes) await one.close();
    await test?.drop();
  });

  it('nobody is asked for work while few come, and it is asked and done where it is always wanted', async () => {
    const quiet = await node({});
    expect(await outcome(quiet.signUp(form(), place()))).toBe('code_sent');
    const off = await node({ challenge: 'off' });
    expect(await outcome(off.signUp(form(), place()))).toBe('code_sent');
    const unbounded = await node({ rateFactor: 0 });
    for (let n = 0; n < 6; n += 1)
      expect(await outcome(unbounded.signUp(form('same@example.org'), place()))).toBe('code_sent');
    expect(seen).toEqual([]);
    // Also where no rates are counted.
    const strict = await node({ challenge: 'on', rateFactor: 0 });
    const one = form();
    const challenge = solve(await taskOf(strict.signUp(one, place())));
    expect(await outcome(strict.signUp({ ...one, challenge }, place()))).toBe('code_sent');
    expect(seen).toEqual(['challenge_asked', 'challenge_solved']);
  });

  attack(
    'one network, and all networks together, pay with work for more than is usual',
    'sign-ups side by side from one network, then from hundreds at two nodes, without the work',
    async (saw) => {
      const [a, b] = [await node({}), await node({})];
      const here = place();
      const from = async (where: () => Origin, times: number): Promise<number> => {
        const all = await Promise.all(
          Array.from({ length: times }, (_, n) => outcome((n % 2 ? a : b).signUp(form(), where()))),
        );
        for (const one of all) saw('a sign-up', one, ['code_sent', 'challenge_required']);
        return all.filter((one) => one === 'code_sent').length;
      };
      expect(await from(() => here, 30)).toBeLessThanOrEqual(20);
      expect(await outcome(a.signUp(form(), place()))).toBe('code_sent');
      expect(await from(place, 250)).toBeLessThanOrEqual(200);
      expect(await outcome(b.signUp(form(), place()))).toBe('challenge_required');
      now += 11 * MINUTE;
      expect(await outcome(a.signUp(form(), here))).toBe('code_sent');
    },
    120_000,
  );

  attack(
    'whoever floods an address does not keep its owner from signing up',
    'every ticket that five networks get for somebody else’s address, then the owner, with the work',
    async (saw) => {
      const door = await node({});
      const { email } = form();
      for (let network = 0; network < 5; network += 1) {
        const there = place();
        for (let n = 0; n < 4; n += 1) {
          const one = form(email);
          const first = await door.signUp(one, there).catch((error: KithError) => error);
          if (first instanceof KithError)
            saw(
              'a mail more',
              await outcome(door.signUp({ ...one, challenge: solve(first.challenge as Challenge) }, there)),
              ['code_sent'],
            );
        }
      }
      const mine = form(email);
      const here = place();
      const task = await taskOf(door.signUp(mine, here));
      saw('the owner', await outcome(door.signUp({ ...mine, challenge: solve(task) }, here)), ['code_sent']);
      expect(seen.filter((what) => what === 'challenge_asked').length).toBe(17);
    },
  );

  attack(
    'only work that was done, for this form and this name, once and in time, is taken',
    'no work, a guess, another’s task, another form’s, a forged and a lighter one, an expired one, the same one twice and at two nodes at once',
    async (saw) => {
      const [a, b] = [await node({ challenge: 'on' }), await node({ challenge: 'on' })];
      const foreign = await node({ challenge: 'on', secret: 'another secret of thirty-two letters' });
      const one = form();
      const here = place();
      const again = (challenge: ChallengeSolution, at = a): Promise<string> =>
        outcome(at.signUp({ ...one, username: form().username, challenge }, here));
      const refused = ['challenge_required'];
      const task = await taskOf(a.signUp(one, here));
      saw('a guess', await again({ token: task.token, answer: '0' }), refused);
      for (const answer of ['-1', '1e3', ' 1', '00', 'NaN'])
        saw(`the answer ${answer}`, await again({ token: task.token, answer }), refused);
      saw('another’s', await again(solve(await taskOf(a.signUp(form(), here)))), refused);
      const forgot = solve(await taskOf(a.forgotPassword(one.email, here)));
      saw('another form’s', await again(forgot), refused);
      saw('another server’s', await again(solve(await taskOf(foreign.signUp(one, here)))), refused);
      const [body = '', mark = ''] = task.token.split('.');
      const lighter = JSON.parse(Buffer.from(body, 'base64url').toString());
      const light = Buffer.from(JSON.stringify({ ...lighter, m: 0 })).toString('base64url');
      saw('a lighter one', await again({ token: `${light}.${mark}`, answer: '0' }), refused);
      for (const token of ['.', 'x', `${body}.`, `${body}.${mark}.x`, `${body}.${mark.slice(1)}`, 'e30.e30'])
        saw('no token', await again({ token, answer: '1' }), refused);
      const late = solve(await taskOf(a.signUp(one, here)));
      now += 5 * MINUTE;
      saw('an expired one', await again(late), refused);
      const right = solve(await taskOf(a.signUp(one, here)));
      const both = await Promise.all([again(right, a), again(right, b)]);
      for (const got of both) saw('one at two nodes at once', got, ['code_sent', 'challenge_required']);
      expect(both.sort()).toEqual(['challenge_required', 'code_sent']);
      saw('the same once more', await again(right), refused);
      expect(seen).toContain('challenge_refused');
    },
  );

  attack(
    'whoever joins a long line at the hashing works for their place, and who was here before does not',
    'some thirty sign-ins at once, some behind them, and one by the browser of somebody who was in',
    async (saw) => {
      // Hashing that takes a while, so that there is a line.
      const door = await node({ proveEmail: false }, { N: 2 ** 15, r: 8, p: 3 });
      const ann = form();
      const signedUp = await door.signUp(ann, place());
      const cookies = signedUp.type === 'signed_in' ? signedUp.cookies : [];
      const device = /device=([^;]+)/.exec(cookies[1] ?? '')?.[1] ?? expect.fail('no device');
      const signIn = (email: string, origin: Origin): Promise<string> =>
        outcome(door.signIn({ email, password: PASSWORD }, origin));
      const crowd = Array.from({ length: 30 }, () => signIn(form().email, place()));
      await Promise.race(crowd);
      const known = signIn(ann.email, { ...place(), device });
      for (let n = 0; n < 5; n += 1)
        saw('a stranger behind them', await signIn(form().email, place()), ['challenge_required']);
      saw('somebody known', await known, ['signed_in']);
      for (const one of await Promise.all(crowd)) saw('one of the line', one, ['unauthenticated']);
      saw('a stranger afterwards', await signIn(form().email, place()), ['unauthenticated']);
    },
  );

  attack(
    'gathering tasks, and solving some, fills nothing for longer than they are good',
    'tasks by the hundred, some of them solved; then a round of housekeeping',
    async (saw) => {
      const door = await node({ challenge: 'on' });
      const db = accountsDb(test.database.db);
      const count = async (table: string): Promise<number> => {
        const { rows } = await sql<{
          n: number;
        }>`select count(*)::integer as n from ${sql.table(table)}`.execute(db);
        return rows[0]?.n ?? 0;
      };
      const before = await count('challenges_spent');
      const tasks = await Promise.all(
        Array.from({ length: 100 }, () => taskOf(door.signUp(form(), place()))),
      );
      expect(new Set(tasks.map(({ token }) => token)).size).toBe(100);
      expect(await count('challenges_spent')).toBe(before);
      for (let n = 0; n < 3; n += 1) {
        const one = form();
        const challenge = solve(await taskOf(door.signUp(one, place())));
        saw('a solved one', await outcome(door.signUp({ ...one, challenge }, place())), ['code_sent']);
      }
      expect(await count('challenges_spent')).toBe(before + 3);
      now += 30 * MINUTE;
      await createHousekeeping({ db, log: silentLogger, now: () => now }).sweep();
      expect([await count('challenges_spent'), await count('door_knocks')]).toEqual([0, 0]);
    },
  );

  attack(
    'a machine that fills in the hidden field is answered as ever, and gets nothing',
    'a sign-up with it and one without, by address that is proven and not; then what they were given',
    async (saw) => {
      const shape = (value: object): string =>
        JSON.stringify(value, (key, inner: unknown) =>
          typeof inner === 'object' || key === 'type' ? inner : typeof inner,
        );
      const people = async (): Promise<number> =>
        Number(
          (await sql<{ n: string }>`select count(*) as n from auth_users`.execute(test.database.db)).rows[0]
            ?.n,
        );
      for (const proveEmail of [true, false]) {
        const door = await node({ proveEmail });
        const honest = await door.signUp(form(), place());
        const before = await people();
        const bot = { ...form(), website: 'https://spam.example.org' };
        const given = await door.signUp(bot, place());
        expect(shape(given)).toBe(shape(honest));
        saw('a hidden field', given.type, ['code_sent', 'signed_in']);
        expect(await people()).toBe(before);
        expect(letters.to(bot.email)).toEqual([]);
        if (given.type === 'code_sent') {
          const tried = outcome(door.proceed({ ticket: given.ticket, code: '123456' }, place()));
          saw('a code', await tried, ['bad_input']);
          await door.resend(given.ticket, place());
          expect(letters.to(bot.email)).toEqual([]);
        } else if (given.type === 'signed_in') {
          saw('its token', (await door.authenticate({ token: given.token })) ? 'in' : 'nobody', ['nobody']);
          const { cookies } = given;
          const cookie = cookies.map((one) => one.split(';')[0]).join('; ');
          saw('its cookie', (await door.authenticate({ cookie })) ? 'in' : 'nobody', ['nobody']);
        }
        // What is wrong with a form is said to machines too.
        const weak = outcome(door.signUp({ ...bot, password: 'password' }, place()));
        saw('a weak password', await weak, ['bad_input']);
      }
      expect(seen.filter((what) => what === 'trapped')).toHaveLength(4);
    },
  );
});
