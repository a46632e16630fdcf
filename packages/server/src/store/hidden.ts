/**
 * What a person removed from their own view of a conversation: an own record (S5), which their devices have too, and beside
 * it the same on their membership, where queries of messages find it.
 */
import type { SeqRange } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { View } from './messages.ts';
import { changeOwn, type OwnChange } from './own.ts';

export const setHidden = (
  db: Db,
  { tenantId, conversationId, userId }: View,
  change: (before: readonly SeqRange[]) => SeqRange[],
): Promise<OwnChange<'hidden'>> =>
  db.transaction().execute(async (trx) => {
    const mine = sql`tenant_id = ${tenantId} and conversation_id = ${conversationId} and user_id = ${userId}`;
    // Before the person: whoever changes a conversation's members may come to hold that later.
    await sql`select 1 from members where ${mine} for no key update`.execute(trx);
    const done = await changeOwn(trx, { tenantId, userId }, 'hidden', conversationId, (before) => {
      const ranges = change(before?.ranges ?? []);
      return ranges.length > 0 ? { ranges: ranges.map(([from, to]) => [from, to]) } : null;
    });
    if (done.changed) {
      const ranges = done.record.value?.ranges;
      const hidden = ranges ? `{${ranges.map(([from, to]) => `[${from},${to}]`).join(',')}}` : null;
      // Changed, so that a device that comes back is told its head anew: preview and counts are others now.
      await sql`
        update members set hidden = ${hidden}::int8multirange, changed_xid = pg_current_xact_id() where ${mine}`.execute(
        trx,
      );
    }
    return done;
  });
