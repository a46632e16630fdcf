/**
 * What the heads of a conversation have in common, whoever looks: its record, its last message, and what came after a place.
 * Kept as long as the conversation's revision is the same, which whoever asks has just read: so when everybody comes back
 * at once, one reading serves all of a conversation.
 */
import { type ConversationRecord, limits, type MessageRecord } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { createGather } from './gather.ts';
import { inMainLine } from './messages.ts';
import {
  type ConversationRow,
  fromJson,
  type MessageRow,
  messageDates,
  toConversation,
  toMessage,
} from './records.ts';

export interface TailQuestion {
  readonly tenantId: number;
  readonly conversationId: string;
  /** Of the conversation, as it was just read. */
  readonly rev: number;
  /** What comes after this place is counted: what one has read, or where one's view begins. */
  readonly after: number;
}

export interface Tail {
  readonly conversation: ConversationRecord;
  readonly lastSeq: number;
  /** The last message that is not deleted, without anybody's own reactions. */
  readonly preview: MessageRecord | null;
  readonly counts: Counts;
}

export interface Counts {
  /** Messages, of each author and together, of the first so many; `cut`: there are more. */
  readonly authors: ReadonlyMap<string, number>;
  readonly total: number;
  readonly cut: boolean;
  readonly mentioning: readonly Mentioning[];
  readonly mentioningCut: boolean;
}

interface Mentioning {
  readonly author: string;
  readonly all: boolean;
  readonly people: readonly string[] | null;
}

export interface Tails {
  /** An answer to each, in their order; null where the conversation has moved on meanwhile. */
  read(questions: readonly TailQuestion[]): Promise<(Tail | null)[]>;
}

/** Counts are told up to here; own messages do not count, so some more are looked at. */
const cap = limits.unreadCap + 1;
const LOOKED_AT = cap * 2;
/** Each names up to fifty people: a list of more would weigh more than all else. */
const MENTIONING_LOOKED_AT = 40;
const QUESTIONS_AT_ONCE = 500;
/** What is kept together, bytes by estimate, and places of one conversation. */
const KEPT_MAX = 32 * 1024 * 1024;
const PLACES_MAX = 64;
const TAIL_BYTES = 1_000;
const ENTRY_BYTES = 120;
const PERSON_BYTES = 80;

/** Null: not to be told from what was looked at. */
export function countsOf(counts: Counts, userId: string): { unread: number; mentions: number } | null {
  const unread = counts.total - (counts.authors.get(userId) ?? 0);
  if (unread < cap && counts.cut) return null;
  let mentions = 0;
  for (const { author, all, people } of counts.mentioning) {
    if (author !== userId && (all || people?.includes(userId))) mentions += 1;
  }
  if (mentions < cap && counts.mentioningCut) return null;
  return { unread: Math.min(unread, cap), mentions: Math.min(mentions, cap) };
}

/** A tail without what was counted from one place. */
type Shared = Omit<Tail, 'counts'>;

interface Kept {
  readonly rev: number;
  readonly shared: Shared;
  /** The oldest first. */
  readonly places: Map<number, Counts>;
  weight: number;
}

type CountsRow = {
  readonly authors: Readonly<Record<string, number>> | null;
  readonly mentioning: readonly (readonly [author: string, all: boolean, people: string[] | null])[] | null;
};

type Row = CountsRow & {
  readonly n: number;
  readonly conversation: ConversationRow;
  readonly preview: MessageRow | null;
};

