/**
 * `changes`, as a crowd asks for them: when a node has died, everybody in a conversation wants the same from it. Revisions
 * are asked for together; what lies behind them is read once for all who want the same, and kept a while as the bytes it
 * travels as: told again as long as the revision, read anew for each question, is the same.
 */
import type { User } from '@kith/protocol';
import { Encoded } from '../encoded.ts';
import { createTurnstile } from '../limits/turnstile.ts';
import { type Changes, changesOf, type Viewer, withOwnChoices } from './changes.ts';
import { conversationRows } from './conversations.ts';
import type { Db } from './database.ts';
import { createLanes } from './gather.ts';
import { type ConversationRow, isPersonal } from './records.ts';
import { shardOf } from './shards.ts';
import { usersByTenant } from './users.ts';

export interface ChangesQuestion {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly since: number;
  readonly viewer: Viewer;
  readonly limit: number;
}

export interface ChangesReader {
  /**
   * No older than the question. Null when there is no such conversation. Rejects with `unavailable` when too many wait.
   */
  read(question: ChangesQuestion): Promise<Encoded<Changes> | null>;
  /** Somebody has another name now: names are read again before they are told again. */
  namesChanged(): void;
}

/** Pages read at a time; they leave connections of the pool to everything else. */
const PARALLEL_READS = 3;
/** Later than this, whoever asked is about to be told that it took too long. */
const PATIENCE_MS = 8_000;
const QUESTIONS_AT_ONCE = 2_000;
/** Since it was last of use. */
const KEPT_MS = 15_000;
/** Names that are told again are read again after this time, should the word of a change be lost. */
const NAMES_MS = 5_000;
/** What is kept together, bytes. */
const KEPT_MAX = 64 * 1024 * 1024;
/** An object weighs more than its JSON, and an entry something of itself. */
const REACTED_WEIGHT = 4;
const ENTRY_WEIGHT = 1_024;

/** For anybody who sees from there on. */
interface Kept {
  /** Of the conversation. */
  readonly rev: number;
  until: number;
  readonly weight: number;
  /** What comes before the names, and after them (null: there are none): people change theirs without a revision. */
  readonly before: Buffer;
  readonly after: Buffer | null;
  readonly userIds: readonly string[];
  names: Names;
  /** Where somebody reacted, each is answered their own. */
  readonly reacted: Changes | null;
}

interface Names {
  readonly users: readonly User[];
  readonly bytes: Buffer;
  readonly readAt: number;
}

interface Answer {
  readonly encoded: Encoded<Changes>;
  readonly reacted: Changes | null;
}

/** Of one question, whoever asks it: what is kept, or where to read. */
type Place = { readonly row: ConversationRow; readonly key: string; readonly kept: Kept | null } | null;

/** The reads it needs; tests have their own. */
const store = { conversationRows, changesOf, usersByTenant };

