/**
 * A service without sockets, HTTP or sign-in, for tests of commands, log and store: real database of either kind,
 * the bus of one process, and everything announced written down.
 */
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type CommandName, type Input, KithError, newId, type Output, type Role } from '@kith/protocol';
import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
import { inject } from 'vitest';
import type { Accounts } from '../accounts/accounts.ts';
import { createBlobs } from '../blobs/blobs.ts';
import { dispatch } from '../commands/dispatch.ts';
import { createEmojiBook } from '../emoji/emojiBook.ts';
import { Encoded } from '../encoded.ts';
import { type ConversationAnnouncement, createAnnouncer } from '../fanout/announcer.ts';
import { type Bus, localBus, subjects } from '../fanout/bus.ts';
import { noGifs } from '../gifs/gifs.ts';
import { createCatchUps } from '../limits/catchUps.ts';
import { createTurnstile } from '../limits/turnstile.ts';
import { createMessageLog } from '../log/append.ts';
import { createConversationLog } from '../log/change.ts';
import { createReceiptLog } from '../log/receipts.ts';
import { createVault } from '../media/cipherVault.ts';
import { createDiskStore } from '../media/disk.ts';
import { createFiles } from '../media/files.ts';
import type { Inspector } from '../media/inspect/inspector.ts';
import { createLinks } from '../media/links.ts';
import { createUploadLocks } from '../media/locks.ts';
import type { TranscodesOptions } from '../media/transcode/transcodes.ts';
import type { Vault } from '../media/vault.ts';
import { silentMeter } from '../meter.ts';
import { createMemberships } from '../policy/memberships.ts';
import { createPrivacy } from '../policy/privacy.ts';
import { createSearch } from '../search/search.ts';
import type { Caller, Services } from '../services.ts';
import { createChangesReader } from '../store/changesReader.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { privacyReads } from '../store/privacy.ts';
import { createReads } from '../store/reads.ts';

export type DatabaseKind = Database['kind'];
const none = () => Promise.reject(new KithError('not_found'));
/** Nobody signs in here. */
const noAccounts: Accounts = {
  authenticate: async () => null,
  deviceOf: () => undefined,
  options: async () => ({
    hasAccounts: false,
    signUp: 'open',
    domains: [],
    mail: false,
    phone: false,
    providers: [],
  }),
  listSessions: async () => [],
  revokeSession: async () => false,
  revokeOtherSessions: async () => 0,
  listSecurityEvents: async () => ({ events: [], next: null }),
  signUp: none,
  signIn: none,
  proceed: none,
  resend: none,
  forgotPassword: none,
  previewReset: none,
  resetPassword: none,
  undoEmail: none,
  getAccount: none,
  confirmIdentity: none,
  changePassword: none,
  deleteAccount: none,
  keepAccount: none,
  keepByLink: none,
  changeEmail: none,
  confirmEmail: none,
  departOutside: none,
  returnFromOutside: none,
  phones: {
    ask: none,
    signUp: none,
    getPhone: none,
    changePhone: none,
    confirmPhone: none,
    removePhone: none,
  },
  listLinks: none,
  beginLink: none,
  unlink: none,
  beginPasskeySignIn: none,
  passkeySignIn: none,
  getFactors: none,
  beginTotp: none,
  confirmTotp: none,
  removeTotp: none,
  renewRecoveryCodes: none,
  beginPasskey: none,
  addPasskey: none,
  renamePasskey: none,
  removePasskey: none,
  beginPasskeyConfirm: none,
  getTenantSecurity: none,
  updateTenantSecurity: none,
  keeping: {
    getTenant: none,
    updateTenant: none,
    createTenantKey: none,
    rotateTenantKey: none,
    revokeTenantKey: none,
    listTenantPeople: none,
    setTenantRole: none,
    transferTenant: none,
    resetFactors: none,
    suspendAccount: none,
    restoreAccount: none,
  },
  invites: {
    getJoinPolicy: none,
    updateJoinPolicy: none,
    createInvite: none,
    listInvites: none,
    revokeInvite: none,
    acceptInvite: none,
    preview: none,
  },
  guests: { enter: none, listGuests: none, updateGuest: none, endGuest: none, leave: async () => true },
  signOut: async () => '',
  forgetSessions: () => undefined,
  start: () => undefined,
  close: async () => undefined,
};

