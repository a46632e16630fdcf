import type { Input, Output } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { describe, expect, test, vi } from 'vitest';
import { Changes } from './changes.ts';
import type { Request } from './request.ts';

const page = (rev: number): Output<'changes'> => ({
  type: 'changes',
  records: [],
  users: [],
  rev,
  more: false,
});

/** Answers as many conversations at once as there is room. */
function setup(room: number = limits.catchUp) {
  const asked: string[][] = [];
  const answer = vi.fn(async ({ conversations }: Input<'catchUp'>): Promise<Output<'catchUp'>> => {
    asked.push(conversations.map(({ conversationId }) => conversationId));
    const answers = conversations
      .slice(0, room)
      .map(({ conversationId, since }) => ({ conversationId, changes: page(since + 1) }));
    return { answers };
  });
  const request = ((_command: string, input: unknown) => answer(input as Input<'catchUp'>)) as Request;
  return { asked, answer, changes: new Changes(request) };
}

describe('changes of several conversations', () => {
  test('wanted at the same moment go in one request; those for which there was no room, in the next', async () => {
    const { asked, changes } = setup(2);
    const pages = await Promise.all(['a', 'b', 'c'].map((id, index) => changes.since(id, index)));
    expect(pages).toEqual([page(1), page(2), page(3)]);
    expect(asked).toEqual([['a', 'b', 'c'], ['c']]);
    expect(await changes.since('d', 7)).toEqual(page(8));
  });

  test('no request asks for more than the server takes', async () => {
    const { asked, changes } = setup();
    const ids = Array.from({ length: limits.catchUp + 1 }, (_, n) => String(n));
    await Promise.all(ids.map((id) => changes.since(id, 0)));
    expect(asked.map((some) => some.length)).toEqual([limits.catchUp, 1]);
  });

  test('a conversation that is not mine fails alone; a request that fails, for all in it, and only those', async () => {
    const { answer, changes } = setup();
    answer.mockResolvedValueOnce({
      answers: [
        { conversationId: 'a', changes: null },
        { conversationId: 'b', changes: page(1) },
      ],
    });
    const [mine, other] = [changes.since('a', 0), changes.since('b', 0)];
    await expect(mine).rejects.toMatchObject({ code: 'not_found' });
    expect(await other).toEqual(page(1));

    answer.mockRejectedValueOnce(new KithError('unavailable'));
    const broken = [changes.since('a', 0), changes.since('b', 0)];
    for (const one of broken) await expect(one).rejects.toMatchObject({ code: 'unavailable' });
    expect(await changes.since('c', 1)).toEqual(page(2));
  });

  test('one that cannot be read fails alone: it is the first of what was asked', async () => {
    const { answer, asked, changes } = setup();
    answer.mockRejectedValueOnce(new KithError('internal'));
    const [broken, ...others] = ['a', 'b', 'c'].map((id) => changes.since(id, 0));
    await expect(broken).rejects.toMatchObject({ code: 'internal' });
    expect(await Promise.all(others)).toEqual([page(1), page(1)]);
    expect(asked).toEqual([['b', 'c']]);
  });

  test('what waits when the connection goes is not asked on the next one', async () => {
    const { answer, asked, changes } = setup();
    const held = Promise.withResolvers<Output<'catchUp'>>();
    answer.mockReturnValueOnce(held.promise);
    const all = ['a', 'b'].map((id) => changes.since(id, 0));
    await Promise.resolve();
    const late = changes.since('c', 0);
    changes.close();
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
    held.resolve({ answers: [{ conversationId: 'a', changes: page(1) }] });
    expect(await all[0]).toEqual(page(1));
    await expect(all[1]).rejects.toMatchObject({ code: 'unavailable' });
    await expect(changes.since('d', 0)).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toEqual([]);
  });

  test('a node that does not know the command is asked for each', async () => {
    const asked: unknown[] = [];
    const request = (async (command: string, input: unknown) => {
      asked.push([command, input]);
      if (command === 'catchUp') throw new KithError('unknown_command');
      return page(9);
    }) as Request;
    const changes = new Changes(request);
    expect(await Promise.all([changes.since('a', 0), changes.since('b', 1)])).toEqual([page(9), page(9)]);
    expect(asked.slice(1)).toEqual([
      ['changes', { conversationId: 'a', since: 0, limit: limits.pageMax }],
      ['changes', { conversationId: 'b', since: 1, limit: limits.pageMax }],
    ]);
  });

  test('an answer without any does not go round for ever', async () => {
    const { changes } = setup(0);
    await expect(changes.since('a', 0)).rejects.toMatchObject({ code: 'internal' });
  });
});
