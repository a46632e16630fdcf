/** Groups and channels of a tenant, as its host sees them: what two people say to each other is not among them. */
import type { ConversationRecord } from '@kith/protocol';
import { sql } from 'kysely';
import { conversationColumns } from './conversations.ts';
import type { Db } from './database.ts';
import { toConversation } from './records.ts';

/** By id, from after this one on. `member`: only those that this person is in, and public channels. */
export async function sharedConversations(
  db: Db,
  tenantId: number,
  after: string | null,
  limit: number,
  member: string | null = null,
): Promise<ConversationRecord[]> {
  const rows = await db
    .selectFrom('conversations')
    .select(conversationColumns)
    .where('tenant_id', '=', tenantId)
    .where('kind', '<>', 'direct')
    .$if(member !== null, (query) =>
      query.where(
        sql<boolean>`((kind = 'channel' and visibility = 'public') or exists (
          select from members m where m.tenant_id = conversations.tenant_id
            and m.conversation_id = conversations.id and m.user_id = ${member}::uuid and m.state = 'joined'))`,
      ),
    )
    .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toConversation);
}
