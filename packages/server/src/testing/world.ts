/**
 * A service without sockets, HTTP or sign-in, for tests of commands, log and store: real database of either kind,
 * the bus of one process, and everything announced written down.
 */
import { type CommandName, type Input, newId, type Output } from '@kith/protocol';
import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
import { inject } from 'vitest';
import { dispatch } from '../commands/dispatch.ts';
import { Encoded } from '../encoded.ts';
import { type ConversationAnnouncement, createAnnouncer } from '../fanout/announcer.ts';
import { type Bus, localBus, subjects } from '../fanout/bus.ts';
import { createCatchUps } from '../limits/catchUps.ts';
import { createMessageLog } from '../log/append.ts';
import { createConversationLog } from '../log/change.ts';
import { createReceiptLog } from '../log/receipts.ts';
import { silentMeter } from '../meter.ts';
import { createMemberships } from '../policy/memberships.ts';
import type { Caller, Services } from '../services.ts';
import { createChangesReader } from '../store/changesReader.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { createReads } from '../store/reads.ts';

export type DatabaseKind = Database['kind'];
/** H5: every query runs on both. */
export const databaseKinds: readonly DatabaseKind[] = ['pglite', 'postgres'];

export interface World {
  readonly services: Services;
  readonly database: Database;
  readonly bus: Bus;
  /** Every conversation change announced, in order. */
  readonly announced: ConversationAnnouncement[];
  /** A tenant of its own. */
  tenant(slug: string): Promise<number>;
  person(name: string, tenantId?: number): Promise<Caller>;
  call<N extends CommandName>(caller: Caller, name: N, input: Input<N>): Promise<Output<N>>;
  /** A group or channel of these people, the first its owner. */
  group(people: readonly Caller[], options?: { history?: 'all' | 'joined' }): Promise<string>;
  send(
    caller: Caller,
    conversationId: string,
    text: string,
    replyTo?: string,
  ): Promise<Output<'sendMessage'>>;
  close(): Promise<void>;
}

/** An empty database of this kind. */
export async function openTestDatabase(
  kind: DatabaseKind,
): Promise<{ database: Database; url: string | null; drop(): Promise<void> }> {
  if (kind === 'pglite') {
    const database = await openDatabase({});
    return { database, url: null, drop: () => database.close() };
  }
  const test = await createTestDatabase(inject('postgresUrl'));
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

export async function createWorld(kind: DatabaseKind): Promise<World> {
  const { database, drop } = await openTestDatabase(kind);
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
  const services: Services = {
    database,
    reads,
    announcer,
    memberships,
    meter: silentMeter,
    messageLog: createMessageLog({ database, announcer, meter: silentMeter }),
    conversationLog: createConversationLog({ database, announcer }),
    receiptLog: createReceiptLog({ database, announcer }),
    changesReader: createChangesReader(database.db),
    catchUps: createCatchUps(),
    presences: {
      of: async (_tenantId, userIds) => userIds.map((userId) => ({ userId, state: 'offline' })),
      setSetting: () => undefined,
    },
    typing: { notify: () => undefined },
    accounts: {
      authenticate: async () => null,
      hasAccounts: async () => false,
      listSessions: async () => [],
      revokeSession: async () => false,
      revokeOtherSessions: async () => 0,
      signUp: () => Promise.reject(new Error('no accounts here')),
      signIn: () => Promise.reject(new Error('no accounts here')),
      signOut: async () => '',
      forgetSessions: () => undefined,
      close: () => undefined,
    },
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
    bus,
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
    person: async (name, tenantId = 1) => {
      const userId = newId();
      const username = name.toLowerCase();
      await database.db
        .insertInto('users')
        .values({ tenant_id: tenantId, id: userId, username, display_name: name, role: 'member' })
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
    close: async () => {
      await bus.close();
      await drop();
    },
  };
}
