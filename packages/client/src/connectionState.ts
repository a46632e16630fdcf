/** The connection's states and the one function that leads from one to the next (H2). What a state does is in connection.ts. */
import { KithError } from '@kith/protocol/errors';
import { backoff } from './backoff.ts';

export type State =
  | { readonly type: 'idle' }
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'live'; readonly attempt: number; readonly since: number }
  | {
      readonly type: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly error?: KithError;
    }
  | { readonly type: 'offline'; readonly attempt: number; readonly retryAt: number }
  | { readonly type: 'ended'; readonly error: KithError };

export type Change =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** The server said welcome. */
  | { readonly type: 'welcomed'; readonly now: number }
  /** The socket is gone, or never came. `random` in [0, 1). */
  | {
      readonly type: 'lost';
      readonly now: number;
      readonly random: number;
      readonly error?: KithError;
      readonly online: boolean;
    }
  /** The time has come, the network is back, somebody asks. */
  | { readonly type: 'retry' }
  | { readonly type: 'networkLost'; readonly now: number };

/** A connection that lived this long was a good one: the next loss starts from the shortest wait. */
const GOOD_AFTER = 10_000;

/** `navigator.onLine` may be wrong (a server on this very machine needs no network), so now and then it is tried. */
const OFFLINE_RETRY = 30_000;

const ending = new Set([
  'unauthenticated',
  'session_revoked',
  'second_factor_required',
  'account_deletion_pending',
  'unsupported_version',
]);

export function next(state: State, change: Change): State {
  switch (change.type) {
    case 'start':
      return state.type === 'idle' ? { type: 'connecting', attempt: 0 } : state;
    case 'stop':
      return state.type === 'ended' ? state : { type: 'idle' };
    case 'welcomed':
      return state.type === 'connecting'
        ? { type: 'live', attempt: state.attempt, since: change.now }
        : state;
    case 'lost': {
      if (state.type !== 'connecting' && state.type !== 'live') return state;
      if (change.error && ending.has(change.error.code)) return { type: 'ended', error: change.error };
      const attempt = state.type === 'live' && change.now - state.since >= GOOD_AFTER ? 0 : state.attempt;
      if (!change.online) return { type: 'offline', attempt, retryAt: change.now + OFFLINE_RETRY };
      const retryAt = change.now + backoff(attempt, change.random, change.error?.retryAfterMs);
      return { type: 'waiting', attempt: attempt + 1, retryAt, ...(change.error && { error: change.error }) };
    }
    case 'retry':
      return state.type === 'waiting' || state.type === 'offline'
        ? { type: 'connecting', attempt: state.attempt }
        : state;
    case 'networkLost':
      return state.type === 'connecting' || state.type === 'live' || state.type === 'waiting'
        ? { type: 'offline', attempt: 0, retryAt: change.now + OFFLINE_RETRY }
        : state;
  }
}

export const lostError = (): KithError =>
  new KithError('unavailable', { message: 'The connection was lost.' });
