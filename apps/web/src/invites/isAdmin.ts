import type { TenantRole } from '@kith/protocol';

/** Of the place as a whole. */
export const isAdmin = (role: TenantRole | undefined): boolean => role === 'owner' || role === 'admin';
