import { KithError } from '@kith/protocol/errors';
import { newId } from '@kith/protocol/ids';
import { describe, expect, test } from 'vitest';
import type { Core } from './core.ts';
import { OwnRecords } from './own.ts';
import { Scheduler } from './reactive.ts';
import { scheduledOf } from './scheduled.ts';
import { VirtualClock } from './testing/virtualClock.ts';

/** A server that commits, and whose reply is then lost so many times. */
function setup(lost: number, code: 'timeout' | 'forbidden' = 'timeout') {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const kept = new Map<string, object>();
  const request = async (command: string, { messageId, ...message }: { messageId: string }) => {
    asked.push(messageId);
    const before = kept.get(messageId);
    // The first one stays.
    const value = command === 'updateScheduled' ? { ...before, ...message } : (before ?? message);
    if (code === 'timeout') kept.set(messageId, value);
    if (asked.length <= lost) throw new KithError(code);
    return { record: { type: 'scheduled', key: messageId, rev: asked.length, value } };
  };
  const own = new OwnRecords({
    scheduler: new Scheduler(),
    request: request as never,
    clock,
    random: () => 0.5,
    account: () => undefined,
    changed: () => undefined,
    shown: () => undefined,
  });
  const pause = (attempt: number) => new Promise<void>((resolve) => clock.after(500 * 2 ** attempt, resolve));
  const scheduled = scheduledOf({ own, request, pause } as unknown as Core);
  return { clock, asked, own, scheduled };
}

const AT = '2026-02-01T08:00:00.000Z';

describe('a message that goes later', () => {
  test('whose reply is lost is asked for again with the same id', async () => {
    const { clock, asked, own, scheduled } = setup(2);
    const added = scheduled.add('c', 'later', AT);
    await clock.pass(10_000);
    const id = await added;
    expect(asked).toEqual([id, id, id]);
    expect([...own.all('scheduled').get().keys()]).toEqual([id]);
  });

  test('fails in the end, and is the same one when its author asks again with the id they keep', async () => {
    const { clock, asked, scheduled } = setup(4);
    const messageId = newId();
    const failed = expect(scheduled.add('c', 'later', AT, { messageId })).rejects.toMatchObject({
      code: 'timeout',
    });
    await clock.pass(60_000);
    await failed;
    expect(await scheduled.add('c', 'later', AT, { messageId })).toBe(messageId);
    expect(new Set(asked)).toEqual(new Set([messageId]));
  });

  test('that its author changes after a failure goes as they said last, though the first try had arrived', async () => {
    const { clock, own, scheduled } = setup(4);
    const messageId = newId();
    const failed = expect(scheduled.add('c', 'later', AT, { messageId })).rejects.toThrow();
    await clock.pass(60_000);
    await failed;
    const noon = '2026-02-01T12:00:00.000Z';
    await scheduled.add('c', 'much later', noon, { messageId });
    expect(own.all('scheduled').get().get(messageId)).toMatchObject({
      content: { text: 'much later' },
      at: noon,
    });
  });

  test('that is refused is not asked for again', async () => {
    const { asked, scheduled } = setup(9, 'forbidden');
    await expect(scheduled.add('c', 'later', AT)).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked).toHaveLength(1);
  });
});
