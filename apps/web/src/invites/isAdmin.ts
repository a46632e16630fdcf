import type { Role } from '@kith/protocol';

/** Of the place as a whole. */
export const isAdmin = (role: Role | undefined): boolean => role === 'owner' || role === 'admin';
