/** Groups and channels of a tenant, as its host sees them: what two people say to each other is not among them. */
import type { ConversationRecord } from '@kith/protocol';
import { conversationColumns } from './conversations.ts';
import type { Db } from './database.ts';
import { toConversation } from './records.ts';

/** By id, from after this one on; one more than asked for, where there are more. */
export async function sharedConversations(
  db: Db,
  tenantId: number,
  after: string | null,
  limit: number,
): Promise<ConversationRecord[]> {
  const rows = await db
    .selectFrom('conversations')
    .select(conversationColumns)
    .where('tenant_id', '=', tenantId)
    .where('kind', '<>', 'direct')
    .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toConversation);
}
