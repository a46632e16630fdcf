/** Guests: how they come, what they may, what they see, and how they are gone; with everything real but the mail. */
import { type CommandName, commandNames, type Input, KithError, newId, type Output } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../commands/dispatch.ts';
import { defaultConfig } from '../../config.ts';
import { Encoded } from '../../encoded.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { createDueWork } from '../../jobs/dueWork.ts';
import { dueKinds } from '../../jobs/kinds.ts';
import { createConversationLog } from '../../log/change.ts';
import { silentLogger } from '../../logger.ts';
import { guestRules } from '../../policy/guests.ts';
import type { Caller, Services } from '../../services.ts';
import type { House } from '../../testing/houses.ts';
import { CHEAP, createLetters } from '../../testing/letters.ts';
import { type SignedIn, signedIn } from '../../testing/signedIn.ts';
import { trespasses } from '../../testing/trespasses.ts';
import { createWorld, databaseKinds, type World } from '../../testing/world.ts';
import type { Accounts } from '../accounts.ts';
import { createAccounts } from '../createAccounts.ts';
import { accountsDb } from '../tables.ts';

const DAY = 86_400;
let people = 0;
const place = () => {
  people += 1;
  return { address: `10.9.${people >> 8}.${people & 255}`, userAgent: `browser ${people}` };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof KithError)
        return error.message.startsWith('Guests may not') ? 'guest' : error.code;
      throw error;
    },
  );

