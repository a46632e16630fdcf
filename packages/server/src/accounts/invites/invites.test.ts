/** Who comes in by which door, and what links lead to, with everything real but the mail. */
import { type Input, KithError, newId, type Output, type ParsedInput } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { localBus } from '../../fanout/bus.ts';
import { createConversationLog } from '../../log/change.ts';
import { silentLogger } from '../../logger.ts';
import type { MailContent } from '../../mail/kinds.ts';
import type { Caller } from '../../services.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { type SignedIn, signedIn } from '../../testing/signedIn.ts';
import { createWorld, databaseKinds, type World } from '../../testing/world.ts';
import type { Accounts } from '../accounts.ts';
import { type AccountsDependencies, createAccounts } from '../createAccounts.ts';
import { accountsDb } from '../tables.ts';
import { createSettling } from './settle.ts';

const PASSWORD = 'seven quiet otters swim';
let people = 0;
const form = (more: object = {}) => {
  people += 1;
  const name = `p${people}`;
  return {
    email: `${name}@example.org`,
    password: PASSWORD,
    name: name.toUpperCase(),
    username: name,
    ...more,
  };
};
const place = () => {
  people += 1;
  return { address: `10.3.${people >> 8}.${people & 255}`, userAgent: `browser ${people}` };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const why = async (promise: Promise<unknown>): Promise<string> => {
  const { code, fields } = await refusal(promise);
  return `${code} ${fields?.[0]?.reason ?? ''}`.trim();
};
const codeIn = (mails: readonly MailContent[]): string => {
  const mail = mails.at(-1);
  return mail && 'code' in mail ? mail.code : expect.fail(`no code in ${JSON.stringify(mails)}`);
};

type Invite = Output<'createInvite'>['invite'];
const tokenOf = ({ token }: Invite): string => token ?? expect.fail('no token');

describe.each(databaseKinds)('invitations on %s', { timeout: 60_000 }, (kind) => {
  let world: World;
  let letters: Letters;
  let now = Date.now();
  /** Addresses are proven; they are not. */
  let accounts: Accounts;
  let trusting: Accounts;
  let owner: Caller;
  let ann: Caller;
  let group: string;

  const open = (
    config: Partial<AccountsDependencies['config']>,
    more: Partial<AccountsDependencies> = {},
  ): Promise<Accounts> => {
    const { bus } = world;
    const announcer = createAnnouncer(bus);
    return createAccounts({
      database: world.database,
      bus,
      announcer,
      conversationLog: createConversationLog({ database: world.database, announcer }),
      mail: letters,
      config: { ...defaultConfig(), proveEmail: true, ...config },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
      ...more,
    });
  };
  const callerOf = async (who: SignedIn, at = accounts): Promise<Caller> => {
    const identity = await at.authenticate({ token: who.token });
    if (!identity) return expect.fail('nobody is signed in');
    return {
      tenantId: identity.tenantId,
      userId: identity.user.id,
      sessionId: identity.sessionId,
      socket: null,
    };
  };
  /** All the way, with the code. */
  const enter = async (
    given: ReturnType<typeof form> & { invite?: string },
    at = accounts,
  ): Promise<SignedIn> => {
    const from = place();
    const asked = await at.signUp(given, from);
    if (asked.type === 'signed_in') return asked;
    if (asked.type !== 'code_sent') return expect.fail(asked.type);
    return signedIn(at.proceed({ ticket: asked.ticket, code: codeIn(letters.to(given.email)) }, from));
  };
  const invite = async (by: Caller, input: Omit<Input<'createInvite'>, 'inviteId'> = {}): Promise<Invite> => {
    const { invite: made } = await accounts.invites.createInvite(by, {
      inviteId: newId(),
      role: 'member',
      guestSeconds: 3_600,
      conversationIds: [],
      maxUses: null,
      expiresInSeconds: null,
      note: '',
      ...(input as Partial<ParsedInput<'createInvite'>>),
    });
    return made;
  };
  const choose = (change: Input<'updateJoinPolicy'>) => {
    // Other nodes show the former choice at their doors for some seconds.
    now += 6_000;
    return accounts.invites.updateJoinPolicy(owner, change);
  };
  const members = async (conversationId = group): Promise<string[]> => {
    const rows = await world.database.db
      .selectFrom('members')
      .select('user_id')
      .where('conversation_id', '=', conversationId)
      .where('state', '=', 'joined')
      .execute();
    return rows.map((row) => row.user_id);
  };
  const listed = async (by: Caller, id: string): Promise<Invite | undefined> =>
    (await accounts.invites.listInvites(by, { of: 'me' })).invites.find((one) => one.id === id);

  beforeAll(async () => {
    world = await createWorld(kind);
    letters = createLetters();
    accounts = await open({});
    trusting = await open({ proveEmail: false });
    // What tests before this one made is of no account.
    await world.database.db.deleteFrom('users').execute();
    owner = await callerOf(await enter(form()));
    ann = await callerOf(await enter(form()));
    group = newId();
    await world.call(ann, 'createConversation', {
      kind: 'group',
      conversationId: group,
      name: 'Garden',
      userIds: [owner.userId],
      history: 'all',
    });
  });
  afterAll(() => world?.close());

  it('lets only the invited in where the tenant says so, and nobody where it says closed', async () => {
    await choose({ signUp: 'invited' });
    expect(await accounts.options()).toMatchObject({ signUp: 'invited', domains: [] });
    expect(await why(accounts.signUp(form(), place()))).toBe('forbidden invitation_needed');
    expect(await why(accounts.signUp(form({ invite: 'nonsense' }), place()))).toBe(
      'forbidden invitation_needed',
    );
    const made = await invite(owner);
    const who = await enter(form({ invite: tokenOf(made) }));
    expect(who.type).toBe('signed_in');
    expect(await listed(owner, made.id)).toMatchObject({ uses: 1, state: 'open' });
    await choose({ signUp: 'closed' });
    expect(await why(accounts.signUp(form({ invite: tokenOf(made) }), place()))).toBe('forbidden closed');
    await choose({ signUp: null });
    expect((await enter(form())).type).toBe('signed_in');
  });

  it('says the same to an address that has an account as to one that has not', async () => {
    await choose({ signUp: 'invited' });
    const known = form();
    const made = await invite(owner);
    await enter({ ...known, invite: tokenOf(made) });
    expect((await refusal(accounts.signUp({ ...form(), email: known.email }, place()))).toWire()).toEqual(
      (await refusal(accounts.signUp(form(), place()))).toWire(),
    );
    await choose({ signUp: null });
  });

  it('lets proven addresses of its domains in, and asks others for an invitation', async () => {
    await choose({ signUp: 'domains', domains: ['example.org', 'kith.test'] });
    expect(await accounts.options()).toMatchObject({
      signUp: 'domains',
      domains: ['example.org', 'kith.test'],
    });
    expect((await enter(form())).type).toBe('signed_in');
    expect(await why(accounts.signUp(form({ email: 'eve@evil.net' }), place()))).toBe(
      'forbidden invitation_needed',
    );
    const made = await invite(owner);
    expect((await enter(form({ email: 'guest@evil.net', invite: tokenOf(made) }))).type).toBe('signed_in');
    // Where nobody proves an address it opens nothing: "domains" means "invited".
    expect(await trusting.options()).toMatchObject({ signUp: 'invited', domains: [] });
    expect(await why(trusting.signUp(form(), place()))).toBe('forbidden invitation_needed');
    await choose({ signUp: null });
  });

  it('lets owner and admins alone choose, who showed who they are, and wants domains to be named', async () => {
    expect((await refusal(accounts.invites.getJoinPolicy(ann, {}))).code).toBe('forbidden');
    expect((await refusal(accounts.invites.updateJoinPolicy(ann, { signUp: 'closed' }))).code).toBe(
      'forbidden',
    );
    expect((await refusal(choose({ signUp: 'domains', domains: [] }))).code).toBe('bad_input');
    expect(await accounts.invites.getJoinPolicy(owner, {})).toMatchObject({
      signUp: null,
      effective: { signUp: 'open', inviteBy: 'members' },
    });
    now += 20 * 60_000;
    expect((await refusal(choose({ signUp: 'closed' }))).code).toBe('confirmation_required');
    await accounts.confirmIdentity(owner, { password: PASSWORD });
    await choose({ signUp: 'open' });
    await choose({ signUp: null });
  });

  it('leads into conversations, told as joining, and counts once when the account is made', async () => {
    const made = await invite(ann, { conversationIds: [group], maxUses: 5 });
    const token = tokenOf(made);
    for (let looks = 0; looks < 3; looks += 1)
      expect(await accounts.invites.preview(token)).toMatchObject({ conversations: ['Garden'] });
    const given = form({ invite: token });
    const from = place();
    const asked = await accounts.signUp(given, from);
    // Not before the code came back.
    expect(await listed(ann, made.id)).toMatchObject({ uses: 0 });
    if (asked.type !== 'code_sent') return expect.fail(asked.type);
    const who = await signedIn(
      accounts.proceed({ ticket: asked.ticket, code: codeIn(letters.to(given.email)) }, from),
    );
    expect(await members()).toContain(who.user.id);
    expect(await listed(ann, made.id)).toMatchObject({ uses: 1 });
    const { messages } = await world.call(ann, 'getHistory', { conversationId: group, limit: 5 });
    expect(messages.map(({ authorId, body }) => [authorId, body.type])).toContainEqual([
      who.user.id,
      'system',
    ]);
  });

  it('makes one account of a single use, however many come at once', async () => {
    await choose({ signUp: 'invited' });
    for (const at of [accounts, trusting]) {
      const made = await invite(owner, { maxUses: 1 });
      const all = await Promise.allSettled(
        Array.from({ length: 6 }, () => enter(form({ invite: tokenOf(made) }), at)),
      );
      const outcomes = all.map((one) => (one.status === 'fulfilled' ? 'in' : (one.reason as KithError).code));
      expect(outcomes.sort()).toEqual([
        'forbidden',
        'forbidden',
        'forbidden',
        'forbidden',
        'forbidden',
        'in',
      ]);
      expect(await listed(owner, made.id)).toMatchObject({ uses: 1, state: 'used_up' });
    }
    await choose({ signUp: null });
  });

  it('is not for another address than the one it was sent to, and goes there by mail', async () => {
    await choose({ signUp: 'invited' });
    const email = `friend${newId()}@elsewhere.net`;
    const made = await invite(owner, { email, maxUses: 9 });
    expect(made).toMatchObject({ email, maxUses: 1 });
    const mail = letters.to(email).at(0);
    if (mail?.kind !== 'invite') return expect.fail(`no invitation but ${mail?.kind}`);
    expect(mail).toMatchObject({ path: `/invite#${made.token}`, days: 30 });
    expect(await accounts.invites.preview(tokenOf(made))).toMatchObject({ email });
    expect(await why(accounts.signUp(form({ invite: tokenOf(made) }), place()))).toBe(
      'forbidden invitation_needed',
    );
    expect((await refusal(accounts.invites.acceptInvite(ann, { token: tokenOf(made) }))).code).toBe(
      'not_found',
    );
    expect((await enter(form({ email, invite: tokenOf(made) }))).type).toBe('signed_in');
    await choose({ signUp: null });
  });

  it('says the same of one that never was, is over, used up, revoked, or of somebody who may not invite any more', async () => {
    const good = await invite(owner);
    const revoked = await invite(owner);
    await accounts.invites.revokeInvite(owner, { inviteId: revoked.id });
    const usedUp = await invite(owner, { maxUses: 1 });
    await enter(form({ invite: tokenOf(usedUp) }));
    const byMember = await invite(ann);
    await choose({ inviteBy: 'admins' });
    const expired = await invite(owner, { expiresInSeconds: 900 });
    now += 900_000;
    const [id = '', secret = ''] = tokenOf(good).split('.');
    const answers = await Promise.all(
      [
        tokenOf(revoked),
        tokenOf(usedUp),
        tokenOf(expired),
        tokenOf(byMember),
        `${newId()}.${secret}`,
        `${id}.${Buffer.alloc(16).toString('base64url')}`,
        `${id}.${secret.slice(0, -1)}`,
        id,
        '',
      ].map(async (token) => (await refusal(accounts.invites.preview(token))).toWire()),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.code).toBe('not_found');
    expect(await accounts.invites.preview(tokenOf(good))).toMatchObject({ conversations: [], email: null });
    expect(await why(accounts.invites.createInvite(ann, inputOf()))).toBe('forbidden');
    await accounts.confirmIdentity(owner, { password: PASSWORD });
    await choose({ inviteBy: null });
    // With another key, the same id is nothing.
    const elsewhere = await open({ secret: 'x'.repeat(32) });
    expect((await refusal(elsewhere.invites.preview(tokenOf(good)))).code).toBe('not_found');
  });

  const inputOf = () => ({
    inviteId: newId(),
    role: 'member' as const,
    guestSeconds: 3_600,
    conversationIds: [],
    maxUses: null,
    expiresInSeconds: null,
    note: '',
  });

  it('leads only where its maker may add people, when it is made and when it is used', async () => {
    const closed = newId();
    await world.call(owner, 'createConversation', {
      kind: 'channel',
      conversationId: closed,
      name: 'Board',
      visibility: 'private',
      userIds: [ann.userId],
    });
    expect((await refusal(invite(ann, { conversationIds: [closed] }))).code).toBe('forbidden');
    const bea = await callerOf(await enter(form()));
    expect((await refusal(invite(bea, { conversationIds: [closed] }))).code).toBe('not_found');
    expect((await refusal(invite(bea, { conversationIds: [group, newId()] }))).code).toBe('not_found');
    const both = await invite(owner, { conversationIds: [closed, group] });
    await world.call(owner, 'leaveConversation', { conversationId: group });
    const who = await enter(form({ invite: tokenOf(both) }));
    expect(await members(closed)).toContain(who.user.id);
    expect(await members()).not.toContain(who.user.id);
    // What one is not in is not named to one either.
    expect((await listed(owner, both.id))?.conversationIds).toEqual([closed]);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [owner.userId] });
  });

  it('leads people who have an account into its conversations once, and nobody back who was shown out', async () => {
    const made = await invite(ann, { conversationIds: [group], maxUses: 1 });
    const token = tokenOf(made);
    const bea = await callerOf(await enter(form()));
    const both = await Promise.all([
      accounts.invites.acceptInvite(bea, { token }),
      accounts.invites.acceptInvite(bea, { token }).catch(() => ({ conversationIds: [group] })),
    ]);
    expect(both.map(({ conversationIds }) => conversationIds)).toContainEqual([group]);
    expect(await listed(ann, made.id)).toMatchObject({ uses: 1 });
    // Whoever left by themselves comes back by it; others find it used up.
    await world.call(bea, 'leaveConversation', { conversationId: group });
    expect(await accounts.invites.acceptInvite(bea, { token })).toEqual({ conversationIds: [group] });
    const cat = await callerOf(await enter(form()));
    expect((await refusal(accounts.invites.acceptInvite(cat, { token }))).code).toBe('not_found');
    await world.call(ann, 'removeMember', { conversationId: group, userId: bea.userId });
    expect(await accounts.invites.acceptInvite(bea, { token })).toEqual({ conversationIds: [] });
    expect(await members()).not.toContain(bea.userId);
  });

  it('shows the link to its maker alone, and lets admins of the tenant revoke it', async () => {
    const made = await invite(ann, { conversationIds: [group], note: 'for the choir' });
    const { invites } = await accounts.invites.listInvites(owner, { of: 'everyone' });
    expect(invites.find(({ id }) => id === made.id)).toMatchObject({ token: null, note: 'for the choir' });
    expect((await listed(ann, made.id))?.token).toBe(made.token);
    expect((await refusal(accounts.invites.listInvites(ann, { of: 'everyone' }))).code).toBe('forbidden');
    const bea = await callerOf(await enter(form()));
    expect(await listed(bea, made.id)).toBeUndefined();
    expect((await refusal(accounts.invites.revokeInvite(bea, { inviteId: made.id }))).code).toBe('not_found');
    await accounts.invites.revokeInvite(owner, { inviteId: made.id });
    await accounts.invites.revokeInvite(owner, { inviteId: made.id });
    expect(await listed(ann, made.id)).toMatchObject({ state: 'revoked', token: null });
    const events = await accounts.listSecurityEvents(owner, { of: 'me' });
    expect(events.events.filter((event) => event.kind === 'invite_revoked')).not.toHaveLength(0);
  });

  it('S7: is made once however often it is asked for, and its id is nobody else’s', async () => {
    const input = { ...inputOf(), note: 'once' };
    const { invite: first } = await accounts.invites.createInvite(ann, input);
    expect((await accounts.invites.createInvite(ann, input)).invite).toEqual(first);
    expect((await refusal(accounts.invites.createInvite(owner, input))).code).toBe('conflict');
  });

  it('lets in later who was not let in because the node died in between', async () => {
    const lone = await open({}, { conversationLog: null });
    const made = await invite(ann, { conversationIds: [group] });
    const who = await enter(form({ invite: tokenOf(made) }), lone);
    expect(await members()).not.toContain(who.user.id);
    const announcer = createAnnouncer(localBus());
    const settling = createSettling({
      db: accountsDb(world.database.db),
      tenantId: ann.tenantId,
      announcer,
      conversationLog: createConversationLog({ database: world.database, announcer }),
      log: silentLogger,
      now: () => now,
    });
    await settling.sweep();
    expect(await members()).not.toContain(who.user.id);
    now += 61_000;
    await settling.sweep();
    await settling.sweep();
    expect((await members()).filter((id) => id === who.user.id)).toHaveLength(1);
  });
});
