/** Who may come in, and links that lead others in. */
import { newId } from '@kith/protocol/ids';
import type { Request } from './request.ts';
import type { KithClient } from './types.ts';

export const invitesOf = (request: Request): KithClient['invites'] => ({
  policy: () => request('getJoinPolicy', {}),
  updatePolicy: (change) => request('updateJoinPolicy', change),
  create: async (input) => (await request('createInvite', { ...input, inviteId: newId() })).invite,
  list: (input = {}) => request('listInvites', input),
  revoke: async (inviteId) => void (await request('revokeInvite', { inviteId })),
  accept: async (token) => (await request('acceptInvite', { token })).conversationIds,
});
