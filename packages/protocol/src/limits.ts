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
  usernameLength: 32,
  /** One emoji may be a long joined sequence (families, flags), in UTF-16 units. */
  emojiLength: 32,
  queryLength: 100,
  /** Different emoji on one message; more would not fit a screen. */
  reactionKinds: 24,
  /** Reactors named in a message record; the rest come by `getReactions`. */
  reactionUsers: 20,
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
  /** A typing notice lasts this long, ms, unless renewed. */
  typingMs: 6_000,
} as const;

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
  /** Typing, watching, receipts. */
  ephemeral: { burst: 60, perSecond: 20 },
  /** Sign-in, sign-up: guessing must not pay. */
  auth: { burst: 20, perSecond: 0.2 },
} as const;

export type RateClass = keyof typeof rates;

/** People may share one address (an office, a campus). */
export const addressFactor = 20;