describe.each(databaseKinds)('guests on %s', { timeout: 60_000 }, (kind) => {
  let world: World;
  let services: Services;
  let accounts: Accounts;
  let now = Date.now();
  let owner: Caller;
  let ann: Caller;
  /** Shares nothing with guests. */
  let zoe: Caller;
  let group: string;
  let elsewhere: string;

  const call = async <N extends CommandName>(
    caller: Caller,
    name: N,
    input: Input<N>,
  ): Promise<Output<N>> => {
    const answer: unknown = await dispatch(services, caller, name, input);
    return (answer instanceof Encoded ? answer.decode() : answer) as Output<N>;
  };
  const member = async (name: string): Promise<Caller> => {
    people += 1;
    const username = `${name}${people}`;
    const who = await signedIn(
      accounts.signUp(
        { email: `${username}@example.org`, password: 'seven quiet otters swim', name, username },
        place(),
      ),
    );
    return callerOf(who.token);
  };
  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    return {
      tenantId: identity.tenantId,
      userId: identity.user.id,
      sessionId: identity.sessionId,
      ...(identity.user.role === 'guest' && { guest: true as const }),
      socket: null,
    };
  };
  const link = async (more: Partial<Input<'createInvite'>> = {}, by = ann): Promise<string> => {
    const { invite } = await call(by, 'createInvite', {
      inviteId: newId(),
      role: 'guest',
      conversationIds: [group],
      ...more,
    });
    return invite.token ?? expect.fail('no token');
  };
  const come = (invite: string, name = 'Gus'): Promise<SignedIn> =>
    signedIn(accounts.guests.enter({ invite, name }, place()));
  const guest = async (more: Partial<Input<'createInvite'>> = {}) => {
    const who = await come(await link(more));
    return { token: who.token, caller: await callerOf(who.token) };
  };
  const members = async (conversationId = group): Promise<string[]> => {
    const { members: all } = await call(ann, 'listMembers', { conversationId });
    return all.map(({ userId }) => userId);
  };

  beforeAll(async () => {
    world = await createWorld(kind);
    const { bus } = world;
    const announcer = createAnnouncer(bus);
    accounts = await createAccounts({
      database: world.database,
      bus,
      announcer,
      conversationLog: createConversationLog({ database: world.database, announcer }),
      mail: createLetters(),
      config: { ...defaultConfig(), proveEmail: false, challenge: 'off' },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
    });
    services = { ...world.services, accounts, invites: accounts.invites };
    await world.database.db.deleteFrom('users').execute();
    owner = await member('Otto');
    ann = await member('Ann');
    zoe = await member('Zoe');
    group = newId();
    elsewhere = newId();
    await call(ann, 'createConversation', {
      kind: 'group',
      conversationId: group,
      name: 'Garden',
      userIds: [owner.userId],
      history: 'all',
    });
    await call(zoe, 'createConversation', {
      kind: 'channel',
      conversationId: elsewhere,
      name: 'Secrets',
      visibility: 'public',
    });
  });
  beforeEach(async () => {
    await world.database.db
      .updateTable('tenants')
      .set({ sign_up: 'open' })
      .where('slug', '=', 'main')
      .execute();
  });
  afterAll(() => world?.close());

  it('come with a name alone into the conversations of the link, and everybody there is told', async () => {
    const token = await link({ guestSeconds: 7 * DAY });
    expect(await accounts.invites.preview(token)).toMatchObject({
      role: 'guest',
      guestSeconds: 7 * DAY,
      conversations: ['Garden'],
    });
    const who = await come(token, 'Grace Hopper');
    const caller = await callerOf(who.token);
    expect(caller.guest).toBe(true);
    expect(await call(caller, 'getMe', {})).toMatchObject({
      user: { displayName: 'Grace Hopper', username: 'grace.hopper', role: 'guest' },
      guestUntil: new Date(now + 7 * DAY * 1000).toISOString(),
    });
    expect(await members()).toContain(caller.userId);
    const { messages } = await call(ann, 'getHistory', { conversationId: group });
    expect(messages.at(-1)).toMatchObject({
      authorId: caller.userId,
      body: { type: 'system', event: { type: 'joined' } },
    });
    await call(caller, 'sendMessage', {
      conversationId: group,
      messageId: newId(),
      content: { type: 'plain', text: 'hello' },
    });
    const second = await callerOf((await come(token, 'Grace Hopper')).token);
    expect((await call(second, 'getMe', {})).user.username).toMatch(/^grace\.hopper-/);
  });

  it('are let in by links that name conversations, made by who may invite and is no guest', async () => {
    expect(await codeOf(link({ conversationIds: [] }))).toBe('bad_input');
    expect(await codeOf(link({ guestSeconds: 400 * DAY }))).toBe('bad_input');
    const { caller } = await guest();
    expect(await codeOf(link({}, caller))).toBe('guest');
  });

  it('come only by a link for guests, and by it nobody becomes more', async () => {
    const { invite } = await call(ann, 'createInvite', { inviteId: newId(), conversationIds: [group] });
    expect(await codeOf(come(invite.token ?? ''))).toBe('not_found');
    expect(await codeOf(come('nonsense'))).toBe('not_found');
    await world.database.db
      .updateTable('tenants')
      .set({ sign_up: 'invited', invite_by: 'members' })
      .where('slug', '=', 'main')
      .execute();
    const token = await link();
    const signUp = accounts.signUp(
      {
        email: 'm@example.org',
        password: 'seven quiet otters swim',
        name: 'M',
        username: 'mmm',
        invite: token,
      },
      place(),
    );
    expect(await codeOf(signUp)).toBe('forbidden');
    expect((await come(token)).type).toBe('signed_in');
    await world.database.db
      .updateTable('tenants')
      .set({ sign_up: 'closed' })
      .where('slug', '=', 'main')
      .execute();
    expect(await codeOf(come(token))).toBe('forbidden');
  });

  it('are one of many who come by the last use at once', async () => {
    const token = await link({ maxUses: 1 });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => codeOf(come(token))));
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'not_found']));
  });

  it('leave machines a session that opens nothing', async () => {
    const token = await link();
    const before = await members();
    const who = await signedIn(accounts.guests.enter({ invite: token, name: 'Bot', website: 'x' }, place()));
    expect(await accounts.authenticate({ token: who.token })).toBeNull();
    expect(await members()).toEqual(before);
  });

  it('members who accept their link join as what they are', async () => {
    const nina = await member('Nina');
    await call(nina, 'acceptInvite', { token: await link() });
    expect(await members()).toContain(nina.userId);
    expect((await call(nina, 'getMe', {})).user.role).toBe('member');
  });

  it('may what the table says of every command', async () => {
    const { caller } = await guest();
    const strange = new Proxy({} as House, {
      get: (_, field) => (field === 'word' || field === 'inviteToken' ? 'x' : newId()),
    });
    for (const name of commandNames) {
      const rule = guestRules[name];
      // Ends the guest's own session.
      if (name === 'revokeOtherSessions') continue;
      for (const input of trespasses[name](strange, strange)) {
        const outcome = await codeOf(call(caller, name, input));
        const named = typeof rule === 'object';
        if (rule === 'may_not') expect(outcome, name).toBe('guest');
        else expect(outcome, `${name}, ${JSON.stringify(input)}`).not.toBe('guest');
        if (named && name !== 'report' && 'userId' in input) expect(outcome, name).toBe('not_found');
      }
    }
  });

  it('see people they share a conversation with, and nobody else', async () => {
    const { caller } = await guest();
    const { users } = await call(caller, 'getUsers', {
      userIds: [ann.userId, zoe.userId, caller.userId, newId()],
    });
    expect(users.map(({ id }) => id).sort()).toEqual([ann.userId, caller.userId].sort());
    const found = await call(caller, 'searchUsers', {});
    expect(found.users.map(({ id }) => id)).not.toContain(zoe.userId);
    expect(found.users.map(({ id }) => id)).toEqual(expect.arrayContaining([ann.userId, owner.userId]));
    const watched = await call(caller, 'watch', { conversationIds: [], userIds: [ann.userId, zoe.userId] });
    expect(watched.presence.map(({ userId }) => userId)).toEqual([ann.userId]);
    const strangers = await Promise.all(
      [zoe.userId, newId()].map(async (userId) =>
        (await refusal(call(caller, 'openDirect', { conversationId: newId(), userId }))).toWire(),
      ),
    );
    expect(strangers[0]).toEqual(strangers[1]);
    const card = {
      type: 'plain' as const,
      text: '',
      attachment: { type: 'contact' as const, name: 'Zoe', userId: zoe.userId },
    };
    const say = (content: Input<'sendMessage'>['content']) =>
      codeOf(call(caller, 'sendMessage', { conversationId: group, messageId: newId(), content }));
    expect(await say(card)).toBe('not_found');
    expect(await say({ type: 'plain', text: `<@${zoe.userId}>` })).toBe('not_found');
    expect(await say({ type: 'plain', text: `<@${ann.userId}>` })).toBe('ok');
    expect(await codeOf(call(caller, 'openDirect', { conversationId: newId(), userId: ann.userId }))).toBe(
      'ok',
    );
    expect(await codeOf(call(caller, 'getHistory', { conversationId: elsewhere }))).not.toBe('ok');
  });

  it('look after nothing', async () => {
    const { caller } = await guest();
    const at = { conversationId: group, userId: caller.userId };
    expect(await codeOf(call(ann, 'setMemberRole', { ...at, role: 'admin' }))).toBe('forbidden');
    expect(await codeOf(call(ann, 'transferOwnership', at))).toBe('forbidden');
    expect(await codeOf(call(caller, 'updateConversation', { conversationId: group, name: 'x' }))).toBe(
      'forbidden',
    );
  });

  it('are not asked for a second factor that they cannot have', async () => {
    const { token } = await guest();
    const { db } = world.database;
    await db.updateTable('tenants').set({ second_factor: 'everyone' }).where('slug', '=', 'main').execute();
    accounts.forgetSessions();
    expect(await accounts.authenticate({ token })).toMatchObject({ restriction: null });
    await db.updateTable('tenants').set({ second_factor: 'off' }).where('slug', '=', 'main').execute();
    accounts.forgetSessions();
  });

  it('are out at their end to the moment, leave what they were in, and stay as authors', async () => {
    const { token, caller } = await guest({ guestSeconds: DAY });
    const messageId = newId();
    await call(caller, 'sendMessage', {
      conversationId: group,
      messageId,
      content: { type: 'plain', text: 'said' },
    });
    now += DAY * 1000 - 1;
    expect(await accounts.authenticate({ token })).toMatchObject({ expiresAt: new Date(now + 1) });
    now += 1;
    expect(await accounts.authenticate({ token })).toBeNull();
    const work = createDueWork({
      database: world.database,
      work: dueKinds(services, () => now),
      now: () => now,
    });
    await work.round();
    await work.round();
    await work.close();
    expect(await members()).not.toContain(caller.userId);
    const { messages, users } = await call(ann, 'getMessages', {
      conversationId: group,
      messageIds: [messageId],
    });
    expect(messages[0]).toMatchObject({ authorId: caller.userId });
    expect(users.find(({ id }) => id === caller.userId)).toMatchObject({ displayName: 'Gus', role: 'guest' });
    const left = await world.database.db
      .selectFrom('due_work')
      .select('id')
      .where('user_id', '=', caller.userId)
      .execute();
    expect(left).toEqual([]);
    const { events } = await call(owner, 'listSecurityEvents', { of: 'everyone' });
    const kinds = events.filter(({ userId }) => userId === caller.userId).map((event) => event.kind);
    expect(kinds.filter((one) => one === 'guest_ended')).toHaveLength(1);
    expect(kinds).toContain('guest_came');
  });

  it('nobody who is gone is let in by what was left to do', async () => {
    const { caller } = await guest();
    await call(ann, 'endGuest', { userId: caller.userId });
    const db = accountsDb(world.database.db);
    await db
      .updateTable('invite_uses')
      .set({ settled_at: null })
      .where('user_id', '=', caller.userId)
      .execute();
    const again = await guest();
    expect(await members()).toContain(again.caller.userId);
    expect(await members()).not.toContain(caller.userId);
  });

  it('are looked after by who invited them and by admins, and by nobody else', async () => {
    const { token, caller } = await guest();
    const { userId } = caller;
    const listed = async (by: Caller) =>
      (await call(by, 'listGuests', {})).guests.find(({ user }) => user.id === userId);
    expect(await listed(ann)).toMatchObject({ invitedBy: ann.userId, conversations: 1 });
    expect(await listed(owner)).toBeDefined();
    expect(await listed(zoe)).toBeUndefined();
    const until = new Date(now + 2 * DAY * 1000).toISOString();
    expect(await codeOf(call(zoe, 'updateGuest', { userId, until }))).toBe('not_found');
    expect(await codeOf(call(zoe, 'endGuest', { userId }))).toBe('not_found');
    expect(await codeOf(call(ann, 'endGuest', { userId: zoe.userId }))).toBe('not_found');
    const far = new Date(now + 400 * DAY * 1000).toISOString();
    expect(await codeOf(call(ann, 'updateGuest', { userId, until: far }))).toBe('bad_input');
    await call(ann, 'updateGuest', { userId, until });
    expect(await accounts.authenticate({ token })).toMatchObject({ expiresAt: new Date(until) });
    await call(owner, 'endGuest', { userId });
    expect(await accounts.authenticate({ token })).toBeNull();
    expect(await codeOf(call(owner, 'endGuest', { userId }))).toBe('not_found');
    expect(await listed(owner)).toBeUndefined();
    expect(await members()).not.toContain(userId);
  });
});
