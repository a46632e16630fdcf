/**
 * The public surface of the SDK. An application reads `Readable`s and calls methods; it holds no second copy of any
 * of this (a copy goes stale, and rows jump).
 */
import type {
  CommandName,
  Content,
  Head,
  HistoryVisibility,
  Input,
  KithError,
  MemberRecord,
  MessageRecord,
  Output,
  Presence,
  PresenceSetting,
  ReceiptMark,
  SettingsRecord,
  User,
  Visibility,
} from '@kith/protocol';
import type { Storage } from './storage/storage.ts';

/**
 * A value that changes. `get()` returns the same object until it changes, so that it fits `useSyncExternalStore(r.subscribe,
 * r.get)` as it is: both are bound. Listeners are called at most once per microtask, after all changes of that turn.
 */
export interface Readable<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Whether there is a server at the other end. */
export type ConnectionState =
  | { readonly type: 'idle' }
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'live' }
  /** Lost; comes back by itself at `retryAt` (ms since the epoch), or at once by `retryNow()`. */
  | {
      readonly type: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly error?: KithError;
    }
  /** The device has no network; connects when it returns. */
  | { readonly type: 'offline' }
  /** Signed out, revoked or too old a client: never retried. */
  | { readonly type: 'ended'; readonly error: KithError };

export interface Me {
  readonly user: User;
  readonly settings: SettingsRecord;
  /** Absent until this connection was welcomed. */
  readonly sessionId?: string;
}

/** A row of the conversation list: the head, with what this device adds to it. */
export interface ConversationEntry extends Head {
  readonly id: string;
  /** The latest own message that is not sent yet; newer than `preview`. */
  readonly pending?: TimelineMessage;
  /** Others who are writing now (only in watched conversations). */
  readonly typing: readonly string[];
  /** When something last happened, ms since the epoch: what the list is sorted by. */
  readonly activityAt: number;
}

/** `sent` for everything that others wrote; own messages go pending → sent → delivered → read, or pending → failed. */
export type MessageState = 'pending' | 'failed' | 'sent' | 'delivered' | 'read';

export interface TimelineMessage {
  /** The message id, the same before and after it is sent: use it as the key of the row. */
  readonly key: string;
  /** The server's record with own unconfirmed changes laid over it. Not sent yet: a stand-in with `seq` 0 and `rev` 0. */
  readonly record: MessageRecord;
  readonly state: MessageState;
  /** Why it failed. */
  readonly error?: KithError;
}

export interface TimelineView {
  /**
   * `loading`: nothing to show yet; with `error` when that has failed and is being tried again. `failed`: nothing to
   * show and no use in trying (left, removed, unknown), see `error`; `reload()` tries all the same.
   */
  readonly status: 'loading' | 'ready' | 'failed';
  /**
   * One run without holes in order of `seq`, then, when it is the last one, own messages not sent yet: `jumpToEnd()`
   * after sending from further up.
   */
  readonly messages: readonly TimelineMessage[];
  /** Nothing visible lies before the first, or after the last, of these. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly loading: 'older' | 'newer' | null;
  /** Why the last load failed; gone with the next one. */
  readonly error?: KithError;
  /** The first message that was unread when the timeline was opened, for the divider; fixed from then on. */
  readonly firstUnreadSeq?: number;
}

/** What one screen shows of a conversation. Several may exist; each has its own place. */
export interface Timeline {
  readonly conversationId: string;
  readonly view: Readable<TimelineView>;
  /** Resolve when loaded (or nothing is there to load); failures are in `view.error`, not thrown. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Shows the run around a message. Rejects with `not_found` when there is none (or it is not visible). */
  jumpTo(
    target: { readonly messageId: string } | { readonly seq: number },
  ): Promise<{ readonly seq: number }>;
  jumpToEnd(): Promise<void>;
  /** After `status: 'failed'`. */
  reload(): Promise<void>;
  dispose(): void;
}

export interface TimelineOptions {
  /** Where to open: at the newest (default), around the first unread, or around a place. */
  readonly at?: 'end' | 'unread' | { readonly seq: number };
}