/** H5: every query runs on both. */
export const databaseKinds: readonly DatabaseKind[] = ['pglite', 'postgres'];

export interface World {
  readonly services: Services;
  readonly database: Database;
  /** Of its PostgreSQL; null on PGlite. */
  readonly url: string | null;
  readonly bus: Bus;
  /** Of files and small images, in a folder of its own. */
  readonly vault: Vault;
  /** Every conversation change announced, in order. */
  readonly announced: ConversationAnnouncement[];
  /** A tenant of its own. */
  tenant(slug: string): Promise<number>;
  person(name: string, tenantId?: number, role?: Role): Promise<Caller>;
  call<N extends CommandName>(caller: Caller, name: N, input: Input<N>): Promise<Output<N>>;
  /** A group or channel of these people, the first its owner. */
  group(people: readonly Caller[], options?: { history?: 'all' | 'joined' }): Promise<string>;
  send(
    caller: Caller,
    conversationId: string,
    text: string,
    replyTo?: string,
  ): Promise<Output<'sendMessage'>>;
  /** A reply in the thread of a message. */
  reply(
    caller: Caller,
    conversationId: string,
    root: string,
    text: string,
    alsoSend?: true,
  ): Promise<Output<'sendMessage'>>;
  /** A file of somebody's that is ready to be sent; encrypted, unless its type is told. Resolves to its id. */
  upload(caller: Caller, bytes?: Buffer, mime?: string): Promise<string>;
  /** A message that has it as a mere file. Resolves to the message's id. */
  sendFile(caller: Caller, conversationId: string, fileId: string): Promise<string>;
  close(): Promise<void>;
}

/** Takes a file for what its first line says it is: real looking has tests of its own. */
const sniffing: Inspector = {
  inspect: async (file) => {
    const head = (await buffer(await file.read(0, Math.min(file.size, 100)))).toString();
    const [mime = '', ...rest] = head.split('\n');
    if (!mime.includes('/')) return { mime: 'text/plain' };
    return { mime, ...(rest.length > 0 && /^(image|video)/.test(mime) && { width: 640, height: 480 }) };
  },
  close: async () => undefined,
};

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** An empty database of this kind, as the migrations leave it; made by globalSetup.ts once and copied. */
export async function openTestDatabase(
  kind: DatabaseKind,
): Promise<{ database: Database; url: string | null; drop(): Promise<void> }> {
  if (kind === 'pglite') {
    const database = await openDatabase({ packed: await openAsBlob(inject('pglitePacked')) });
    return { database, url: null, drop: () => database.close() };
  }
  const test = await createTestDatabase(inject('postgresUrl'), inject('postgresTemplate'));
  const database = await openDatabase({ url: test.url });
  return {
    database,
    url: test.url,
    drop: async () => {
      await database.close();
      await test.drop();
    },
  };
}

interface WorldOptions {
  /** Absent: files are what their first line says. */
  readonly inspector?: Inspector;
  /** Absent: films stay as they are. */
  readonly transcodes?: (
    parts: Pick<TranscodesOptions, 'database' | 'vault' | 'conversationLog'>,
  ) => Services['transcodes'];
  /** Whether people are strangers to one another. */
  readonly strangers?: boolean;
}

