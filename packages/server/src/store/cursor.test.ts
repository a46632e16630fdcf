import { type CommandName, type Input, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { encodeCursor } from './cursor.ts';

describe.each(databaseKinds)('cursors on %s', (kind) => {
  let world: World;
  let ann: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
  });
  afterAll(() => world?.close());

  /** Of the right shape, with values no list ever made and no column holds. */
  const HUGE = Number.MAX_SAFE_INTEGER;
  const XID = '99999999999999999999';

  it('E1: a made-up cursor is bad input, whatever it holds', async () => {
    const conversationId = await world.group([ann]);
    const { messageId } = await world.send(ann, conversationId, 'hello');
    const on = { conversationId, messageId };
    const asked: { [N in CommandName]?: Input<N>[] } = {
      sync: [
        { next: encodeCursor({ xmin: XID, since: XID, after: newId() }) },
        { next: encodeCursor({ xmin: '5', since: XID, after: newId() }) },
        { cursor: encodeCursor({ xmin: XID }) },
      ],
      searchUsers: [{ cursor: encodeCursor(['a\0b', newId()]) }, { cursor: encodeCursor(['a', 'ABC']) }],
      listChannels: [{ cursor: encodeCursor(['a\0b', newId()]) }],
      listCommon: [{ userId: newId(), cursor: encodeCursor(['a\0b', newId()]) }],
      listMembers: [
        { conversationId, cursor: encodeCursor([1, 'a\0b', newId()]) },
        { conversationId, cursor: encodeCursor([HUGE, 'a', newId()]) },
        { conversationId, cursor: encodeCursor([-HUGE, 'a', newId()]) },
      ],
      getMessageEdits: [{ ...on, cursor: encodeCursor(HUGE) }],
      getReactions: [
        { ...on, emoji: '👍', cursor: encodeCursor(['0000-01-01T00:00:00.000Z', newId()]) },
        { ...on, emoji: '👍', cursor: encodeCursor(['9999-12-31T23:59:59.999999999999Z', newId()]) },
      ],
      getReceipts: [{ ...on, cursor: encodeCursor('not an id') }],
    };
    const answers = await Promise.all(
      Object.entries(asked).flatMap(([name, inputs]) =>
        inputs.map(async (input) => {
          const answer = await world.call(ann, name as CommandName, input as never).then(
            () => 'bad_input or an answer',
            (error: { code?: string; message?: string }) =>
              error.code === 'bad_input' ? 'bad_input or an answer' : `${error.code}: ${error.message}`,
          );
          return `${name}: ${answer}`;
        }),
      ),
    );
    expect(answers.filter((answer) => !answer.endsWith('bad_input or an answer'))).toEqual([]);
  });
});
