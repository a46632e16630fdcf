/** Guests, for who looks after them. */
import type { Request } from './request.ts';
import type { KithClient } from './types.ts';

export const guestsOf = (request: Request): KithClient['guests'] => ({
  list: (input = {}) => request('listGuests', input),
  mayStay: async (userId, until) =>
    (await request('updateGuest', { userId, until: until.toISOString() })).until,
  end: async (userId) => void (await request('endGuest', { userId })),
  myEnd: async () => (await request('getMe', {})).guestUntil ?? null,
});
