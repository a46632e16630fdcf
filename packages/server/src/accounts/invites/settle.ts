/**
 * Whoever came by an invitation is let into its conversations: after the account is made, and apart from it, so that a node that
 * dies in between leaves a row that says what is still to be done. Doing it twice changes nothing.
 */
import { KithError } from '@kith/protocol';
import { earlierMarks, heldMembership, letIn } from '../../commands/access.ts';
import type { Announcer } from '../../fanout/announcer.ts';
import type { ConversationLog } from '../../log/change.ts';
import type { Logger } from '../../logger.ts';
import { judge } from '../../policy/policy.ts';
import type { AccountsDb } from '../tables.ts';

export interface Settling {
  /** What fails is logged, and done by a later sweep. */
  settle(userId: string): Promise<void>;
  /** A bounded number of those that were left. */
  sweep(): Promise<void>;
}

export interface SettlingDependencies {
  readonly db: AccountsDb;
  readonly tenantId: number;
  readonly announcer: Announcer;
  /** Null: nobody is let in here; for tests of accounts alone. */
  readonly conversationLog: ConversationLog | null;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  readonly now: () => number;
}

/** Whoever is being let in by another node needs less. */
const LEFT_MS = 60_000;
const AT_ONCE = 100;

interface Owed {
  readonly inviteId: string;
  readonly userId: string;
  readonly madeBy: string;
  readonly conversationIds: readonly string[];
}

export function createSettling(dependencies: SettlingDependencies): Settling {
  const { db, tenantId, announcer, conversationLog, log, now } = dependencies;

  const owed = async (of: { readonly userId: string } | { readonly before: Date }): Promise<Owed[]> => {
    const rows = await db
      .selectFrom('invite_uses as w')
      .innerJoin('invites as i', (join) =>
        join.onRef('i.tenant_id', '=', 'w.tenant_id').onRef('i.id', '=', 'w.invite_id'),
      )
      // Whoever has no person yet is settled later.
      .innerJoin('users as u', (join) =>
        join.onRef('u.tenant_id', '=', 'w.tenant_id').onRef('u.id', '=', 'w.user_id'),
      )
      .select(['w.invite_id', 'w.user_id', 'i.made_by', 'i.conversation_ids', 'u.guest_until'])
      .where('w.tenant_id', '=', tenantId)
      .where('w.settled_at', 'is', null)
      .where((eb) => ('userId' in of ? eb('w.user_id', '=', of.userId) : eb('w.used_at', '<', of.before)))
      .orderBy('w.used_at')
      .limit(AT_ONCE)
      .execute();
    return rows.map((row) => ({
      inviteId: row.invite_id,
      userId: row.user_id,
      madeBy: row.made_by,
      // A guest whose time is over comes back nowhere.
      conversationIds: row.guest_until && row.guest_until.getTime() <= now() ? [] : row.conversation_ids,
    }));
  };

  const enter = async (log: ConversationLog, { userId, madeBy }: Owed, conversationId: string) => {
    const marks = await log.change(tenantId, conversationId, async (held) => {
      // As it is now: whoever invited may have left, or lost the right to add people.
      if (judge('addMembers', await heldMembership(held, madeBy)) !== 'allowed') return [];
      const own = await held.member(userId);
      // Nobody comes back by a link who was shown out.
      if (own?.state === 'removed') return [];
      const entered = await letIn(held, [userId]);
      if (entered.length > 0) await held.appendSystem(userId, { type: 'joined' });
      return earlierMarks(held, entered);
    });
    announcer.receipts(tenantId, conversationId, marks);
  };

  const pay = async (one: Owed): Promise<void> => {
    if (!conversationLog) return;
    for (const conversationId of one.conversationIds) {
      try {
        await enter(conversationLog, one, conversationId);
      } catch (error) {
        // It is gone, or full: nothing that a later try would change.
        if (!(error instanceof KithError && (error.code === 'not_found' || error.code === 'limit_reached')))
          throw error;
      }
    }
    await db
      .updateTable('invite_uses')
      .set({ settled_at: new Date(now()) })
      .where('tenant_id', '=', tenantId)
      .where('invite_id', '=', one.inviteId)
      .where('user_id', '=', one.userId)
      .execute();
  };

  const payAll = async (all: readonly Owed[]): Promise<void> => {
    for (const one of all) {
      await pay(one).catch((err: unknown) =>
        log.error({ err }, 'somebody who was invited is still to be let into conversations'),
      );
    }
  };

  return {
    settle: async (userId) => payAll(await owed({ userId })),
    sweep: async () => payAll(await owed({ before: new Date(now() - LEFT_MS) })),
  };
}
