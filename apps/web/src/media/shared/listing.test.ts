import type { MessageRecord } from '@kith/protocol';
import { expect, it } from 'vitest';
import { type Listing, LOADING, type Page, step } from './listing.ts';

/** Told apart by their places. */
const message = (seq: number): MessageRecord => ({ id: `m${seq}`, seq }) as MessageRecord;
const page = (next: string | null, ...seqs: readonly number[]): Page => ({
  messages: seqs.map(message),
  next,
});
const seqsOf = (listing: Listing): readonly number[] =>
  listing.type === 'ready' ? listing.records.map(({ seq }) => seq) : [];
const nextOf = (listing: Listing): string | null | undefined =>
  listing.type === 'ready' ? listing.next : undefined;

const begun = step(LOADING, { type: 'newest', page: page('a', 9, 7, 5) });

it('goes on page by page, and takes only the page that was asked for', () => {
  const asked = step(begun, { type: 'ask' });
  expect(asked).toMatchObject({ older: 'asked' });
  const more = step(asked, { type: 'older', page: page(null, 4, 2), from: 'a' });
  expect(seqsOf(more)).toEqual([9, 7, 5, 4, 2]);
  expect(nextOf(more)).toBeNull();
  expect(step(more, { type: 'older', page: page('x', 1), from: 'a' })).toBe(more);
  // Nothing is older: nothing to ask for.
  expect(step(more, { type: 'ask' })).toBe(more);
});

it('puts a message that arrived where it belongs, once', () => {
  const more = step(begun, { type: 'arrived', record: message(11) });
  expect(seqsOf(more)).toEqual([11, 9, 7, 5]);
  expect(seqsOf(step(more, { type: 'arrived', record: message(11) }))).toEqual([11, 9, 7, 5]);
  expect(seqsOf(step(more, { type: 'arrived', record: message(10) }))).toEqual([11, 10, 9, 7, 5]);
});

it('joins the newest page, asked again, to what is known, and keeps its end', () => {
  const more = step(begun, { type: 'newest', page: page('b', 12, 11, 9) });
  expect(seqsOf(more)).toEqual([12, 11, 9, 7, 5]);
  expect(nextOf(more)).toBe('a');
  // An index that is behind does not take away what has arrived already.
  const arrived = step(more, { type: 'arrived', record: message(14) });
  expect(seqsOf(step(arrived, { type: 'newest', page: page('b', 12, 11, 9) }))).toEqual([
    14, 12, 11, 9, 7, 5,
  ]);
});

it('begins anew where a hole would be left', () => {
  const more = step(begun, { type: 'newest', page: page('b', 90, 88, 80) });
  expect(seqsOf(more)).toEqual([90, 88, 80]);
  expect(nextOf(more)).toBe('b');
  // All there is: no hole.
  expect(seqsOf(step(begun, { type: 'newest', page: page(null, 90, 88) }))).toEqual([90, 88, 9, 7, 5]);
});

it('an empty list fills', () => {
  const empty = step(LOADING, { type: 'newest', page: page(null) });
  expect(empty).toMatchObject({ type: 'ready', next: null });
  expect(seqsOf(step(empty, { type: 'arrived', record: message(1) }))).toEqual([1]);
});

it('fails only as long as nothing is known', () => {
  const error = new Error('no');
  const failed = step(LOADING, { type: 'missed', error });
  expect(failed).toEqual({ type: 'failed', error });
  expect(seqsOf(step(failed, { type: 'newest', page: page(null, 3) }))).toEqual([3]);
  expect(step(begun, { type: 'missed', error })).toBe(begun);
  expect(step(step(begun, { type: 'ask' }), { type: 'olderMissed', from: 'a' })).toMatchObject({
    older: 'failed',
    next: 'a',
  });
});