export async function createWorld(
  kind: DatabaseKind,
  { inspector = sniffing, transcodes, strangers = false }: WorldOptions = {},
): Promise<World> {
  const { database, url, drop } = await openTestDatabase(kind);
  const bus = localBus();
  const announced: ConversationAnnouncement[] = [];
  const real = createAnnouncer(bus);
  const announcer: Services['announcer'] = {
    ...real,
    changed: (change) => {
      announced.push(change);
      real.changed(change);
    },
  };
  const reads = createReads(database.db);
  const memberships = createMemberships(reads.membership);
  bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'invalidate') memberships.invalidate(message.tenantId, message.conversationId);
    if (message.type === 'renamed') services.changesReader.namesChanged();
  });
  const folder = await mkdtemp(join(tmpdir(), 'kith-files-'));
  const vault = createVault({
    store: createDiskStore(folder),
    masterKeys: ['a master key of tests, long enough'],
    ciphers: true,
  });
  const files = createFiles({
    database,
    vault,
    inspector,
    fileLimits: { fileBytes: 1_000_000 },
  });
  const conversationLog = createConversationLog({ database, announcer });
  let clock = 0;
  const privacy = createPrivacy({
    ...privacyReads(database.db),
    // Nothing is kept: what is asked is as it is.
    now: () => {
      clock += 1e9;
      return clock;
    },
  });
  const services: Services = {
    database,
    reads,
    announcer,
    memberships,
    meter: silentMeter,
    messageLog: createMessageLog({ database, announcer, meter: silentMeter }),
    conversationLog,
    receiptLog: createReceiptLog({ database, announcer }),
    changesReader: createChangesReader(database.db),
    catchUps: createCatchUps(),
    blobs: createBlobs({ database, vault }),
    files,
    links: createLinks('of tests'),
    uploadLocks: createUploadLocks(),
    transcodes: transcodes?.({ database, vault, conversationLog }) ?? {
      able: false,
      plan: async () => false,
      nudge: () => undefined,
    },
    emojiBook: createEmojiBook({ database, bus }),
    search: createSearch(database.db, createTurnstile({ parallel: 2, patienceMs: 5_000 })),
    gifs: noGifs,
    previews: { offer: () => undefined, settled: () => Promise.resolve(), close: () => undefined },
    presences: {
      of: async (_tenantId, userIds) => userIds.map((userId) => ({ userId, state: 'offline' })),
      setSetting: () => undefined,
    },
    privacy,
    newcomers: {
      demand: async () => undefined,
      demandInvite: async () => undefined,
      strangersHere: async () => strangers,
    },
    typing: { notify: () => undefined },
    // Tests do the rounds themselves.
    dueWork: { plan: () => undefined },
    accounts: noAccounts,
    tenants: { admit: () => null, knowsOrigin: () => false, letsOrigin: () => false },
    embed: { enter: none, refresh: none },
    invites: noAccounts.invites,
  };

  const call: World['call'] = async (caller, name, input) => {
    const answer = (await dispatch(services, caller, name, input)) as
      | Output<typeof name>
      | Encoded<Output<typeof name>>;
    return answer instanceof Encoded ? answer.decode() : answer;
  };
  return {
    services,
    database,
    url,
    bus,
    vault,
    announced,
    call,
    tenant: async (slug) => {
      const row = await database.db
        .insertInto('tenants')
        .values({ slug, name: slug })
        .returning('id')
        .executeTakeFirstOrThrow();
      return row.id;
    },
    person: async (name, tenantId = 1, role = 'member') => {
      const userId = newId();
      const username = name.toLowerCase();
      await database.db
        .insertInto('users')
        .values({ tenant_id: tenantId, id: userId, username, display_name: name, role })
        .execute();
      return { tenantId, userId, sessionId: `session-${username}`, socket: null };
    },
    group: async ([owner, ...others], options = {}) => {
      if (!owner) throw new Error('A group needs somebody.');
      const conversationId = newId();
      await call(owner, 'createConversation', {
        kind: 'group',
        conversationId,
        name: 'Group',
        userIds: others.map((other) => other.userId),
        history: options.history ?? 'joined',
      });
      return conversationId;
    },
    send: (caller, conversationId, text, replyTo) =>
      call(caller, 'sendMessage', {
        conversationId,
        messageId: newId(),
        content: { type: 'plain', text },
        ...(replyTo !== undefined && { replyTo }),
      }),
    reply: (caller, conversationId, thread, text, alsoSend) =>
      call(caller, 'sendMessage', {
        conversationId,
        messageId: newId(),
        content: { type: 'plain', text },
        thread,
        ...(alsoSend && { alsoSend }),
      }),
    upload: async (caller, bytes = Buffer.from('some words'), mime) => {
      const id = newId();
      await files.begin(caller, { id, size: bytes.length, opaque: mime === undefined, mime });
      await files.append(caller, id, 0, once(bytes));
      await files.complete(caller, id);
      return id;
    },
    sendFile: async (caller, conversationId, fileId) => {
      const messageId = newId();
      const file = { fileId, kind: 'file', name: 'words.txt', mime: 'text/plain', size: 1 } as const;
      await call(caller, 'sendMessage', {
        conversationId,
        messageId,
        content: { type: 'plain', text: '', attachment: { type: 'files', files: [file] } },
      });
      return messageId;
    },
    close: async () => {
      await services.blobs.close();
      await files.close();
      await bus.close();
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
