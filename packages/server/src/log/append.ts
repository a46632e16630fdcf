/**
 * The hot path: one in-flight commit takes every message that queued up behind it (group commit, no artificial
 * delay). One statement locks the conversations, gives out revs and seqs, and inserts.
 */
import { type Content, KithError, type Mentions, type MessageRecord } from '@kith/protocol';
import type { Announcer } from '../fanout/announcer.ts';
import type { Meter } from '../meter.ts';
import { type Database, isDatabaseUnavailable, isUniqueViolation, toKithError } from '../store/database.ts';
import { shardOf } from '../store/shards.ts';

export interface Draft {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly messageId: string;
  readonly authorId: string;
  readonly content: Content;
  readonly mentions: Mentions;
  readonly replyTo?: string | undefined;
  readonly forwarded?: MessageRecord['forwarded'];
  /** The author sees messages after this place, and may reply to no others. */
  readonly visibleAfter: number;
}

export interface Appended {
  readonly messageId: string;
  readonly seq: number;
  readonly rev: number;
  readonly createdAt: string;
}

export interface MessageLog {
  /**
   * Appends a message and resolves after its commit (S8), in the order of the calls within a conversation.
   * Repeating an id returns the first result (S7). Rejects with `unavailable` (retry with the same id: whether it was
   * committed is then found out), `not_found` (no conversation, its author is not in it any more, or no such message to
   * reply to), `conflict` (the id is somebody else's).
   */
  append(draft: Draft): Promise<Appended>;
  /** Messages that wait for their commit. */
  waiting(): number;
  /** Resolves when everything accepted so far has its answer. */
  settled(): Promise<void>;
}

/** Bounds of one commit: enough to share its cost, not so much that its first message waits for its last. */
const BATCH_MESSAGES = 512;
const BATCH_TEXT = 1024 * 1024;
/** Some seconds of work, of all shards. Beyond it a quick refusal serves better than a slow promise. */
const QUEUE_MESSAGES = 50_000;
const QUEUE_TEXT = 64 * 1024 * 1024;

interface Entry {
  readonly draft: Draft;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  readonly resolve: (result: Appended) => void;
  readonly reject: (error: unknown) => void;
}

interface AppendedRow {
  readonly seq: number | null;
  readonly rev: number | null;
  readonly created_at: Date | null;
  readonly expires_at: Date | null;
  readonly author_id: string;
  readonly repeated: boolean;
  readonly reply_seq: number | null;
  readonly conversation_known: boolean;
  /** As the statement's snapshot has it. */
  readonly author_joined: boolean;
  /** One of the two in a direct conversation blocks the other. */
  readonly blocked: boolean;
  /** The conversation's record changed between the snapshot and the lock, and with it maybe who is in it: nothing done. */
  readonly outdated: boolean;
}

export interface MessageLogOptions {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly meter: Pick<Meter, 'committed'>;
  /** So many commits may be under way at once, each of its own conversations. */
  readonly shards?: number;
}

/** The conversations of one shard have one queue, and one commit under way. */
export function createMessageLog({ shards = 1, ...options }: MessageLogOptions): MessageLog {
  const shard = shardOf(shards);
  const logs = Array.from({ length: shards }, () => createShardLog(options, shards));
  return {
    append: (draft) => logs[shard(draft.conversationId)]!.append(draft),
    waiting: () => logs.reduce((sum, log) => sum + log.waiting(), 0),
    settled: async () => {
      await Promise.all(logs.map((log) => log.settled()));
    },
  };
}

