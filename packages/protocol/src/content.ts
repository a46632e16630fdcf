/**
 * S14: what a message says travels in an envelope. The server may look inside `plain`; `encrypted` is opaque bytes to
 * everybody but the members' devices.
 */
import { z } from 'zod';
import { Attachment } from './attachments.ts';
import { isBlank } from './blank.ts';
import { limits } from './limits.ts';
import { Text } from './scalars.ts';

export const PlainContent = z
  .strictObject({
    type: z.literal('plain'),
    /** Markdown subset (bold, italic, strike, code, quote, lists, links); mentions as in mentions.ts. Empty only beside an attachment. */
    text: Text(limits.textLength),
    attachment: Attachment.optional(),
    /** The author wants no preview of the link in it. */
    noPreview: z.literal(true).optional(),
  })
  .refine(({ text, attachment }) => attachment !== undefined || !isBlank(text), {
    message: 'must not be blank',
    path: ['text'],
  });

export const EncryptedContent = z.strictObject({
  type: z.literal('encrypted'),
  /** Which scheme made the bytes, for example `mls.1`. */
  scheme: Text(32, 1),
  bytes: z.base64().max(limits.encryptedLength),
});

export const Content = z.discriminatedUnion('type', [PlainContent, EncryptedContent]);
export type PlainContent = z.output<typeof PlainContent>;
export type Content = z.output<typeof Content>;
