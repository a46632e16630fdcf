/**
 * S6: the heads that changed since a cursor. A cursor is the oldest transaction that was still running when it was made;
 * every row tells which transaction changed it last, so nothing that committed late is missed, whatever the clocks say.
 *
 * Pages of many people are read together: after an outage everybody wants theirs, and most of what they show is the same.
 */
import { type Head, limits, type MemberRecord, type MessageRecord, type User } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { headsFor, peopleOfHead } from './heads.ts';
import { memberColumns } from './members.ts';
import { withMine } from './messages.ts';
import { isPersonal, type MemberRow, toMember } from './records.ts';
import { countsOf, type Tail, type Tails } from './tails.ts';
import { type Somebody, usersByTenant } from './users.ts';

export interface SyncPage {
  readonly heads: Head[];
  readonly users: User[];
  readonly left: MemberRecord[];
  readonly full: boolean;
  readonly next: string | null;
  readonly cursor: string;
}

export interface SyncQuestion extends Somebody {
  /** Of the sync before; null: everything. */
  readonly since: string | null;
  /** Where the page before ended; null: the first page. */
  readonly page: { readonly xmin: string; readonly after: string } | null;
}

/** 64 bits, of which the last digit's worth is centuries away. */
const Xid = z.string().regex(/^\d{1,19}$/);
/** `xmin`: every transaction below it had ended when the cursor was made, so it had been seen. */
const SyncCursor = z.strictObject({ xmin: Xid });
const NextCursor = z.strictObject({ xmin: Xid, since: Xid.nullable(), after: z.uuid() });

/** @throws KithError bad_input, for cursors that are none of ours. */
export function syncQuestion(
  somebody: Somebody,
  cursor: string | undefined,
  next: string | undefined,
): SyncQuestion {
  const { tenantId, userId } = somebody;
  if (next !== undefined) {
    const { since, ...page } = decodeCursor(NextCursor, next, 'next');
    return { tenantId, userId, since, page };
  }
  const since = cursor === undefined ? null : decodeCursor(SyncCursor, cursor).xmin;
  return { tenantId, userId, since, page: null };
}

/** A page for each, in their order. */
export async function syncPages(
  db: Db,
  tails: Tails,
  questions: readonly SyncQuestion[],
): Promise<SyncPage[]> {
  // Read before the heads: what commits meanwhile is told twice rather than not at all.
  const xmin = await currentXmin(db);
  const asked = questions.map((question): SyncQuestion => {
    // A cursor from the future is one of another database (restored, moved): start anew.
    const foreign = question.since !== null && BigInt(question.since) > BigInt(question.page?.xmin ?? xmin);
    return foreign ? { ...question, since: null } : question;
  });
  const left = await leftSince(db, asked);
  const wanted = asked.map((question, index): SyncQuestion => {
    // Whoever left more than can be told is told everything that is still there.
    const tooMany = (left[index]?.length ?? 0) > limits.conversations;
    return tooMany ? { ...question, since: null } : question;
  });
  const changed = await changedMemberships(db, wanted);
  const drafts = await draftsOf(db, tails, wanted, changed);
  const users = await usersOf(db, wanted, drafts);
  return wanted.map(({ since, page }, index): SyncPage => {
    const { heads, after } = drafts[index] as Draft;
    const full = since === null;
    const from = page?.xmin ?? xmin;
    return {
      heads,
      users: users[index] ?? [],
      left: full ? [] : (left[index] ?? []),
      full,
      next: after === null ? null : encodeCursor({ xmin: from, since, after }),
      cursor: encodeCursor({ xmin: from }),
    };
  });
}

