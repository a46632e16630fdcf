/**
 * What the link of an invitation carries: its id, and 128 bits that follow from the id by a key of the server. So its maker can
 * be shown the link again, and who reads the tables can come in by none.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '@kith/protocol';
import type { Keys } from '../keys.ts';

const SECRET_BYTES = 16;

export interface InviteTokens {
  of(tenantId: number, inviteId: string): string;
  /** The id, where the rest belongs to it; null for what is no token of this tenant. */
  idIn(tenantId: number, token: string): string | null;
}

export function createInviteTokens(keys: Keys): InviteTokens {
  const secretOf = (key: Buffer, tenantId: number, id: string): Buffer =>
    createHmac('sha256', key).update(`${tenantId} ${id}`).digest().subarray(0, SECRET_BYTES);
  return {
    of: (tenantId, id) => `${id}.${secretOf(keys[0], tenantId, id).toString('base64url')}`,
    idIn: (tenantId, token) => {
      const [id = '', secret = '', rest] = token.split('.');
      if (!isId(id) || !/^[\w-]{22}$/.test(secret) || rest !== undefined) return null;
      const given = Buffer.from(secret, 'base64url');
      return keys.some((key) => timingSafeEqual(given, secretOf(key, tenantId, id))) ? id : null;
    },
  };
}
