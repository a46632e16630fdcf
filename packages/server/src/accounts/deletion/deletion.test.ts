/** The end of an account: asked for, called off, and what is left of it afterwards; with everything real but the mail. */
import { type CommandName, type Input, KithError, newId, type Output } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '../../commands/dispatch.ts';
import { defaultConfig } from '../../config.ts';
import { erasePerson } from '../../deletion/erasePerson.ts';
import { Encoded } from '../../encoded.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { createDueWork } from '../../jobs/dueWork.ts';
import { dueKinds } from '../../jobs/kinds.ts';
import { createConversationLog } from '../../log/change.ts';
import { silentLogger } from '../../logger.ts';
import type { Caller, Services } from '../../services.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { signedIn } from '../../testing/signedIn.ts';
import { createWorld, databaseKinds, type World } from '../../testing/world.ts';
import type { Accounts } from '../accounts.ts';
import { createAccounts } from '../createAccounts.ts';

const PASSWORD = 'seven quiet otters swim';
const DAY_MS = 86_400_000;
let people = 0;
const place = () => {
  people += 1;
  return { address: `10.8.${people >> 8}.${people & 255}`, userAgent: `browser ${people}` };
};
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof KithError) return error.code;
      throw error;
    },
  );

interface Person extends Caller {
  readonly token: string;
  readonly email: string;
  readonly username: string;
}

