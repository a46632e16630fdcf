/** H5: one contract, both twins. Two buses of one service stand for two nodes; of the local twin both are the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Nats, startNats } from '@kith/tools/services/nats.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import { type Bus, type BusMessage, localBus, subjects } from './bus.ts';
import { decodeBusMessage, encodeBusMessage } from './busCodec.ts';
import { natsBus } from './natsBus.ts';

const room = '01920000-0000-7000-8000-000000000001';
const subject = subjects.conversation(1, room);
const records = (rev: number, frame = `{"rev":${rev},"text":"grüße\\n\u2028"}`): BusMessage => ({
  type: 'records',
  tenantId: 1,
  conversationId: room,
  from: rev,
  to: rev,
  lowestSeq: rev,
  frame,
});

describe.each(['local', 'nats'] as const)('the bus, %s', (kind) => {
  let nats: Nats | undefined;
  let here: Bus;
  let there: Bus;

  const node = (prefix = 'kith-test'): Promise<Bus> =>
    natsBus({ servers: [nats?.url ?? ''], prefix, logger: silentLogger });

  beforeAll(async () => {
    if (kind === 'local') {
      here = localBus();
      there = here;
      return;
    }
    nats = await startNats();
    [here, there] = await Promise.all([node(), node()]);
  });
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await nats?.stop();
  });

  /** What `bus` hears of the subject. */
  const listen = async (bus: Bus, of = subject) => {
    const heard: BusMessage[] = [];
    const end = bus.subscribe(of, (message) => heard.push(message));
    await bus.flushed();
    return { heard, end };
  };

  test('every message comes once, unchanged, in order, to each that listens, the own node at once', async () => {
    const [own, other] = [await listen(here), await listen(there)];
    const sent = Array.from({ length: 500 }, (_, index) => records(index + 1));
    for (const message of sent) here.publish(subject, message);
    expect(own.heard).toEqual(sent);
    await vi.waitFor(() => expect(other.heard).toHaveLength(sent.length));
    await sleep(20);
    expect(other.heard).toEqual(sent);
    own.end();
    other.end();
  });

  test('every kind of message travels', async () => {
    const messages: BusMessage[] = [
      records(1),
      { type: 'behind', tenantId: 1, conversationId: room },
      { type: 'toUser', frame: '{"t":"event"}' },
      { type: 'receipts', conversationId: room, marks: [{ userId: room, deliveredSeq: 2, readSeq: 1 }] },
      { type: 'ephemeral', ephemeral: { type: 'typing', conversationId: room, userId: room, active: true } },
      { type: 'invalidate', tenantId: 1, conversationId: room },
      { type: 'sessions_revoked', tenantId: 1, userId: room, sessionIds: [room] },
      { type: 'identities_changed', tenantId: 1 },
      { type: 'tenants_changed' },
    ];
    const { heard, end } = await listen(there);
    for (const message of messages) here.publish(subject, message);
    await vi.waitFor(() => expect(heard).toEqual(messages));
    end();
  });

  test('S15: subjects do not meet', async () => {
    const [one, two] = [await listen(there), await listen(there, subjects.conversation(2, room))];
    here.publish(subjects.conversation(2, room), records(1));
    await vi.waitFor(() => expect(two.heard).toHaveLength(1));
    expect(one.heard).toEqual([]);
    one.end();
    two.end();
  });

  test('who ended hears nothing more; the others do', async () => {
    const [first, second] = [await listen(there), await listen(there)];
    first.end();
    first.end();
    here.publish(subject, records(1));
    await vi.waitFor(() => expect(second.heard).toHaveLength(1));
    second.end();
    here.publish(subject, records(2));
    await sleep(20);
    expect(first.heard).toEqual([]);
    expect(second.heard).toHaveLength(1);
  });

  test('what is published after `flushed` reaches what was subscribed before, a hundred times', async () => {
    for (let n = 0; n < 100; n += 1) {
      const { heard, end } = await listen(there, `${subject}.${n}`);
      here.publish(`${subject}.${n}`, records(1));
      await vi.waitFor(() => expect(heard).toHaveLength(1), { interval: 1 });
      end();
    }
  });

  if (kind === 'local') return;

  test('services that share a NATS do not meet', async () => {
    const stranger = await node('kith-other');
    const { heard, end } = await listen(there);
    stranger.publish(subject, records(1));
    await stranger.flushed();
    here.publish(subject, records(2));
    await vi.waitFor(() => expect(heard).toEqual([records(2)]));
    end();
    await stranger.close();
  });

  test('what is too long for NATS is told as something to be read', async () => {
    const { heard, end } = await listen(there);
    here.publish(subject, records(1, 'x'.repeat(2 * 1024 * 1024)));
    await vi.waitFor(() => expect(heard).toEqual([{ type: 'behind', tenantId: 1, conversationId: room }]));
    end();
  });

  test('a handler that throws at what another node says harms nobody', async () => {
    const breaks = there.subscribe(subject, () => {
      throw new Error('not as it should be');
    });
    const { heard, end } = await listen(there, `${subject}.beside`);
    await there.flushed();
    here.publish(subject, records(1));
    here.publish(`${subject}.beside`, records(2));
    await vi.waitFor(() => expect(heard).toEqual([records(2)]));
    breaks();
    end();
  });

  test('NATS goes and comes: nothing throws or waits, the own node is served, subscriptions hold', async () => {
    const gaps = vi.fn();
    const endGaps = there.onGap(gaps);
    const [own, other] = [await listen(here), await listen(there)];
    await nats?.stop();
    await vi.waitFor(async () => {
      const before = performance.now();
      await here.flushed();
      expect(performance.now() - before).toBeLessThan(100);
    });
    here.publish(subject, records(1));
    expect(own.heard).toEqual([records(1)]);
    const late = await listen(there, `${subject}.late`);
    await nats?.start();
    await vi.waitFor(() => expect(gaps).toHaveBeenCalled(), { timeout: 5_000 });
    await vi.waitFor(
      () => {
        here.publish(subject, records(2));
        expect(other.heard.at(-1)).toEqual(records(2));
      },
      { timeout: 5_000, interval: 50 },
    );
    expect(other.heard).not.toContainEqual(records(1));
    here.publish(`${subject}.late`, records(3));
    await vi.waitFor(() => expect(late.heard).toEqual([records(3)]));
    for (const { end } of [own, other, late]) end();
    endGaps();
  });
});

test('a bus that is not there is said at the start', async () => {
  const started = natsBus({ servers: ['nats://127.0.0.1:1'], prefix: 'kith', logger: silentLogger });
  await expect(started).rejects.toThrow();
});

describe('bus messages as bytes', () => {
  test('of a newer version: passed over', () => {
    expect(decodeBusMessage('{"type":"something_new","x":1}')).toBeNull();
    expect(decodeBusMessage('{"type":"toString"}')).toBeNull();
  });
  test('no message: an error', () => {
    for (const text of ['', 'x', '1', 'null', '[]', '{}', '\n'])
      expect(() => decodeBusMessage(text)).toThrow();
  });
  test('a frame may hold anything', () => {
    expect(decodeBusMessage(encodeBusMessage(records(1, '\n{"a":"\n"}\n')))).toEqual(
      records(1, '\n{"a":"\n"}\n'),
    );
  });
});