export interface MembersView {
  readonly status: 'loading' | 'ready' | 'failed';
  /** Owner, admins, then by name, as far as loaded. */
  readonly members: readonly MemberRecord[];
  readonly atEnd: boolean;
  readonly loading: boolean;
  readonly error?: KithError;
}

/** Who is in a conversation, kept in step while it is open. */
export interface MemberList {
  readonly view: Readable<MembersView>;
  loadMore(): Promise<void>;
  dispose(): void;
}

export type NewConversation =
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly userIds: readonly string[];
      readonly history?: HistoryVisibility;
    }
  | {
      readonly kind: 'channel';
      readonly name: string;
      readonly topic?: string;
      readonly userIds?: readonly string[];
      readonly visibility?: Visibility;
      readonly history?: HistoryVisibility;
    };

export interface Conversations {
  /** Newest activity first. An entry is the same object until something in it changes. */
  readonly list: Readable<readonly ConversationEntry[]>;
  /** `loading` only until the first sync of a device without cache is done. */
  readonly status: Readable<'loading' | 'ready'>;
  /** Unread conversations and mentions over all of them, for the title of the window. */
  readonly totals: Readable<{
    readonly unread: number;
    readonly mentions: number;
    readonly conversations: number;
  }>;
  get(id: string): Readable<ConversationEntry | undefined>;
  /** The direct conversation with a person (oneself included): the existing one, or a new one. Resolves to its id. */
  openDirect(userId: string): Promise<string>;
  create(conversation: NewConversation): Promise<string>;
  update(
    id: string,
    change: { name?: string; topic?: string; visibility?: Visibility; history?: HistoryVisibility },
  ): Promise<void>;
  /** A public channel. */
  join(id: string): Promise<void>;
  leave(id: string): Promise<void>;
  addMembers(id: string, userIds: readonly string[]): Promise<void>;
  removeMember(id: string, userId: string): Promise<void>;
  setRole(id: string, userId: string, role: 'admin' | 'member'): Promise<void>;
  transferOwnership(id: string, userId: string): Promise<void>;
  /**
   * Everything up to `seq` was seen. At once here, soon at the server (coalesced, repeated until it arrives), never
   * backwards; cheap enough to call on every scroll.
   */
  markRead(id: string, seq: number): void;
  members(id: string): MemberList;
}

export interface Messages {
  /** On screen at once, kept, and sent when it can be, in order. Returns the message id. Throws on text that can never be sent. */
  send(conversationId: string, text: string, options?: { readonly replyTo?: string }): string;
  /** Tries a failed message again. */
  retry(messageId: string): void;
  /** Gives up a message that is not sent. */
  discard(messageId: string): void;
  /** The next four show at once, and are taken back when the server refuses (the promise rejects with KithError). */
  edit(conversationId: string, messageId: string, text: string): Promise<void>;
  remove(conversationId: string, messageId: string): Promise<void>;
  react(conversationId: string, messageId: string, emoji: string, on: boolean): Promise<void>;
  /** One message by id, for quotes: from what is loaded, else fetched (batched). `null`: there is none, or it is not visible. */
  get(conversationId: string, messageId: string): Readable<MessageRecord | null | undefined>;
}

export interface Users {
  /** Fetched when unknown, all of one turn in one request. */
  get(id: string): Readable<User | undefined>;
  search(
    query: string,
    options?: { readonly limit?: number; readonly cursor?: string; readonly signal?: AbortSignal },
  ): Promise<Output<'searchUsers'>>;
}

export interface PresenceReader {
  /** Of watched people; undefined when not known. */
  get(userId: string): Readable<Presence | undefined>;
}

export interface Typing {
  in(conversationId: string): Readable<readonly string[]>;
  /** Call on every keystroke (true), on send and on blur (false): throttled here. */
  notify(conversationId: string, active: boolean): void;
}

export interface Receipts {
  /** How far others have come, of watched conversations. In large ones only the foremost. */
  marks(conversationId: string): Readable<readonly ReceiptMark[]>;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Waiting for a connection included. Default: `limits.requestMs` and a little. */
  readonly timeoutMs?: number;
}

