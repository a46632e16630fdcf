import type { Head, MessageRecord, OwnRecordOf, OwnType, User } from '@kith/protocol';
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

/** Keeps everything in this process: Node, tests, and the fallback of a browser whose IndexedDB fails. */
export function memoryStorage(): Storage {
  let me: CachedMe | undefined;
  let cursor: string | undefined;
  let reads: Readonly<Record<string, number>> = {};
  const heads = new Map<string, Head>();
  const users = new Map<string, User>();
  const windows = new Map<string, { row: WindowRow; messages: Map<number, MessageRecord> }>();
  let threads: CachedThreads | undefined;
  let ownRev = 0;
  const own = new Map<string, OwnRecordOf<OwnType>>();
  const outbox = new Map<string, OutboxEntry>();
  const files = new Map<string, StoredFile>();
  const wishes = new Map<string, Wish>();
  const loadOutbox = async () => [...outbox.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  return {
    name: undefined,
    load: async () => ({
      me,
      cursor,
      heads: [...heads.values()],
      users: [...users.values()],
      windows: [...windows.values()].map(({ row }) => row),
      reads,
      outbox: await loadOutbox(),
      own: { rev: ownRev, records: [...own.values()] },
      wishes: [...wishes.values()],
      threads,
    }),
    loadWindow: async (conversationId) => {
      const window = windows.get(conversationId);
      if (!window) return undefined;
      return { row: window.row, messages: [...window.messages.values()].sort((a, b) => a.seq - b.seq) };
    },
    write: async (batch: CacheBatch) => {
      for (const head of batch.heads ?? []) heads.set(head.conversation.id, head);
      for (const id of batch.removedHeads ?? []) heads.delete(id);
      for (const user of batch.users ?? []) users.set(user.id, user);
      for (const { row, replace, messages } of batch.windows ?? []) {
        const kept = replace ? undefined : windows.get(row.conversationId)?.messages;
        const all = new Map(kept);
        for (const message of messages) all.set(message.seq, message);
        for (const seq of all.keys()) if (seq < row.from || seq > row.to) all.delete(seq);
        windows.set(row.conversationId, { row, messages: all });
      }
      for (const id of batch.removedWindows ?? []) windows.delete(id);
      if (batch.me) me = batch.me;
      if (batch.reads) reads = batch.reads;
      if (batch.threads) threads = batch.threads;
      if (batch.cursor !== undefined) cursor = batch.cursor;
      if (batch.own) {
        ownRev = batch.own.rev;
        if (batch.own.replace) own.clear();
        for (const [type, key] of batch.own.removed) own.delete(`${type} ${key}`);
        for (const record of batch.own.records) own.set(`${record.type} ${record.key}`, record);
      }
    },
    loadOutbox,
    putOutbox: async (entry) => void outbox.set(entry.id, entry),
    removeOutbox: async (id) => void outbox.delete(id),
    putFile: async (file) => void files.set(file.fileId, file),
    getFile: async (fileId) => files.get(fileId)?.data,
    removeFiles: async (fileIds) => {
      for (const id of fileIds) files.delete(id);
    },
    listFiles: async () => [...files.values()].map(({ fileId, messageId }) => ({ fileId, messageId })),
    loadWishes: async () => [...wishes.values()],
    putWish: async (wish) => void wishes.set(wishKey(wish), wish),
    removeWish: async (wish) => void wishes.delete(wishKey(wish)),
    wipe: async (keep) => {
      me = undefined;
      cursor = undefined;
      reads = {};
      threads = undefined;
      heads.clear();
      users.clear();
      windows.clear();
      ownRev = 0;
      own.clear();
      if (keep === 'untold') return;
      outbox.clear();
      files.clear();
      wishes.clear();
    },
    close: async () => {},
  };
}
