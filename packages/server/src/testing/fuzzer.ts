/** Makes input of every kind of wrong, from what is right; the same seed makes the same. */
import { type CommandName, commandNames, commands, limits, newId } from '@kith/protocol';

export interface Fuzzer {
  /** A request, mostly wrong somewhere. */
  request(): { readonly command: string; readonly input: unknown };
  /** A WebSocket message, mostly no frame at all. */
  brokenFrame(): { readonly data: Buffer; readonly binary: boolean };
  http(name: CommandName): {
    readonly method: string;
    readonly path: string;
    readonly body: Buffer;
    readonly type: string | null;
  };
  bytes(max: number): Buffer;
  /** False for what would sign the fuzzer itself out, or keeps everybody waiting on purpose. */
  isSafe(name: CommandName): boolean;
}

export interface Known {
  readonly conversationId: string;
  readonly messageId: string;
  readonly userId: string;
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

const JUNK: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 31,
  Number.MIN_VALUE,
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u2066',
  '﷽'.repeat(50),
  "'; drop table users; --",
  '%00',
  '../../../etc/passwd',
  '{"t":"hello"}',
  '$1',
  '\\',
  '__proto__',
  'constructor',
  'toString',
  [],
  {},
  [[]],
  [null],
  nested(8),
  { length: -1 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '2026-02-30T25:61:61Z',
  'x'.repeat(5_000),
  Array(300).fill(0),
  Array(300).fill(''),
];

export function createFuzzer(seed: number, known: Known): Fuzzer {
  const random = randomFrom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (p: number): boolean => random() < p;

  const target = { conversationId: known.conversationId, messageId: known.messageId };
  const attachment = () =>
    pick([
      {
        type: 'poll',
        question: 'where?',
        options: ['here', 'there', '\u202Enowhere'],
        multiple: chance(0.5),
        anonymous: chance(0.5),
      },
      { type: 'location', latitude: 48.1, longitude: below(400) },
      { type: 'contact', name: '😀'.repeat(below(60) + 1), phone: '+49 89 1', userId: known.userId },
    ]);
  const content = () => ({
    type: 'plain',
    text: pick(['hello', '`code`', `<@${known.userId}>`, '<@all>', '👋']),
    ...(chance(0.3) && { attachment: attachment() }),
  });
  /** Right input, small. */
  const samples: { readonly [N in CommandName]: () => Record<string, unknown> } = {
    sync: () => ({}),
    getHeads: () => ({ conversationIds: [known.conversationId] }),
    catchUp: () => ({ conversations: [{ conversationId: known.conversationId, since: below(5) }] }),
    changes: () => ({ conversationId: known.conversationId, since: below(5), limit: 10 }),
    openDirect: () => ({ conversationId: newId(), userId: known.userId }),
    createConversation: () => ({
      kind: 'channel',
      conversationId: newId(),
      name: 'x',
      topic: '',
      userIds: [known.userId],
      visibility: 'public',
      history: 'all',
    }),
    updateConversation: () => ({ conversationId: known.conversationId, name: 'name' }),
    listChannels: () => ({ query: 'x', limit: 5 }),
    listCommon: () => ({ userId: known.userId, limit: 5 }),
    joinChannel: () => ({ conversationId: known.conversationId }),
    leaveConversation: () => ({ conversationId: newId() }),
    listMembers: () => ({ conversationId: known.conversationId, query: 'a', limit: 5 }),
    addMembers: () => ({ conversationId: known.conversationId, userIds: [known.userId] }),
    removeMember: () => ({ conversationId: newId(), userId: known.userId }),
    setMemberRole: () => ({ conversationId: known.conversationId, userId: known.userId, role: 'admin' }),
    transferOwnership: () => ({ conversationId: newId(), userId: known.userId }),
    sendMessage: () => ({
      ...target,
      messageId: newId(),
      content: content(),
      replyTo: known.messageId,
      ...(chance(0.3) && { thread: known.messageId }),
    }),
    editMessage: () => ({ ...target, content: content() }),
    deleteMessage: () => ({ ...target, messageId: newId() }),
    addReaction: () => ({ ...target, emoji: pick(['👍', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', ':fox:']) }),
    removeReaction: () => ({ ...target, emoji: '👍' }),
    getHistory: () => ({ conversationId: known.conversationId, around: 1, limit: 5 }),
    getUploads: () => ({ fileIds: [newId()] }),
    getUploadLimits: () => ({ conversationId: known.conversationId }),
    linkFile: () => ({ ...target, fileId: newId() }),
    getTranscoding: () => ({ ...target, fileId: newId() }),
    listShared: () => ({
      conversationId: known.conversationId,
      kind: pick(['media', 'voice', 'files']),
      limit: 5,
    }),
    getMessages: () => ({ conversationId: known.conversationId, messageIds: [known.messageId] }),
    getMessageEdits: () => ({ ...target, limit: 5 }),
    getReactions: () => ({ ...target, emoji: '👍', limit: 5 }),
    votePoll: () => ({ ...target, options: [below(3)] }),
    closePoll: () => ({ ...target }),
    getPollVotes: () => ({ ...target, option: below(3), limit: 5 }),
    pinMessage: () => ({ ...target }),
    unpinMessage: () => ({ ...target }),
    listPins: () => ({ conversationId: known.conversationId, limit: 5 }),
    markRead: () => ({ conversationId: known.conversationId, seq: 1 }),
    markDelivered: () => ({ marks: [{ conversationId: known.conversationId, seq: 1 }] }),
    getReceipts: () => ({ ...target, limit: 5 }),
    listThreads: () => ({ limit: 5 }),
    getThread: () => ({ conversationId: known.conversationId, rootId: known.messageId, around: 1, limit: 5 }),
    followThread: () => ({
      conversationId: known.conversationId,
      rootId: known.messageId,
      following: chance(0.5),
    }),
    markThreadRead: () => ({ conversationId: known.conversationId, rootId: known.messageId, seq: 1 }),
    typing: () => ({ conversationId: known.conversationId, active: true }),
    watch: () => ({ conversationIds: [known.conversationId], userIds: [known.userId] }),
    setActivity: () => ({ active: true }),
    getMe: () => ({}),
    getMyChanges: () => ({ since: 0 }),
    scheduleMessage: () => ({
      conversationId: known.conversationId,
      messageId: newId(),
      content: { type: 'plain', text: 'later' },
      at: new Date(Date.now() + 3_600_000).toISOString(),
    }),
    updateScheduled: () => ({ messageId: newId(), at: new Date(Date.now() + 3_600_000).toISOString() }),
    cancelScheduled: () => ({ messageId: newId() }),
    sendScheduledNow: () => ({ messageId: newId() }),
    setReminder: () => ({ conversationId: known.conversationId, messageId: newId(), at: null }),
    setPreference: () => ({ conversationId: known.conversationId, archivedSeq: chance(0.5) ? 1 : null }),
    setFolder: () => ({ folderId: newId(), name: 'folder' }),
    hideMessages: () => ({
      conversationId: known.conversationId,
      ...(chance(0.5) ? { hide: [1] } : { show: [1] }),
    }),
    saveDraft: () => ({ conversationId: known.conversationId, text: 'begun', at: new Date().toISOString() }),
    setBlocked: () => ({ userId: newId(), blocked: chance(0.5) }),
    acceptRequest: () => ({ conversationId: known.conversationId }),
    declineRequest: () => ({ conversationId: known.conversationId }),
    report: () => ({
      reportId: newId(),
      about: { type: 'person', userId: newId() },
      reason: 'spam',
    }),
    listReports: () => ({}),
    updateProfile: () => ({ displayName: 'name' }),
    updateSettings: () => ({ presence: 'away' }),
    refreshToken: () => ({ token: 'x.y.z' }),
    getAccount: () => ({}),
    confirmIdentity: () => ({ password: 'not the one' }),
    changePassword: () => ({ password: 'x' }),
    deleteAccount: () => ({ messages: 'keep' }),
    keepAccount: () => ({}),
    changeEmail: () => ({ email: 'fuzz@example.org' }),
    confirmEmail: () => ({ ticket: 'x', code: '123456' }),
    listLinks: () => ({}),
    beginLink: () => ({ provider: 'none' }),
    unlink: () => ({ linkId: known.userId }),
    getPhone: () => ({}),
    changePhone: () => ({ phone: pick(['+49 151 23456789', '0151', '+', '٠١٥١']), region: 'DE' }),
    confirmPhone: () => ({ ticket: 'x', code: '123456' }),
    removePhone: () => ({}),
    getFactors: () => ({}),
    beginTotp: () => ({}),
    confirmTotp: () => ({ code: '123456' }),
    removeTotp: () => ({}),
    renewRecoveryCodes: () => ({}),
    beginPasskey: () => ({}),
    addPasskey: () => ({
      ticket: 'x',
      name: 'x',
      passkey: {
        id: 'x',
        rawId: 'x',
        type: 'public-key',
        response: { clientDataJSON: 'x', attestationObject: 'x' },
      },
    }),
    renamePasskey: () => ({ passkeyId: '00000000-0000-7000-8000-000000000000', name: 'x' }),
    removePasskey: () => ({ passkeyId: '00000000-0000-7000-8000-000000000000' }),
    beginPasskeyConfirm: () => ({}),
    getTenantSecurity: () => ({}),
    updateTenantSecurity: () => ({ secondFactor: 'off' }),
    getTenant: () => ({}),
    updateTenant: () => ({ name: 'A place', features: { polls: true }, strangers: null, origins: [] }),
    createTenantKey: () => ({ name: 'Program', scopes: ['messages:read'] }),
    rotateTenantKey: () => ({ keyId: '0123456789abcdef' }),
    revokeTenantKey: () => ({ keyId: '0123456789abcdef' }),
    listTenantPeople: () => ({ query: 'a', limit: 5 }),
    setTenantRole: () => ({ userId: newId(), role: 'admin' }),
    transferTenant: () => ({ userId: newId() }),
    resetFactors: () => ({ userId: newId() }),
    suspendAccount: () => ({ userId: newId() }),
    restoreAccount: () => ({ userId: newId() }),
    getJoinPolicy: () => ({}),
    updateJoinPolicy: () => ({ signUp: 'domains', domains: ['example.org'], inviteBy: null }),
    createInvite: () => ({
      inviteId: newId(),
      conversationIds: [known.conversationId],
      maxUses: 3,
      note: 'x',
    }),
    listInvites: () => ({ of: 'everyone', limit: 5 }),
    revokeInvite: () => ({ inviteId: newId() }),
    listGuests: () => ({ limit: 5 }),
    updateGuest: () => ({ userId: known.userId, until: new Date(Date.now() + 3_600_000).toISOString() }),
    endGuest: () => ({ userId: known.userId }),
    acceptInvite: () => ({ token: `${newId()}.AAAAAAAAAAAAAAAAAAAAAA` }),
    listSecurityEvents: () => ({ of: 'everyone' }),
    listSessions: () => ({}),
    revokeSession: () => ({ sessionId: 'none' }),
    revokeOtherSessions: () => ({}),
    getUsers: () => ({ userIds: [known.userId] }),
    searchUsers: () => ({ query: 'a', limit: 5 }),
    listStickerPacks: () => ({}),
    getStickerPack: () => ({ packId: newId() }),
    createStickerPack: () => ({ packId: newId(), name: 'Foxes' }),
    addSticker: () => ({ packId: newId(), stickerId: newId(), blobId: newId(), emoji: '🦊', alt: 'A fox' }),
    removeSticker: () => ({ packId: newId(), stickerId: newId() }),
    installStickerPack: () => ({ packId: newId() }),
    uninstallStickerPack: () => ({ packId: newId() }),
    searchGifs: () => ({ query: 'fox', language: 'de' }),
    listEmoji: () => ({}),
    addEmoji: () => ({ name: 'fox', blobId: newId() }),
    removeEmoji: () => ({ name: 'fox' }),
    searchMessages: () => ({
      query: pick([
        'hello',
        '"hello world" -no',
        'from:me has:link',
        'before:2026-02-30 在',
        "in:x '\\ & | !",
      ]),
      conversationId: known.conversationId,
      timeZone: 'Europe/Berlin',
      limit: 5,
    }),
    getMentions: () => ({ conversationId: known.conversationId, after: 0, limit: 5 }),
    findDate: () => ({ conversationId: known.conversationId, at: '2026-01-01T00:00:00Z' }),
  };
  const isSafe = (name: CommandName): boolean =>
    !['revokeOtherSessions', 'changeEmail', 'confirmIdentity', 'deleteAccount'].includes(name);
  const safe = commandNames.filter(isSafe);

  const junk = (): unknown => (chance(0.02) ? 'x'.repeat(below(limits.textLength * 2)) : pick(JUNK));

  /** Wrong in one place, at any depth. */
  const mutate = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      if (value.length === 0 || chance(0.3))
        return pick([junk(), [...value, junk()], Array(below(400)).fill(value[0] ?? null)]);
      return value.map((item, i) => (i === 0 ? mutate(item) : item));
    }
    if (typeof value !== 'object' || value === null) return junk();
    const keys = Object.keys(value);
    const key = pick(keys);
    const entries = { ...(value as Record<string, unknown>) };
    if (key === undefined || chance(0.1))
      return {
        ...entries,
        [pick(['extra', '__proto__x', 'constructor', 'limit', 'cursor', 'next'])]: junk(),
      };
    if (chance(0.1)) return junk();
    if (chance(0.2)) delete entries[key];
    else entries[key] = mutate(entries[key]);
    return entries;
  };

  const inputFor = (name: CommandName): unknown => {
    const sample = samples[name]();
    // Most of it wrong twice: what is right costs the database's time, and is tested elsewhere.
    return chance(0.01) ? sample : mutate(chance(0.2) ? sample : mutate(sample));
  };

  const bytes = (max: number): Buffer => Buffer.from(Array.from({ length: below(max) }, () => below(256)));

  /** Bytes changed, lost, doubled. */
  const damage = (text: string): Buffer => {
    let data = Buffer.from(text);
    for (let i = below(4); i >= 0; i -= 1) {
      const at = below(data.length);
      const how = below(4);
      if (how === 0) data[at] = below(256);
      else if (how === 1) data = Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + below(8))]);
      else if (how === 2) data = Buffer.concat([data.subarray(0, at), bytes(20), data.subarray(at)]);
      else data = data.subarray(0, at);
    }
    return data;
  };

