import { limits } from '@kith/protocol';
import { describe, expect, test } from 'vitest';
import { ReceiptBatch } from './receiptBatch.ts';

const mark = (userId: string, deliveredSeq: number, readSeq = 0) => ({ userId, deliveredSeq, readSeq });

describe('receipts', () => {
  test('S9: marks of one member are merged, the foremost counts', () => {
    const batch = new ReceiptBatch();
    batch.add([mark('ann', 3), mark('bob', 2)], 2);
    batch.add([mark('ann', 2, 2), mark('ann', 5, 1)], 2);
    expect(batch.take()).toEqual([mark('ann', 5, 2), mark('bob', 2)]);
    expect(batch.take()).toEqual([]);
  });

  test('S9: in a large conversation only what may be the foremost for somebody is told', () => {
    const batch = new ReceiptBatch();
    const large = limits.receiptMembers + 1;
    batch.add([mark('author', 10, 10), mark('bob', 7)], large);
    expect(batch.take()).toHaveLength(2);
    // For everybody but the author, the author is foremost; for the author, bob is: carol is for nobody.
    batch.add([mark('carol', 6)], large);
    expect(batch.take()).toEqual([]);
    batch.add([mark('carol', 8)], large);
    expect(batch.take()).toEqual([mark('carol', 8)]);
    batch.add([mark('bob', 8)], large);
    expect(batch.take()).toEqual([]);
    batch.add([mark('erin', 4), mark('frank', 3)], large);
    batch.take();
    batch.add([mark('erin', 5), mark('frank', 4)], large);
    expect(batch.take()).toEqual([]);
  });
});
