/**
 * What a device keeps between runs. The client writes through this and never depends on it: a store that fails is
 * replaced by memory, with a warning.
 */
import type {
  Content,
  CustomEmoji,
  Head,
  MessageRecord,
  OwnRecordOf,
  OwnType,
  SettingsRecord,
  Thread,
  User,
  WireError,
} from '@kith/protocol';
import type { Wish } from '../wishes.ts';

/** A message of one's own on its way. Written before it is sent, removed after it is acknowledged. */
export interface OutboxEntry {
  /** The message id: made here, the same in every retry (S7). UUIDv7, so that entries sort by when they were written. */
  readonly id: string;
  readonly conversationId: string;
  /** Whoever else is signed in on this device must never send it. */
  readonly authorId: string;
  readonly content: Content;
  readonly thread?: MessageRecord['thread'];
  readonly replyTo?: { readonly messageId: string; readonly seq: number };
  /** What is forwarded: `content` only stands in for the copy that the server makes. */
  readonly forward?: {
    readonly source: { readonly conversationId: string; readonly messageId: string };
    readonly origin: NonNullable<MessageRecord['forwarded']>;
  };
  /** What must be at the server before it can be sent: its files, and their small pictures. */
  readonly files?: readonly FileToUpload[];
  /** The person stopped them; also after a reload. */
  readonly paused?: true;
  /** ISO 8601, this device's clock. */
  readonly createdAt: string;
  /** The tab that sends it. */
  readonly owner: string;
  readonly state: 'pending' | 'failed';
  readonly error?: WireError;
}

export interface FileToUpload {
  readonly fileId: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
}

/** The bytes of a file that the server does not have yet. */
export interface StoredFile {
  readonly fileId: string;
  readonly messageId: string;
  readonly data: Blob;
}

export interface CachedEmoji {
  readonly rev: number;
  readonly emoji: readonly CustomEmoji[];
}

export interface CachedMe {
  readonly user: User;
  readonly settings: SettingsRecord;
  readonly tenant: string;
  /** The custom emoji of the tenant. */
  readonly emoji?: CachedEmoji;
}

/** What is kept of a conversation's messages: one run, without holes, up to its end as known at `rev`. */
export interface WindowRow {
  readonly conversationId: string;
  /** Every message of it is as it was at this revision, or newer. */
  readonly rev: number;
  /** The conversation's last `seq` at `rev`. */
  readonly lastSeq: number;
  /** The run covers these places, both included. */
  readonly from: number;
  readonly to: number;
}

/** What belongs to the person alone, complete up to `rev` (S5). */
export interface CachedOwn {
  readonly rev: number;
  readonly records: readonly OwnRecordOf<OwnType>[];
}

/** The first of the threads one follows. */
export interface CachedThreads {
  readonly threads: readonly Thread[];
  /** Of the others, how many have something unread; and where they go on. */
  readonly unreadElsewhere: number;
  readonly next: string | null;
  /** Read marks the server has not confirmed yet. */
  readonly reads: readonly {
    readonly conversationId: string;
    readonly rootId: string;
    readonly seq: number;
  }[];
}

export interface CachedState {
  readonly me: CachedMe | undefined;
  readonly cursor: string | undefined;
  readonly heads: readonly Head[];
  readonly users: readonly User[];
  readonly windows: readonly WindowRow[];
  /** Read marks the server has not confirmed yet: conversation → seq. */
  readonly reads: Readonly<Record<string, number>>;
  readonly outbox: readonly OutboxEntry[];
  readonly own: CachedOwn;
  /** What was set of it and is not confirmed, by whichever tab. */
  readonly wishes: readonly Wish[];
  readonly threads: CachedThreads | undefined;
}

export interface WindowWrite {
  readonly row: WindowRow;
  /** Forget the messages kept so far: these are all. */
  readonly replace: boolean;
  readonly messages: readonly MessageRecord[];
}

/** Written in one transaction, so that the cursor never runs ahead of the heads it covers. */
export interface CacheBatch {
  readonly me?: CachedMe;
  readonly cursor?: string;
  readonly heads?: readonly Head[];
  readonly removedHeads?: readonly string[];
  readonly users?: readonly User[];
  readonly windows?: readonly WindowWrite[];
  readonly removedWindows?: readonly string[];
  readonly reads?: Readonly<Record<string, number>>;
  readonly own?: OwnWrite;
  readonly threads?: CachedThreads;
}

/** Records that changed, by type and key; `replace`: these are all. */
export interface OwnWrite {
  readonly rev: number;
  readonly replace: boolean;
  readonly records: readonly OwnRecordOf<OwnType>[];
  readonly removed: readonly (readonly [type: OwnType, key: string])[];
}

export interface Storage {
  /** Names the cache, so that tabs sharing it find each other; undefined when it is nobody else's. */
  readonly name: string | undefined;
  load(): Promise<CachedState>;
  loadWindow(
    conversationId: string,
  ): Promise<{ row: WindowRow; messages: readonly MessageRecord[] } | undefined>;
  write(batch: CacheBatch): Promise<void>;
  loadOutbox(): Promise<readonly OutboxEntry[]>;
  putOutbox(entry: OutboxEntry): Promise<void>;
  removeOutbox(id: string): Promise<void>;
  /** Rejects where there is no room for it: then it is not kept, and all else goes on. */
  putFile(file: StoredFile): Promise<void>;
  getFile(fileId: string): Promise<Blob | undefined>;
  removeFiles(fileIds: readonly string[]): Promise<void>;
  /** Whose files are kept: message and file. */
  listFiles(): Promise<readonly Pick<StoredFile, 'fileId' | 'messageId'>[]>;
  loadWishes(): Promise<readonly Wish[]>;
  /** One a tab and record. */
  putWish(wish: Wish): Promise<void>;
  removeWish(wish: Pick<Wish, 'owner' | 'type' | 'key'>): Promise<void>;
  /** Forgets everything, or all but what its author could not tell the server yet: the outbox and the wishes. */
  wipe(keep?: 'untold'): Promise<void>;
  close(): Promise<void>;
}
