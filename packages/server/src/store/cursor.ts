/** Page cursors: opaque to clients, checked like everything a stranger sends. */
import { KithError } from '@kith/protocol';
import { z } from 'zod';

/** A time within a cursor. The database knows no year 0. */
export const CursorTime = z.iso.datetime({ precision: 3 }).refine((at) => !at.startsWith('0000'));

/** Encodes a small JSON value as a cursor. */
export const encodeCursor = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** Decodes a cursor made by `encodeCursor`; anything else is `bad_input` on `field`. */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string, field = 'cursor'): z.output<T> {
  const refuse = () =>
    new KithError('bad_input', { fields: [{ path: field, message: 'is not a cursor of this list' }] });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse();
  return parsed.data;
}
