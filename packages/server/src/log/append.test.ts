import { setTimeout as delay } from 'node:timers/promises';
import { type KithError, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letOut } from '../commands/access.ts';
import type { Caller } from '../services.ts';
import type { Database } from '../store/database.ts';
import { shardOf } from '../store/shards.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createMessageLog, type Draft } from './append.ts';
import { createConversationLog } from './change.ts';

describe.each(databaseKinds)('append on %s', (kind) => {
  let world: World;
  let alice: Caller;
  let bob: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    alice = await world.person('Alice');
    bob = await world.person('Bob');
  });
  afterAll(() => world?.close());

  const draft = (conversationId: string, text: string, more: Partial<Draft> = {}): Draft => ({
    tenantId: alice.tenantId,
    conversationId,
    messageId: newId(),
    authorId: alice.userId,
    content: { type: 'plain', text },
    mentions: { userIds: [], all: false },
    visibleAfter: 0,
    ...more,
  });

  it('S1: gives seqs and revs without a gap, in the order of the calls, over many conversations at once', async () => {
    const groups = await Promise.all([
      world.group([alice, bob]),
      world.group([alice]),
      world.group([bob, alice]),
    ]);
    const before = await world.call(alice, 'getHeads', { conversationIds: groups });
    const log = world.services.messageLog;
    const sent = groups.map((): Promise<{ seq: number; rev: number }>[] => []);
    for (let i = 0; i < 700; i += 1)
      sent[i % 3]?.push(log.append(draft(groups[i % 3] ?? '', `message ${i}`)));
    for (const [index, group] of groups.entries()) {
      const results = await Promise.all(sent[index] ?? []);
      const head = before.heads.find((candidate) => candidate.conversation.id === group);
      results.forEach((result, i) => {
        expect(result.seq).toBe((head?.lastSeq ?? 0) + i + 1);
        expect(result.rev).toBe((head?.rev ?? 0) + i + 1);
      });
    }
  });

  it('S21: takes nothing where one of two blocks the other, though this node was not told', async () => {
    const { head } = await world.call(alice, 'openDirect', { conversationId: newId(), userId: bob.userId });
    const direct = head.conversation.id;
    const group = await world.group([alice, bob]);
    const log = world.services.messageLog;
    const before = draft(direct, 'before');
    const sent = await log.append(before);
    await world.call(bob, 'setBlocked', { userId: alice.userId, blocked: true });
    // One commit: of the other conversation all is stored, and a repetition has its first answer.
    const answers = await Promise.allSettled([
      log.append(draft(direct, 'first')),
      log.append(draft(group, 'elsewhere')),
      log.append(draft(direct, 'second', { authorId: bob.userId })),
      log.append(before),
    ]);
    expect(answers).toMatchObject([
      { status: 'rejected', reason: { code: 'forbidden' } },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'forbidden' } },
      { status: 'fulfilled', value: sent },
    ]);
    await world.call(bob, 'setBlocked', { userId: alice.userId, blocked: false });
    expect((await log.append(draft(direct, 'again'))).seq).toBe(sent.seq + 1);
  });

  it('S1: the same with several shards; no statement names conversations of two', async () => {
    const groups: string[] = [];
    for (let i = 0; i < 12; i += 1) groups.push(await world.group([alice]));
    const shard = shardOf(4);
    expect(new Set(groups.map(shard)).size).toBeGreaterThan(1);
    const named: Set<number>[] = [];
    const { database, announcer, meter } = world.services;
    const watched: Database = {
      ...database,
      append: (statement) => {
        named.push(new Set((statement.values[1] as string[]).map(shard)));
        return database.append(statement);
      },
    };
    const log = createMessageLog({ database: watched, announcer, meter, shards: 4 });
    const sent = await Promise.all(
      Array.from({ length: 240 }, (_, i) => log.append(draft(groups[i % 12] ?? '', `message ${i}`))),
    );
    for (const [index] of groups.entries()) {
      const seqs = sent.filter((_, i) => i % 12 === index).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    }
    expect(named.length).toBeGreaterThanOrEqual(new Set(groups.map(shard)).size);
    expect(named.filter((shards) => shards.size > 1)).toEqual([]);
    await log.settled();
    expect(log.waiting()).toBe(0);
  });

  it('S7: a repeated id returns the first result and announces nothing', async () => {
    const group = await world.group([alice, bob]);
    const one = draft(group, 'once');
    const first = await world.services.messageLog.append(one);
    const announced = world.announced.length;
    const again = await Promise.all([
      world.services.messageLog.append(one),
      world.services.messageLog.append(one),
    ]);
    expect(again).toEqual([first, first]);
    expect(world.announced).toHaveLength(announced);
    const page = await world.call(alice, 'getHistory', { conversationId: group });
    expect(page.messages.filter((message) => message.id === one.messageId)).toHaveLength(1);
  });

  it('S7: the same id twice in one batch is one message', async () => {
    const group = await world.group([alice]);
    const one = draft(group, 'twice');
    const [a, b] = await Promise.all([
      world.services.messageLog.append(one),
      world.services.messageLog.append(one),
    ]);
    expect(a).toEqual(b);
  });

  it('two nodes appending to one conversation give every seq once, and one id one place', async () => {
    if (kind === 'pglite') return; // One process owns an embedded database.
    const group = await world.group([alice, bob]);
    const other = createMessageLog({
      database: world.database,
      announcer: world.services.announcer,
      meter: world.services.meter,
    });
    const shared = draft(group, 'sent to both');
    const results = await Promise.all([
      ...Array.from({ length: 100 }, (_, i) => world.services.messageLog.append(draft(group, `a${i}`))),
      ...Array.from({ length: 100 }, (_, i) => other.append(draft(group, `b${i}`))),
      world.services.messageLog.append(shared),
      other.append(shared),
    ]);
    const seqs = new Set(results.map((result) => result.seq));
    expect(seqs.size).toBe(201);
    expect(results.at(-1)).toEqual(results.at(-2));
  });

  it('a reply to a message of the same batch finds it', async () => {
    const group = await world.group([alice]);
    const question = draft(group, 'question');
    const answer = draft(group, 'answer', { replyTo: question.messageId });
    await Promise.all([world.services.messageLog.append(question), world.services.messageLog.append(answer)]);
    const page = await world.call(alice, 'getMessages', {
      conversationId: group,
      messageIds: [answer.messageId],
    });
    expect(page.messages[0]?.replyTo?.messageId).toBe(question.messageId);
  });

  it('S13: refuses a reply to what the author may not see, and what is not there, without a gap', async () => {
    const group = await world.group([alice]);
    const hidden = await world.services.messageLog.append(draft(group, 'before your time'));
    const results = await Promise.allSettled([
      world.services.messageLog.append(
        draft(group, 'x', { replyTo: hidden.messageId, visibleAfter: hidden.seq }),
      ),
      world.services.messageLog.append(draft(group, 'y', { replyTo: newId() })),
      world.services.messageLog.append(draft(newId(), 'nowhere')),
      world.services.messageLog.append(draft(group, 'fine')),
    ]);
    expect(
      results.slice(0, 3).map((result) => result.status === 'rejected' && (result.reason as KithError).code),
    ).toEqual(['not_found', 'not_found', 'not_found']);
    expect(results[3]).toMatchObject({ status: 'fulfilled', value: { seq: hidden.seq + 1 } });
  });

  it('S13: what is still in the queue when its author is let out is not stored', async () => {
    const group = await world.group([alice, bob]);
    const kept = await world.services.messageLog.append(draft(group, 'before', { authorId: bob.userId }));
    const queued: Promise<unknown>[] = [];
    // Holds the conversation until the message waits behind it (a connection of its own, but for the embedded database).
    const removal = world.services.conversationLog.change(alice.tenantId, group, async (held) => {
      await letOut(held, bob.userId, 'removed');
      queued.push(
        world.services.messageLog.append(draft(group, 'too late', { authorId: bob.userId })),
        world.services.messageLog.append(draft(group, 'from one who stays')),
      );
      if (kind === 'postgres') await delay(200);
    });
    await removal;
    const [late, fine] = await Promise.allSettled(queued);
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
    const page = await world.call(alice, 'getHistory', { conversationId: group });
    const texts = page.messages.flatMap(({ body }) =>
      body.type === 'content' && body.content.type === 'plain' ? [body.content.text] : [],
    );
    expect(texts).toEqual(['before', 'from one who stays']);
    expect(page.messages.at(-1)?.seq).toBe(kept.seq + 1);
    // S7: what was stored before is still answered for.
    const again = draft(group, 'before', { authorId: bob.userId, messageId: kept.messageId });
    expect(await world.services.messageLog.append(again)).toEqual(kept);
  });

  it('S1: a conversation renamed while a message waits for it takes the message all the same', async () => {
    const group = await world.group([alice]);
    let queued: Promise<{ seq: number; rev: number }> | undefined;
    const renamed = await world.services.conversationLog.change(alice.tenantId, group, async (held) => {
      const record = await held.setConversation({ name: 'Another name' });
      queued = world.services.messageLog.append(draft(group, 'meanwhile'));
      if (kind === 'postgres') await delay(200);
      return record;
    });
    expect((await queued)?.rev).toBe(renamed.rev + 1);
  });

  it('S1: a conversation that two nodes change without pause takes every message, in order', async () => {
    const group = await world.group([alice]);
    const other = createConversationLog({ database: world.database, announcer: world.services.announcer });
    let busy = true;
    const changes = [world.services.conversationLog, other].map(async (log) => {
      for (let i = 0; busy; i += 1) {
        await log.change(alice.tenantId, group, (held) => held.setConversation({ name: `Name ${i}` }));
        // The embedded database gives the timers no turn by itself.
        await delay(0);
      }
    });
    const sent: Promise<{ seq: number }>[] = [];
    for (let i = 0; i < 60; i += 1) {
      sent.push(world.services.messageLog.append(draft(group, `${i}`)));
      await delay(3);
    }
    const results = await Promise.allSettled(sent);
    busy = false;
    await Promise.all(changes);
    const seqs = results.map((result) => (result.status === 'fulfilled' ? result.value.seq : result.reason));
    // The first place says who made the group.
    expect(seqs).toEqual(seqs.map((_, i) => i + 2));
  });

  it('refuses an id that somebody else used', async () => {
    const group = await world.group([alice, bob]);
    const first = await world.send(alice, group, 'mine');
    const steal = world.services.messageLog.append(
      draft(group, 'stolen', { messageId: first.messageId, authorId: bob.userId }),
    );
    await expect(steal).rejects.toMatchObject({ code: 'conflict' });
  });

  it('one message the database refuses does not take its batch with it', async () => {
    const group = await world.group([alice]);
    const results = await Promise.allSettled([
      world.services.messageLog.append(draft(group, 'good')),
      world.services.messageLog.append(draft(group, 'bad', { authorId: 'not a uuid' })),
      world.services.messageLog.append(draft(group, 'good too')),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('S8: announces after the commit what is then in the database, in order', async () => {
    const group = await world.group([alice]);
    const from = world.announced.length;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => world.services.messageLog.append(draft(group, `${i}`))),
    );
    const announced = world.announced.slice(from);
    let rev = announced[0]?.from ?? 0;
    for (const change of announced) {
      expect(change.from).toBe(rev);
      rev = change.to + 1;
    }
    const page = await world.call(alice, 'getHistory', { conversationId: group, limit: 20 });
    expect(announced.flatMap((change) => change.records)).toEqual(page.messages);
  });
});
