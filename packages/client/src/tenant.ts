/** The place, as its owner and admins look after it. */
import type { Request } from './request.ts';
import type { KithClient } from './types.ts';

export const tenantOf = (request: Request): KithClient['tenant'] => ({
  get: () => request('getTenant', {}),
  update: (change) => request('updateTenant', change),
  createApiKey: (input) => request('createTenantKey', input),
  rotateApiKey: (keyId) => request('rotateTenantKey', { keyId }),
  revokeApiKey: async (keyId) => void (await request('revokeTenantKey', { keyId })),
  people: (input = {}) => request('listTenantPeople', input),
  setRole: async (userId, role) => (await request('setTenantRole', { userId, role })).user,
  transfer: async (userId) => (await request('transferTenant', { userId })).user,
  resetFactors: async (userId) => void (await request('resetFactors', { userId })),
  suspend: async (userId) => void (await request('suspendAccount', { userId })),
  restore: async (userId) => void (await request('restoreAccount', { userId })),
});
