/** What commands work with. `service.ts` wires it; tests wire their own. */
import type { CommandName, Output, ParsedInput } from '@kith/protocol';
import type { Accounts } from './accounts/accounts.ts';
import type { Embed } from './accounts/embed/embed.ts';
import type { Invites } from './accounts/invites/invites.ts';
import type { TenantBook } from './accounts/tenants/book.ts';
import type { Blobs } from './blobs/blobs.ts';
import type { EmojiBook } from './emoji/emojiBook.ts';
import type { Encoded } from './encoded.ts';
import type { Announcer } from './fanout/announcer.ts';
import type { Presences } from './fanout/presence.ts';
import type { Typing } from './fanout/typing.ts';
import type { Gifs } from './gifs/gifs.ts';
import type { DueWork } from './jobs/dueWork.ts';
import type { CatchUps } from './limits/catchUps.ts';
import type { Newcomers } from './limits/newcomers.ts';
import type { MessageLog } from './log/append.ts';
import type { ConversationLog } from './log/change.ts';
import type { ReceiptLog } from './log/receipts.ts';
import type { Files } from './media/files.ts';
import type { Links } from './media/links.ts';
import type { UploadLocks } from './media/locks.ts';
import type { Transcodes } from './media/transcode/transcodes.ts';
import type { Meter } from './meter.ts';
import type { Memberships } from './policy/memberships.ts';
import type { Privacy } from './policy/privacy.ts';
import type { Previews } from './previews/previews.ts';
import type { Search } from './search/search.ts';
import type { ChangesReader } from './store/changesReader.ts';
import type { Database } from './store/database.ts';
import type { Reads } from './store/reads.ts';

export interface Services {
  readonly database: Database;
  /** What many ask for at once, read together. */
  readonly reads: Reads;
  /** Appends messages: the hot path. */
  readonly messageLog: MessageLog;
  /** Every other change of a conversation. */
  readonly conversationLog: ConversationLog;
  readonly receiptLog: ReceiptLog;
  readonly changesReader: ChangesReader;
  readonly catchUps: CatchUps;
  readonly search: Search;
  /** Who may do what where: cached facts for the policy. */
  readonly memberships: Memberships;
  /** Tells the connected what was committed. */
  readonly announcer: Announcer;
  /** Who lets whom see what. */
  readonly privacy: Privacy;
  /** What new accounts may do. */
  readonly newcomers: Newcomers;
  readonly presences: Presences;
  readonly typing: Typing;
  readonly accounts: Accounts;
  /** What tenants may do. */
  readonly tenants: Pick<TenantBook, 'admit' | 'knowsOrigin' | 'letsOrigin'>;
  /** People who come by tokens of their host. */
  readonly embed: Pick<Embed, 'enter' | 'refresh'>;
  /** Who may come in, and links that lead in. */
  readonly invites: Invites;
  /** Small images. */
  readonly blobs: Blobs;
  /** Of messages. */
  readonly files: Files;
  /** Signs their addresses. */
  readonly links: Links;
  /** Who writes to an upload. */
  readonly uploadLocks: UploadLocks;
  /** Films among them that not every browser plays. */
  readonly transcodes: Pick<Transcodes, 'able' | 'plan' | 'nudge'>;
  readonly emojiBook: EmojiBook;
  readonly gifs: Gifs;
  readonly previews: Previews;
  readonly meter: Meter;
  /** What is to be done at a time. */
  readonly dueWork: Pick<DueWork, 'plan'>;
}

/** Who asks. Made by `accounts` from a session; carries the tenant everywhere (S15). */
export interface Caller {
  readonly tenantId: number;
  readonly userId: string;
  readonly sessionId: string;
  /** Has a guest's rights: see policy/guests.ts. */
  readonly guest?: true;
  /** The page it came from, where it is one of ours: `https://chat.example.org`. Programs come from none. */
  readonly page?: string | undefined;
  /** The socket it came over; null over HTTP. */
  readonly socket: CallerSocket | null;
}

/** What a command may change about the socket it came over. */
export interface CallerSocket {
  watch(what: {
    readonly conversationIds: readonly string[];
    readonly userIds: readonly string[];
    /** Whether the person is not told how far others have read. */
    readonly blind: boolean;
  }): void;
  setActive(active: boolean): void;
}

/** One verb: check, do, announce. Throws KithError; anything else is answered as `internal` and logged. */
export type Handler<N extends CommandName> = (
  services: Services,
  caller: Caller,
  input: ParsedInput<N>,
) => Promise<Answer<N>>;

/** Commands that a crowd asks alike. */
type EncodedCommand = 'catchUp' | 'changes';

/** What the handler of a command answers. */
export type Answer<N extends CommandName> = N extends EncodedCommand ? Encoded<Output<N>> : Output<N>;

export type Handlers = { readonly [N in CommandName]: Handler<N> };
