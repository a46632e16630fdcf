/** A round video message being made, as a state and what happens to it (H2). Camera, clock and screen: RoundDialog.tsx. */
import type { Trouble } from './devices.ts';

/** What was recorded, with a picture of its beginning. */
export interface Take {
  readonly data: Blob;
  readonly mime: string;
  /** ms. */
  readonly duration: number;
  readonly thumbnail?: {
    readonly data: Blob;
    readonly mime: string;
    readonly width: number;
    readonly height: number;
  };
  readonly placeholder?: string;
}

export type Round =
  | { readonly type: 'opening' }
  | { readonly type: 'failed'; readonly trouble: Trouble }
  | { readonly type: 'ready' }
  /** The encoder wakes up: the first sound is not lost by beginning to speak. */
  | { readonly type: 'starting' }
  /** `since`: ms on the clock of the events. */
  | { readonly type: 'recording'; readonly since: number }
  | { readonly type: 'ending' }
  | { readonly type: 'recorded'; readonly take: Take };

export type RoundEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly trouble: Trouble }
  | { readonly type: 'record' }
  | { readonly type: 'began'; readonly at: number }
  | { readonly type: 'stop' }
  | { readonly type: 'took'; readonly take: Take }
  | { readonly type: 'again' };

/** As long as one likes to look at a face. */
export const ROUND_MS = 60_000;
/** Pixels a side: sharp on a phone, some 7 MB for the whole minute. */
export const ROUND_SIDE = 384;

export const OPENING: Round = { type: 'opening' };

/** What an event does not change stays the same object. */
export function step(round: Round, event: RoundEvent): Round {
  if (event.type === 'failed')
    return round.type === 'recorded' ? round : { type: 'failed', trouble: event.trouble };
  switch (round.type) {
    case 'opening':
      return event.type === 'opened' ? { type: 'ready' } : round;
    case 'ready':
      return event.type === 'record' ? { type: 'starting' } : round;
    case 'starting':
      return event.type === 'began' ? { type: 'recording', since: event.at } : round;
    case 'recording':
      return event.type === 'stop' ? { type: 'ending' } : round;
    case 'ending':
      return event.type === 'took' ? { type: 'recorded', take: event.take } : round;
    case 'failed':
    case 'recorded':
      return event.type === 'again' ? OPENING : round;
  }
}

/** 0 … 1 of the longest. */
export const shareOf = (round: Round, at: number): number =>
  round.type === 'recording' ? Math.min(1, Math.max(0, (at - round.since) / ROUND_MS)) : 0;