function createShardLog(
  { database, announcer, meter }: Omit<MessageLogOptions, 'shards'>,
  shards: number,
): MessageLog {
  let queue: Entry[] = [];
  let queuedText = 0;
  let running: Promise<void> | null = null;

  const append = (draft: Draft): Promise<Appended> => {
    const size = sizeOf(draft.content);
    if (queue.length >= QUEUE_MESSAGES / shards || queuedText + size > QUEUE_TEXT / shards) {
      return Promise.reject(
        new KithError('unavailable', {
          message: 'Too many messages wait to be stored.',
          retryAfterMs: 1_000,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      queue.push({ draft, size, acceptedAt: preciseNow(), resolve, reject });
      queuedText += size;
      running ??= drain();
    });
  };

  /** One batch after the other; what arrives meanwhile makes the next one. Never rejects. */
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      // Everything that comes in the same turn of the event loop goes into the batch: the answer of the database is but
      // one of the sockets that are ready, and each commit costs both sides half a millisecond, whatever it holds.
      await new Promise((resolve) => setImmediate(resolve));
      await settle(takeBatch());
    }
    running = null;
  };

  const takeBatch = (): Entry[] => {
    const ids = new Set<string>();
    let text = 0;
    let count = 0;
    for (const { draft, size } of queue) {
      const full = count === BATCH_MESSAGES || (count > 0 && text + size > BATCH_TEXT);
      // A statement does not see its own rows: a repetition, or a reply to a message of this batch, waits for the next.
      if (full || ids.has(draft.messageId) || (draft.replyTo !== undefined && ids.has(draft.replyTo))) break;
      ids.add(draft.messageId);
      text += size;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queuedText -= text;
    // As the statement wants them: stable, so that the messages of a conversation keep their order.
    return batch.sort((a, b) => byConversation(a.draft, b.draft));
  };

  const settle = async (batch: readonly Entry[], holding = false): Promise<void> => {
    let rows: AppendedRow[];
    const began = performance.now();
    try {
      rows = await commit(batch, holding);
      meter.committed(batch.length, (performance.now() - began) / 1_000);
    } catch (error) {
      if (batch.length > 1 && !isDatabaseUnavailable(error)) {
        // One of them is to blame: alone, each gets its own answer.
        for (const entry of batch) await settle([entry], holding);
        return;
      }
      for (const entry of batch) entry.reject(toKithError(error));
      return;
    }
    answer(batch, rows);
    // All of a conversation or none, and before the next batch: their order stays.
    const outdated = batch.filter((_, index) => rows[index]?.outdated);
    if (outdated.length === 0) return;
    if (!holding) return settle(outdated, true);
    // What is held does not change, so this cannot be; an answer is owed all the same.
    for (const entry of outdated) entry.reject(new KithError('unavailable'));
  };

  const commit = async (batch: readonly Entry[], holding: boolean): Promise<AppendedRow[]> => {
    const statement = { name: 'append', text: APPEND, values: encode(batch) };
    const run = () =>
      holding
        ? database.appendHolding<AppendedRow>(
            { name: 'hold', text: HOLD, values: statement.values.slice(0, 2) },
            statement,
          )
        : database.append<AppendedRow>(statement);
    try {
      return await run();
    } catch (error) {
      // Another node committed one of these ids between our snapshot and our insert; a new snapshot sees it.
      if (isUniqueViolation(error)) return run();
      throw error;
    }
  };

  const answer = (batch: readonly Entry[], rows: readonly AppendedRow[]): void => {
    const announced = new Map<string, { first: Entry; records: MessageRecord[] }>();
    batch.forEach((entry, index) => {
      const { draft } = entry;
      const row = rows[index];
      if (row?.outdated) return;
      if (!row || row.seq === null || row.rev === null || row.created_at === null) {
        if (row?.blocked && row.author_joined) {
          entry.reject(new KithError('forbidden'));
          return;
        }
        entry.reject(
          new KithError(
            'not_found',
            row?.conversation_known && row.author_joined
              ? { message: 'The message to reply to is not there.' }
              : {},
          ),
        );
        return;
      }
      if (row.repeated && row.author_id !== draft.authorId) {
        entry.reject(new KithError('conflict', { message: 'This message id is taken.' }));
        return;
      }
      const result = {
        messageId: draft.messageId,
        seq: row.seq,
        rev: row.rev,
        createdAt: row.created_at.toISOString(),
      };
      entry.resolve(result);
      if (row.repeated) return;
      const key = `${draft.tenantId} ${draft.conversationId}`;
      const record = toRecord(draft, result, row);
      const change = announced.get(key);
      if (change) change.records.push(record);
      else announced.set(key, { first: entry, records: [record] });
    });
    for (const { first, records } of announced.values()) {
      announcer.changed({
        tenantId: first.draft.tenantId,
        conversationId: first.draft.conversationId,
        acceptedAt: first.acceptedAt,
        from: records[0]?.rev ?? 0,
        to: records.at(-1)?.rev ?? 0,
        records,
      });
    }
  };

  return {
    append,
    waiting: () => queue.length,
    settled: async () => {
      while (running) await running;
    },
  };
}

/** Milliseconds since the epoch, with their fractions, in step with other machines. */
const preciseNow = (): number => performance.timeOrigin + performance.now();

/** Attachments have bounds of their own, a few kilobytes: not worth counting one by one. */
const ATTACHMENT_SIZE = 2_048;

const sizeOf = (content: Content): number =>
  content.type === 'plain'
    ? content.text.length + (content.attachment ? ATTACHMENT_SIZE : 0)
    : content.bytes.length;

function toRecord(
  draft: Draft,
  result: Appended,
  { reply_seq: replySeq, expires_at: expiresAt }: AppendedRow,
): MessageRecord {
  const { mentions } = draft;
  return {
    type: 'message',
    id: draft.messageId,
    conversationId: draft.conversationId,
    seq: result.seq,
    rev: result.rev,
    authorId: draft.authorId,
    createdAt: result.createdAt,
    body: { type: 'content', content: draft.content },
    ...(draft.replyTo !== undefined &&
      replySeq !== null && { replyTo: { messageId: draft.replyTo, seq: replySeq } }),
    ...(mentions.userIds.length > 0 && { mentions: [...mentions.userIds] }),
    ...(mentions.all && { mentionsAll: true as const }),
    ...(draft.forwarded && { forwarded: draft.forwarded }),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  };
}

const byConversation = (a: Draft, b: Draft): number =>
  a.tenantId - b.tenantId ||
  (a.conversationId < b.conversationId ? -1 : Number(a.conversationId > b.conversationId));

/** For each message the place, counted from 1, of the first one of its conversation. */
function leadsOf(batch: readonly Entry[]): number[] {
  let lead = 0;
  return batch.map(({ draft }, i) => {
    const before = batch[i - 1]?.draft;
    if (before?.conversationId !== draft.conversationId || before.tenantId !== draft.tenantId) lead = i + 1;
    return lead;
  });
}

function encode(batch: readonly Entry[]): unknown[] {
  const column = <T>(pick: (draft: Draft) => T): T[] => batch.map((entry) => pick(entry.draft));
  return [
    column((draft) => draft.tenantId),
    column((draft) => draft.conversationId),
    column((draft) => draft.messageId),
    column((draft) => draft.authorId),
    column((draft) => (draft.content.type === 'plain' ? draft.content.text : null)),
    column(({ content }) =>
      content.type === 'encrypted' ? JSON.stringify({ scheme: content.scheme, bytes: content.bytes }) : null,
    ),
    // An array of arrays has no rows to unnest: each list travels as its text.
    column(({ mentions }) => (mentions.userIds.length > 0 ? `{${mentions.userIds.join(',')}}` : null)),
    column(({ mentions }) => mentions.all),
    column((draft) => draft.replyTo ?? null),
    column((draft) => draft.visibleAfter),
    leadsOf(batch),
    column(({ content }) =>
      content.type === 'plain' && content.attachment ? JSON.stringify(content.attachment) : null,
    ),
    column(({ content }) => (content.type === 'plain' && content.noPreview ? true : null)),
    column((draft) => (draft.forwarded ? JSON.stringify(draft.forwarded) : null)),
  ];
}

/** The conversations of a batch, locked as `APPEND` locks them. */
const HOLD = `
select 1 from conversations
where (tenant_id, id) in (select * from unnest($1::integer[], $2::uuid[]))
order by tenant_id, id for no key update`;

/**
 * Every step costs the same for each message, however many there are: the batch comes grouped by conversation, its first
 * message of each (`lead`) locks and reads the conversation's row, and a window hands revs and seqs to the rest. There is
 * no join between the messages of a batch, which PostgreSQL would do by comparing all with all. Conversations come in
 * id order, so that two nodes never wait for each other in a circle. A message id already there keeps its first place.
 * `offset 0` keeps the look-ups nested: one index descent each.
 *
 * Who was let out writes no more (S13): the policy judged by cached facts, so the statement looks again. It sees members
 * as they were when it began, but the locked row as it is; letting somebody in or out changes that row's record, so an
 * unchanged `record_rev` says that what it saw still holds. Otherwise nothing is done with that conversation (`outdated`),
 * and the statement runs again with the row held before it begins. That one of two people blocks the other stands in the
 * locked row itself, so it holds wherever it was said.
 */
const APPEND = `
with judged as materialized (
  select i.*, head.rev as head_rev, head.last_seq as head_seq, head.disappear_after, head.blocked, head.record_rev is distinct from seen.record_rev as moved,
    author.joined is not null as author_joined,
    earlier.seq as earlier_seq, earlier.created_rev as earlier_rev, earlier.created_at as earlier_at, earlier.author_id as earlier_author,
    quoted.seq as reply_seq,
    earlier.seq is null and author.joined is not null and (i.reply_id is null or quoted.seq is not null) as fresh
  from unnest(
    $1::integer[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::uuid[], $10::bigint[],
    $11::integer[], $12::text[], $13::boolean[], $14::text[]
  ) with ordinality as i (
    tenant_id, conversation_id, id, author_id, text, sealed, mentions, mentions_all, reply_id, visible_after, lead,
    attachment, no_preview, forwarded, ord
  )
  left join lateral (
    select c.rev, c.last_seq, c.record_rev, c.disappear_after, c.blocked_by is not null as blocked from conversations c
    where i.ord = i.lead and c.tenant_id = i.tenant_id and c.id = i.conversation_id
    offset 0 for no key update
  ) head on true
  left join lateral (
    select c.record_rev from conversations c
    where i.ord = i.lead and c.tenant_id = i.tenant_id and c.id = i.conversation_id offset 0
  ) seen on true
  left join lateral (
    select true as joined from members a
    where a.tenant_id = i.tenant_id and a.conversation_id = i.conversation_id and a.user_id = i.author_id
      and a.state = 'joined' offset 0
  ) author on true
  left join lateral (
    select m.seq, m.created_rev, m.created_at, m.author_id from messages m
    where m.tenant_id = i.tenant_id and m.conversation_id = i.conversation_id and m.id = i.id offset 0
  ) earlier on true
  left join lateral (
    select m.seq from messages m
    where i.reply_id is not null and m.tenant_id = i.tenant_id and m.conversation_id = i.conversation_id and m.id = i.reply_id
      and m.seq > i.visible_after offset 0
  ) quoted on true
), placed as materialized (
  select j.*, bool_or(j.blocked) over so_far as refused, max(j.disappear_after) over so_far as lasts, max(j.head_rev) over so_far + count(*) filter (where j.fresh) over so_far as new_rev,
    max(j.head_seq) over so_far + count(*) filter (where j.fresh) over so_far as new_seq,
    bool_or(j.moved) over so_far as outdated,
    date_trunc('milliseconds', clock_timestamp()) as new_at
  from judged j
  window so_far as (partition by j.lead order by j.ord rows unbounded preceding)
), inserted as (
  insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text, sealed,
    reply_id, reply_seq, mentions, mentions_all, attachment, no_preview, forwarded, expires_at)
  select tenant_id, conversation_id, new_seq, id, new_rev, new_rev, author_id, new_at, 'content', text, sealed::jsonb,
    reply_id, reply_seq, mentions::uuid[], mentions_all, attachment::jsonb, no_preview, forwarded::jsonb,
    new_at + lasts * interval '1 second'
  from placed where fresh and not outdated and not refused and new_seq is not null order by ord
), heads as materialized (
  select tenant_id, conversation_id, max(new_rev) as rev, max(new_seq) as last_seq
  from placed where fresh and not outdated and not refused and new_seq is not null group by 1, 2
), raised as (
  update conversations c
  set rev = h.rev, last_seq = h.last_seq, changed_xid = pg_current_xact_id()
  from heads h where c.tenant_id = h.tenant_id and c.id = h.conversation_id
), noted as (
  insert into commits (tenant_ids, conversation_ids, revs)
  select array_agg(tenant_id), array_agg(conversation_id), array_agg(rev) from heads having count(*) > 0
)
select case when fresh and not refused then new_seq else earlier_seq end as seq, case when fresh then new_rev else earlier_rev end as rev,
  case when fresh then new_at else earlier_at end as created_at,
  new_at + lasts * interval '1 second' as expires_at, coalesce(earlier_author, author_id) as author_id,
  earlier_seq is not null as repeated, reply_seq, new_seq is not null as conversation_known, author_joined,
  refused as blocked, outdated and earlier_seq is null as outdated
from placed
order by ord`;
