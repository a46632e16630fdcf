/** A database that has seen some years: messages in the conversations of the peers, written straight into it. */
import { openDatabase } from '../packages/server/src/store/database.ts';

const FILL = `
with filled as (
  insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text)
  select c.tenant_id, c.id, c.last_seq + n, gen_random_uuid(), c.rev + n, c.rev + n, c.created_by, now(), 'content',
    'What was said long ago, and by whom, nobody remembers.'
  from conversations c, generate_series(1, $2::integer) n where c.id = $1::uuid
)
update conversations set rev = rev + $2::integer, last_seq = last_seq + $2::integer where id = $1::uuid`;

/** While nobody is connected: nothing of it is announced. Returns how many there are now. */
export async function fillHistory(
  databaseUrl: string,
  conversationIds: readonly string[],
  count: number,
): Promise<number> {
  const each = Math.ceil(count / conversationIds.length);
  const database = await openDatabase({ url: databaseUrl });
  try {
    for (const id of conversationIds) await database.append({ name: 'fill', text: FILL, values: [id, each] });
  } finally {
    await database.close();
  }
  return each * conversationIds.length;
}
