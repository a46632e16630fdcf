/**
 * Deletes messages whose time is over. Each node looks for them; whoever comes first to a conversation's row does it, and the
 * others go on with the next. A conversation where it fails waits a while, and nobody with it. A restart loses nothing: what
 * is due stands in the rows.
 */
import { KithError } from '@kith/protocol';
import { eraseExpired } from '../commands/erase.ts';
import type { ConversationLog, HeldConversation } from '../log/change.ts';
import type { Logger } from '../logger.ts';
import { type Database, isDatabaseUnavailable, isTooSlow } from '../store/database.ts';
import { dueMessages } from '../store/expiry.ts';

export interface Sweeper {
  /** One round; resolves to how many were found due. The timer calls it. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

const EVERY_MS = 1_000;
/** Of one round; where there are more, the next begins at once. */
const BATCH = 200;
/** Of one conversation in one transaction, so that people who write there do not wait. */
const AT_ONCE = 50;
/** How long a conversation waits where it failed, and how many do at most. */
const ASIDE_MS = 10_000;
const MOST_ASIDE = 1_000;

interface Place {
  readonly tenantId: number;
  readonly conversationId: string;
}

/** What is deleted in one transaction. */
interface Part extends Place {
  readonly ids: readonly string[];
}

const keyOf = ({ tenantId, conversationId }: Place): string => `${tenantId} ${conversationId}`;

export function createSweeper({
  database: { db },
  conversationLog,
  logger,
  everyMs = EVERY_MS,
}: {
  readonly database: Pick<Database, 'db'>;
  readonly conversationLog: ConversationLog;
  readonly logger?: Logger;
  readonly everyMs?: number;
}): Sweeper {
  let closed = false;
  let running: Promise<void> | null = null;

  const aside = new Map<string, Place & { readonly until: number }>();

  const erase =
    (ids: readonly string[]) =>
    async (held: HeldConversation): Promise<true> => {
      const messages = await held.messages(ids);
      // The rest another node was quicker to delete, or somebody did by hand.
      await eraseExpired(
        held,
        messages.filter(({ kind, expires_at: at }) => kind === 'content' && at !== null),
      );
      return true;
    };

  /** `waits`: for whoever holds the conversation. Resolves to what is left for a second time, when nobody does. */
  const eraseAll = async (parts: readonly Part[], waits: boolean): Promise<Part[]> => {
    const held: Part[] = [];
    for (const part of parts) {
      const { tenantId, conversationId, ids } = part;
      const key = keyOf(part);
      if (closed || aside.has(key)) continue;
      try {
        if (waits) await conversationLog.change(tenantId, conversationId, erase(ids));
        else if (!(await conversationLog.changeIfFree(tenantId, conversationId, erase(ids)))) held.push(part);
      } catch (error) {
        if ((isDatabaseUnavailable(error) && !isTooSlow(error)) || aside.size >= MOST_ASIDE) throw error;
        aside.set(key, { tenantId, conversationId, until: performance.now() + ASIDE_MS });
        complain(error, { tenantId, conversationId });
      }
    }
    return held;
  };

  const sweep = async (): Promise<number> => {
    for (const [key, { until }] of aside) if (until <= performance.now()) aside.delete(key);
    const due = await dueMessages(db, BATCH, [...aside.values()]).execute();
    const places = due.map((row): Place & { id: string } => ({
      tenantId: row.tenant_id,
      conversationId: row.conversation_id,
      id: row.id,
    }));
    const parts: Part[] = [];
    for (const some of Map.groupBy(places, keyOf).values())
      for (let from = 0; from < some.length; from += AT_ONCE)
        parts.push({ ...some[0]!, ids: some.slice(from, from + AT_ONCE).map(({ id }) => id) });
    await eraseAll(await eraseAll(parts, false), true);
    return due.length;
  };

  const complain = (error: unknown, place?: Place): void => {
    // A database that is away is told by others; what is due stays due.
    if (!(error instanceof KithError && error.retryable))
      logger?.warn({ err: error, ...place }, 'messages whose time is over could not be deleted');
  };

  const round = async (): Promise<void> => {
    try {
      while (!closed && (await sweep()) === BATCH);
    } catch (error) {
      complain(error);
    }
  };

  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = null;
    });
  }, everyMs).unref();

  return {
    sweep,
    close: async () => {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
