/**
 * The cache in a browser. One row a message, so that a new message writes one row and not its whole conversation.
 */
import type { Head, MessageRecord, OwnRecordOf, OwnType, User } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Wish, wishKey } from '../wishes.ts';
import type {
  CacheBatch,
  CachedMe,
  CachedThreads,
  OutboxEntry,
  Storage,
  StoredFile,
  WindowRow,
} from './storage.ts';

interface Schema extends DBSchema {
  /** me, cursor, reads, ownRev, threads: small single things by name. */
  state: { key: string; value: unknown };
  heads: { key: string; value: Head };
  users: { key: string; value: User };
  windows: { key: string; value: WindowRow };
  messages: { key: [conversationId: string, seq: number]; value: MessageRecord };
  outbox: { key: string; value: OutboxEntry };
  files: { key: string; value: KeptFile };
  /** By tab and record. */
  wishes: { key: string; value: Wish };
  own: { key: [type: OwnType, key: string]; value: OwnRecordOf<OwnType> };
}

/** A private window of WebKit takes no blobs; it does take their bytes, and what they are. */
type KeptFile =
  | StoredFile
  | (Omit<StoredFile, 'data'> & { readonly data: ArrayBuffer; readonly mime: string });
/** All of them are in memory meanwhile. */
const WHOLE_BYTES = 64 * 1024 * 1024;

/** Raise it when a store is added. */
const VERSION = 4;
/**
 * Set it to VERSION when a stored form changes: an older cache is thrown away, the server has it all but for read marks
 * it was not told. What only this device has (outbox, wishes) is kept, and must stay readable.
 */
const READABLE_SINCE = 2;

const cacheStores = ['state', 'heads', 'users', 'windows', 'messages', 'own'] as const;
/** What the server does not have yet. */
const untoldStores = ['outbox', 'files', 'wishes'] as const;
const stores = [...cacheStores, ...untoldStores] as const;
const loadedStores = [...cacheStores, 'outbox', 'wishes'] as const;

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
      const tx = (await database()).transaction(loadedStores, 'readonly');
      const state = tx.objectStore('state');
      const [me, cursor, reads, ownRev, threads, heads, users, windows, own, outbox, wishes] =
        await Promise.all([
          state.get('me') as Promise<CachedMe | undefined>,
          state.get('cursor') as Promise<string | undefined>,
          state.get('reads') as Promise<Record<string, number> | undefined>,
          state.get('ownRev') as Promise<number | undefined>,
          state.get('threads') as Promise<CachedThreads | undefined>,
          tx.objectStore('heads').getAll(),
          tx.objectStore('users').getAll(),
          tx.objectStore('windows').getAll(),
          tx.objectStore('own').getAll(),
          tx.objectStore('outbox').getAll(),
          tx.objectStore('wishes').getAll(),
        ]);
      return {
        me,
        cursor,
        reads: reads ?? {},
        heads,
        users,
        windows,
        outbox,
        own: { rev: ownRev ?? 0, records: own },
        wishes,
        threads,
      };
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
    putFile: async (file) => {
      const db = await database();
      try {
        await db.put('files', file, file.fileId);
      } catch (error) {
        const { data } = file;
        if (data.size > WHOLE_BYTES) throw error;
        await db.put('files', { ...file, data: await data.arrayBuffer(), mime: data.type }, file.fileId);
      }
    },
    getFile: async (fileId) => {
      const kept = await (await database()).get('files', fileId);
      return kept && ('mime' in kept ? new Blob([kept.data], { type: kept.mime }) : kept.data);
    },
    removeFiles: async (fileIds) => {
      const tx = (await database()).transaction('files', 'readwrite');
      for (const id of fileIds) void tx.store.delete(id).catch(() => undefined);
      await tx.done;
    },
    listFiles: async () => {
      const all = await (await database()).getAll('files');
      return all.map(({ fileId, messageId }) => ({ fileId, messageId }));
    },
    loadWishes: async () => (await database()).getAll('wishes'),
    putWish: async (wish) => {
      const tx = (await database()).transaction('wishes', 'readwrite');
      void tx.store.put(wish, wishKey(wish)).catch(() => undefined);
      tx.commit();
      await tx.done;
    },
    removeWish: async (wish) => {
      await (await database()).delete('wishes', wishKey(wish));
    },
    wipe: async (keep) => {
      const wiped = keep === 'untold' ? cacheStores : stores;
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
  clear(): Promise<unknown>;
}
type StoreOf = (name: (typeof cacheStores)[number]) => Writable;

function writeAll(store: StoreOf, batch: CacheBatch): void {
  // Each promise fails with the transaction, which the caller awaits: a second report of it would be unhandled.
  const run = (request: Promise<unknown>) => void request.catch(() => undefined);
  if (batch.me) run(store('state').put(batch.me, 'me'));
  if (batch.reads) run(store('state').put(batch.reads, 'reads'));
  if (batch.threads) run(store('state').put(batch.threads, 'threads'));
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
  if (batch.own) {
    const { rev, replace, records, removed } = batch.own;
    run(store('state').put(rev, 'ownRev'));
    if (replace) run(store('own').clear());
    for (const key of removed) run(store('own').delete([...key]));
    for (const record of records) run(store('own').put(record, [record.type, record.key]));
  }
  for (const id of batch.removedWindows ?? []) {
    run(store('messages').delete(rangeOf(id)));
    run(store('windows').delete(id));
  }
}

function open(name: string, onLost: () => void): Promise<IDBPDatabase<Schema>> {
  return new Promise((resolve, reject) => {
    openDB<Schema>(name, VERSION, {
      async upgrade(db, from, _to, tx) {
        const former = from > 0 ? await formerWishes(tx.objectStore('state')) : [];
        if (from < READABLE_SINCE)
          for (const store of cacheStores)
            if (db.objectStoreNames.contains(store)) db.deleteObjectStore(store);
        for (const store of stores) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
        for (const wish of former) void tx.objectStore('wishes').put(wish, wishKey(wish));
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

/** Until version 2 they were one list in `state`. */
async function formerWishes(state: {
  get(key: string): Promise<unknown>;
  delete(key: string): Promise<void>;
}): Promise<Wish[]> {
  const me = (await state.get('me')) as CachedMe | undefined;
  const wishes = (await state.get('wishes')) as Pick<Wish, 'type' | 'key' | 'change'>[] | undefined;
  await state.delete('wishes');
  if (!me || !wishes) return [];
  return wishes.map((wish) => ({ ...wish, id: newId(), owner: 'before', authorId: me.user.id, over: [] }));
}