/** `shards`: as of the message log; a round asks for conversations of one. */
export function createChangesReader(
  db: Db,
  shards = 1,
  { conversationRows, changesOf, usersByTenant } = store,
): ChangesReader {
  /** The one that was of no use for longest goes first. */
  const kept = new Map<string, Kept>();
  let keptBytes = 0;
  let expiring = false;
  let namesChangedAt = Number.NEGATIVE_INFINITY;

  const forget = (key: string): void => {
    keptBytes -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };

  const forgetOld = (): void => {
    for (const [key, { until }] of kept) {
      if (keptBytes <= KEPT_MAX && until > performance.now()) break;
      forget(key);
    }
  };

  /** Nothing is kept for longer than it is of use, though nobody asks any more. */
  const expire = (): void => {
    if (expiring) return;
    expiring = true;
    setTimeout(() => {
      expiring = false;
      forgetOld();
      if (kept.size > 0) expire();
    }, KEPT_MS).unref();
  };

  /** Also for what is kept already: it was of use now. */
  const keep = (key: string, one: Kept): void => {
    forget(key);
    one.until = performance.now() + KEPT_MS;
    kept.set(key, one);
    keptBytes += one.weight;
    if (keptBytes > KEPT_MAX) forgetOld();
    expire();
  };

  /** Names that are too old are read again, of all in one statement. */
  const refreshNames = async (asked: readonly (readonly [tenantId: number, one: Kept])[]): Promise<void> => {
    const readAt = performance.now();
    const old = asked.filter(
      ([, { after, names }]) => after && (names.readAt < readAt - NAMES_MS || names.readAt <= namesChangedAt),
    );
    const users = await usersByTenant(
      db,
      old.map(([tenantId, { userIds }]) => [tenantId, userIds]),
    );
    for (const [tenantId, one] of old) {
      const named = one.userIds.flatMap((id) => users.get(tenantId)?.get(id) ?? []);
      one.names = toNames(named, readAt);
    }
  };

  const keyOf = ({ tenantId, conversationId, since, viewer, limit }: ChangesQuestion): string =>
    `${tenantId} ${conversationId} ${since} ${viewer.visibleAfter} ${limit}`;

  const shard = shardOf(shards);
  const placeOf = createLanes<ChangesQuestion, Place>(shards, ({ conversationId }) => shard(conversationId), {
    parallel: 1,
    most: QUESTIONS_AT_ONCE,
    answer: async (questions) => {
      const groups = new Map(questions.map((question) => [keyOf(question), question]));
      const rows = await conversationRows(db, [...groups.values()]);
      const places = new Map<string, Place>();
      for (const [index, key] of [...groups.keys()].entries()) {
        const row = rows[index];
        const one = kept.get(key) ?? null;
        if (row) places.set(key, { row, key, kept: one?.rev === row.rev ? one : null });
      }
      const again = [...groups].flatMap(([key, { tenantId }]): [number, Kept][] => {
        const one = places.get(key)?.kept;
        return one ? [[tenantId, one]] : [];
      });
      await refreshNames(again);
      return questions.map((question) => places.get(keyOf(question)) ?? null);
    },
  });

  /** Whoever asks later joins what is being read, if the revision has not moved: it is no older than the question. */
  const reading = new Map<string, { readonly rev: number; readonly found: Promise<Kept> }>();
  const reads = createTurnstile({ parallel: PARALLEL_READS, patienceMs: PATIENCE_MS });

  const readAnew = async (key: string, row: ConversationRow, question: ChangesQuestion): Promise<Kept> => {
    const { since, viewer, limit } = question;
    const readAt = performance.now();
    const one = toKept(row.rev, await changesOf(db, row, since, viewer.visibleAfter, limit), readAt);
    keep(key, one);
    return one;
  };

  const join = (key: string, row: ConversationRow, question: ChangesQuestion): Promise<Kept> => {
    const known = reading.get(key);
    if (known?.rev === row.rev) return known.found;
    const found = reads.pass(() => readAnew(key, row, question));
    const one = { rev: row.rev, found };
    reading.set(key, one);
    const end = (): void => {
      if (reading.get(key) === one) reading.delete(key);
    };
    found.then(end, end);
    return found;
  };

  return {
    read: async (question) => {
      const place = await placeOf(question);
      if (!place) return null;
      if (place.kept) keep(place.key, place.kept);
      const { encoded, reacted } = answerOf(place.kept ?? (await join(place.key, place.row, question)));
      if (!reacted) return encoded;
      return new Encoded([Buffer.from(JSON.stringify(await withOwnChoices(db, question, reacted)))]);
    },
    namesChanged: () => {
      namesChangedAt = performance.now();
    },
  };
}

/** `readAt`: when the reading began. */
function toKept(rev: number, changes: Changes, readAt: number): Kept {
  const until = performance.now() + KEPT_MS;
  if (changes.type === 'reset') {
    const before = Buffer.from(JSON.stringify(changes));
    const names = toNames([], readAt);
    return { rev, until, weight: ENTRY_WEIGHT, before, after: null, userIds: [], names, reacted: null };
  }
  const { type, records, users, ...rest } = changes;
  const text = JSON.stringify({ type, records });
  const before = Buffer.from(`${text.slice(0, -1)},"users":`);
  const reacted = records.some(isPersonal) ? changes : null;
  return {
    rev,
    until,
    weight: ENTRY_WEIGHT + before.length * (reacted ? 1 + REACTED_WEIGHT : 1),
    before,
    after: Buffer.from(`,${JSON.stringify(rest).slice(1)}`),
    userIds: users.map((user) => user.id),
    names: toNames(users, readAt),
    reacted,
  };
}

const toNames = (users: readonly User[], readAt: number): Names => ({
  users,
  bytes: Buffer.from(JSON.stringify(users)),
  readAt,
});

function answerOf({ before, after, names, reacted }: Kept): Answer {
  return {
    encoded: new Encoded(after ? [before, names.bytes, after] : [before]),
    reacted: reacted?.type === 'changes' ? { ...reacted, users: [...names.users] } : null,
  };
}