describe.each(databaseKinds)('the end of an account on %s', { timeout: 60_000 }, (kind) => {
  let world: World;
  let letters: Letters;
  let services: Services;
  let accounts: Accounts;
  let now = Date.now();
  let owner: Person;

  const call = async <N extends CommandName>(
    caller: Caller,
    name: N,
    input: Input<N>,
  ): Promise<Output<N>> => {
    const answer: unknown = await dispatch(services, caller, name, input);
    return (answer instanceof Encoded ? answer.decode() : answer) as Output<N>;
  };
  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    return {
      tenantId: identity.tenantId,
      userId: identity.user.id,
      sessionId: identity.sessionId,
      socket: null,
    };
  };
  const join = async (name: string): Promise<Person> => {
    people += 1;
    const username = `${name}${kind}${people}`;
    const email = `${username}@example.org`;
    const form = { email, password: PASSWORD, name: `${name} of ${username}`, username };
    const asked = await accounts.signUp(form, place());
    if (asked.type !== 'code_sent') return expect.fail(asked.type);
    const mail = letters.to(email).at(-1);
    const code = mail && 'code' in mail ? mail.code : expect.fail('no code');
    const from = place();
    const { token } = await signedIn(accounts.proceed({ ticket: asked.ticket, code }, from)).catch(() =>
      expect.fail('not signed in'),
    );
    return { ...(await callerOf(token)), token, email, username };
  };
  const signIn = (email: string) => signedIn(accounts.signIn({ email, password: PASSWORD }, place()));
  const restrictionOf = async (token: string) => (await accounts.authenticate({ token }))?.restriction;
  const groupOf = async (by: Caller, userIds: readonly string[], name: string): Promise<string> => {
    const conversationId = newId();
    await call(by, 'createConversation', {
      kind: 'group',
      conversationId,
      name,
      userIds: [...userIds],
      history: 'all',
    });
    return conversationId;
  };
  const say = async (by: Caller, conversationId: string, text: string): Promise<string> => {
    const messageId = newId();
    await call(by, 'sendMessage', { conversationId, messageId, content: { type: 'plain', text } });
    return messageId;
  };
  const openDirect = async (by: Caller, userId: string): Promise<string> =>
    (await call(by, 'openDirect', { conversationId: newId(), userId })).head.conversation.id;
  const doDueWork = async (): Promise<void> => {
    const work = createDueWork({
      database: world.database,
      work: dueKinds(services, () => now),
      now: () => now,
    });
    await work.round();
    await work.close();
  };
  const ask = async (who: Person, messages: 'keep' | 'delete' = 'keep') => {
    await accounts.confirmIdentity(who, { password: PASSWORD });
    return call(who, 'deleteAccount', { messages });
  };
  const end = async (who: Person, messages: 'keep' | 'delete' = 'keep'): Promise<void> => {
    await ask(who, messages);
    now += 15 * DAY_MS;
    await doDueWork();
  };
  const linkIn = (who: Person): string => {
    const mail = letters.to(who.email).at(-1);
    return mail?.kind === 'account_deletion'
      ? mail.undoPath.slice('/keep#'.length)
      : expect.fail(`no link but ${mail?.kind}`);
  };

  beforeAll(async () => {
    world = await createWorld(kind);
    letters = createLetters();
    const { bus } = world;
    const announcer = createAnnouncer(bus);
    accounts = await createAccounts({
      database: world.database,
      bus,
      announcer,
      conversationLog: createConversationLog({ database: world.database, announcer }),
      mail: letters,
      config: { ...defaultConfig(), proveEmail: true, challenge: 'off', rateFactor: 0 },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
    });
    services = { ...world.services, accounts, invites: accounts.invites };
    await world.database.db.deleteFrom('users').execute();
    owner = await join('otto');
  });
  afterAll(() => world?.close());

  it('is asked for by whoever shows who they are; until then one may do nothing but keep it', async () => {
    const ada = await join('ada');
    const other = await signIn(ada.email);
    now += 20 * 60_000;
    expect(await codeOf(call(ada, 'deleteAccount', { messages: 'keep' }))).toBe('confirmation_required');
    const { deletionAt } = await ask(ada);
    expect(deletionAt).toBe(new Date(now + 14 * DAY_MS).toISOString());
    expect(await accounts.authenticate({ token: other.token })).toBeNull();
    expect(await restrictionOf(ada.token)).toBe('account_deletion_pending');
    expect(await restrictionOf((await signIn(ada.email)).token)).toBe('account_deletion_pending');
    // S7: asked for again it is no later.
    now += DAY_MS;
    expect((await call(ada, 'deleteAccount', { messages: 'keep' })).deletionAt).toBe(deletionAt);
    await call(ada, 'keepAccount', {});
    expect(await restrictionOf(ada.token)).toBeNull();
    now += 20 * DAY_MS;
    await doDueWork();
    expect(await restrictionOf((await signIn(ada.email)).token)).toBeNull();
  });

  it('is called off by the mailed link, once, and whoever asked for it is out', async () => {
    const ada = await join('ada');
    await ask(ada);
    const token = linkIn(ada);
    expect(await codeOf(accounts.keepByLink(`${token}x`, place()))).toBe('not_found');
    await accounts.keepByLink(token, place());
    expect(await accounts.authenticate({ token: ada.token })).toBeNull();
    expect(await codeOf(accounts.keepByLink(token, place()))).toBe('not_found');
    expect(await restrictionOf((await signIn(ada.email)).token)).toBeNull();
  });

  it('is refused to the only owner while others are here', async () => {
    expect(await codeOf(ask(owner))).toBe('forbidden');
  });

  it('leaves nothing of who they were in any table, and a name for what they said', async () => {
    const ada = await join('ada');
    const bob = await join('bob');
    await call(ada, 'updateProfile', { bio: `words of ${ada.username}`, status: { text: ada.username } });
    const group = await groupOf(ada, [bob.userId, owner.userId], 'Garden');
    const said = await say(ada, group, 'what was said');
    const direct = await openDirect(ada, bob.userId);
    await say(ada, direct, 'hello bob');
    await call(ada, 'saveDraft', {
      conversationId: group,
      text: ada.email,
      at: new Date().toISOString(),
    });
    await call(ada, 'setBlocked', { userId: owner.userId, blocked: true });
    await call(ada, 'createInvite', { inviteId: newId(), conversationIds: [group], note: ada.username });
    await end(ada);

    expect(await accounts.authenticate({ token: ada.token })).toBeNull();
    expect(await codeOf(accounts.signIn({ email: ada.email, password: PASSWORD }, place()))).toBe(
      'unauthenticated',
    );
    const { messages, users } = await call(bob, 'getHistory', { conversationId: group });
    expect(messages.find(({ id }) => id === said)).toMatchObject({ authorId: ada.userId });
    expect(users.find(({ id }) => id === ada.userId)).toMatchObject({ deleted: true, role: 'member' });
    const { members } = await call(bob, 'listMembers', { conversationId: group });
    expect(members.map(({ userId, role }) => `${userId} ${role}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/ owner$/)]),
    );
    expect(members.map(({ userId }) => userId)).not.toContain(ada.userId);
    expect(await codeOf(say(bob, direct, 'are you there?'))).toBe('forbidden');
    expect(await codeOf(openDirect(owner, ada.userId))).not.toBe('ok');
    expect(await codeOf(call(bob, 'addMembers', { conversationId: group, userIds: [ada.userId] }))).not.toBe(
      'ok',
    );
    expect((await call(bob, 'searchUsers', { query: 'Deleted' })).users).toEqual([]);

    const { db } = world.database;
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(db);
    expect(tables.length).toBeGreaterThan(40);
    const naming = async (word: string): Promise<string[]> => {
      const found: string[] = [];
      for (const { name } of tables) {
        const { rows } =
          await sql`select 1 from ${sql.table(name)} t where strpos(t::text, ${word}) > 0 limit 1`.execute(
            db,
          );
        if (rows.length > 0) found.push(name);
      }
      return found.sort();
    };
    expect(await naming(ada.email)).toEqual([]);
    expect(await naming(ada.username)).toEqual([]);
    // What is left bears an id that leads to nobody.
    const mayStay = [
      // For some minutes.
      'commits',
      'conversations',
      'invites',
      'members',
      'messages',
      'receipts',
      'security_events',
      'thread_receipts',
      'users',
    ];
    expect((await naming(ada.userId)).filter((name) => !mayStay.includes(name))).toEqual([]);
    // Their address and name are free.
    const form = { email: ada.email, password: PASSWORD, name: 'Another', username: ada.username };
    expect((await accounts.signUp(form, place())).type).toBe('code_sent');
  });

  it('takes their messages and reactions along where they chose so', async () => {
    const ada = await join('ada');
    const bob = await join('bob');
    const group = await groupOf(bob, [ada.userId], 'Kitchen');
    const left = await groupOf(bob, [ada.userId], 'Cellar');
    const theirs = await say(bob, group, 'nice weather');
    const ids: string[] = [];
    for (let n = 0; n < 60; n += 1) ids.push(await say(ada, group, `secret ${n}`));
    const early = await say(ada, left, 'secret of the cellar');
    await call(ada, 'leaveConversation', { conversationId: left });
    await call(ada, 'addReaction', { conversationId: group, messageId: theirs, emoji: '👍' });
    await end(ada, 'delete');
    const { messages } = await call(bob, 'getMessages', {
      conversationId: group,
      messageIds: [...ids.slice(0, 40), theirs],
    });
    expect(messages.filter(({ authorId }) => authorId === ada.userId).map(({ body }) => body.type)).toEqual(
      Array(40).fill('deleted'),
    );
    expect(messages.find(({ id }) => id === theirs)).not.toHaveProperty('reactions');
    const cellar = await call(bob, 'getMessages', { conversationId: left, messageIds: [early] });
    expect(cellar.messages[0]?.body.type).toBe('deleted');
    const { rows } = await sql`select 1 from messages where text like 'secret %'`.execute(world.database.db);
    expect(rows).toEqual([]);
  });

  it('is gone on with by whoever comes next, wherever it was cut off', async () => {
    for (let failAt = 0; failAt < 4; failAt += 1) {
      const ada = await join('ada');
      const bob = await join('bob');
      const groups = [await groupOf(ada, [bob.userId], 'One'), await groupOf(ada, [bob.userId], 'Two')];
      for (const group of groups) await say(ada, group, 'kept from nobody');
      await ask(ada, 'delete');
      now += 15 * DAY_MS;
      let changes = 0;
      const { conversationLog } = world.services;
      const broken: Services['conversationLog'] = {
        ...conversationLog,
        change: (...args) => {
          changes += 1;
          if (changes > failAt) throw new Error('The node is gone.');
          return conversationLog.change(...args);
        },
      };
      const row = {
        tenantId: ada.tenantId,
        userId: ada.userId,
        kind: 'account_deletion',
        id: ada.userId,
      } as const;
      await expect(erasePerson({ ...services, conversationLog: broken }, row, () => now)).rejects.toThrow();
      await doDueWork();
      for (const group of groups) {
        const { messages, users } = await call(bob, 'getHistory', { conversationId: group });
        expect(messages.filter(({ body }) => body.type === 'content')).toEqual([]);
        expect(users.find(({ id }) => id === ada.userId)?.deleted).toBe(true);
        const { members } = await call(bob, 'listMembers', { conversationId: group });
        expect(members.map(({ userId, role }) => ({ userId, role }))).toEqual([
          { userId: bob.userId, role: 'owner' },
        ]);
        const departures = messages.filter(
          ({ body, authorId }) =>
            body.type === 'system' && body.event.type === 'left' && authorId === ada.userId,
        );
        expect(departures).toHaveLength(1);
      }
      const { rows } = await sql`select 1 from due_work where user_id = ${ada.userId}`.execute(
        world.database.db,
      );
      expect(rows).toEqual([]);
    }
  });
});