export interface KithClient {
  /** Opens the cache (after which everything is readable), then connects. Resolves when the cache is open. */
  start(): Promise<void>;
  /** Closes the connection and writes what is left to the cache. */
  stop(): Promise<void>;
  /** Ends the session at the server (best effort), wipes this device's cache, tells other tabs. */
  signOut(): Promise<void>;
  readonly connection: Readable<ConnectionState>;
  /** Connects now instead of at `retryAt`. */
  retryNow(): void;
  readonly me: Readable<Me | undefined>;
  /** Any command of the wire. Rejects with KithError. */
  request<N extends CommandName>(name: N, input: Input<N>, options?: RequestOptions): Promise<Output<N>>;
  readonly conversations: Conversations;
  timeline(conversationId: string, options?: TimelineOptions): Timeline;
  readonly messages: Messages;
  readonly users: Users;
  readonly presence: PresenceReader;
  readonly typing: Typing;
  readonly receipts: Receipts;
  /** What is on screen: typing, receipts and presence of these come from now on. Replaces the former; survives reconnects. */
  watch(what: { readonly conversationIds: readonly string[]; readonly userIds: readonly string[] }): void;
  /** Whether somebody is at this device; survives reconnects. */
  setActive(active: boolean): void;
  updateProfile(change: { readonly displayName: string }): Promise<void>;
  updateSettings(change: { readonly presence?: PresenceSetting }): Promise<void>;
  readonly sessions: {
    list(): Promise<Output<'listSessions'>['sessions']>;
    revoke(sessionId: string): Promise<void>;
    revokeOthers(): Promise<void>;
  };
  /**
   * Tells each message of others that arrives while connected, for notifications. With `missed`, for programs that must act
   * on each: every one since one's read mark, once and in order, also what came while the connection was away or before the
   * start; a message that is marked read is not told by the next start. Returns how to stop.
   */
  onMessage(
    listener: (message: MessageRecord, entry: ConversationEntry) => void,
    options?: { readonly missed?: boolean },
  ): () => void;
}

/** The least of a WebSocket that is needed; a browser's, and Node's own, fit. */
export interface SocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Time, so that tests can own it. */
export interface Clock {
  now(): number;
  /** Returns how to cancel. */
  after(ms: number, run: () => void): () => void;
}

export interface ClientOptions {
  /** Where the server is: `https://chat.example.org`. */
  readonly url: string;
  /** A session token; absent: the browser's cookie. */
  readonly token?: string;
  /** What connects, at most 80 characters, for the list of sessions. */
  readonly userAgent?: string;
  /** Who is expected to be signed in (as `signIn` told): a cache of anybody else is wiped unseen. */
  readonly userId?: string;
  /** Default: `memoryStorage()`. */
  readonly storage?: Storage;
  /** Something went wrong that the client lives with (for example: the cache cannot be written). */
  readonly onWarning?: (message: string, cause?: unknown) => void;
  /** The storage cannot be used: from now on what is not sent is lost when the process or page ends. */
  readonly onStorageLost?: () => void;
  /** Messages that can no longer be sent, since one is no longer in the conversation. Nothing else keeps their words. */
  readonly onUnsent?: (conversationId: string, contents: readonly Content[]) => void;
  readonly WebSocket?: SocketConstructor;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface SignedIn {
  readonly userId: string;
  /** For `createClient({ token })`; in a browser the cookie does it. */
  readonly token?: string;
}

export interface Accounts {
  signUp(input: {
    email: string;
    password: string;
    username: string;
    displayName: string;
  }): Promise<SignedIn>;
  signIn(
    input: { email: string; password: string } | { username: string; password: string },
  ): Promise<SignedIn>;
  /** Whether anybody has an account there yet: the first becomes the owner. */
  hasAccounts(): Promise<boolean>;
  /** Ends the session. `KithClient.signOut` does this and wipes the cache too. */
  signOut(): Promise<void>;
}