  const frame = (): string => {
    const name = pick(safe);
    return JSON.stringify(
      pick([
        { t: 'request', id: below(9), command: name, input: inputFor(name) },
        { t: 'hello', token: 'x' },
        { t: 'ping' },
      ]),
    );
  };

  return {
    isSafe,
    bytes,
    request: () => {
      if (chance(0.01))
        return {
          command: String(pick(['', 'nope', '__proto__', 'toString', 'getme'])) || 'x',
          input: junk(),
        };
      const command = pick(safe);
      return { command, input: inputFor(command) };
    },
    brokenFrame: () => {
      const how = below(12);
      if (how === 0) return { data: bytes(200), binary: true };
      if (how === 1) return { data: bytes(200), binary: false };
      if (how === 2) return { data: Buffer.from(JSON.stringify(junk())), binary: false };
      if (how === 3)
        return { data: Buffer.from(`${pick(['[', '{"a":'])}`.repeat(below(20_000))), binary: false };
      if (how === 4) return { data: Buffer.from(JSON.stringify(mutate(JSON.parse(frame())))), binary: false };
      if (how === 5 && chance(0.2))
        return { data: Buffer.alloc(limits.frameBytes + below(1_000), 0x61), binary: false };
      return { data: damage(frame()), binary: false };
    },
    http: (name) => {
      const { http } = commands[name];
      const input = inputFor(name);
      const fields =
        typeof input === 'object' && input !== null ? { ...(input as Record<string, unknown>) } : {};
      const path = (http?.path ?? '').replace(/\{(\w+)\}/g, (_, field: string) => {
        const value = fields[field];
        delete fields[field];
        return encodeURIComponent(String(value ?? 'none').toWellFormed()).slice(0, 400) || '-';
      });
      const byQuery = http?.method === 'GET' || http?.method === 'DELETE';
      const query = Object.entries(fields)
        .map(
          ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value).toWellFormed())}`,
        )
        .join('&')
        .slice(0, 4_000);
      const json = JSON.stringify(chance(0.1) ? input : fields) ?? '';
      const body = byQuery ? Buffer.alloc(0) : chance(0.15) ? damage(json) : Buffer.from(json);
      return {
        method: http?.method ?? 'GET',
        path: `/v1${path}${byQuery && query ? `?${query}` : ''}`,
        body,
        type: byQuery
          ? null
          : chance(0.95)
            ? 'application/json'
            : pick(['text/plain', 'application/xml', 'x', 'application/json; charset=latin1']),
      };
    },
  };
}
