/** What several ways in refuse alike. */
import { KithError } from '@kith/protocol';
import { CODE_MINUTES } from './room.ts';

/** One that never was, one that was used, and one whose time is over are the same to whoever asks. */
export const over = (): KithError =>
  new KithError('not_found', { message: 'This is no longer good, or was used. Begin anew.' });

export const wrongCode = (): KithError =>
  new KithError('bad_input', {
    message: 'This is not the code.',
    fields: [{ path: 'code', message: 'This is not the code. Look again, or have another one sent.' }],
  });

export const wrongPasskey = (): KithError =>
  new KithError('bad_input', {
    message: 'This is none of your passkeys for this site.',
    fields: [{ path: 'passkey', message: 'This is none of your passkeys for this site.' }],
  });

export const tooMany = (): KithError =>
  new KithError('rate_limited', {
    message: 'Too many codes were sent. Try again in ten minutes.',
    retryAfterMs: CODE_MINUTES * 60_000,
  });

export const suspended = (): KithError =>
  new KithError('forbidden', {
    message: 'This account is suspended. Ask whoever looks after this place.',
    fields: [{ path: 'account', message: 'is suspended', reason: 'suspended' }],
  });
