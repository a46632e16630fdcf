/**
 * The public surface of the SDK. An application reads `Readable`s and calls methods; it holds no second copy of any
 * of this (a copy goes stale, and rows jump).
 */
import type {
  Attachment,
  BlobInfo,
  BlobPurpose,
  CommandName,
  Content,
  CustomEmoji,
  DisappearAfter,
  FileKind,
  FileRules,
  FolderChange,
  GifProvider,
  Head,
  HistoryVisibility,
  Input,
  InviteReply,
  KithError,
  MemberRecord,
  MessageRecord,
  MessageRequest,
  Output,
  OwnType,
  OwnValue,
  PasskeyAnswer,
  PasskeyBeginReply,
  PasskeyRequest,
  PasskeySignInInput,
  Preference,
  Presence,
  ReceiptMark,
  ResetPreviewReply,
  SavedDraft,
  SecondFactor,
  SettingsRecord,
  SignInOptions,
  Thread,
  ThreadMark,
  Transcoding,
  UploadLimits,
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
  /** How the person keeps it. */
  readonly preference: Preference;
  /** Silenced for now. */
  readonly muted: boolean;
  /** In the archive: put there, and nothing came since, or it is muted. */
  readonly archived: boolean;
  /** A stranger began it, and the person has not accepted it yet: it is not in the list, and counts nowhere. */
  readonly request?: MessageRequest;
}

/** What asks to be read, for the title of the window. Of archived and muted conversations only mentions count. */
export interface ListTotals {
  readonly unread: number;
  readonly mentions: number;
  readonly conversations: number;
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
  /** Pending, and behind one whose files are still on their way: `messages.letPass` sends it before that one. */
  readonly waits?: true;
}

/** What a timeline shows at a moment: messages, and how far they reach. */
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
  /**
   * Shows the run around a message. Rejects with `not_found` when there is none (or it is not visible). A reply that is only
   * in a thread is not shown here: then its root is, and `threadId` says where to look.
   */
  jumpTo(
    target: { readonly messageId: string } | { readonly seq: number },
  ): Promise<{ readonly seq: number; readonly threadId?: string }>;
  /** To the newest message, whatever lies between. */
  jumpToEnd(): Promise<void>;
  /** After `status: 'failed'`. */
  reload(): Promise<void>;
  /** Lets go of it: it changes no more, and what it loaded may leave memory. */
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

export interface PinsView {
  readonly status: 'loading' | 'ready' | 'failed';
  /** The latest message first. */
  readonly messages: readonly MessageRecord[];
  readonly error?: KithError;
}

/** What is pinned in a conversation, kept in step while it is open. */
export interface PinList {
  readonly view: Readable<PinsView>;
  dispose(): void;
}

