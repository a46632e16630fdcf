/**
 * `changes`, as a crowd asks for them: when a node has died, everybody in a conversation wants the same from it. What is
 * asked meanwhile is read in rounds, the same only once, and what was found is kept a while as the bytes it travels as: told
 * again as long as the conversation's revision, read anew each time, is the same.
 */
import type { User } from '@kith/protocol';
import { Encoded } from '../encoded.ts';
import { createLanes } from '../limits/gather.ts';
import { type Changes, changesOf, ownReactions, type Viewer } from './changes.ts';
import { conversationRows } from './conversations.ts';
import type { Db } from './database.ts';
import type { ConversationRow } from './records.ts';
import { shardOf } from './shards.ts';
import { usersByIds } from './users.ts';

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
}

/** Of one round; they leave connections of the pool to everything else. */
const PARALLEL_READS = 4;
const QUESTIONS_AT_ONCE = 2_000;
const WAITING_MAX = 50_000;
/** Since it was last of use. */
const KEPT_MS = 15_000;
/** Names are read again after this time: as late as an answer may be that is on its way. */
const NAMES_MS = 5_000;
/** What is kept together, bytes. */
const KEPT_MAX = 64 * 1024 * 1024;
/** An object weighs more than its JSON. */
const REACTED_WEIGHT = 4;

/** For anybody who sees from there on. */
interface Kept {
  /** Of the conversation. */
  readonly rev: number;
  until: number;
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

/** The reads it needs; tests have their own. */
const store = { conversationRows, changesOf, usersByIds };

/** One question, whoever asks it. */
interface Group {
  readonly question: ChangesQuestion;
  readonly key: string;
  /** What went wrong is told to those who asked the same, and to nobody else. */
  outcome: { readonly answer: Answer | null } | { readonly error: unknown };
}

interface Answer {
  readonly encoded: Encoded<Changes>;
  readonly reacted: Changes | null;
}

/** `shards`: as of the message log; a round asks for conversations of one. */
export function createChangesReader(
  db: Db,
  shards = 1,
  { conversationRows, changesOf, usersByIds } = store,
): ChangesReader {
  /** The oldest first. */
  const kept = new Map<string, Kept>();
  let keptBytes = 0;
  let expiring = false;

  const forget = (key: string): void => {
    const one = kept.get(key);
    if (!one) return;
    keptBytes -= weightOf(one);
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

  const keep = (key: string, one: Kept): void => {
    forget(key);
    kept.set(key, one);
    keptBytes += weightOf(one);
    if (keptBytes > KEPT_MAX) forgetOld();
    expire();
  };

  const readAnew = async (key: string, question: ChangesQuestion, row: ConversationRow): Promise<Answer> => {
    const { since, viewer, limit } = question;
    const readAt = performance.now();
    const changes = await changesOf(db, row, since, viewer.visibleAfter, limit);
    const one = toKept(row.rev, changes, readAt);
    keep(key, one);
    return answerOf(one);
  };

  const round = async (groups: readonly Group[]): Promise<void> => {
    const rows = await conversationRows(
      db,
      groups.map(({ question }) => question),
    );
    const anew: (() => Promise<void>)[] = [];
    const again: { group: Group; one: Kept }[] = [];
    for (const [index, group] of groups.entries()) {
      const row = rows[index];
      if (!row) continue;
      const one = kept.get(group.key);
      if (one?.rev === row.rev && one.until > performance.now()) again.push({ group, one });
      else
        anew.push(async () => {
          try {
            group.outcome = { answer: await readAnew(group.key, group.question, row) };
          } catch (error) {
            group.outcome = { error };
          }
        });
    }
    await refreshNames(again.map(({ group, one }) => [group.question.tenantId, one]));
    for (const { group, one } of again) {
      // The last one used goes last.
      kept.delete(group.key);
      kept.set(group.key, one);
      one.until = performance.now() + KEPT_MS;
      group.outcome = { answer: answerOf(one) };
    }
    const next = async (): Promise<void> => {
      for (let work = anew.pop(); work; work = anew.pop()) await work();
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, next));
  };

  const refreshNames = async (asked: readonly (readonly [tenantId: number, one: Kept])[]): Promise<void> => {
    const readAt = performance.now();
    const byTenant = new Map<number, Kept[]>();
    for (const [tenantId, one] of asked) {
      if (!one.after || one.names.readAt >= readAt - NAMES_MS) continue;
      const old = byTenant.get(tenantId) ?? [];
      old.push(one);
      byTenant.set(tenantId, old);
    }
    for (const [tenantId, old] of byTenant) {
      const found = await usersByIds(db, tenantId, new Set(old.flatMap(({ userIds }) => userIds)));
      const users = new Map(found.map((user) => [user.id, user]));
      for (const one of old) {
        const named = one.userIds.flatMap((id) => users.get(id) ?? []);
        one.names = toNames(named, readAt);
      }
    }
  };

  const shard = shardOf(shards);
  const gather = createLanes<ChangesQuestion, Group>(shards, ({ conversationId }) => shard(conversationId), {
    // Two at a time would read the same.
    parallel: 1,
    most: QUESTIONS_AT_ONCE,
    waitingMax: WAITING_MAX,
    answer: async (questions) => {
      const groups = new Map<string, Group>();
      const asked = questions.map((question) => {
        const { tenantId, conversationId, since, viewer, limit } = question;
        const key = `${tenantId} ${conversationId} ${since} ${viewer.visibleAfter} ${limit}`;
        const group = groups.get(key) ?? { question, key, outcome: { answer: null } };
        groups.set(key, group);
        return group;
      });
      await round([...groups.values()]);
      return asked;
    },
  });

  return {
    read: async (question) => {
      const { outcome } = await gather(question);
      if ('error' in outcome) throw outcome.error;
      if (!outcome.answer) return null;
      const { encoded, reacted } = outcome.answer;
      if (!reacted) return encoded;
      return new Encoded([Buffer.from(JSON.stringify(await ownReactions(db, question, reacted)))]);
    },
  };
}

const weightOf = ({ before, after, reacted }: Kept): number =>
  before.length + (after?.length ?? 0) + (reacted ? before.length * REACTED_WEIGHT : 0);

/** `readAt`: when the reading began. */
function toKept(rev: number, changes: Changes, readAt: number): Kept {
  const until = performance.now() + KEPT_MS;
  if (changes.type === 'reset') {
    return {
      rev,
      until,
      before: Buffer.from(JSON.stringify(changes)),
      after: null,
      userIds: [],
      names: toNames([], readAt),
      reacted: null,
    };
  }
  const { type, records, users, ...rest } = changes;
  const before = JSON.stringify({ type, records });
  return {
    rev,
    until,
    before: Buffer.from(`${before.slice(0, -1)},"users":`),
    after: Buffer.from(`,${JSON.stringify(rest).slice(1)}`),
    userIds: users.map((user) => user.id),
    names: toNames(users, readAt),
    reacted: records.some((record) => record.type === 'message' && record.reactions) ? changes : null,
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
