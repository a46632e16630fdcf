/**
 * `changes`, as a crowd asks for them: when a node has died, everybody in a conversation wants the same from it. Only some
 * reads run at a time, and whoever asks joins one that has not begun: what it finds is no older than the question. What
 * was found is kept a while, and told again as long as the conversation's revision, read anew each time, is the same.
 */
import { KithError } from '@kith/protocol';
import { type Changes, changesOf, ownReactions, type Viewer } from './changes.ts';
import { conversationRow } from './conversations.ts';
import type { Db } from './database.ts';
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
   * Null when there is no such conversation. Where nothing in it is the viewer's alone, all who joined get the same object.
   * Rejects with `unavailable` when too many wait.
   */
  read(question: ChangesQuestion): Promise<Changes | null>;
}

/** Leaves connections of the pool to everything else. */
const PARALLEL = 4;
const WAITING_MAX = 20_000;
/** Later than this, whoever asked has been told that it took too long. */
const PATIENCE_MS = 8_000;
const KEPT_MS = 15_000;
/** What is kept together, characters as it travels. */
const KEPT_MAX = 8 * 1024 * 1024;

interface Kept {
  readonly found: Changes;
  readonly rev: number;
  readonly until: number;
  readonly weight: number;
}

interface Waiting {
  /** By the first of them. */
  readonly askedAt: number;
  readonly question: ChangesQuestion;
  readonly answer: PromiseWithResolvers<Changes | null>;
}

/** The reads it needs; tests have their own. */
const store = { conversationRow, changesOf, usersByIds };

export function createChangesReader(
  db: Db,
  { conversationRow, changesOf, usersByIds } = store,
): ChangesReader {
  /** The oldest first. */
  const kept = new Map<string, Kept>();
  let keptWeight = 0;

  const forget = (key: string): void => {
    keptWeight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };

  const keep = (key: string, found: Changes, rev: number): void => {
    forget(key);
    const one: Kept = {
      found,
      rev,
      until: performance.now() + KEPT_MS,
      weight: JSON.stringify(found).length,
    };
    kept.set(key, one);
    keptWeight += one.weight;
    for (const [oldest, { until }] of kept) {
      if (keptWeight <= KEPT_MAX && until > performance.now()) break;
      forget(oldest);
    }
  };

  /** People change their names without a revision. */
  const withNames = async (tenantId: number, found: Changes): Promise<Changes> => {
    if (found.type !== 'changes' || found.users.length === 0) return found;
    const userIds = found.users.map((user) => user.id);
    return { ...found, users: await usersByIds(db, tenantId, userIds) };
  };

  /** For anybody who sees from there on: nobody's own reactions. */
  const read = async (key: string, question: ChangesQuestion): Promise<Changes | null> => {
    const { tenantId, conversationId, since, viewer, limit } = question;
    const conversation = await conversationRow(db, tenantId, conversationId);
    if (!conversation) return null;
    const known = kept.get(key);
    if (known?.rev === conversation.rev && known.until > performance.now())
      return withNames(tenantId, known.found);
    const found = await changesOf(db, conversation, since, viewer.visibleAfter, limit);
    keep(key, found, conversation.rev);
    return found;
  };

  /** In the order of asking. */
  const waiting = new Map<string, Waiting>();
  let running = 0;

  const work = async (): Promise<void> => {
    running += 1;
    for (const [key, { question, answer, askedAt }] of waiting) {
      waiting.delete(key);
      try {
        if (askedAt + PATIENCE_MS < performance.now())
          throw new KithError('unavailable', { retryAfterMs: 1_000 });
        answer.resolve(await read(key, question));
      } catch (error) {
        answer.reject(error);
      }
    }
    running -= 1;
  };

  const join = (question: ChangesQuestion): Promise<Changes | null> => {
    const { tenantId, conversationId, since, viewer, limit } = question;
    const key = `${tenantId} ${conversationId} ${since} ${viewer.visibleAfter} ${limit}`;
    const known = waiting.get(key);
    if (known) return known.answer.promise;
    if (waiting.size >= WAITING_MAX) {
      return Promise.reject(new KithError('unavailable', { retryAfterMs: 1_000 }));
    }
    const answer = Promise.withResolvers<Changes | null>();
    waiting.set(key, { question, answer, askedAt: performance.now() });
    if (running < PARALLEL) void work();
    return answer.promise;
  };

  return {
    read: async (question) => {
      const found = await join(question);
      return found && ownReactions(db, question, found);
    },
  };
}
