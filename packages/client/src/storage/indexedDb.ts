/**
 * The cache in a browser. One row a message, so that a new message writes one row and not its whole conversation.
 */
import type { Head, MessageRecord, User } from '@kith/protocol';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { CacheBatch, CachedMe, OutboxEntry, Storage, WindowRow } from './storage.ts';

interface Schema extends DBSchema {
  /** me, cursor, reads: small single things by name. */
  state: { key: string; value: unknown };
  heads: { key: string; value: Head };
  users: { key: string; value: User };
  windows: { key: string; value: WindowRow };
  messages: { key: [conversationId: string, seq: number]; value: MessageRecord };
  outbox: { key: string; value: OutboxEntry };
}

/** Raise it when a stored form changes: an older cache is thrown away (the outbox apart), the server has it all. */
const VERSION = 1;

const cacheStores = ['state', 'heads', 'users', 'windows', 'messages'] as const;
const stores = [...cacheStores, 'outbox'] as const;

/** Rejects when IndexedDB is missing, blocked or full; the client then goes on in memory. */
export function indexedDbStorage(name: string): Storage {
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  const database = () => {
    opened ??= open(name, () => {
      opened = undefined;
    });
    return opened;
  };

  return {
    name,
    load: async () => {
      const tx = (await database()).transaction(stores, 'readonly');
      const state = tx.objectStore('state');
      const [me, cursor, reads, heads, users, windows, outbox] = await Promise.all([
        state.get('me') as Promise<CachedMe | undefined>,
        state.get('cursor') as Promise<string | undefined>,
        state.get('reads') as Promise<Record<string, number> | undefined>,
        tx.objectStore('heads').getAll(),
        tx.objectStore('users').getAll(),
        tx.objectStore('windows').getAll(),
        tx.objectStore('outbox').getAll(),
      ]);
      return { me, cursor, reads: reads ?? {}, heads, users, windows, outbox };
    },
    loadWindow: async (conversationId) => {
      const tx = (await database()).transaction(['windows', 'messages'], 'readonly');
      const [row, messages] = await Promise.all([
        tx.objectStore('windows').get(conversationId),
        tx.objectStore('messages').getAll(rangeOf(conversationId)),
      ]);
      return row && { row, messages: messages.filter((m) => m.seq >= row.from && m.seq <= row.to) };
    },
    write: async (batch) => {
      const tx = (await database()).transaction(cacheStores, 'readwrite', { durability: 'relaxed' });
      // One transaction: it commits all of it or nothing, so awaiting its end is enough.
      writeAll(tx.objectStore.bind(tx) as StoreOf, batch);
      await tx.done;
    },
    loadOutbox: async () => (await database()).getAll('outbox'),
    putOutbox: async (entry) => {
      const tx = (await database()).transaction('outbox', 'readwrite');
      void tx.store.put(entry, entry.id).catch(() => undefined);
      // Without it the commit waits for the put's answer, and a reload right after Enter would undo the writing.
      tx.commit();
      await tx.done;
    },
    removeOutbox: async (id) => {
      await (await database()).delete('outbox', id);
    },
    wipe: async (keep) => {
      const wiped = keep === 'outbox' ? cacheStores : stores;
      const tx = (await database()).transaction(wiped, 'readwrite');
      for (const store of wiped) void tx.objectStore(store).clear();
      await tx.done;
    },
    close: async () => {
      const closing = opened;
      opened = undefined;
      (await closing?.catch(() => undefined))?.close();
    },
  };
}

const rangeOf = (conversationId: string, from = -1, to = Number.MAX_SAFE_INTEGER): IDBKeyRange =>
  IDBKeyRange.bound([conversationId, from], [conversationId, to]);

/** The few methods used below; idb's own type is exact for each store, which a loop over stores cannot be. */
interface Writable {
  put(value: unknown, key?: IDBValidKey): Promise<unknown>;
  delete(key: IDBValidKey | IDBKeyRange): Promise<unknown>;
}
type StoreOf = (name: (typeof cacheStores)[number]) => Writable;

function writeAll(store: StoreOf, batch: CacheBatch): void {
  // Each promise fails with the transaction, which the caller awaits: a second report of it would be unhandled.
  const run = (request: Promise<unknown>) => void request.catch(() => undefined);
  if (batch.me) run(store('state').put(batch.me, 'me'));
  if (batch.reads) run(store('state').put(batch.reads, 'reads'));
  if (batch.cursor !== undefined) run(store('state').put(batch.cursor, 'cursor'));
  for (const head of batch.heads ?? []) run(store('heads').put(head, head.conversation.id));
  for (const id of batch.removedHeads ?? []) run(store('heads').delete(id));
  for (const user of batch.users ?? []) run(store('users').put(user, user.id));
  for (const { row, replace, messages } of batch.windows ?? []) {
    const id = row.conversationId;
    if (replace) run(store('messages').delete(rangeOf(id)));
    else if (row.from > 0) run(store('messages').delete(rangeOf(id, -1, row.from - 1)));
    for (const message of messages) run(store('messages').put(message, [id, message.seq]));
    run(store('windows').put(row, id));
  }
  for (const id of batch.removedWindows ?? []) {
    run(store('messages').delete(rangeOf(id)));
    run(store('windows').delete(id));
  }
}

function open(name: string, onLost: () => void): Promise<IDBPDatabase<Schema>> {
  return new Promise((resolve, reject) => {
    openDB<Schema>(name, VERSION, {
      upgrade(db, from) {
        if (from > 0)
          for (const store of cacheStores)
            if (db.objectStoreNames.contains(store)) db.deleteObjectStore(store);
        for (const store of stores) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
      },
      blocked: () => reject(new Error('another tab holds an older version of the cache open')),
      // A tab with a newer version waits for this one to let go; it opens again at the next use, or fails and degrades.
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        onLost();
      },
      terminated: onLost,
    }).then(resolve, reject);
  });
}
