/**
 * For attacks: every command with an id of somebody else's in each place that takes one, and all else one's own. A command
 * without a row does not compile; an id field that no row fills fails a test (`idPaths`).
 */
import { type CommandName, commands, type Input, newId } from '@kith/protocol';
import { z } from 'zod';
import type { House } from './houses.ts';

type Trespass<N extends CommandName> = (mine: House, theirs: House) => readonly Input<N>[];

const plain = (text: string) => ({ type: 'plain' as const, text });
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const nothing = () => [{}];

/** A message of theirs: in its place, and as if it were of my conversation. */
const onMessage = (mine: House, theirs: House, messageId = theirs.messageId) => [
  { conversationId: theirs.conversationId, messageId },
  { conversationId: mine.conversationId, messageId },
];
const onThread = (mine: House, theirs: House) => [
  { conversationId: theirs.conversationId, rootId: theirs.messageId },
  { conversationId: mine.conversationId, rootId: theirs.messageId },
];
const onFile = (mine: House, theirs: House) => [
  { conversationId: theirs.conversationId, messageId: theirs.fileMessageId, fileId: theirs.fileId },
  { conversationId: mine.conversationId, messageId: theirs.fileMessageId, fileId: theirs.fileId },
  { conversationId: mine.conversationId, messageId: mine.fileMessageId, fileId: theirs.fileId },
  { conversationId: theirs.conversationId, messageId: mine.fileMessageId, fileId: mine.fileId },
];
const onPerson = (mine: House, theirs: House) => [
  { conversationId: theirs.conversationId, userId: theirs.userId },
  { conversationId: theirs.conversationId, userId: mine.userId },
  { conversationId: mine.conversationId, userId: theirs.userId },
];
const to = <T extends object>(input: T) => [input];
const also = <A extends object, B extends object>(all: readonly A[], more: B): (A & B)[] =>
  all.map((one) => ({ ...one, ...more }));

/** What a message may carry, with their things in it. */
const contents = (mine: House, theirs: House) => {
  const file = (fileId: string) => ({
    fileId,
    kind: 'file' as const,
    name: 'a.txt',
    mime: 'text/plain',
    size: 1,
  });
  const small = (fileId: string) => ({ fileId, mime: 'image/png', size: 1, width: 1, height: 1 });
  const playable = (fileId: string) => ({ fileId, mime: 'video/mp4', size: 1 });
  const files = (one: object) => ({ type: 'files' as const, files: [one as ReturnType<typeof file>] });
  const sticker = {
    type: 'sticker' as const,
    width: 96,
    height: 96,
    emoji: '🦊',
    alt: 'A fox',
  };
  return [
    files(file(theirs.fileId)),
    files(file(theirs.uploadId)),
    files(file(theirs.begunId)),
    files({ ...file(mine.uploadId), thumbnail: small(theirs.fileId) }),
    files({ ...file(mine.uploadId), thumbnail: small(theirs.uploadId) }),
    files({ ...file(mine.uploadId), playable: playable(theirs.fileId) }),
    { ...sticker, packId: theirs.packId, stickerId: theirs.stickerId, blobId: theirs.stickerBlobId },
    { ...sticker, packId: mine.packId, stickerId: mine.stickerId, blobId: theirs.blobId },
    { type: 'contact' as const, name: 'Somebody', userId: theirs.userId },
  ].map((attachment) => ({ ...plain(''), attachment }));
};

