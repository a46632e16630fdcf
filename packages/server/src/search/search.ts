/**
 * Finds messages. The vocabulary says in how many documents the words are, and the memberships how many messages the person
 * could see at all; from these two numbers follows what is cheapest to read first.
 */
import {
  isId,
  limits,
  type MessageRecord,
  type Output,
  type ParsedInput,
  parseSearch,
  type SearchClause,
} from '@kith/protocol';
import { z } from 'zod';
import type { Turnstile } from '../limits/turnstile.ts';
import { CursorTime, decodeCursor, encodeCursor } from '../store/cursor.ts';
import type { Db } from '../store/database.ts';
import { withMine } from '../store/messages.ts';
import { directPeople, type MessageRow, toMessage } from '../store/records.ts';
import {
  type HitPlace,
  type HitQuestion,
  type HitsFound,
  hitsByConversation,
  hitsByTime,
  hitsByWords,
  indexedMessages,
  messagesAt,
  type OwnConversation,
  ownConversations,
  type SearchTransaction,
} from '../store/searchHits.ts';
import { peopleNamed, peopleOf, type Somebody, usersByIds } from '../store/users.ts';
import { periodOf } from './dates.ts';
import { highlight } from './highlight.ts';
import { rarestOf, tsqueryOf, type Want, type Wanted, wantedOf } from './wanted.ts';
import { fold, tokenize } from './words.ts';

type Answer = Output<'searchMessages'>;

/** Beyond that, an answer that says "so far" is worth more than a complete one. */
const MOST_DOCUMENTS = 150_000;
const MOST_MESSAGES = 50_000;
const SCAN = 60_000;
/** Read in a few milliseconds; and then it is known how many there are. */
const FEW = 2_000;
/** Words come in bursts: what should be found after so many messages is often found later. */
const BURSTS = 3;
/** How many messages a tenant has changes little in a minute. */
const SIZE_MS = 60_000;
const MOST_SIZES = 1_000;
/** People of one name in `from:` and `in:`. */
const MOST_PEOPLE = 20;

/** What is read first. */
export type Way = 'nothing' | 'words' | 'conversations' | 'time';

/** The last place told, and whether words were corrected. */
const SearchCursor = z.tuple([CursorTime, z.uuid(), z.int().min(0), z.boolean()]);

interface Scope {
  readonly clauses: readonly SearchClause[];
  readonly people: ReadonlyMap<SearchClause, readonly string[]>;
  /** That the person may see there, about. */
  readonly messages: number;
  readonly question: Omit<HitQuestion, 'tsquery' | 'rarest'>;
}

export interface Search {
  /** `told` hears what was read first, for measurements. */
  messages(
    caller: Somebody,
    input: ParsedInput<'searchMessages'>,
    told?: (way: Way) => void,
  ): Promise<Answer>;
}

/** `gate`: so many searches at a time. */
export function createSearch(db: Db, gate: Pick<Turnstile, 'pass'>): Search {
  const sizes = new Map<number, { readonly messages: number; readonly at: number }>();

  const sizeOf = async (trx: SearchTransaction, tenantId: number): Promise<number> => {
    const known = sizes.get(tenantId);
    if (known && performance.now() - known.at < SIZE_MS) return known.messages;
    const messages = await indexedMessages(trx, tenantId);
    if (sizes.size >= MOST_SIZES) sizes.clear();
    sizes.set(tenantId, { messages, at: performance.now() });
    return messages;
  };

  return {
    messages: (caller, input, told = () => undefined) => {
      const cursor = input.cursor === undefined ? null : decodeCursor(SearchCursor, input.cursor);
      const search = async (trx: SearchTransaction): Promise<Answer> => {
        const scope = await scopeOf(trx, caller, input, cursor);
        if (!scope) return NOTHING;
        const size = await sizeOf(trx, caller.tenantId);
        const attempt = async (corrected: boolean) => {
          const wanted = await wantedOf(trx, caller.tenantId, scope.clauses, scope.people, corrected);
          return { wanted, corrected, found: await find(trx, scope, wanted, size, told) };
        };
        const first = await attempt(cursor?.[3] === true);
        const nothing = first.found.places.length === 0 && first.found.edge === null;
        const again = !cursor && nothing && first.wanted.correctable;
        const { found, wanted, corrected } = again ? await attempt(true) : first;
        return tell(trx, scope, found, wanted.wants, corrected);
      };
      return gate.pass(() => db.transaction().execute(search));
    },
  };
}

const NOTHING: Answer = { hits: [], total: 0, corrected: false, users: [], next: null };

/** What is to be searched. Null: nothing can be found. */
async function scopeOf(
  trx: SearchTransaction,
  caller: Somebody,
  input: ParsedInput<'searchMessages'>,
  cursor: z.output<typeof SearchCursor> | null,
): Promise<Scope | null> {
  const { tenantId, userId } = caller;
  const clauses = parseSearch(input.query).filter(saysSomething);
  const { from, until } = periodOf(clauses, input.timeZone ?? 'UTC');
  if (clauses.length === 0 || (from && until && from >= until)) return null;
  const people = new Map<SearchClause, readonly string[]>();
  let own = await ownConversations(trx, tenantId, userId, input.conversationId ?? null);
  for (const clause of clauses) {
    if (clause.type === 'from') people.set(clause, await peopleOfClause(trx, caller, clause.who));
    if (clause.type !== 'in') continue;
    const there = await conversationsOfClause(trx, caller, own, clause.where);
    own = own.filter((conversation) => there.has(conversation.id) !== clause.negated);
  }
  if (own.length === 0) return null;
  const after = cursor && { at: new Date(cursor[0]), conversationId: cursor[1], seq: cursor[2] };
  const conversationIds = own.map((conversation) => conversation.id);
  const limit = input.limit ?? limits.searchPageDefault;
  return {
    clauses,
    people,
    messages: own.reduce((sum, conversation) => sum + conversation.messages, 0),
    question: { tenantId, userId, conversationIds, from, until, after, limit },
  };
}

