/** A list that is known page by page from its newest message down, while newer ones come in above: as a state and what happens to it (H2). */
import type { MessageRecord } from '@kith/protocol';

/** Newest first. */
export interface Page {
  readonly messages: readonly MessageRecord[];
  /** Where the next one begins; null: nothing is older. */
  readonly next: string | null;
}

export type Listing =
  | { readonly type: 'loading' }
  /** Nothing is known, and it was asked for in vain. */
  | { readonly type: 'failed'; readonly error: unknown }
  | {
      readonly type: 'ready';
      readonly records: readonly MessageRecord[];
      readonly next: string | null;
      readonly older: 'still' | 'asked' | 'failed';
    };

type ListingEvent =
  | { readonly type: 'begun' }
  /** The newest page, asked for the first time or again. */
  | { readonly type: 'newest'; readonly page: Page }
  /** It could not be had. */
  | { readonly type: 'missed'; readonly error: unknown }
  /** A new message, told by itself. */
  | { readonly type: 'arrived'; readonly record: MessageRecord }
  | { readonly type: 'ask' }
  /** `from`: the place it was asked for. */
  | { readonly type: 'older'; readonly page: Page; readonly from: string }
  | { readonly type: 'olderMissed'; readonly from: string };

export const LOADING: Listing = { type: 'loading' };
/** More is no list to look through, but something to search. */
export const MOST = 2_000;

/** What an event does not change stays the same object. */
export function step(listing: Listing, event: ListingEvent): Listing {
  if (event.type === 'begun') return LOADING;
  if (event.type === 'newest')
    return listing.type === 'ready' ? withNewest(listing, event.page) : first(event.page);
  if (event.type === 'missed')
    // What is there stays; the next change asks again.
    return listing.type === 'ready' ? listing : { type: 'failed', error: event.error };
  if (listing.type !== 'ready') return listing;
  switch (event.type) {
    case 'arrived':
      return { ...listing, records: merged(listing.records, [event.record]) };
    case 'ask':
      return listing.next === null ? listing : { ...listing, older: 'asked' };
    case 'older':
      if (event.from !== listing.next) return listing;
      return {
        type: 'ready',
        records: merged(listing.records, event.page.messages),
        next: event.page.next,
        older: 'still',
      };
    case 'olderMissed':
      return event.from === listing.next ? { ...listing, older: 'failed' } : listing;
  }
}

const first = ({ messages, next }: Page): Listing => ({
  type: 'ready',
  records: messages,
  next,
  older: 'still',
});

type Ready = Extract<Listing, { readonly type: 'ready' }>;

function withNewest(listing: Ready, page: Page): Listing {
  const [newest] = listing.records;
  const oldest = page.messages.at(-1);
  // Between what was known and this page lies more than either tells: it begins anew, so that no hole stays unseen.
  if (page.next !== null && (!newest || !oldest || oldest.seq > newest.seq)) return first(page);
  return { ...listing, records: merged(listing.records, page.messages) };
}

/** Each once, by their places. What was deleted since is left out by whoever draws it: it knows from the store. */
function merged(known: readonly MessageRecord[], more: readonly MessageRecord[]): readonly MessageRecord[] {
  const all = new Map([...known, ...more].map((record) => [record.id, record] as const));
  if (all.size === known.length) return known;
  return [...all.values()].sort((a, b) => b.seq - a.seq);
}
