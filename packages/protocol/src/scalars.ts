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

const oneLine = (value: string): string => value.replace(/\s+/gu, ' ').trim();

/** Joiners hold emoji and some scripts together; anywhere else they are a letter that nobody sees. */
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}])[\u200C\u200D]/gu;
/** What is not drawn, or changes how its neighbours are: controls, marks of direction, spaces without width, fillers, tags. */
const UNSEEN =
  /(?!\u200C|\u200D)(?:[\p{Cc}\p{Cf}\p{Co}\u2028\u2029\u115F\u1160\u2800\u3164\uFFA0]|\u034F|\u17B4|\u17B5)/gu;

/** Without what nobody sees: two names that look alike are alike, and none reaches beyond itself. */
export const seen = (value: string): string => value.replace(UNSEEN, '').replace(STRAY_JOINER, '');

/** Whether a person sees anything of it. */
export const isVisible = (value: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(value);

/** A name: trimmed, on one line, of letters that are seen. */
export const Name = (max: number) =>
  Text(max)
    .transform((value) => oneLine(seen(oneLine(value))))
    .refine(isVisible, 'must not be empty')
    .meta({ minLength: 1, maxLength: max });

/** Words a person writes about themselves, on one line; may be empty. */
export const Line = (max: number) =>
  Text(max)
    .transform((value) => oneLine(seen(oneLine(value))))
    .meta({ maxLength: max });

/** The same on several lines, of which no two in a row are empty. */
export const Lines = (max: number) =>
  Text(max)
    .transform((value) =>
      value
        .split(/\r\n|[\n\r\u2028\u2029]/u)
        .map((line) => seen(line.replaceAll('\t', ' ')).trimEnd())
        .join('\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim(),
    )
    .meta({ maxLength: max });

/** Letters that change how those around them are drawn: they could make a button read as another one. */
const DECEPTIVE = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** A name that stands among words of the app, such as an answer of a poll. */
export const Label = (max: number) =>
  Text(max)
    .transform(oneLine)
    .refine((value) => value.length > 0, 'must not be empty')
    .refine((value) => !DECEPTIVE.test(value), 'must not hold control characters')
    .meta({ minLength: 1, maxLength: max });

export const Username = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{1,31}$/,
    'must be 2 to 32 of a-z, 0-9, dot, dash, underscore, beginning with a letter or digit',
  );

/** One emoji, as a person sees one: a single grapheme that holds a pictograph, a flag or a keycap; or `:name:` of a custom one. */
export const Emoji = Text(limits.emojiLength, 1).refine(isEmoji, 'must be one emoji');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;

const CUSTOM = /^:([a-z0-9_+-]{2,32}):$/;

/** The name of a custom emoji, or null for one of the world's. */
export const customEmojiName = (emoji: string): string | null => CUSTOM.exec(emoji)?.[1] ?? null;

function isEmoji(value: string): boolean {
  if (CUSTOM.test(value)) return true;
  return PICTOGRAPH.test(value) && [...graphemes.segment(value)].length === 1;
}

/** A place in a conversation or in its list of changes. */
export const Seq = z.int().min(0);
export const Rev = z.int().min(0);

export const Time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

/** A time of day, 00:00 to 23:59. */
export const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30');

/** As the IANA database names it. */
export const TimeZone = Text(60, 1).refine(isTimeZone, 'must be a time zone such as Europe/Berlin');

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const PageSize = z.int().min(1).max(limits.pageMax).optional();

/** Opaque to clients: given back as it came. */
export const Cursor = Text(500, 1);