const saysSomething = (clause: SearchClause): boolean =>
  (clause.type !== 'word' && clause.type !== 'phrase') || tokenize(clause.text).length > 0;

const peopleOfClause = async (db: Db, { tenantId, userId }: Somebody, who: string): Promise<string[]> =>
  who.toLowerCase() === 'me' ? [userId] : isId(who) ? [who] : peopleNamed(db, tenantId, who, MOST_PEOPLE);

/** By name; a direct conversation by the name of the other person. */
async function conversationsOfClause(
  db: Db,
  caller: Somebody,
  own: readonly OwnConversation[],
  where: string,
): Promise<Set<string>> {
  const wanted = fold(where);
  const named = own.filter(({ id, name }) => id === where || fold(name) === wanted);
  const alike = named.length > 0 ? named : own.filter(({ name }) => fold(name).includes(wanted));
  const people = await peopleOfClause(db, caller, where);
  const direct = own.filter(({ directKey }) => {
    const pair = directPeople(directKey);
    const other = pair?.find((id) => id !== caller.userId) ?? pair?.[0];
    return other !== undefined && people.includes(other);
  });
  return new Set([...alike, ...direct].map((conversation) => conversation.id));
}

/** By whatever is least to read. */
async function find(
  trx: SearchTransaction,
  { question, messages }: Scope,
  wanted: Wanted,
  size: number,
  told: (way: Way) => void,
): Promise<HitsFound> {
  const documents = Math.min(...wanted.wants.map((want) => want.documents));
  const way = leastToRead(documents, messages, size, question);
  told(way);
  const asked: HitQuestion = { ...question, tsquery: tsqueryOf(wanted), rarest: rarestOf(wanted) };
  switch (way) {
    case 'nothing':
      return { places: [], total: 0, edge: null };
    case 'words':
      return hitsByWords(trx, asked);
    case 'conversations':
      return hitsByConversation(trx, asked);
    case 'time': {
      const found = await hitsByTime(trx, asked, SCAN);
      // Common in general, but not among what the person sees of late.
      return found.edge && documents <= MOST_DOCUMENTS ? hitsByWords(trx, asked) : found;
    }
  }
}

/**
 * `documents` it may be in, of anybody's (infinite: in any); `messages` the person may see; `size` of all there is. By time,
 * a page is full the sooner, the more common the words are, and the more of all there is the person may see.
 */
function leastToRead(
  documents: number,
  messages: number,
  size: number,
  { limit, conversationIds }: Pick<HitQuestion, 'limit' | 'conversationIds'>,
): Way {
  if (documents === 0) return 'nothing';
  const share = Math.min(1, documents / Math.max(size, 1));
  const seen = conversationIds.length === 1 ? 1 : Math.min(1, messages / Math.max(size, 1));
  const ways: readonly (readonly [Way, number])[] = [
    ['words', documents <= MOST_DOCUMENTS ? documents - FEW : Number.POSITIVE_INFINITY],
    ['conversations', messages <= MOST_MESSAGES ? messages - FEW : Number.POSITIVE_INFINITY],
    ['time', (BURSTS * limit) / (share * seen)],
  ];
  return ways.reduce((least, way) => (way[1] < least[1] ? way : least))[0];
}

/** A page of what was found, as people see it. */
async function tell(
  trx: SearchTransaction,
  { question }: Scope,
  { places, total, edge }: HitsFound,
  wants: readonly Want[],
  corrected: boolean,
): Promise<Answer> {
  const page = places.slice(0, question.limit);
  const rows = await messagesAt(trx, question, page);
  const kept = withinPage(rows);
  const messages = await marked(trx, question, kept);
  const hits = messages.map((message) => {
    const { body } = message;
    const text = body.type === 'content' && body.content.type === 'plain' ? body.content.text : '';
    return { message, ranges: highlight(text, wants) };
  });
  const last =
    kept.length < rows.length ? placeOf(kept.at(-1)) : places.length > page.length ? page.at(-1) : edge;
  return {
    hits,
    total,
    corrected: corrected && hits.length > 0,
    users: await usersByIds(trx, question.tenantId, peopleOf(messages)),
    next: last ? encodeCursor([last.at.toISOString(), last.conversationId, last.seq, corrected]) : null,
  };
}

const placeOf = (row: MessageRow | undefined): HitPlace | null =>
  row ? { at: row.created_at, conversationId: row.conversation_id, seq: row.seq } : null;

/** E3: as many as weigh no more than a page may, but always one. */
function withinPage(rows: readonly MessageRow[]): MessageRow[] {
  let bytes = 0;
  const cut = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify([row.text, row.reactions, row.mentions]));
    return index > 0 && bytes > limits.pageBytes;
  });
  return cut === -1 ? [...rows] : rows.slice(0, cut);
}

/** As records, with the person's own reactions marked. */
async function marked(db: Db, question: Somebody, rows: readonly MessageRow[]): Promise<MessageRecord[]> {
  const records = new Map<string, MessageRecord>();
  for (const [conversationId, some] of Map.groupBy(rows, (row) => row.conversation_id)) {
    const view = { ...question, conversationId };
    for (const record of await withMine(db, view, some.map(toMessage))) records.set(record.id, record);
  }
  return rows.flatMap((row) => records.get(row.id) ?? []);
}
