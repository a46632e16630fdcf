/** The building blocks of the schemas: bounded, and safe to store (no NUL, no half of a surrogate pair). */
import { z } from 'zod';
import { isId } from './ids.ts';
import { limits } from './limits.ts';

export const Id = z.string().refine(isId, 'must be a UUID in lower case').meta({ format: 'uuid' });

/** Text that PostgreSQL and JSON can both carry. */
const storable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

/** Text of at most `max` UTF-16 units, as given. */
export const Text = (max: number, min = 0) =>
  z.string().min(min).max(max).refine(storable, 'must be well-formed text without NUL');

/** A name: trimmed, on one line, not empty. */
export const Name = (max: number) =>
  Text(max)
    .transform((value) => value.replace(/\s+/gu, ' ').trim())
    .refine((value) => value.length > 0, 'must not be empty')
    .meta({ minLength: 1, maxLength: max });

export const Username = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{1,31}$/,
    'must be 2 to 32 of a-z, 0-9, dot, dash, underscore, beginning with a letter or digit',
  );

/** One emoji, as a person sees one: a single grapheme that holds a pictograph, a flag or a keycap. */
export const Emoji = Text(limits.emojiLength, 1).refine(isEmoji, 'must be one emoji');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;

function isEmoji(value: string): boolean {
  return PICTOGRAPH.test(value) && [...graphemes.segment(value)].length === 1;
}

/** A place in a conversation or in its list of changes. */
export const Seq = z.int().min(0);
export const Rev = z.int().min(0);

export const Time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

export const PageSize = z.int().min(1).max(limits.pageMax).optional();

/** Opaque to clients: given back as it came. */
export const Cursor = Text(500, 1);