/** What a conversation begins with: a group its people, a channel who finds it. */
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
  /**
   * Pinned ones on top, of the rest the newest activity first; those of the archive apart. An entry is the same object until
   * something in it changes.
   */
  readonly list: Readable<readonly ConversationEntry[]>;
  readonly archive: Readable<readonly ConversationEntry[]>;
  /** What strangers have begun and one has neither accepted nor declined (`own.answerRequest`): in neither of the two above. */
  readonly requests: Readable<readonly ConversationEntry[]>;
  /** `loading` only until the first sync of a device without cache is done. */
  readonly status: Readable<'loading' | 'ready'>;
  readonly totals: Readable<ListTotals>;
  get(id: string): Readable<ConversationEntry | undefined>;
  /** The direct conversation with a person (oneself included): the existing one, or a new one. Resolves to its id. */
  openDirect(userId: string): Promise<string>;
  /** Resolves to the id when it is in the list. Needs a connection, as all that follows does. */
  create(conversation: NewConversation): Promise<string>;
  /** Changes what is named; who may, the server judges. */
  update(
    id: string,
    change: {
      name?: string;
      topic?: string;
      /** An uploaded image's id (`blobs`); null removes. */
      avatar?: string | null;
      visibility?: Visibility;
      history?: HistoryVisibility;
      /** Seconds, one of those the protocol knows; 0: messages stay. */
      disappearAfter?: DisappearAfter;
      /** What files may be sent; null: all that may be sent at all. */
      files?: FileRules | null;
    },
  ): Promise<void>;
  /** A public channel. */
  join(id: string): Promise<void>;
  /** Takes it off this person's devices with everything in it. */
  leave(id: string): Promise<void>;
  /** Who is in it already stays as they are. */
  addMembers(id: string, userIds: readonly string[]): Promise<void>;
  /** They see nothing of it from then on. */
  removeMember(id: string, userId: string): Promise<void>;
  /** Makes a member an admin, or an admin a member. */
  setRole(id: string, userId: string, role: 'admin' | 'member'): Promise<void>;
  /** For its owner, who is an admin afterwards. */
  transferOwnership(id: string, userId: string): Promise<void>;
  /**
   * Everything up to `seq` was seen. At once here, soon at the server (coalesced, repeated until it arrives), never
   * backwards; cheap enough to call on every scroll.
   */
  markRead(id: string, seq: number): void;
  /** Loads from the server, page by page, and is kept in step; dispose it. */
  members(id: string): MemberList;
  /**
   * How one keeps it, the same on all one's devices. Shows at once, also without a connection: then it is kept and told later.
   * Resolves when the server has it; rejects when it is refused, and throws where that is known at once.
   */
  setPreference(id: string, change: Partial<Preference>): Promise<void>;
  /** Loads from the server, and is kept in step; dispose it. */
  pins(id: string): PinList;
  /** Puts it into the archive, and from the top; or takes it out. */
  setArchived(id: string, archived: boolean): Promise<void>;
  /** On top of the list, or no longer. */
  setPinned(id: string, pinned: boolean): Promise<void>;
  /** Gives a pinned one the place `index` among the pinned, 0 on top. */
  movePinned(id: string, index: number): Promise<void>;
}

export interface SendOptions {
  /** The id of the message it answers: a quote of it stands above. */
  readonly replyTo?: string;
  /** Into the thread of this message (T1); `alsoSend`: into the main line too. */
  readonly thread?: string;
  readonly alsoSend?: boolean;
  readonly attachment?: Attachment;
  /** Beside the text, in place of another attachment. Kept on this device until they are sent. */
  readonly files?: readonly OutgoingFile[];
  /** Without a preview of the link in it. */
  readonly noPreview?: boolean;
}

export interface Messages {
  /**
   * On screen at once, kept, and sent when it can be, in order. Returns the message id. Throws on text that can never be
   * sent; it may be empty beside an attachment.
   */
  send(conversationId: string, text: string, options?: SendOptions): string;
  /**
   * Says a message that one may see again elsewhere, with whose it was: on screen and sent as `send` does it. The server
   * makes the copy. Returns the id of the copy.
   */
  forward(conversationId: string, source: MessageRecord): string;
  /** Tries a failed message again. */
  retry(messageId: string): void;
  /** Gives up a message that is not sent. */
  discard(messageId: string): void;
  /** Sends what waits for the files of an earlier message (`waits`) before that one. */
  letPass(conversationId: string): void;
  /** The next ones show at once, and are taken back when the server refuses (the promise rejects with KithError). */
  edit(conversationId: string, messageId: string, text: string): Promise<void>;
  /** For everybody. Shows at once; rejects, and shows the message again, when it is refused. */
  remove(conversationId: string, messageId: string): Promise<void>;
  /**
   * Removes messages from one's own view, by their places, on all devices and for good; or brings them back. Others keep them.
   * Without a connection too: told when there is one, and the promise resolves then.
   */
  setHidden(conversationId: string, seqs: readonly number[], hidden: boolean): Promise<void>;
  /** Sets one's own reaction, or takes it back. */
  react(conversationId: string, messageId: string, emoji: string, on: boolean): Promise<void>;
  /** Chooses options of a poll by their places, in place of what one chose before; none takes the vote back. */
  vote(conversationId: string, messageId: string, options: readonly number[]): Promise<void>;
  /** No more votes: for its author. */
  closePoll(conversationId: string, messageId: string): Promise<void>;
  /** For everybody in the conversation; `on` false takes it down. */
  pin(conversationId: string, messageId: string, on: boolean): Promise<void>;
  /** One message by id, for quotes: from what is loaded, else fetched (batched). `null`: there is none, or it is not visible. */
  get(conversationId: string, messageId: string): Readable<MessageRecord | null | undefined>;
  /** The conversations, archived ones and those of threads included, with own messages that have not left this device. */
  unsentIn(): readonly string[];
  /** What fits a query. What is found is known from then on: `get` has it, and follows what becomes of it. */
  search(input: Input<'searchMessages'>, options?: RequestOptions): Promise<Output<'searchMessages'>>;
  /** Those with pictures, recordings or files in them, newest first. Known from then on, like what is found. */
  shared(input: Input<'listShared'>, options?: RequestOptions): Promise<Output<'listShared'>>;
}

