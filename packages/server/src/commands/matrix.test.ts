/**
 * Who may do what: the whole command table against everybody there is. A command without a row does not compile and
 * fails the test. Anonymous callers never reach a command: that half stands in wire.test.ts.
 */
import { type CommandName, commandNames, type Input, KithError, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { dispatch } from './dispatch.ts';

const roles = ['outsider', 'member', 'former', 'admin', 'owner', 'stranger'] as const;
type Role = (typeof roles)[number];
type Outcome = 'ok' | 'forbidden' | 'not_found' | 'conflict';

/** A private group with somebody of every role, and somebody of another tenant. */
interface Scene extends Record<Role, Caller> {
  readonly group: string;
  /** An ordinary member nobody plays, and a message of theirs. */
  readonly bystander: Caller;
  readonly message: string;
  // What only some rows need is made when they ask for it. Resolves to its id.
  /** A message of the bystander's with a file. */
  readonly sendFile: () => Promise<{ readonly messageId: string; readonly fileId: string }>;
  /** One of theirs. */
  readonly sendPoll: () => Promise<string>;
  /** A public one, theirs too. */
  readonly makeChannel: () => Promise<string>;
  /** Of stickers, by somebody else. */
  readonly makePack: () => Promise<string>;
}

interface Row<N extends CommandName> {
  readonly input: (scene: Scene, caller: Caller) => Input<N> | Promise<Input<N>>;
  readonly outcome: Readonly<Record<Role, Outcome>>;
}

const everyone = {
  outsider: 'ok',
  member: 'ok',
  former: 'ok',
  admin: 'ok',
  owner: 'ok',
  stranger: 'ok',
} as const;
/** Those who are in; to the others there is no such conversation. */
const insiders = {
  outsider: 'not_found',
  member: 'ok',
  former: 'not_found',
  admin: 'ok',
  owner: 'ok',
  stranger: 'not_found',
} as const;
/** Also of their own. */
const noPasskey = {
  id: 'x',
  rawId: 'x',
  type: 'public-key',
  response: { clientDataJSON: 'x', attestationObject: 'x' },
} as const;

const noAccount = {
  outsider: 'not_found',
  member: 'not_found',
  former: 'not_found',
  admin: 'not_found',
  owner: 'not_found',
  stranger: 'not_found',
} as const;
const nobody = {
  outsider: 'forbidden',
  member: 'forbidden',
  former: 'forbidden',
  admin: 'forbidden',
  owner: 'forbidden',
  stranger: 'forbidden',
} as const;
/** Everybody of the tenant. */
const tenants = { ...everyone, stranger: 'not_found' } as const;
/** To everybody the same nothing. */
const toNobody = {
  outsider: 'not_found',
  member: 'not_found',
  former: 'not_found',
  admin: 'not_found',
  owner: 'not_found',
  stranger: 'not_found',
} as const;
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const admins = { ...insiders, member: 'forbidden' } as const;
const nobodyElse = { ...insiders, member: 'forbidden', admin: 'forbidden', owner: 'forbidden' } as const;

const onMessage = (scene: Scene) => ({ conversationId: scene.group, messageId: scene.message });
const onThread = (scene: Scene) => ({ conversationId: scene.group, rootId: scene.message });
const onPoll = async (scene: Scene) => ({
  conversationId: scene.group,
  messageId: await scene.sendPoll(),
});
const text = (value: string) => ({ type: 'plain' as const, text: value });

const matrix: { readonly [N in CommandName]: Row<N> } = {
  sync: { input: () => ({}), outcome: everyone },
  // Answered with nothing for conversations one is not in: checked below.
  getHeads: { input: (scene) => ({ conversationIds: [scene.group] }), outcome: everyone },
  catchUp: {
    input: (scene) => ({ conversations: [{ conversationId: scene.group, since: 0 }] }),
    outcome: everyone,
  },
  changes: { input: (scene) => ({ conversationId: scene.group, since: 0 }), outcome: insiders },
  openDirect: {
    input: (scene) => ({ conversationId: newId(), userId: scene.bystander.userId }),
    outcome: { ...everyone, stranger: 'not_found' },
  },
  createConversation: {
    input: (scene) => ({
      kind: 'group',
      conversationId: newId(),
      name: 'New',
      userIds: [scene.bystander.userId],
    }),
    outcome: { ...everyone, stranger: 'not_found' },
  },
  updateConversation: {
    input: (scene) => ({ conversationId: scene.group, name: 'Renamed' }),
    outcome: admins,
  },
  listChannels: { input: () => ({}), outcome: everyone },
  listCommon: { input: (scene) => ({ userId: scene.owner.userId }), outcome: everyone },
  joinChannel: {
    input: async (scene) => ({ conversationId: await scene.makeChannel() }),
    outcome: { ...everyone, stranger: 'not_found' },
  },
  leaveConversation: {
    input: (scene) => ({ conversationId: scene.group }),
    outcome: { ...insiders, owner: 'conflict' },
  },
  listMembers: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  addMembers: {
    input: (scene) => ({ conversationId: scene.group, userIds: [scene.outsider.userId] }),
    outcome: insiders,
  },
  removeMember: {
    input: (scene) => ({ conversationId: scene.group, userId: scene.bystander.userId }),
    outcome: admins,
  },
  setMemberRole: {
    input: (scene) => ({ conversationId: scene.group, userId: scene.bystander.userId, role: 'admin' }),
    outcome: admins,
  },
  transferOwnership: {
    input: (scene) => ({ conversationId: scene.group, userId: scene.bystander.userId }),
    outcome: { ...nobodyElse, owner: 'ok' },
  },
  sendMessage: {
    input: (scene) => ({ conversationId: scene.group, messageId: newId(), content: text('hello') }),
    outcome: insiders,
  },
  // Somebody else's message: not even the owner puts words into people's mouths.
  editMessage: { input: (scene) => ({ ...onMessage(scene), content: text('changed') }), outcome: nobodyElse },
  deleteMessage: { input: onMessage, outcome: admins },
  addReaction: { input: (scene) => ({ ...onMessage(scene), emoji: '👍' }), outcome: insiders },
  removeReaction: { input: (scene) => ({ ...onMessage(scene), emoji: '👍' }), outcome: insiders },
  getHistory: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  // Of others' uploads it tells nothing, as of those that are not there.
  getUploads: { input: () => ({ fileIds: [newId()] }), outcome: everyone },
  getUploadLimits: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  linkFile: {
    input: async ({ group, sendFile }) => ({ conversationId: group, ...(await sendFile()) }),
    outcome: insiders,
  },
  getTranscoding: {
    input: async ({ group, sendFile }) => ({ conversationId: group, ...(await sendFile()) }),
    outcome: insiders,
  },
  listShared: { input: (scene) => ({ conversationId: scene.group, kind: 'files' }), outcome: insiders },
  getMessages: {
    input: (scene) => ({ conversationId: scene.group, messageIds: [scene.message] }),
    outcome: insiders,
  },
  getMessageEdits: { input: onMessage, outcome: insiders },
  getReactions: { input: (scene) => ({ ...onMessage(scene), emoji: '👍' }), outcome: insiders },
  votePoll: { input: async (scene) => ({ ...(await onPoll(scene)), options: [1] }), outcome: insiders },
  // Somebody else's poll.
  closePoll: { input: onPoll, outcome: admins },
  getPollVotes: { input: async (scene) => ({ ...(await onPoll(scene)), option: 0 }), outcome: insiders },
  pinMessage: { input: onMessage, outcome: insiders },
  unpinMessage: { input: onMessage, outcome: insiders },
  listPins: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  markRead: { input: (scene) => ({ conversationId: scene.group, seq: 1 }), outcome: insiders },
  markDelivered: {
    input: (scene) => ({ marks: [{ conversationId: scene.group, seq: 1 }] }),
    outcome: everyone,
  },
  getReceipts: { input: onMessage, outcome: insiders },
  listThreads: { input: () => ({}), outcome: everyone },
  getThread: { input: onThread, outcome: insiders },
  followThread: { input: (scene) => ({ ...onThread(scene), following: true }), outcome: insiders },
  markThreadRead: { input: (scene) => ({ ...onThread(scene), seq: 1 }), outcome: insiders },
  typing: { input: (scene) => ({ conversationId: scene.group, active: true }), outcome: insiders },
  watch: {
    input: (scene) => ({ conversationIds: [scene.group], userIds: [scene.owner.userId] }),
    outcome: everyone,
  },
  setActivity: { input: () => ({ active: true }), outcome: everyone },
  getMe: { input: () => ({}), outcome: everyone },
  getMyChanges: { input: () => ({ since: 0 }), outcome: everyone },
  setPreference: {
    input: (scene) => ({ conversationId: scene.group, archivedSeq: 1 }),
    outcome: insiders,
  },
  setFolder: { input: () => ({ folderId: newId(), name: 'Work' }), outcome: everyone },
  hideMessages: {
    input: (scene) => ({ conversationId: scene.group, hide: [1] }),
    outcome: insiders,
  },
  saveDraft: {
    input: (scene) => ({ conversationId: scene.group, text: 'begun', at: new Date().toISOString() }),
    outcome: insiders,
  },
  scheduleMessage: {
    input: (scene) => ({
      conversationId: scene.group,
      messageId: newId(),
      content: text('later'),
      at: inAnHour(),
    }),
    outcome: insiders,
  },
  // Only one's own can be named: these are nobody's.
  updateScheduled: {
    input: () => ({ messageId: newId(), at: inAnHour() }),
    outcome: toNobody,
  },
  cancelScheduled: { input: () => ({ messageId: newId() }), outcome: everyone },
  sendScheduledNow: { input: () => ({ messageId: newId() }), outcome: toNobody },
  setReminder: { input: (scene) => ({ ...onMessage(scene), at: inAnHour() }), outcome: insiders },
  updateProfile: { input: () => ({ displayName: 'Somebody' }), outcome: everyone },
  updateSettings: { input: () => ({ presence: 'away' }), outcome: everyone },
  // Nobody has an account in this test: what they do with it is tested in accounts/.
  refreshToken: { input: () => ({ token: 'x.y.z' }), outcome: noAccount },
  getAccount: { input: () => ({}), outcome: noAccount },
  confirmIdentity: { input: () => ({ password: 'x' }), outcome: noAccount },
  changePassword: { input: () => ({ password: 'x' }), outcome: noAccount },
  deleteAccount: { input: () => ({ messages: 'keep' }), outcome: noAccount },
  keepAccount: { input: () => ({}), outcome: noAccount },
  changeEmail: { input: () => ({ email: 'x@example.org' }), outcome: noAccount },
  confirmEmail: { input: () => ({ ticket: 'x', code: '123456' }), outcome: noAccount },
  listLinks: { input: () => ({}), outcome: noAccount },
  beginLink: { input: () => ({ provider: 'x' }), outcome: noAccount },
  unlink: { input: () => ({ linkId: newId() }), outcome: noAccount },
  getPhone: { input: () => ({}), outcome: noAccount },
  changePhone: { input: () => ({ phone: '+49 151 23456789' }), outcome: noAccount },
  confirmPhone: { input: () => ({ ticket: 'x', code: '123456' }), outcome: noAccount },
  removePhone: { input: () => ({}), outcome: noAccount },
  getFactors: { input: () => ({}), outcome: noAccount },
  beginTotp: { input: () => ({}), outcome: noAccount },
  confirmTotp: { input: () => ({ code: '123456' }), outcome: noAccount },
  removeTotp: { input: () => ({}), outcome: noAccount },
  renewRecoveryCodes: { input: () => ({}), outcome: noAccount },
  beginPasskey: { input: () => ({}), outcome: noAccount },
  addPasskey: { input: () => ({ ticket: 'x', name: 'x', passkey: noPasskey }), outcome: noAccount },
  renamePasskey: { input: () => ({ passkeyId: newId(), name: 'x' }), outcome: noAccount },
  removePasskey: { input: () => ({ passkeyId: newId() }), outcome: noAccount },
  beginPasskeyConfirm: { input: () => ({}), outcome: noAccount },
  getTenantSecurity: { input: () => ({}), outcome: noAccount },
  updateTenantSecurity: { input: () => ({ secondFactor: 'off' }), outcome: noAccount },
  getTenant: { input: () => ({}), outcome: noAccount },
  updateTenant: { input: () => ({ name: 'Mine' }), outcome: noAccount },
  createTenantKey: { input: () => ({ name: 'Mine', scopes: ['messages:read'] }), outcome: noAccount },
  rotateTenantKey: { input: () => ({ keyId: 'x' }), outcome: noAccount },
  revokeTenantKey: { input: () => ({ keyId: 'x' }), outcome: noAccount },
  listTenantPeople: { input: () => ({}), outcome: noAccount },
  setTenantRole: { input: () => ({ userId: newId(), role: 'admin' }), outcome: noAccount },
  transferTenant: { input: () => ({ userId: newId() }), outcome: noAccount },
  resetFactors: { input: () => ({ userId: newId() }), outcome: noAccount },
  suspendAccount: { input: () => ({ userId: newId() }), outcome: noAccount },
  restoreAccount: { input: () => ({ userId: newId() }), outcome: noAccount },
  getJoinPolicy: { input: () => ({}), outcome: noAccount },
  updateJoinPolicy: { input: () => ({ signUp: 'open' }), outcome: noAccount },
  createInvite: { input: () => ({ inviteId: newId() }), outcome: noAccount },
  listInvites: { input: () => ({}), outcome: noAccount },
  revokeInvite: { input: () => ({ inviteId: newId() }), outcome: noAccount },
  // Whose guests they are is tested in accounts/guests/.
  listGuests: { input: () => ({}), outcome: noAccount },
  updateGuest: {
    input: (scene) => ({ userId: scene.bystander.userId, until: inAnHour() }),
    outcome: noAccount,
  },
  endGuest: { input: (scene) => ({ userId: scene.bystander.userId }), outcome: noAccount },
  acceptInvite: { input: () => ({ token: 'x' }), outcome: noAccount },
  listSecurityEvents: { input: () => ({}), outcome: everyone },
  listSessions: { input: () => ({}), outcome: everyone },
  // The sessions of this test are not real: whose they are is tested in accounts/.
  revokeSession: {
    input: () => ({ sessionId: 'somebody-else' }),
    outcome: {
      outsider: 'not_found',
      member: 'not_found',
      former: 'not_found',
      admin: 'not_found',
      owner: 'not_found',
      stranger: 'not_found',
    },
  },
  revokeOtherSessions: { input: () => ({}), outcome: everyone },
  getUsers: { input: (scene) => ({ userIds: [scene.owner.userId] }), outcome: everyone },
  searchUsers: { input: () => ({}), outcome: everyone },
  listStickerPacks: { input: () => ({}), outcome: everyone },
  getStickerPack: { input: async (scene) => ({ packId: await scene.makePack() }), outcome: tenants },
  createStickerPack: { input: () => ({ packId: newId(), name: 'Foxes' }), outcome: everyone },
  addSticker: {
    input: async (scene) => ({
      packId: await scene.makePack(),
      stickerId: newId(),
      blobId: newId(),
      emoji: '🦊',
      alt: 'A fox',
    }),
    outcome: { ...nobody, stranger: 'not_found' },
  },
  removeSticker: {
    input: async (scene) => ({ packId: await scene.makePack(), stickerId: newId() }),
    outcome: { ...nobody, stranger: 'not_found' },
  },
  installStickerPack: { input: async (scene) => ({ packId: await scene.makePack() }), outcome: tenants },
  uninstallStickerPack: { input: async (scene) => ({ packId: await scene.makePack() }), outcome: everyone },
  // No provider here: gifs.test.ts has one.
  searchGifs: { input: () => ({ query: 'hello' }), outcome: toNobody },
  listEmoji: { input: () => ({}), outcome: everyone },
  // Roles of a conversation are none in the tenant: who owns a group owns no emoji. Tested in emoji.test.ts.
  setBlocked: {
    input: (scene, caller) => ({
      userId: caller === scene.owner ? scene.member.userId : scene.owner.userId,
      blocked: false,
    }),
    outcome: { ...everyone, stranger: 'not_found' },
  },
  acceptRequest: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  declineRequest: { input: (scene) => ({ conversationId: scene.group }), outcome: insiders },
  report: {
    input: (scene) => ({
      reportId: newId(),
      about: { type: 'messages', conversationId: scene.group, messageIds: [scene.message] },
      reason: 'spam',
    }),
    outcome: insiders,
  },
  // Owners and admins of the tenant, who are none of these.
  listReports: { input: () => ({}), outcome: nobody },
  addEmoji: { input: () => ({ name: 'party', blobId: newId() }), outcome: nobody },
  removeEmoji: { input: () => ({ name: 'party' }), outcome: nobody },
  searchMessages: {
    input: (scene) => ({ query: 'hello', conversationId: scene.group }),
    outcome: insiders,
  },
  getMentions: { input: (scene) => ({ conversationId: scene.group, after: 0 }), outcome: insiders },
  findDate: {
    input: (scene) => ({ conversationId: scene.group, at: '2026-01-01T00:00:00Z' }),
    outcome: insiders,
  },
};

describe.each(databaseKinds)('the matrix on %s', (kind) => {
  let world: World;
  let people: Record<Role, Caller> & { bystander: Caller };
  beforeAll(async () => {
    world = await createWorld(kind);
    const otherTenant = await world.tenant('elsewhere');
    people = {
      outsider: await world.person('Outsider'),
      member: await world.person('Member'),
      former: await world.person('Former'),
      admin: await world.person('Admin'),
      owner: await world.person('Owner'),
      bystander: await world.person('Bystander'),
      stranger: await world.person('Stranger', otherTenant),
    };
  });
  afterAll(() => world?.close());

  const scene = async (): Promise<Scene> => {
    const { owner, admin, member, former, bystander } = people;
    const group = await world.group([owner, admin, member, former, bystander]);
    await world.call(owner, 'setMemberRole', { conversationId: group, userId: admin.userId, role: 'admin' });
    await world.call(owner, 'removeMember', { conversationId: group, userId: former.userId });
    const { messageId } = await world.send(bystander, group, 'by the bystander');
    const sendFile = async () => {
      const fileId = await world.upload(bystander, Buffer.from('text/plain\nwords'), 'text/plain');
      return { messageId: await world.sendFile(bystander, group, fileId), fileId };
    };
    const sendPoll = async () => {
      const poll = { question: 'Where?', options: ['Here', 'There'], multiple: false, anonymous: false };
      const messageId = newId();
      await world.call(bystander, 'sendMessage', {
        conversationId: group,
        messageId,
        content: { type: 'plain', text: '', attachment: { type: 'poll', ...poll } },
      });
      return messageId;
    };
    const makeChannel = async () => {
      const conversationId = newId();
      await world.call(bystander, 'createConversation', {
        kind: 'channel',
        conversationId,
        name: 'Public',
        visibility: 'public',
      });
      return conversationId;
    };
    const makePack = async () => {
      const packId = newId();
      await world.call(await world.person(`maker-${packId}`), 'createStickerPack', { packId, name: 'Pack' });
      return packId;
    };
    return { ...people, group, message: messageId, sendFile, sendPoll, makeChannel, makePack };
  };

  const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'ok';
    } catch (error) {
      return error instanceof KithError ? error.code : `not a KithError: ${String(error)}`;
    }
  };

  it('has a row for every command', () => {
    expect(Object.keys(matrix).sort()).toEqual([...commandNames].sort());
  });

  it.each(commandNames)('%s', async (name) => {
    const row = matrix[name];
    const seen: Partial<Record<Role, string>> = {};
    for (const role of roles) {
      const here = await scene();
      seen[role] = await outcomeOf(
        dispatch(world.services, here[role], name, await row.input(here, here[role])),
      );
    }
    expect(seen).toEqual(row.outcome);
  });

  it('S15: look-ups that answer everybody tell nothing of conversations and people one has nothing to do with', async () => {
    const here = await scene();
    for (const role of ['outsider', 'former', 'stranger'] as const) {
      const caller = here[role];
      expect((await world.call(caller, 'getHeads', { conversationIds: [here.group] })).heads).toEqual([]);
      const synced = await world.call(caller, 'sync', {});
      expect(synced.heads.map((head) => head.conversation.id)).not.toContain(here.group);
      expect(
        (await world.call(caller, 'watch', { conversationIds: [here.group], userIds: [] })).receipts,
      ).toEqual([]);
    }
    expect((await world.call(here.stranger, 'getUsers', { userIds: [here.owner.userId] })).users).toEqual([]);
    const found = await world.call(here.stranger, 'searchUsers', {});
    expect(found.users.map((user) => user.id)).toEqual([here.stranger.userId]);
    expect((await world.call(here.stranger, 'listChannels', {})).channels).toEqual([]);
    for (const role of ['outsider', 'former', 'stranger'] as const) {
      const { conversations } = await world.call(here[role], 'listCommon', { userId: here.owner.userId });
      expect(conversations.map(({ id }) => id)).not.toContain(here.group);
    }
  });

  it('S13: a message from before one’s time is not there, whatever is tried on it', async () => {
    const group = await world.group([people.owner]);
    const { messageId } = await world.send(people.owner, group, 'before');
    await world.call(people.owner, 'addMembers', { conversationId: group, userIds: [people.member.userId] });
    const on = { conversationId: group, messageId };
    const attempts = [
      () => world.call(people.member, 'editMessage', { ...on, content: text('mine') }),
      () => world.call(people.member, 'deleteMessage', on),
      () => world.call(people.member, 'addReaction', { ...on, emoji: '👍' }),
      () => world.call(people.member, 'removeReaction', { ...on, emoji: '👍' }),
      () => world.call(people.member, 'getReceipts', on),
      () => world.call(people.member, 'getMessageEdits', on),
      () => world.reply(people.member, group, messageId, 'in its thread'),
      () => world.call(people.member, 'getThread', { conversationId: group, rootId: messageId }),
      () =>
        world.call(people.member, 'followThread', {
          conversationId: group,
          rootId: messageId,
          following: true,
        }),
      () => world.call(people.member, 'votePoll', { ...on, options: [] }),
      () => world.call(people.member, 'closePoll', on),
      () => world.call(people.member, 'getPollVotes', { ...on, option: 0 }),
      () => world.call(people.member, 'pinMessage', on),
      () => world.call(people.member, 'unpinMessage', on),
      () =>
        world.call(people.member, 'sendMessage', {
          conversationId: group,
          messageId: newId(),
          forward: on,
        }),
    ];
    for (const attempt of attempts) expect(await outcomeOf(attempt())).toBe('not_found');
  });

  it('an admin may neither remove nor lower another admin, nor touch the owner', async () => {
    const here = await scene();
    await world.call(here.owner, 'setMemberRole', {
      conversationId: here.group,
      userId: here.member.userId,
      role: 'admin',
    });
    for (const target of [here.member, here.owner]) {
      const on = { conversationId: here.group, userId: target.userId };
      expect(await outcomeOf(world.call(here.admin, 'removeMember', on))).toBe('forbidden');
      expect(await outcomeOf(world.call(here.admin, 'setMemberRole', { ...on, role: 'member' }))).toBe(
        'forbidden',
      );
    }
  });

  it('the last one out may leave, and the conversation stays consistent', async () => {
    const group = await world.group([people.owner]);
    expect(await outcomeOf(world.call(people.owner, 'leaveConversation', { conversationId: group }))).toBe(
      'ok',
    );
    expect(await outcomeOf(world.call(people.owner, 'getHistory', { conversationId: group }))).toBe(
      'not_found',
    );
  });
});
