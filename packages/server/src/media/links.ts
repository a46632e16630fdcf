/**
 * Signed addresses of files: whoever has one gets the bytes without cookie or token, for a few minutes, and as long as the person
 * it was made for may see the message. It says who that is; the request is judged as theirs.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface FileAddress {
  readonly conversationId: string;
  readonly messageId: string;
  readonly fileId: string;
}

export interface Signature {
  readonly tenantId: number;
  readonly userId: string;
  /** ms since the epoch */
  readonly until: number;
}

export interface Links {
  /** The query of an address. */
  sign(address: FileAddress, whose: Signature): string;
  /** Whose it is; null: not made here, changed, or over. */
  verify(address: FileAddress, query: SignedQuery, now?: number): Signature | null;
}

export type SignedQuery = Readonly<Record<'tenant' | 'user' | 'until' | 'signature', unknown>>;

/** Long enough to look at what is on screen; whoever looks longer asks for another address. */
export const LINK_MS = 15 * 60_000;

export const filePath = ({ conversationId, messageId, fileId }: FileAddress): string =>
  `/v1/conversations/${conversationId}/messages/${messageId}/files/${fileId}`;

export function createLinks(secret: string): Links {
  const digest = (address: FileAddress, { tenantId, userId, until }: Signature): Buffer =>
    createHmac('sha256', secret)
      .update(`file ${filePath(address)} ${tenantId} ${userId} ${until}`)
      .digest();
  return {
    sign: (address, whose) =>
      new URLSearchParams({
        tenant: String(whose.tenantId),
        user: whose.userId,
        until: String(whose.until),
        signature: digest(address, whose).toString('base64url'),
      }).toString(),
    verify: (address, { tenant, user, until, signature }, now = Date.now()) => {
      if (typeof signature !== 'string' || typeof user !== 'string') return null;
      const whose = { tenantId: Number(tenant), userId: user, until: Number(until) };
      if (!Number.isSafeInteger(whose.tenantId) || !Number.isSafeInteger(whose.until)) return null;
      const given = Buffer.from(signature, 'base64url');
      const right = digest(address, whose);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      return whose.until > now ? whose : null;
    },
  };
}
