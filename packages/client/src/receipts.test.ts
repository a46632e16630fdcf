import type { Input } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { describe, expect, test, vi } from 'vitest';
import { ReceiptStore } from './receipts.ts';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import { VirtualClock } from './testing/virtualClock.ts';

const message = (seq: number) => [{ seq }] as unknown as Parameters<ReceiptStore['handleArrived']>[1];

/** Chance is always the same: what was missed may take two seconds more. */
function setup() {
  const clock = new VirtualClock();
  const told: [at: number, marks: Input<'markDelivered'>['marks']][] = [];
  const fails = vi.fn<() => void>();
  const request = (async (_command: string, input: unknown) => {
    fails();
    told.push([clock.now(), (input as Input<'markDelivered'>).marks]);
    return {};
  }) as Request;
  const store = { unconfirmedReads: new Map() } as unknown as Store;
  const receipts = new ReceiptStore({
    store,
    scheduler: { schedule: () => undefined } as never,
    request,
    clock,
    random: () => 0.5,
    needHead: () => undefined,
    readsChanged: () => undefined,
  });
  const begun = clock.now();
  return {
    receipts,
    fails,
    pass: (ms: number) => clock.pass(ms),
    told: () => told.map(([at, marks]) => [at - begun, marks.map(({ seq }) => seq)]),
  };
}

describe('telling what was delivered', () => {
  test('what was missed is told once, some time after the return', async () => {
    const { receipts, pass, told } = setup();
    receipts.handleLive();
    for (const [id, seq] of [
      ['a', 5],
      ['b', 7],
    ] as const)
      receipts.handleHead(id, seq, 1);
    await pass(2_999);
    expect(told()).toEqual([]);
    await pass(1_000);
    expect(told()).toEqual([[3_000, [5, 7]]]);
  });

  test('what arrives is told after a second, though its head came before it', async () => {
    const { receipts, pass, told } = setup();
    receipts.handleLive();
    await pass(10_000);
    receipts.handleHead('a', 5, 1);
    receipts.handleArrived('a', message(5));
    await pass(1_000);
    expect(told()).toEqual([[11_000, [5]]]);
    receipts.handleLive();
    receipts.handleHead('a', 6, 1);
    receipts.handleArrived('a', message(6));
    await pass(1_000);
    expect(told()).toEqual([
      [11_000, [5]],
      [12_000, [6]],
    ]);
  });

  test('the next connection tells what this one could not', async () => {
    const { receipts, fails, pass, told } = setup();
    receipts.handleLive();
    receipts.handleArrived('a', message(5));
    receipts.handleDown();
    await pass(20_000);
    expect(told()).toEqual([]);
    fails.mockImplementationOnce(() => {
      throw new KithError('unavailable');
    });
    receipts.handleLive();
    await pass(20_000);
    expect(told().map(([, seqs]) => seqs)).toEqual([[5]]);
  });

  test('what is unread in the cache is told again: the app may have ended before it was', async () => {
    const { receipts, pass, told } = setup();
    receipts.restoreDelivered('a', 5, 2);
    receipts.restoreDelivered('b', 9, 0);
    receipts.handleLive();
    receipts.handleHead('b', 9, 1);
    await pass(20_000);
    expect(told().map(([, seqs]) => seqs)).toEqual([[5]]);
  });
});
