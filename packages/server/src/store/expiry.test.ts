import { newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { dueMessages } from './expiry.ts';

describe.each(databaseKinds)('what is due on %s', (kind) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(kind);
  });
  afterAll(() => world?.close());

  it('is found in its index, past none that waits', async () => {
    const { db } = world.database;
    await sql`
      insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text, expires_at)
      select 1, ${newId()}::uuid, n, gen_random_uuid(), n, n, ${newId()}::uuid, now(), 'content', 'waits',
        now() + (n - 3) * interval '1 hour'
      from generate_series(1, 2000) n`.execute(db);
    await sql`analyze messages`.execute(db);
    const query = dueMessages(db, 200);
    expect(await query.execute()).toHaveLength(3);
    const { rows } = await sql<{
      'QUERY PLAN': string;
    }>`explain (analyze, buffers, timing off) ${query}`.execute(db);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Scan using messages_expiring.*\n\s+Index Cond: \(expires_at <= now\(\)\)/);
    expect(plan).not.toContain('Rows Removed');
  });
});
