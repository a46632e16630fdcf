import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Messages whose time is over, those that wait longest first: by an index of nothing but these. Asked by the time the
 * statement began at: with a clock that goes on meanwhile, every message that waits would be read and compared.
 */
export const dueMessages = (
  db: Db,
  limit: number,
  except: readonly { readonly tenantId: number; readonly conversationId: string }[] = [],
) =>
  db
    .selectFrom('messages')
    .select(['tenant_id', 'conversation_id', 'id'])
    .where('expires_at', '<=', sql<Date>`now()`)
    .where('expires_at', 'is not', null)
    .where(sql<boolean>`kind <> 'deleted'`)
    .$if(except.length > 0, (query) =>
      query.where(sql<boolean>`(tenant_id, conversation_id) not in (
        select * from unnest(
          ${except.map((one) => one.tenantId)}::integer[], ${except.map((one) => one.conversationId)}::uuid[]))`),
    )
    .orderBy('expires_at')
    .limit(limit);
