import { type Attachment, limits, type MessageRecord, newId, type PollAttachment } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('polls on %s', (kind) => {
  let world: World;
  let ana: Caller;
  let bo: Caller;
  let cy: Caller;
  let group: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ana, bo, cy] = [await world.person('Ana'), await world.person('Bo'), await world.person('Cy')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = await world.group([ana, bo, cy]);
  });

  const ask = async (more: Partial<PollAttachment> = {}, by = bo) => {
    const attachment: Attachment = {
      type: 'poll',
      question: 'Where?',
      options: ['Here', 'There', 'Nowhere'],
      multiple: false,
      anonymous: false,
      ...more,
    };
    const on = { conversationId: group, messageId: newId() };
    await world.call(by, 'sendMessage', { ...on, content: { type: 'plain', text: '', attachment } });
    return on;
  };
  type Poll = Awaited<ReturnType<typeof ask>>;
  const vote = async (who: Caller, on: Poll, ...options: number[]) =>
    (await world.call(who, 'votePoll', { ...on, options })).message;

  it('S18: counts, names the latest first, and says what is one’s own', async () => {
    const on = await ask();
    await vote(ana, on, 1);
    const { poll } = await vote(cy, on, 1);
    expect(poll).toEqual({
      voters: 2,
      options: [
        { count: 0, userIds: [], mine: false },
        { count: 2, userIds: [cy.userId, ana.userId], mine: true },
        { count: 0, userIds: [], mine: false },
      ],
    });
    // One's own is nobody else's: events carry no `mine`.
    const told = world.announced.at(-1)?.records[0];
    expect(told?.type === 'message' && told.poll?.options[1]).toEqual({
      count: 2,
      userIds: [cy.userId, ana.userId],
    });
    const { messages } = await world.call(bo, 'getMessages', {
      conversationId: group,
      messageIds: [on.messageId],
    });
    expect(messages[0]?.poll?.options.map((option) => option.mine)).toEqual([false, false, false]);
  });

  it('S18: another choice replaces the first; none takes the vote back, and the poll looks as if new', async () => {
    const on = await ask();
    await vote(ana, on, 0);
    expect((await vote(ana, on, 2)).poll?.options.map(({ count }) => count)).toEqual([0, 0, 1]);
    const left = await vote(ana, on);
    expect(left.poll).toBeUndefined();
    expect((await vote(ana, on)).rev).toBe(left.rev);
  });

  it('S7: repeating a vote raises no rev, also after the end', async () => {
    const on = await ask({ multiple: true });
    const first = await vote(ana, on, 2, 0);
    expect((await vote(ana, on, 0, 2)).rev).toBe(first.rev);
    const closed = (await world.call(bo, 'closePoll', on)).message;
    expect(closed.poll?.closed).toMatchObject({ by: bo.userId });
    expect((await vote(ana, on, 0, 2)).rev).toBe(closed.rev);
    expect((await world.call(bo, 'closePoll', on)).message.rev).toBe(closed.rev);
    await expect(vote(ana, on, 1)).rejects.toMatchObject({ code: 'conflict' });
    await expect(vote(cy, on, 1)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of several answers each counts, of people each once', async () => {
    const on = await ask({ multiple: true });
    await vote(ana, on, 0, 1);
    const { poll } = await vote(cy, on, 1, 2);
    expect(poll?.voters).toBe(2);
    expect(poll?.options.map(({ count }) => count)).toEqual([1, 2, 1]);
  });

  it('refuses what is no answer of this poll, twice the same, and several where one is asked for', async () => {
    const on = await ask();
    for (const options of [[3], [limits.pollOptions - 1], [0, 1], [0, 0], [-1], [0.5], [Number.NaN]]) {
      await expect(world.call(ana, 'votePoll', { ...on, options })).rejects.toMatchObject({
        code: 'bad_input',
      });
    }
    const { messageId } = await world.send(ana, group, 'no poll');
    for (const command of ['votePoll', 'closePoll', 'getPollVotes'] as const) {
      const input = { conversationId: group, messageId, options: [0], option: 0 };
      const { options, option, ...target } = input;
      const given =
        command === 'votePoll'
          ? { ...target, options }
          : command === 'getPollVotes'
            ? { ...target, option }
            : target;
      await expect(world.call(bo, command, given as never)).rejects.toMatchObject({
        code: command === 'closePoll' ? 'forbidden' : 'conflict',
      });
    }
  });

  it('S18: after its closing time nobody votes, and none of its records changes for that', async () => {
    const on = await ask({ closesAt: new Date(Date.now() - 1).toISOString() });
    await expect(vote(ana, on, 0)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('S18: what one chose is told to one’s other devices where the record does not name whose it is', async () => {
    const told: { type: string; message?: MessageRecord }[] = [];
    world.bus.subscribe(subjects.user(ana.tenantId, ana.userId), (message) => {
      if (message.type === 'toUser') told.push(JSON.parse(message.frame).event);
    });
    await vote(ana, await ask(), 1);
    expect(told).toEqual([]);
    const { message } = await world.call(ana, 'votePoll', {
      ...(await ask({ anonymous: true })),
      options: [2],
    });
    expect(told).toEqual([{ type: 'chosen', message }]);
    expect(message.poll?.options.map(({ mine }) => mine)).toEqual([false, false, true]);
  });

  it('an anonymous poll tells nobody who chose what, neither in records nor by asking', async () => {
    const on = await ask({ anonymous: true });
    await vote(ana, on, 1);
    const { poll } = await vote(cy, on, 1);
    expect(poll?.options[1]).toEqual({ count: 2, mine: true });
    expect(JSON.stringify(world.announced.at(-1)?.records)).not.toContain(cy.userId);
    const { messages } = await world.call(bo, 'getHistory', { conversationId: group });
    expect(messages.at(-1)?.poll?.options[1]).toEqual({ count: 2, mine: false });
    const changes = await world.call(ana, 'changes', { conversationId: group, since: 0 });
    const mine =
      changes.type === 'changes' &&
      changes.records.find((record) => record.type === 'message' && record.poll);
    expect(mine).toMatchObject({ poll: { options: [{}, { mine: true }, {}] } });
    const { heads } = await world.call(ana, 'getHeads', { conversationIds: [group] });
    expect(heads[0]?.preview?.poll?.options[1]).toEqual({ count: 2, mine: true });
    const synced = await world.call(ana, 'sync', {});
    const head = synced.heads.find(({ conversation }) => conversation.id === group);
    expect(head?.preview?.poll?.options[1]).toEqual({ count: 2, mine: true });
    // Not even its author, who is the owner of the group.
    const own = await ask({ anonymous: true }, ana);
    await expect(world.call(ana, 'getPollVotes', { ...own, option: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('E3: who chose what comes in pages, newest first', async () => {
    const on = await ask();
    for (const who of [ana, bo, cy]) await vote(who, on, 0);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await world.call(ana, 'getPollVotes', {
        ...on,
        option: 0,
        limit: 2,
        ...(cursor && { cursor }),
      });
      seen.push(...page.votes.map(({ userId }) => userId));
      expect(page.users.length).toBe(page.votes.length);
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toHaveLength(3);
    expect(new Set(seen)).toEqual(new Set([ana.userId, bo.userId, cy.userId]));
    expect((await world.call(ana, 'getPollVotes', { ...on, option: 2 })).votes).toEqual([]);
  });

  it('once somebody voted the text is not changed any more; a deletion takes the votes', async () => {
    const on = await ask();
    const edit = () => world.call(bo, 'editMessage', { ...on, content: { type: 'plain', text: 'please' } });
    await edit();
    await vote(ana, on, 0);
    await expect(
      world.call(bo, 'editMessage', { ...on, content: { type: 'plain', text: 'now' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await world.call(bo, 'deleteMessage', on);
    const { rows } = {
      rows: await world.database.db
        .selectFrom('poll_votes')
        .selectAll()
        .where('message_id', '=', on.messageId)
        .execute(),
    };
    expect(rows).toEqual([]);
    expect((await vote(ana, on)).body.type).toBe('deleted');
    await expect(vote(ana, on, 1)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('many at once lose no vote', async () => {
    const on = await ask({ multiple: true });
    await Promise.all([vote(ana, on, 0), vote(bo, on, 0, 1), vote(cy, on, 2), vote(ana, on, 0, 2)]);
    const { messages } = await world.call(ana, 'getMessages', {
      conversationId: group,
      messageIds: [on.messageId],
    });
    expect(messages[0]?.poll?.voters).toBe(3);
    expect(messages[0]?.poll?.options.map(({ count }) => count)).toEqual([2, 1, 2]);
  });
});
