/**
 * Every bound of the wire in one place (E2), each with its reason. The server enforces them and tells them to the
 * client in `welcome`; the client reads them from there or, before it is connected, from here.
 */
export const limits = {
  /** One inbound WebSocket message or HTTP body, bytes: the longest text, four bytes a character, and its frame. */
  frameBytes: 128 * 1024,
  /** Nesting of an inbound JSON value: the deepest valid input has 5 levels. */
  frameDepth: 16,
  /** Message text, UTF-16 units: several printed pages; more belongs in a file. */
  textLength: 20_000,
  /** An encrypted payload, base64 characters: the text limit, padded and wrapped. */
  encryptedLength: 65_536,
  nameLength: 80,
  topicLength: 250,
  /** What people say of themselves: some lines of a profile. */
  bioLength: 300,
  /** A line beside a name. */
  statusLength: 80,
  /** A username changes at most once in this time, ms: others know somebody by it. */
  usernameMs: 60 * 60_000,
  usernameLength: 32,
  /** What mail allows. */
  emailLength: 254,
  /** Characters of a new password, several spaces counting as one; and of any, UTF-16 units: OWASP ASVS 2.1.1 and 2.1.2. */
  passwordMin: 12,
  passwordMax: 128,
  /** What a step of signing in is known by until the next one. */
  ticketLength: 100,
  /** Days between asking for the end of an account and its end: long enough to come back from a holiday and find the mail. */
  deletionDays: 14,
  /** An account is new for so many days where strangers come in; and what it may do in one: more is what spammers do. */
  newcomerDays: 7,
  newcomerContacts: 10,
  newcomerAdds: 20,
  /** Addresses that a new account mails invitations to in a day. */
  newcomerInvites: 5,
  /** What a challenge is known by, and what solves it. */
  challengeToken: 400,
  challengeAnswer: 20,
  /** The id of another service to sign in by, as the operator names it. */
  providerLength: 32,
  /** A recovery code is ten letters and digits; people add spaces. */
  recoveryCodeTyped: 40,
  /** A phone number as people type it, with spaces and signs. */
  phoneTyped: 60,
  passkeyNameLength: 60,
  /** Domains whose addresses need no invitation; a domain's name as DNS bounds it. */
  emailDomains: 50,
  domainLength: 253,
  /** Invitations of one person that are open: more than anybody looks through. */
  invites: 100,
  inviteUses: 10_000,
  inviteConversations: 20,
  inviteNoteLength: 80,
  /** A quarter of an hour, a year. */
  inviteSecondsMin: 15 * 60,
  inviteSecondsMax: 366 * 86_400,
  /** How long a guest may stay: a quarter of an hour, thirty days unless it is said, a year. */
  guestSecondsMin: 15 * 60,
  guestSecondsDefault: 30 * 86_400,
  guestSecondsMax: 366 * 86_400,
  /** Guests of a tenant at a time: links that go round make no more accounts than this. */
  guests: 1_000,
  /** Of one account: more than anybody has devices. */
  passkeys: 25,
  /** Base64 characters: of a credential's id (1,023 bytes), of what is signed, and of what comes with a new one. */
  passkeyIdLength: 1_400,
  passkeyFieldLength: 4_000,
  passkeyObjectLength: 16_000,
  /** One emoji may be a long joined sequence (families, flags), in UTF-16 units, or a custom one's name between colons. */
  emojiLength: 34,
  /** Stickers in a pack, and all that ever were in it: what was sent stays to be seen. */
  stickers: 60,
  stickersEver: 240,
  /** Packs one person makes, and has at hand. */
  ownStickerPacks: 20,
  stickerPacks: 100,
  gifAltLength: 200,
  /** Custom emoji of one tenant: all of them travel in one answer, and a person can still find one. */
  customEmoji: 500,
  queryLength: 100,
  /** What is typed into the search of messages, and its words, phrases and operators together: more narrows nothing further. */
  searchLength: 250,
  searchClauses: 16,
  /** Hits a page of a search may hold, and what it holds unless told: each is a whole message. */
  searchPageMax: 50,
  searchPageDefault: 20,
  /** Different emoji on one message; more would not fit a screen. */
  reactionKinds: 24,
  /** Reactors named in a message record; the rest come by `getReactions`. */
  reactionUsers: 20,
  /** A poll: what fits a phone's screen, and reads as a question. */
  pollOptions: 12,
  pollQuestionLength: 300,
  pollOptionLength: 100,
  /** Voters of one answer named in a message record; the rest come by `getPollVotes`. */
  pollUsers: 20,
  /** Messages pinned in one conversation: beyond it nobody finds anything there. */
  pins: 100,
  /** People named on the root of a thread: as many faces as fit beside its count. */
  threadUsers: 5,
  /** Threads looked at when somebody's are listed: those they followed or wrote in last. */
  followedThreads: 1_000,
  /**
   * Messages looked at for a preview and for the counts of a head: in a conversation that talks in threads only, what is to
   * be found may lie far away. What lies beyond is not told.
   */
  lookedAt: 20_000,
  /** Persons mentioned by one message; beyond that it is `@all`. */
  mentions: 50,
  /** Members of one group or channel. */
  members: 10_000,
  /** People added by one command. */
  addMembers: 100,
  /** Conversations one person is in. */
  conversations: 5_000,
  /** `@all` by ordinary members is allowed up to this size; beyond it only admins may wake everyone. */
  mentionAllMembers: 50,
  /** Records a page of history, changes or lists may hold, and what it holds unless told. */
  pageMax: 200,
  pageDefault: 50,
  /**
   * What the records of one page weigh, as JSON; a page that would weigh more ends early. A quarter of `outboundBytes`:
   * whoever asks for the longest messages there are gets them in pieces, not a closed socket.
   */
  pageBytes: 1024 * 1024,
  /** Heads in one page of `sync`. */
  syncPage: 200,
  /** Ids in one look-up. */
  lookup: 200,
  /** `changes` walks at most this many revisions; a longer absence is answered by `reset` (S2). */
  changesDistance: 1_000,
  /** Conversations in one `catchUp`, and what its answer weighs, unless one alone weighs more: a slow phone gets it in time. */
  catchUp: 50,
  catchUpBytes: 256 * 1024,
  /** Text of a draft, UTF-16 units: what is too long to send is not lost on the way to another device. */
  draftLength: 60_000,
  /** Conversations somebody has begun to write in, and those kept in some way of one's own (left ones stay among them). */
  ownDrafts: 500,
  /** Messages to be sent later, and messages to come back to: more is a calendar. */
  scheduledMessages: 100,
  reminders: 200,
  /** So far ahead a time may lie, ms: a year. */
  aheadMs: 366 * 24 * 3_600_000,
  /** People one has blocked. */
  ownBlocks: 1_000,
  /**
   * Requests of strangers that are kept, declined ones among them; messages that a stranger may send before they are answered,
   * and how many of those may hold links.
   */
  ownRequests: 5_000,
  requestMessages: 5,
  requestLinks: 1,
  /** What one report may name, and say besides. */
  reportMessages: 20,
  reportLength: 1_000,
  /** Text of the messages it names that it keeps, together, UTF-16 units: of three of the longest all of it. */
  reportText: 60_000,
  /** Reports of one person in a day: who reads them must not drown. */
  reportsPerDay: 20,
  /** Conversations pinned on top of the list: what lies at hand, not a second list. */
  pinnedConversations: 20,
  ownPreferences: 10_000,
  /** Tabs above the list that one still tells apart; a name that fits one; conversations put in or left out by hand. */
  folders: 20,
  folderNameLength: 24,
  folderEntries: 200,
  /**
   * Conversations in which somebody removed messages from their own view, and how many stretches of places in one: the whole
   * list travels with each change. What one command may name.
   */
  ownHidden: 10_000,
  hiddenRanges: 2_000,
  hideAtOnce: 1_000,
  /** Unread and mention counts are exact up to here; one more means "more than". */
  unreadCap: 999,
  /** Conversations and people one socket watches: what fits on a screen, twice over. */
  watchedConversations: 64,
  watchedUsers: 256,
  /** Receipt marks in one `markDelivered`. */
  deliveredMarks: 200,
  /** Receipts are announced one by one up to this size of conversation; above it only the foremost mark is. */
  receiptMembers: 64,
  /** Requests of one socket that may wait for their reply at once. */
  inFlight: 64,
  /** Sockets of one person and of one address. */
  socketsPerUser: 32,
  socketsPerAddress: 2_000,
  /** Bytes that may wait for a slow reader before it is dropped (S12). */
  outboundBytes: 4 * 1024 * 1024,
  /** A socket must say hello within this time, ms. */
  helloMs: 10_000,
  /** And is welcomed, or sent away, within this time, ms: where everybody comes at once, the last wait for their turn. */
  welcomeMs: 30_000,
  /** The client pings when idle this long; the server drops a socket silent for `idleMs`. */
  heartbeatMs: 25_000,
  idleMs: 70_000,
  /** A request is answered within this time, ms, or fails as `timeout` (retryable). */
  requestMs: 15_000,
  /** Small images, bytes by purpose: a browser makes each of them smaller than this without a visible loss. */
  avatarBytes: 512 * 1024,
  emojiBytes: 128 * 1024,
  stickerBytes: 512 * 1024,
  previewBytes: 1024 * 1024,
  /** Files of one message: an album that still fits a screen, and no more than a person looks through. */
  messageFiles: 20,
  /** Of a file's name, UTF-16 units: what file systems take. */
  fileNameLength: 255,
  /** Longest side of a picture or video, pixels; and all pixels of a picture together: what a phone's browser still decodes. */
  imageSide: 32_768,
  imagePixels: 100_000_000,
  /** Base64 characters: of 100 bars, of a ThumbHash. */
  waveformLength: 136,
  placeholderLength: 64,
  /** Uploads of one person that are not sent yet, begun ones too: some hundred photos and their small pictures. */
  openUploads: 512,
  /** A begun upload, or one that was never sent, is kept this long after its last byte, ms. */
  uploadMs: 3 * 24 * 3_600_000,
  /** Uploaded images of one person that nothing uses yet: a whole pack of stickers; they are kept for a day. */
  unusedBlobs: 64,
  /** A typing notice lasts this long, ms, unless renewed. */
  typingMs: 6_000,
} as const;