export function createTails(db: Db): Tails {
  /** The oldest first. */
  const kept = new Map<string, Kept>();
  let keptWeight = 0;

  const keyOf = ({ tenantId, conversationId }: TailQuestion): string => `${tenantId} ${conversationId}`;

  const known = (question: TailQuestion): Tail | undefined => {
    const one = kept.get(keyOf(question));
    const counts = one?.rev === question.rev ? one.places.get(question.after) : undefined;
    return one && counts && { ...one.shared, counts };
  };

  const weigh = (one: Kept, weight: number): void => {
    one.weight += weight;
    keptWeight += weight;
  };

  const forget = (key: string): void => {
    keptWeight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };

  const keep = (question: TailQuestion, rev: number, { counts, ...shared }: Tail): void => {
    const key = keyOf(question);
    let one = kept.get(key);
    if (one && one.rev > rev) return;
    if (one?.rev !== rev) {
      forget(key);
      one = { rev, shared, places: new Map(), weight: 0 };
      kept.set(key, one);
      weigh(one, TAIL_BYTES + Buffer.byteLength(JSON.stringify(shared.preview)));
    }
    const former = one.places.get(question.after);
    if (former) weigh(one, -weightOf(former));
    one.places.set(question.after, counts);
    weigh(one, weightOf(counts));
    for (const [place, oldest] of one.places) {
      if (one.places.size <= PLACES_MAX) break;
      one.places.delete(place);
      weigh(one, -weightOf(oldest));
    }
    for (const oldest of kept.keys()) {
      if (keptWeight <= KEPT_MAX || oldest === key) break;
      forget(oldest);
    }
  };

  /** One round at a time, so that nobody reads what somebody else is just reading. */
  const load = createGather<TailQuestion, Tail | null>({
    parallel: 1,
    most: QUESTIONS_AT_ONCE,
    answer: async (questions) => {
      const placeOf = (question: TailQuestion): string => `${keyOf(question)} ${question.after}`;
      const found = new Map<string, { readonly rev: number; readonly tail: Tail }>();
      const missing = new Map<string, TailQuestion>();
      for (const question of questions) {
        const tail = known(question);
        if (tail) found.set(placeOf(question), { rev: question.rev, tail });
        else missing.set(placeOf(question), question);
      }
      const asked = [...missing.values()];
      for (const row of await readTails(db, asked)) {
        const question = asked[row.n - 1] as TailQuestion;
        const { rev } = row.conversation;
        const tail = toTail(row);
        found.set(placeOf(question), { rev, tail });
        keep(question, rev, tail);
      }
      return questions.map((question) => {
        const one = found.get(placeOf(question));
        return one?.rev === question.rev ? one.tail : null;
      });
    },
  });

  return {
    read: (questions) => Promise.all(questions.map((question) => known(question) ?? load(question))),
  };
}

const weightOf = ({ authors, mentioning }: Counts): number =>
  ENTRY_BYTES * (1 + authors.size + mentioning.length) +
  PERSON_BYTES * mentioning.reduce((sum, { people }) => sum + (people?.length ?? 0), 0);

const toTail = (row: Row): Tail => ({
  conversation: toConversation(fromJson(row.conversation, ['created_at'])),
  lastSeq: row.conversation.last_seq,
  preview: row.preview && toMessage(fromJson(row.preview, messageDates)),
  counts: toCounts(row),
});

const toCounts = ({ authors, mentioning }: CountsRow): Counts => {
  const byAuthor = new Map(Object.entries(authors ?? {}));
  const total = [...byAuthor.values()].reduce((sum, count) => sum + count, 0);
  return {
    authors: byAuthor,
    total,
    cut: total >= LOOKED_AT,
    mentioning: (mentioning ?? []).map(([author, all, people]) => ({ author, all, people })),
    mentioningCut: (mentioning?.length ?? 0) >= MENTIONING_LOOKED_AT,
  };
};

/** In order of seq though a count has none, as in `unreadCount`. */
async function readTails(db: Db, questions: readonly TailQuestion[]): Promise<readonly Row[]> {
  if (questions.length === 0) return [];
  const after = sql`u.tenant_id = c.tenant_id and u.conversation_id = c.id and u.seq > q.after and u.kind = 'content'`;
  const { rows } = await sql<Row>`
    select q.n::integer as n, to_jsonb(c) as conversation, to_jsonb(preview) as preview,
      (select jsonb_object_agg(author_id, count) from (
        select author_id, count(*) from (
          select u.author_id from (
            select u.author_id, u.thread_root, u.thread_also from messages u where ${after}
            order by u.seq limit ${sql.lit(limits.lookedAt)}
          ) u where ${inMainLine('u')} limit ${LOOKED_AT}
        ) looked group by author_id
      ) counted) as authors,
      (select jsonb_agg(jsonb_build_array(author_id, mentions_all, mentions)) from (
        select u.author_id, u.mentions_all, u.mentions from messages u
        where ${after} and (u.mentions is not null or u.mentions_all) and ${inMainLine('u')} order by u.seq limit ${MENTIONING_LOOKED_AT}
      ) mentioning) as mentioning
    from unnest(
      ${questions.map((one) => one.tenantId)}::integer[],
      ${questions.map((one) => one.conversationId)}::uuid[],
      ${questions.map((one) => one.after)}::bigint[]
    ) with ordinality q (tenant_id, conversation_id, after, n)
    join conversations c on c.tenant_id = q.tenant_id and c.id = q.conversation_id
    left join lateral (
      select * from (
        select * from messages p
        where p.tenant_id = c.tenant_id and p.conversation_id = c.id and p.kind <> 'deleted'
        order by p.seq desc limit ${sql.lit(limits.lookedAt)}
      ) p where ${inMainLine('p')}
      order by p.seq desc limit 1
    ) preview on true`.execute(db);
  return rows;
}