export const trespasses: { readonly [N in CommandName]: Trespass<N> } = {
  sync: nothing,
  getHeads: (mine, theirs) => [{ conversationIds: [mine.conversationId, theirs.conversationId] }],
  catchUp: (mine, theirs) => [
    {
      conversations: [
        { conversationId: mine.conversationId, since: 0 },
        { conversationId: theirs.conversationId, since: 0 },
      ],
    },
    { conversations: [{ conversationId: theirs.conversationId, since: 0 }] },
  ],
  changes: (_, theirs) => to({ conversationId: theirs.conversationId, since: 0 }),
  openDirect: (_, theirs) => [
    { conversationId: theirs.conversationId, userId: theirs.userId },
    { conversationId: newId(), userId: theirs.userId },
  ],
  createConversation: (mine, theirs) => [
    { kind: 'group', conversationId: theirs.conversationId, name: 'Mine now', userIds: [mine.userId] },
    { kind: 'channel', conversationId: newId(), name: 'Mine', userIds: [theirs.userId] },
    { kind: 'channel', conversationId: theirs.conversationId, name: 'Mine now' },
    { kind: 'group', conversationId: newId(), name: 'Mine', userIds: [theirs.userId] },
  ],
  updateConversation: (mine, theirs) => [
    { conversationId: theirs.conversationId, name: 'Mine now', disappearAfter: 3_600 },
    { conversationId: mine.conversationId, avatar: theirs.blobId },
    { conversationId: theirs.conversationId, files: { types: ['image'] } },
  ],
  listChannels: nothing,
  listCommon: (_, theirs) => to({ userId: theirs.userId }),
  joinChannel: (_, theirs) => to({ conversationId: theirs.conversationId }),
  leaveConversation: (_, theirs) => to({ conversationId: theirs.conversationId }),
  listMembers: (_, theirs) => to({ conversationId: theirs.conversationId }),
  addMembers: (mine, theirs) => [
    { conversationId: theirs.conversationId, userIds: [mine.userId] },
    { conversationId: mine.conversationId, userIds: [theirs.userId] },
  ],
  removeMember: onPerson,
  setMemberRole: (mine, theirs) => also(onPerson(mine, theirs), { role: 'admin' as const }),
  transferOwnership: onPerson,
  sendMessage: (mine, theirs) => {
    const { conversationId } = mine;
    const mineNew = () => ({ conversationId, messageId: newId() });
    return [
      { conversationId: theirs.conversationId, messageId: newId(), content: plain('let me in') },
      { conversationId, messageId: theirs.messageId, content: plain('written over') },
      { ...mineNew(), content: plain('quoting'), replyTo: theirs.messageId },
      { ...mineNew(), content: plain('in a thread'), thread: theirs.messageId },
      { ...mineNew(), forward: { conversationId: theirs.conversationId, messageId: theirs.messageId } },
      { ...mineNew(), forward: { conversationId, messageId: theirs.messageId } },
      {
        ...mineNew(),
        forward: { conversationId: theirs.conversationId, messageId: theirs.fileMessageId },
      },
      {
        ...mineNew(),
        content: { type: 'encrypted', scheme: 'x.1', bytes: 'AAAA' },
        files: [theirs.fileId],
      },
      {
        ...mineNew(),
        content: { type: 'encrypted', scheme: 'x.1', bytes: 'AAAA' },
        files: [theirs.uploadId],
      },
      ...contents(mine, theirs).map((content) => ({ ...mineNew(), content })),
    ];
  },
  editMessage: (mine, theirs) => [
    ...also(onMessage(mine, theirs), { content: plain('changed') }),
    ...contents(mine, theirs).map((content) => ({
      conversationId: mine.conversationId,
      messageId: mine.messageId,
      content,
    })),
  ],
  deleteMessage: onMessage,
  addReaction: (mine, theirs) => also(onMessage(mine, theirs), { emoji: '❤️' }),
  removeReaction: (mine, theirs) => also(onMessage(mine, theirs), { emoji: '👍' }),
  getHistory: (_, theirs) => to({ conversationId: theirs.conversationId }),
  getMessages: (mine, theirs) => [
    { conversationId: theirs.conversationId, messageIds: [theirs.messageId] },
    { conversationId: mine.conversationId, messageIds: [theirs.messageId, theirs.replyId] },
  ],
  getMessageEdits: onMessage,
  getReactions: (mine, theirs) => also(onMessage(mine, theirs), { emoji: '👍' }),
  votePoll: (mine, theirs) => also(onMessage(mine, theirs, theirs.pollId), { options: [1] }),
  closePoll: (mine, theirs) => onMessage(mine, theirs, theirs.pollId),
  getPollVotes: (mine, theirs) => also(onMessage(mine, theirs, theirs.pollId), { option: 0 }),
  pinMessage: (mine, theirs) => onMessage(mine, theirs, theirs.replyId),
  unpinMessage: onMessage,
  listPins: (_, theirs) => to({ conversationId: theirs.conversationId }),
  markRead: (_, theirs) => to({ conversationId: theirs.conversationId, seq: 1 }),
  markDelivered: (_, theirs) => to({ marks: [{ conversationId: theirs.conversationId, seq: 1 }] }),
  getReceipts: onMessage,
  typing: (_, theirs) => to({ conversationId: theirs.conversationId, active: true }),
  watch: (_, theirs) => to({ conversationIds: [theirs.conversationId], userIds: [theirs.userId] }),
  setActivity: () => [{ active: true }],
  searchMessages: (_, theirs) => [
    { query: theirs.word, conversationId: theirs.conversationId },
    { query: theirs.word },
  ],
  getMentions: (_, theirs) => to({ conversationId: theirs.conversationId, after: 0 }),
  findDate: (_, theirs) => to({ conversationId: theirs.conversationId, at: '2026-01-01T00:00:00Z' }),
  listThreads: nothing,
  getThread: onThread,
  followThread: (mine, theirs) => also(onThread(mine, theirs), { following: true }),
  markThreadRead: (mine, theirs) => also(onThread(mine, theirs), { seq: 1 }),
  getMe: nothing,
  updateProfile: (_, theirs) => [{ avatar: theirs.blobId }, { status: { text: 'away' } }],
  updateSettings: () => [
    { presence: 'away' },
    {
      notifications: { quietHours: { from: '22:00', to: '07:00', days: [1], timeZone: 'Europe/Berlin' } },
      privacy: { receipts: true },
    },
  ],
  refreshToken: () => [{ token: 'x.y.z' }],
  getAccount: nothing,
  confirmIdentity: () => [{ password: 'not the password' }],
  changePassword: () => [{ password: 'short' }],
  // What becomes of one's own account is in attacks/deletion.test.ts.
  deleteAccount: () => [{ messages: 'keep' }],
  keepAccount: nothing,
  changeEmail: () => [{ email: 'mine@example.org' }],
  // Those of others are in accounts/identity.test.ts.
  confirmEmail: () => [{ ticket: 'none', code: '000000' }],
  listSecurityEvents: () => [{ of: 'everyone' }],
  listLinks: nothing,
  beginLink: () => [{ provider: 'none' }],
  // Those of others are in accounts/outside/outside.test.ts.
  unlink: (_, theirs) => to({ linkId: theirs.userId }),
  getPhone: nothing,
  changePhone: () => [{ phone: '+4915123456789' }],
  // Tickets and numbers of others are in accounts/phones/phones.test.ts.
  confirmPhone: () => [{ ticket: 'none', code: '000000' }],
  removePhone: nothing,
  getFactors: nothing,
  beginTotp: nothing,
  confirmTotp: () => [{ code: '000000' }],
  removeTotp: nothing,
  renewRecoveryCodes: nothing,
  beginPasskey: nothing,
  beginPasskeyConfirm: nothing,
  // Tickets and passkeys of others are in accounts/factors/factors.test.ts.
  addPasskey: () => [
    {
      ticket: 'none',
      name: 'Mine',
      passkey: {
        id: 'x',
        rawId: 'x',
        type: 'public-key',
        response: { clientDataJSON: 'x', attestationObject: 'x' },
      },
    },
  ],
  renamePasskey: (_, theirs) => to({ passkeyId: theirs.passkeyId, name: 'Mine' }),
  removePasskey: (_, theirs) => to({ passkeyId: theirs.passkeyId }),
  getTenantSecurity: nothing,
  updateTenantSecurity: () => [{ secondFactor: 'everyone' }],
  getTenant: nothing,
  updateTenant: () => [{ name: 'Mine' }],
  createTenantKey: () => [{ name: 'Mine', scopes: ['messages:read' as const] }],
  rotateTenantKey: () => to({ keyId: '0123456789abcdef' }),
  revokeTenantKey: () => to({ keyId: '0123456789abcdef' }),
  listTenantPeople: nothing,
  setTenantRole: (mine, theirs) => [
    { userId: mine.userId, role: 'admin' as const },
    { userId: theirs.userId, role: 'member' as const },
  ],
  transferTenant: (mine, theirs) => [{ userId: mine.userId }, { userId: theirs.userId }],
  resetFactors: (_, theirs) => to({ userId: theirs.userId }),
  suspendAccount: (_, theirs) => to({ userId: theirs.userId }),
  restoreAccount: (_, theirs) => to({ userId: theirs.userId }),
  getJoinPolicy: nothing,
  updateJoinPolicy: () => [{ signUp: 'open' }],
  createInvite: (mine, theirs) => [
    { inviteId: theirs.inviteId },
    { inviteId: newId(), conversationIds: [theirs.conversationId] },
    { inviteId: newId(), conversationIds: [mine.conversationId, theirs.conversationId] },
    { inviteId: newId(), role: 'guest' as const, conversationIds: [theirs.conversationId] },
  ],
  listGuests: nothing,
  updateGuest: (_, theirs) => to({ userId: theirs.userId, until: inAnHour() }),
  endGuest: (_, theirs) => to({ userId: theirs.userId }),
  listInvites: () => [{}, { of: 'everyone' as const }],
  revokeInvite: (_, theirs) => to({ inviteId: theirs.inviteId }),
  acceptInvite: (mine, theirs) => to({ token: `${theirs.inviteId}.${mine.inviteToken.split('.')[1] ?? ''}` }),
  listSessions: nothing,
  revokeSession: (_, theirs) => to({ sessionId: theirs.sessionId }),
  revokeOtherSessions: nothing,
  getUsers: (_, theirs) => to({ userIds: [theirs.userId] }),
  searchUsers: (_, theirs) => to({ query: theirs.word }),
  listEmoji: nothing,
  addEmoji: (_, theirs) => to({ name: 'mine', blobId: theirs.blobId }),
  removeEmoji: () => [{ name: 'party' }],
  listStickerPacks: nothing,
  getStickerPack: (_, theirs) => to({ packId: theirs.packId }),
  createStickerPack: (_, theirs) => to({ packId: theirs.packId, name: 'Mine now' }),
  addSticker: (mine, theirs) => [
    {
      packId: theirs.packId,
      stickerId: newId(),
      blobId: mine.blobId,
      emoji: '🦊',
      alt: 'A fox',
    },
    { packId: mine.packId, stickerId: newId(), blobId: theirs.blobId, emoji: '🦊', alt: 'A fox' },
    {
      packId: mine.packId,
      stickerId: theirs.stickerId,
      blobId: theirs.stickerBlobId,
      emoji: '🦊',
      alt: 'A fox',
    },
  ],
  removeSticker: (mine, theirs) => [
    { packId: theirs.packId, stickerId: theirs.stickerId },
    { packId: mine.packId, stickerId: theirs.stickerId },
  ],
  installStickerPack: (_, theirs) => to({ packId: theirs.packId }),
  uninstallStickerPack: (_, theirs) => to({ packId: theirs.packId }),
  searchGifs: () => [{ query: 'fox' }],
  getUploads: (_, theirs) => to({ fileIds: [theirs.fileId, theirs.uploadId, theirs.begunId] }),
  getUploadLimits: (_, theirs) => to({ conversationId: theirs.conversationId }),
  linkFile: onFile,
  getTranscoding: onFile,
  listShared: (_, theirs) => to({ conversationId: theirs.conversationId, kind: 'files' as const }),
  getMyChanges: () => [{ since: 0 }],
  setPreference: (_, theirs) => to({ conversationId: theirs.conversationId, pinned: 1 }),
  setBlocked: (_, theirs) => [
    { userId: theirs.userId, blocked: true },
    { userId: theirs.userId, blocked: false },
  ],
  acceptRequest: (_, theirs) => to({ conversationId: theirs.conversationId }),
  declineRequest: (_, theirs) => to({ conversationId: theirs.conversationId }),
  setFolder: (_, theirs) => [
    { folderId: theirs.folderId, name: 'Mine now' },
    {
      folderId: newId(),
      name: 'Theirs',
      included: [theirs.conversationId],
      excluded: [theirs.messageId],
    },
    { folderId: theirs.folderId, removed: true },
  ],
  hideMessages: (_, theirs) => to({ conversationId: theirs.conversationId, hide: [1] }),
  saveDraft: (mine, theirs) => [
    { conversationId: theirs.conversationId, text: 'begun', at: new Date().toISOString() },
    {
      conversationId: mine.conversationId,
      thread: theirs.messageId,
      replyTo: theirs.messageId,
      text: 'begun',
      at: new Date().toISOString(),
    },
  ],
  scheduleMessage: (mine, theirs) => {
    const at = inAnHour();
    const { conversationId } = mine;
    return [
      { conversationId: theirs.conversationId, messageId: newId(), content: plain('later'), at },
      { conversationId, messageId: theirs.scheduledId, content: plain('later'), at },
      { conversationId, messageId: newId(), content: plain('later'), at, replyTo: theirs.messageId },
      { conversationId, messageId: newId(), content: plain('later'), at, thread: theirs.messageId },
      ...contents(mine, theirs).map((content) => ({ conversationId, messageId: newId(), content, at })),
    ];
  },
  updateScheduled: (mine, theirs) => [
    { messageId: theirs.scheduledId, content: plain('changed'), at: inAnHour() },
    ...contents(mine, theirs).map((content) => ({ messageId: mine.scheduledId, content })),
  ],
  cancelScheduled: (_, theirs) => to({ messageId: theirs.scheduledId }),
  sendScheduledNow: (_, theirs) => to({ messageId: theirs.scheduledId }),
  setReminder: (mine, theirs) => also(onMessage(mine, theirs), { at: inAnHour() }),
  report: (mine, theirs) => [
    {
      reportId: newId(),
      about: { type: 'messages', conversationId: theirs.conversationId, messageIds: [theirs.messageId] },
      reason: 'spam',
    },
    {
      reportId: newId(),
      about: { type: 'messages', conversationId: mine.conversationId, messageIds: [theirs.messageId] },
      reason: 'spam',
    },
    {
      reportId: newId(),
      about: { type: 'conversation', conversationId: theirs.conversationId },
      reason: 'spam',
    },
    // Whom one reports one may know; `reportId` is theirs to nobody.
    { reportId: theirs.messageId, about: { type: 'person', userId: theirs.userId }, reason: 'spam' },
  ],
  listReports: nothing,
};

interface Schema {
  readonly format?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Every place of an input that takes an id, such as `content.attachment.files.fileId`. */
export function idPaths(name: CommandName): Set<string> {
  const found = new Set<string>();
  const walk = (schema: Schema, path: string): void => {
    if (schema.format === 'uuid' || path.endsWith('essionId')) found.add(path);
    for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(one, path);
    if (schema.items) walk(schema.items, path);
    for (const [key, value] of Object.entries(schema.properties ?? {}))
      walk(value, path === '' ? key : `${path}.${key}`);
  };
  walk(z.toJSONSchema(commands[name].input, { io: 'input', unrepresentable: 'any' }) as Schema, '');
  return found;
}

/** The places of an input that hold one of these. */
export function pathsWith(input: unknown, ids: ReadonlySet<string>, path = ''): Set<string> {
  if (typeof input === 'string') return ids.has(input) ? new Set([path]) : new Set();
  if (typeof input !== 'object' || input === null) return new Set();
  const parts = Array.isArray(input)
    ? input.map((part) => pathsWith(part, ids, path))
    : Object.entries(input).map(([key, value]) =>
        pathsWith(value, ids, path === '' ? key : `${path}.${key}`),
      );
  return new Set(parts.flatMap((part) => [...part]));
}