/** After how many seconds messages may disappear; 0: they stay. Shorter than an hour, most would go unread. */
export const disappearAfter = [0, 3_600, 28_800, 86_400, 604_800, 2_592_000, 7_776_000] as const;
export type DisappearAfter = (typeof disappearAfter)[number];

export type Limits = { readonly [K in keyof typeof limits]: number };

/** Token buckets by rate class: `burst` at once, then `perSecond`, for each person. An address gets `addressFactor` times that. */
export const rates = {
  /** Messages: nobody types twenty a second, bots may. */
  send: { burst: 60, perSecond: 20 },
  /** Other changes. */
  write: { burst: 60, perSecond: 10 },
  /** Creating conversations and adding people: what spammers do. */
  invite: { burst: 30, perSecond: 0.5 },
  /** Look-ups and pages: a fast scroll asks for some ten pages a second. */
  read: { burst: 200, perSecond: 50 },
  /** Search of messages: asked anew at each pause of the typing, and the dearest thing there is to read. */
  search: { burst: 40, perSecond: 8 },
  /** Typing, watching, receipts. */
  ephemeral: { burst: 60, perSecond: 20 },
  /** Requests of uploads by tus: some hundred files at once, each with its small picture, in pieces over a bad line. */
  transfer: { burst: 1_200, perSecond: 40 },
  /** Uploads of small images: a pack of stickers at once. */
  upload: { burst: 40, perSecond: 0.5 },
  /** Searches that a provider elsewhere answers, and counts. */
  outside: { burst: 30, perSecond: 2 },
  /** Images of a screen; a browser asks for each once and keeps it. */
  media: { burst: 400, perSecond: 100 },
  /** Sign-in, sign-up: guessing must not pay. */
  auth: { burst: 20, perSecond: 0.2 },
} as const;

export type RateClass = keyof typeof rates;

/** People may share one address (an office, a campus). */
export const addressFactor = 20;