/** The threads one follows, those with the newest replies first, as far as loaded. */
export interface ThreadsView {
  readonly status: 'loading' | 'ready';
  readonly threads: readonly Thread[];
  /** Of all that are followed, loaded or not, how many have unread replies; and of those loaded, how many mention one. */
  readonly unread: number;
  readonly mentions: number;
  readonly atEnd: boolean;
  readonly loading: boolean;
  readonly error?: KithError;
}

/** A thread on screen: its root as the first of its messages, once the beginning is loaded. */
export interface ThreadTimeline extends Timeline {
  readonly rootId: string;
  /** `null`: there is none, or it is from before one's time. */
  readonly root: Readable<MessageRecord | null | undefined>;
}

export interface Threads {
  readonly list: Readable<ThreadsView>;
  /** The next page of the list; nothing at its end. */
  loadMore(): Promise<void>;
  /** How one stands to the thread of a message, as far as known: of followed ones, and of those that were open. */
  mark(rootId: string): Readable<ThreadMark | undefined>;
  /** The root and its replies; dispose it. */
  open(conversationId: string, rootId: string, options?: TimelineOptions): ThreadTimeline;
  /** Shows at once; rejects when refused. */
  follow(conversationId: string, rootId: string, following: boolean): Promise<void>;
  /** Whether one follows it: asked for where it is not known. Rejects when it is not and there is no answer. */
  follows(conversationId: string, rootId: string): Promise<boolean>;
  /** Replies up to `seq` were seen. Like `conversations.markRead`. */
  markRead(conversationId: string, rootId: string, seq: number): void;
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

export interface Blobs {
  /** Keeps a small image for one use: the command that names its id. What nothing uses is forgotten after a day. */
  upload(
    image: Blob,
    purpose: Exclude<BlobPurpose, 'preview'>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<BlobInfo>;
  /** Where a browser that is signed in by cookie finds it. */
  url(id: string): string;
  /** What an `img` draws it from, whoever is signed in and how: at once by cookie; with a token, when it was fetched. */
  image(id: string): Readable<string | undefined>;
}

/** A file as it is given to `messages.send`: prepared (made smaller, measured) by whoever has it. */
export interface OutgoingFile {
  /** In Node `fs.openAsBlob` makes one of a file without reading it. */
  readonly data: Blob;
  readonly kind: FileKind;
  readonly name: string;
  /** What it is believed to be; the server looks for itself. */
  readonly mime: string;
  /** The rest as in the protocol's `MessageFile`. */
  readonly width?: number;
  readonly height?: number;
  readonly duration?: number;
  readonly waveform?: string;
  readonly placeholder?: string;
  readonly animated?: true;
  readonly thumbnail?: {
    readonly data: Blob;
    readonly mime: string;
    readonly width: number;
    readonly height: number;
  };
}

/** How a file of a message that is not sent yet stands. Bytes. */
export type Transfer =
  /** For the network, or others before it. */
  | { readonly type: 'waiting'; readonly sent: number; readonly size: number }
  | { readonly type: 'sending'; readonly sent: number; readonly size: number }
  /** By the person. */
  | { readonly type: 'paused'; readonly sent: number; readonly size: number }
  /** The server looks at it. */
  | { readonly type: 'checking'; readonly size: number };

export interface Files {
  /**
   * Where a browser finds a file of a message: one's own at once, from this device, as long as it has it. Undefined while the
   * address is asked for (clients with a token). `download`: to be saved under its name.
   */
  url(
    message: { readonly conversationId: string; readonly messageId: string },
    fileId: string,
    options?: { readonly download?: boolean },
  ): Readable<string | undefined>;
  /** Of a file of one's own on its way; undefined: it is there, or none of this device's. */
  transfer(fileId: string): Readable<Transfer | undefined>;
  /** Of all files of a message. Discarding the message ends it for good; `messages.retry` tries what failed again. */
  pause(messageId: string): void;
  resume(messageId: string): void;
  /** How far a form of a film is that this browser plays; when it is done, the message's file has it as `playable`. */
  transcoding(
    message: { readonly conversationId: string; readonly messageId: string },
    fileId: string,
  ): Promise<Transcoding>;
  /** What one may send, and what is left of one's room. */
  limits(conversationId?: string): Promise<UploadLimits>;
}

export interface CustomEmojis {
  /** All of this place, by name. */
  readonly byName: Readable<ReadonlyMap<string, CustomEmoji>>;
  /** Makes the image an emoji that is written `:name:`; for owner and admins. */
  add(name: string, image: Blob): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What belongs to the person alone, the same on all their devices: preferences of conversations, drafts and the like. */
export interface OwnReader {
  /** Undefined where nothing is set. Changes made here show at once. */
  get<T extends OwnType>(type: T, key: string): Readable<OwnValue<T> | undefined>;
  /** All of one type, by key. */
  all<T extends OwnType>(type: T): Readable<ReadonlyMap<string, OwnValue<T>>>;
  /**
   * What was begun in a conversation, or in a thread (then `place` is its root, and the draft names the conversation), for the
   * person's other devices; an empty text: nothing any more. Shows at once, is told when there is a connection; of two devices
   * the later one is right. Rejects when it is refused.
   */
  saveDraft(place: string, draft: SavedDraft): Promise<void>;
  /**
   * Makes a folder of the list (with a name, under a new id), changes or removes it. Shows at once, is told when there is a
   * connection. Rejects when it is refused, and at once when there are as many as there may be.
   */
  setFolder(folderId: string, change: FolderChange): Promise<void>;
  /**
   * Accepts what a stranger wrote, or puts it out of sight: `all('request')` has them, by conversation, declined ones too. Shows
   * at once, is told when there is a connection. Rejects when it is refused.
   */
  answerRequest(conversationId: string, accepted: boolean): Promise<void>;
}

/** Messages that the server sends at their time: `own.all('scheduled')` has them, by the id they will have. */
export interface Scheduled {
  /**
   * `at`: ISO 8601, ahead, a year at most. Rejects when it is refused or there is no connection. Resolves to the message id.
   * `messageId`: a UUIDv7 that the caller keeps: after a failure whose outcome is unknown, the same one again schedules one
   * message and not two, with the text and the time given last.
   */
  add(
    conversationId: string,
    text: string,
    at: string,
    options?: Pick<SendOptions, 'replyTo' | 'attachment' | 'thread' | 'alsoSend'> & {
      readonly messageId?: string;
    },
  ): Promise<string>;
  /** Also gives one that failed another time. */
  update(messageId: string, change: { readonly text?: string; readonly at?: string }): Promise<void>;
  cancel(messageId: string): Promise<void>;
  sendNow(messageId: string): Promise<void>;
}

/** Messages to come back to: `own.all('reminder')` has them, by message. */
export interface Reminders {
  /** `at`: ISO 8601, ahead; null: done with. */
  set(conversationId: string, messageId: string, at: string | null): Promise<void>;
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
  readonly threads: Threads;
  readonly users: Users;
  readonly presence: PresenceReader;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly blobs: Blobs;
  readonly files: Files;
  readonly emoji: CustomEmojis;
  readonly gifs: {
    /** Where the server searches GIFs; undefined: nowhere, or not connected yet. */
    readonly provider: Readable<GifProvider | undefined>;
  };
  readonly own: OwnReader;
  readonly scheduled: Scheduled;
  readonly reminders: Reminders;
  /** What is on screen: typing, receipts and presence of these come from now on. Replaces the former; survives reconnects. */
  watch(what: { readonly conversationIds: readonly string[]; readonly userIds: readonly string[] }): void;
  /** Whether somebody is at this device; survives reconnects. */
  setActive(active: boolean): void;
  /** What is not given stays; null removes. An avatar is an uploaded image's id (`blobs`). */
  updateProfile(change: Readonly<Input<'updateProfile'>>): Promise<void>;
  /** What is not given stays. */
  updateSettings(change: Input<'updateSettings'>): Promise<void>;
  /** Whom one has blocked: see `own.all('block')`. Shows at once; rejects when refused. */
  setBlocked(userId: string, blocked: boolean): Promise<void>;
  /** Tells those who run the place. */
  report(report: Input<'report'>): Promise<void>;
  /** What keeps the account one's own. */
  /**
   * The account and what keeps it one's own. Where the tenant asks for a second factor and there is none, the connection ends
   * with `second_factor_required`, and what sets one up goes over HTTP; start a new client after that.
   */
  readonly security: {
    account(): Promise<Output<'getAccount'>>;
    /** Shows that it is still oneself: afterwards, for ten minutes, what was refused as `confirmation_required` is allowed. */
    confirm(shown: string | { readonly ticket: string; readonly passkey: PasskeyAnswer }): Promise<void>;
    /** For `confirm` by passkey. */
    beginPasskeyConfirm(): Promise<Output<'beginPasskeyConfirm'>>;
    factors(): Promise<Output<'getFactors'>>;
    beginTotp(): Promise<Output<'beginTotp'>>;
    /** The code that the app shows. Recovery codes come with the first factor, and are shown this once. */
    confirmTotp(code: string): Promise<Output<'confirmTotp'>>;
    removeTotp(): Promise<void>;
    renewRecoveryCodes(): Promise<readonly string[]>;
    beginPasskey(): Promise<Output<'beginPasskey'>>;
    addPasskey(input: Input<'addPasskey'>): Promise<Output<'addPasskey'>>;
    renamePasskey(passkeyId: string, name: string): Promise<void>;
    removePasskey(passkeyId: string): Promise<void>;
    /** What the tenant asks of its people; for its owner and admins. */
    ofTenant(): Promise<Output<'getTenantSecurity'>>;
    /** For the owner. */
    updateTenant(change: Input<'updateTenantSecurity'>): Promise<Output<'updateTenantSecurity'>>;
    /** All other sessions end. */
    changePassword(password: string): Promise<void>;
    /**
     * Has the account deleted, at the time that is answered; until then the connection ends with `account_deletion_pending`.
     * `messages`: whether what one wrote stays, by nobody any more, or goes for everyone.
     */
    deleteAccount(messages: Input<'deleteAccount'>['messages']): Promise<string>;
    /** It stays; start a new client after that. */
    keepAccount(): Promise<void>;
    /** A code goes to the address. */
    changeEmail(email: string): Promise<Output<'changeEmail'>>;
    confirmEmail(input: Input<'confirmEmail'>): Promise<string>;
    events(input?: Input<'listSecurityEvents'>): Promise<Output<'listSecurityEvents'>>;
    /** The number one signs in by, and whether this server sends text messages. */
    phone(): Promise<Output<'getPhone'>>;
    /** A code goes to the number. `region`: where it is dialled as it is typed, such as `DE`. */
    changePhone(input: Input<'changePhone'>): Promise<Output<'changePhone'>>;
    confirmPhone(input: Input<'confirmPhone'>): Promise<Output<'confirmPhone'>['phone']>;
    /** @throws KithError conflict for the only way in. */
    removePhone(): Promise<void>;
    /** Accounts at other services that one signs in by. */
    links(): Promise<Output<'listLinks'>['links']>;
    /** Where the browser goes to connect one, once: an address of this server. */
    beginLink(provider: string): Promise<string>;
    /** @throws KithError conflict for the only way in. */
    unlink(linkId: string): Promise<void>;
  };
  /** Who may come in, and links that lead others in. */
  readonly invites: {
    /** For the owner and admins. */
    policy(): Promise<Output<'getJoinPolicy'>>;
    /** What is not given stays; null: as the server is configured. */
    updatePolicy(change: Input<'updateJoinPolicy'>): Promise<Output<'updateJoinPolicy'>>;
    /** The link is `/invite#<token>` of wherever the app lives. */
    create(input: Omit<Input<'createInvite'>, 'inviteId'>): Promise<Output<'createInvite'>['invite']>;
    list(input?: Input<'listInvites'>): Promise<Output<'listInvites'>>;
    revoke(inviteId: string): Promise<void>;
    /** Into the conversations that a link leads to: which of them one is in now. */
    accept(token: string): Promise<readonly string[]>;
  };
  /** People who came by a link with a name alone, for some time. */
  readonly guests: {
    /** All for the owner and admins, for others those they have invited. */
    list(input?: Input<'listGuests'>): Promise<Output<'listGuests'>>;
    /** Until when, as it is now. @throws KithError bad_input beyond a year. */
    mayStay(userId: string, until: Date): Promise<string>;
    /** They are out at once. */
    end(userId: string): Promise<void>;
    /** When one’s own stay ends; null for who is no guest. */
    myEnd(): Promise<string | null>;
  };
  /** The place, for its owner and in part its admins; what changes it asks first for `security.confirm`. */
  readonly tenant: {
    get(): Promise<Output<'getTenant'>>;
    /** What is not given stays. */
    update(change: Input<'updateTenant'>): Promise<Output<'updateTenant'>>;
    /** The key is told this once. */
    createApiKey(input: Input<'createTenantKey'>): Promise<Output<'createTenantKey'>>;
    rotateApiKey(keyId: string): Promise<Output<'rotateTenantKey'>>;
    revokeApiKey(keyId: string): Promise<void>;
    people(input?: Input<'listTenantPeople'>): Promise<Output<'listTenantPeople'>>;
    setRole(userId: string, role: 'admin' | 'member'): Promise<User>;
    /** To a new owner; one is an admin afterwards. */
    transfer(userId: string): Promise<User>;
    /** For somebody who has lost all their second factors: they sign in without. */
    resetFactors(userId: string): Promise<void>;
    suspend(userId: string): Promise<void>;
    restore(userId: string): Promise<void>;
  };
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

export interface UnsentMessage {
  readonly id: string;
  readonly content: Content;
}

export interface ClientOptions {
  /** Where the server is: `https://chat.example.org`. */
  readonly url: string;
  /** A session token; absent: the browser's cookie. */
  readonly token?: string;
  /**
   * Instead of `token`, in a host application: asks its backend for a token of the person who is signed in there, each time one is
   * needed; null when nobody is. The client asks a minute before a session ends, and the socket stays open. When the host, or the
   * service, will not have the person any more, the connection is `ended` with `unauthenticated`.
   */
  readonly getToken?: () => Promise<string | null>;
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
  /**
   * Messages that can no longer be sent, since one is no longer in the conversation. Nothing else keeps their words, so they
   * are told again by the next page where this one closed at once: who keeps them goes by their ids.
   */
  readonly onUnsent?: (conversationId: string, messages: readonly UnsentMessage[]) => void;
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

/** Where signing in stands. */
export type SignInStep =
  | ({ readonly type: 'signed_in' } & SignedIn)
  /** Six digits went to the address, or to `phone`, as it was understood: `proceed` takes them. */
  | {
      readonly type: 'code_sent';
      readonly ticket: string;
      readonly expiresAt: string;
      readonly phone?: string;
    }
  /** Nobody has this number yet: `signUpByPhone` takes a name. */
  | { readonly type: 'name_wanted'; readonly ticket: string; readonly expiresAt: string }
  /** It was right, and one of these is asked for besides: `proceed` takes it. */
  | {
      readonly type: 'second_factor';
      readonly ticket: string;
      readonly expiresAt: string;
      readonly factors: readonly SecondFactor[];
      /** For `navigator.credentials.get`, as `PublicKeyCredential.parseRequestOptionsFromJSON` reads it. */
      readonly passkey: PasskeyRequest | null;
    };

export type Proceed = { readonly ticket: string; readonly trust?: boolean } & (
  | { readonly code: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: PasskeyAnswer }
);

export interface Accounts {
  signUp(input: {
    email: string;
    password: string;
    username: string;
    displayName: string;
    /** What the link of an invitation carries. */
    invite?: string;
    /** A field of the form that people do not see. With anything in it, nothing comes of the rest, and nobody is told. */
    website?: string;
  }): Promise<SignInStep>;
  /**
   * By the link of an invitation for guests: a name, and one is in. @throws KithError not_found for a link that leads nowhere
   * any more, forbidden, limit_reached.
   */
  comeAsGuest(input: { invite: string; displayName: string; website?: string }): Promise<SignInStep>;
  /** Who invites, and to what. @throws KithError not_found for a link that leads nowhere any more. */
  invite(token: string): Promise<InviteReply>;
  signIn(
    input: { email: string; password: string } | { username: string; password: string },
  ): Promise<SignInStep>;
  /**
   * The next step of what a ticket began. A wrong code is `bad_input` of the field `code` (`recoveryCode`, `passkey`); a ticket
   * that is over, `not_found`. `trust`: this browser is asked for no second factor for thirty days.
   */
  proceed(input: Proceed): Promise<SignInStep>;
  /**
   * A code goes to the number, whether or not anybody has it. `region`: where it is dialled as it is typed, such as `DE`.
   * A number that no mobile phone has is `bad_input` of the field `phone`.
   */
  askByPhone(input: {
    phone: string;
    region?: string;
    /** What an invitation's link carries. */
    invite?: string;
  }): Promise<SignInStep>;
  signUpByPhone(input: { ticket: string; username: string; displayName: string }): Promise<SignInStep>;
  /** What a browser needs to ask for a passkey, of whoever has one here. */
  beginPasskey(): Promise<PasskeyBeginReply>;
  /** A passkey alone. One that does not sign in here is `unauthenticated`; a ticket that is over, `not_found`. */
  passkeySignIn(input: PasskeySignInInput): Promise<SignInStep>;
  /** Another code for the ticket; the one before is void. */
  resend(ticket: string): Promise<{ expiresAt: string }>;
  /** Sends a link to set the password anew, if there is such an account; which, nobody is told. */
  forgotPassword(email: string): Promise<void>;
  /** Whose password the link is about. @throws KithError not_found when it is over. */
  resetOf(token: string): Promise<ResetPreviewReply>;
  /** `token`: of the link. Ends all sessions, and signs in. @throws KithError not_found when the link is over. */
  resetPassword(input: { token: string; password: string }): Promise<SignInStep>;
  /** The address before the last change counts again; all sessions end. `token`: of the link in the mail to the old address. */
  undoEmail(token: string): Promise<{ email: string; resetToken: string }>;
  /** Calls the deletion of an account off; all sessions end. `token`: of the link in the mail. */
  keepAccount(token: string): Promise<void>;
  /**
   * Where a browser goes to sign in by another service of `options().providers`. It comes back to `/`, with what happened behind
   * the `#` (`OutsideProblem` says how). Needs a browser: other programs sign in with a password, so far.
   */
  outsideUrl(provider: string): string;
  /** The same with an invitation, whose link belongs into no address: asks the server where to go. */
  departOutside(provider: string, invite: string): Promise<string>;
  /** What this server has to offer at its door. */
  options(): Promise<SignInOptions>;
  /** The user whose session the cookie, or the token, is of; null: it is of none. */
  whoIsIn(): Promise<string | null>;
  /** Ends the session. `KithClient.signOut` does this and wipes the cache too. */
  signOut(): Promise<void>;
}
