/**
 * S14: what a message says travels in an envelope. The server may look inside `plain`; `encrypted` is opaque bytes to
 * everybody but the members' devices.
 */
import { z } from 'zod';
import { limits } from './limits.ts';
import { Text } from './scalars.ts';

export const PlainContent = z.strictObject({
  type: z.literal('plain'),
  /** Markdown subset (bold, italic, strike, code, quote, lists, links); mentions as in mentions.ts. */
  text: Text(limits.textLength, 1).refine((text) => text.trim() !== '', 'must not be blank'),
});

export const EncryptedContent = z.strictObject({
  type: z.literal('encrypted'),
  /** Which scheme made the bytes, for example `mls.1`. */
  scheme: Text(32, 1),
  bytes: z.base64().max(limits.encryptedLength),
});

export const Content = z.discriminatedUnion('type', [PlainContent, EncryptedContent]);
export type Content = z.output<typeof Content>;
