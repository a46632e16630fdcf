import { type Input, limits, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

/** Thousands of conversations are made for it. */
const PATIENCE_MS = 120_000;

describe.each(databaseKinds)('repeated commands on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, ben] = [await world.person('Ann'), await world.person('Ben')];
  });
  afterAll(() => world?.close());

  /** Puts a person into so many conversations that there is no room for another. */
  const fill = async (person: Caller): Promise<void> => {
    await sql`
      with made as (
        insert into conversations (tenant_id, id, kind, visibility, history, name, topic, member_count, created_by, rev, last_seq, record_rev)
        select 1, gen_random_uuid(), 'group', 'private', 'all', 'filler', '', 1, ${person.userId}, 2, 0, 2
        from generate_series(1, ${limits.conversations} - (select count(*) from members where user_id = ${person.userId} and state = 'joined'))
        returning id)
      insert into members (tenant_id, conversation_id, user_id, role, state, rev, visible_after, joined_at)
      select 1, id, ${person.userId}, 'owner', 'joined', 1, 0, now() from made`.execute(world.database.db);
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'ok',
      (error: { code?: unknown }) => error.code,
    );

  it('S7: leaving twice is leaving once', async () => {
    const conversationId = await world.group([ann, ben]);
    const first = await world.call(ben, 'leaveConversation', { conversationId });
    const announced = world.announced.length;
    expect(await world.call(ben, 'leaveConversation', { conversationId })).toEqual(first);
    expect(world.announced).toHaveLength(announced);
  });

  it('S7: an edit of encrypted content may be repeated: it changes nothing', async () => {
    const conversationId = await world.group([ann, ben]);
    const { messageId } = await world.send(ann, conversationId, 'first');
    const edit: Input<'editMessage'> = {
      conversationId,
      messageId,
      content: { type: 'encrypted', scheme: 'mls.1', bytes: 'AAAA' },
    };
    const { message } = await world.call(ann, 'editMessage', edit);
    expect(await world.call(ann, 'editMessage', edit)).toEqual({ message });
  });

  it(
    'S7, E2: nobody is put into more conversations than there is room for; a repetition needs none',
    async () => {
      const cem = await world.person('Cem');
      const made: Input<'createConversation'> = {
        kind: 'channel',
        conversationId: newId(),
        name: 'Made',
        userIds: [cem.userId],
      };
      const channel = newId();
      await world.call(ann, 'createConversation', made);
      await world.call(ben, 'createConversation', { kind: 'channel', conversationId: channel, name: 'Open' });
      await world.call(ann, 'joinChannel', { conversationId: channel });
      await fill(ann);
      const add = { conversationId: channel, userIds: [ann.userId] };
      expect(await codeOf(world.call(ann, 'createConversation', made))).toBe('ok');
      expect(await codeOf(world.call(ann, 'joinChannel', { conversationId: channel }))).toBe('ok');
      expect(await codeOf(world.call(ben, 'addMembers', add))).toBe('ok');

      // Others must not push somebody beyond it either: what is beyond, a node might not hand out.
      const group = { kind: 'group' as const, conversationId: newId(), name: 'One too many' };
      const elsewhere = await world.group([ben]);
      const refused = [
        () => world.call(ann, 'createConversation', { ...group, userIds: [] }),
        () => world.call(ben, 'createConversation', { ...group, userIds: [ann.userId] }),
        () => world.call(ben, 'addMembers', { conversationId: elsewhere, userIds: [cem.userId, ann.userId] }),
        () => world.call(ben, 'openDirect', { conversationId: newId(), userId: ann.userId }),
      ];
      for (const attempt of refused) expect(await codeOf(attempt())).toBe('limit_reached');
    },
    PATIENCE_MS,
  );
});