async function currentXmin(db: Db): Promise<string> {
  const result = await sql<{
    xmin: string;
  }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`.execute(db);
  return result.rows[0]?.xmin ?? '0';
}

const columns = sql.join(memberColumns.map((column) => sql.ref(`m.${column}`)));

/** Those who ask with a cursor are told what they left; told once, with the first page. */
async function leftSince(db: Db, questions: readonly SyncQuestion[]): Promise<MemberRecord[][]> {
  const since = questions.map((one) => (one.page === null ? one.since : null));
  const left: MemberRecord[][] = questions.map(() => []);
  if (since.every((one) => one === null)) return left;
  const { rows } = await sql<MemberRow & { readonly n: number }>`
    select q.n::integer as n, gone.* from unnest(
      ${questions.map((one) => one.tenantId)}::integer[], ${questions.map((one) => one.userId)}::uuid[], ${since}::text[]
    ) with ordinality q (tenant_id, user_id, since, n)
    cross join lateral (
      select ${columns} from members m
      where m.tenant_id = q.tenant_id and m.user_id = q.user_id and m.state <> 'joined'
        and m.changed_xid >= q.since::xid8
      limit ${limits.conversations + 1}
    ) gone`.execute(db);
  for (const row of rows) left[row.n - 1]?.push(toMember(row));
  return left;
}

type Changed = MemberRow & {
  readonly conversation_rev: number;
  /** This person removed messages from their own view. */
  readonly hides: boolean;
};

/** In order of conversation id: one more than a page holds. */
async function changedMemberships(db: Db, questions: readonly SyncQuestion[]): Promise<Changed[][]> {
  const { rows } = await sql<Changed & { readonly n: number }>`
    select q.n::integer as n, changed.* from unnest(
      ${questions.map((one) => one.tenantId)}::integer[], ${questions.map((one) => one.userId)}::uuid[],
      ${questions.map((one) => one.since)}::text[], ${questions.map((one) => one.page?.after ?? null)}::uuid[]
    ) with ordinality q (tenant_id, user_id, since, after, n)
    cross join lateral (
      select ${columns}, c.rev as conversation_rev, m.hidden is not null as hides
      from members m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      where m.tenant_id = q.tenant_id and m.user_id = q.user_id and m.state = 'joined'
        and (q.since is null or c.changed_xid >= q.since::xid8 or m.changed_xid >= q.since::xid8)
        and (q.after is null or m.conversation_id > q.after)
      order by m.conversation_id limit ${limits.syncPage + 1}
    ) changed
    order by q.n, changed.conversation_id`.execute(db);
  const changed: Changed[][] = questions.map(() => []);
  for (const row of rows) changed[row.n - 1]?.push(row);
  return changed;
}

interface Draft {
  readonly heads: Head[];
  /** Where the next page begins; null: there is none. */
  readonly after: string | null;
}

async function draftsOf(
  db: Db,
  tails: Tails,
  questions: readonly SyncQuestion[],
  changed: readonly Changed[][],
): Promise<Draft[]> {
  const rows = changed.flat();
  const foremost = await foremostOf(db, rows);
  const found = await tails.read(
    rows.map((row) => ({
      tenantId: row.tenant_id,
      conversationId: row.conversation_id,
      rev: row.conversation_rev,
      after: Math.max(row.read_seq, row.visible_after),
    })),
  );
  const headOf = new Map(
    rows.map((row, index) => {
      const tail = found[index];
      // What all share does not know what one of them hides.
      return [row, tail && !row.hides ? compose(row, tail, foremost) : null];
    }),
  );
  // One after the other: those who are read for alone must not take the whole pool.
  const drafts: Draft[] = [];
  for (const [index, somebody] of questions.entries()) {
    drafts.push(await draftOf(db, somebody, changed[index] ?? [], headOf));
  }
  return drafts;
}

async function draftOf(
  db: Db,
  { tenantId, userId }: Somebody,
  rows: readonly Changed[],
  headOf: ReadonlyMap<Changed, Head | null>,
): Promise<Draft> {
  // What moved on meanwhile, and what cannot be told from what all share, is read for this one alone.
  const alone = rows.filter((row) => !headOf.get(row)).map((row) => row.conversation_id);
  const { heads: read } = await headsFor(db, tenantId, userId, alone);
  const exact = new Map(read.map((head) => [head.conversation.id, head]));
  const heads: Head[] = [];
  let bytes = 0;
  let last: string | null = null;
  for (const [place, row] of rows.entries()) {
    if (place >= limits.syncPage || bytes >= limits.pageBytes) return { heads, after: last };
    last = row.conversation_id;
    // Not there: this person has just left it.
    const head = headOf.get(row) ?? exact.get(row.conversation_id);
    if (!head) continue;
    heads.push(await withOwnChoices(db, { tenantId, userId }, head));
    bytes += head.preview ? weightOf(head.preview) : 0;
  }
  return { heads, after: null };
}

function compose(row: Changed, tail: Tail, foremost: Foremost): Head | null {
  const counts = countsOf(tail.counts, row.user_id);
  if (!counts) return null;
  const { conversation, preview } = tail;
  const others = foremost.get(`${row.tenant_id} ${row.conversation_id}`) ?? [];
  const furthest = (kind: Mark['kind']): number =>
    others.reduce(
      (most, mark) => (mark.kind === kind && mark.user_id !== row.user_id ? Math.max(most, mark.seq) : most),
      0,
    );
  return {
    conversation,
    membership: toMember(row),
    rev: row.conversation_rev,
    lastSeq: tail.lastSeq,
    readSeq: row.read_seq,
    ...counts,
    // The last of all: one who does not see it sees none.
    preview: preview && preview.seq > row.visible_after ? preview : null,
    othersDeliveredSeq: furthest('delivered'),
    othersReadSeq: furthest('read'),
  };
}

async function withOwnChoices(db: Db, { tenantId, userId }: Somebody, head: Head): Promise<Head> {
  const { conversation, preview } = head;
  if (!preview || !isPersonal(preview)) return head;
  const [own] = await withMine(db, { tenantId, conversationId: conversation.id, userId }, [preview]);
  return { ...head, preview: own ?? preview };
}

/** Previews are shared: each is weighed once. */
const weights = new WeakMap<MessageRecord, number>();

function weightOf(preview: MessageRecord): number {
  const known = weights.get(preview);
  if (known !== undefined) return known;
  const weight = Buffer.byteLength(JSON.stringify(preview));
  weights.set(preview, weight);
  return weight;
}

interface Mark {
  readonly kind: 'delivered' | 'read';
  readonly user_id: string;
  readonly seq: number;
}

/** By conversation, the foremost mark of each kind, and the foremost of anybody else: so everybody finds another's. */
type Foremost = ReadonlyMap<string, readonly Mark[]>;

/** Read anew each time: marks have no revision. */
async function foremostOf(db: Db, rows: readonly Changed[]): Promise<Foremost> {
  const asked = [
    ...new Map(rows.map((row) => [`${row.tenant_id} ${row.conversation_id}`, row] as const)).values(),
  ];
  const { rows: found } = await sql<Mark & { readonly n: number }>`
    select q.n::integer as n, kinds.kind, front.user_id, front.seq
    from unnest(
      ${asked.map((row) => row.tenant_id)}::integer[], ${asked.map((row) => row.conversation_id)}::uuid[]
    ) with ordinality q (tenant_id, conversation_id, n)
    cross join (values ('delivered'), ('read')) kinds (kind)
    cross join lateral (
      select r.user_id, r.seq from receipts r
      where r.tenant_id = q.tenant_id and r.conversation_id = q.conversation_id and r.kind = kinds.kind
      order by r.seq desc limit 1
    ) first
    cross join lateral (
      select first.user_id, first.seq
      union all
      (select r.user_id, r.seq from receipts r
      where r.tenant_id = q.tenant_id and r.conversation_id = q.conversation_id and r.kind = kinds.kind
        and r.user_id <> first.user_id
      order by r.seq desc limit 1)
    ) front`.execute(db);
  const foremost = new Map<string, Mark[]>();
  for (const mark of found) {
    const row = asked[mark.n - 1];
    if (!row) continue;
    const key = `${row.tenant_id} ${row.conversation_id}`;
    const marks = foremost.get(key) ?? [];
    marks.push(mark);
    foremost.set(key, marks);
  }
  return foremost;
}

/** Whom the heads of each page name. */
async function usersOf(
  db: Db,
  questions: readonly SyncQuestion[],
  drafts: readonly Draft[],
): Promise<User[][]> {
  const named = drafts.map(({ heads }) => new Set(heads.flatMap(peopleOfHead)));
  const known = await usersByTenant(
    db,
    questions.map(({ tenantId }, index) => [tenantId, named[index] ?? []]),
  );
  return questions.map(({ tenantId }, index) =>
    [...(named[index] ?? [])].flatMap((id) => known.get(tenantId)?.get(id) ?? []),
  );
}
