/**
 * The reads that a crowd makes at once (everybody comes back after a node or a network died), each for many in one
 * statement: see `limits/gather.ts`. Two rounds at a time leave connections of the pool to everything else.
 */
import { limits, type ReceiptMark } from '@kith/protocol';
import { createTurnstile } from '../limits/turnstile.ts';
import type { ReadMembership } from '../policy/memberships.ts';
import type { Db } from './database.ts';
import { createGather, createLanes } from './gather.ts';
import { type MembershipQuestion, membershipFacts } from './memberships.ts';
import { foremostMarks, marksInside } from './receipts.ts';
import { shardOf } from './shards.ts';
import { joinedConversations, type MembershipFound } from './subscriptions.ts';
import { type SyncPage, type SyncQuestion, syncPages, syncQuestion } from './syncPages.ts';
import { createTails } from './tails.ts';
import { type OwnPerson, ownPeople, type Somebody } from './users.ts';

export interface Reads {
  readonly membership: ReadMembership;
  /** Every conversation this person is in. */
  joinedConversations(tenantId: number, userId: string): Promise<MembershipFound[]>;
  /**
   * A page of the heads that changed since a cursor (S6).
   *
   * @throws KithError bad_input for a foreign cursor; unavailable, with `retryAfterMs`, when too many ask at once.
   */
  sync(somebody: Somebody, cursor: string | undefined, next: string | undefined): Promise<SyncPage>;
  /** A person as they see themselves. */
  ownPerson(tenantId: number, userId: string): Promise<OwnPerson | null>;
  /**
   * How far the other members of a conversation have come, those who read most first: of all in a small one, above
   * `limits.receiptMembers` of whoever is in front.
   */
  marks(
    tenantId: number,
    conversationId: string,
    userId: string,
    memberCount: number,
  ): Promise<ReceiptMark[]>;
}

interface Conversation {
  readonly tenantId: number;
  readonly conversationId: string;
}

const PARALLEL = 2;
const FACTS_AT_ONCE = 1_000;
const PEOPLE_AT_ONCE = 200;
const MARKS_AT_ONCE = 200;
/** Somebody may be in thousands of conversations. */
const LISTS_AT_ONCE = 50;
/** Pages of `sync`: the dearest read there is. */
const PAGES_AT_ONCE = 100;
const SYNCS_IN_TURN = 400;
/** Less than a request may take. */
const SYNC_PATIENCE_MS = 8_000;

/** `shards`: as of the message log; what is asked of a conversation is read with others of its shard only. */
export function createReads(db: Db, shards = 1): Reads {
  const shard = shardOf(shards);
  const laneOf = ({ conversationId }: Conversation): number => shard(conversationId);
  const membership = createLanes(shards, laneOf, {
    parallel: PARALLEL,
    most: FACTS_AT_ONCE,
    answer: (questions: readonly MembershipQuestion[]) => membershipFacts(db, questions),
  });
  const joined = createGather({
    parallel: PARALLEL,
    most: LISTS_AT_ONCE,
    answer: (people: readonly Somebody[]) => joinedConversations(db, people),
  });
  const own = createGather({
    parallel: PARALLEL,
    most: PEOPLE_AT_ONCE,
    answer: (people: readonly Somebody[]) => ownPeople(db, people),
  });
  const inside = createLanes<Conversation, readonly ReceiptMark[]>(shards, laneOf, {
    parallel: PARALLEL,
    most: MARKS_AT_ONCE,
    answer: async (conversations) => {
      // The same for all of its members.
      const asked = new Map(conversations.map((one) => [`${one.tenantId} ${one.conversationId}`, one]));
      const found = await marksInside(db, [...asked.values()]);
      const byKey = new Map([...asked.keys()].map((key, index) => [key, found[index] ?? []]));
      return conversations.map((one) => byKey.get(`${one.tenantId} ${one.conversationId}`) ?? []);
    },
  });
  const tails = createTails(db);
  const sync = createGather({
    parallel: PARALLEL,
    most: PAGES_AT_ONCE,
    answer: (questions: readonly SyncQuestion[]) => syncPages(db, tails, questions),
  });
  const syncs = createTurnstile({ parallel: SYNCS_IN_TURN, patienceMs: SYNC_PATIENCE_MS });
  return {
    sync: async (somebody, cursor, next) => {
      const question = syncQuestion(somebody, cursor, next);
      return syncs.pass(() => sync(question));
    },
    membership: (tenantId, conversationId, userId) => membership({ tenantId, conversationId, userId }),
    joinedConversations: (tenantId, userId) => joined({ tenantId, userId }),
    ownPerson: (tenantId, userId) => own({ tenantId, userId }),
    marks: async (tenantId, conversationId, userId, memberCount) => {
      if (memberCount > limits.receiptMembers) return foremostMarks(db, tenantId, conversationId, userId);
      const all = await inside({ tenantId, conversationId });
      return all
        .filter((mark) => mark.userId !== userId)
        .sort((a, b) => b.readSeq - a.readSeq)
        .slice(0, limits.receiptMembers);
    },
  };
}
