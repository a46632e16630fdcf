/**
 * One line of plain text from a message, for list rows, quotes and announcements. Apart from the Markdown parser on
 * purpose: the conversation list must not wait for it, and a preview may be rough where a rendering may not.
 * Every expression runs in time linear to the (cut) text.
 */

import { MENTION } from '@kith/protocol/mentions';
import { t } from '../i18n/index.ts';

/** Longer than any row is wide; what lies beyond is not looked at. */
const LOOK_AT = 600;
const SHOW = 200;

const FENCE = /^ {0,3}(?:```|~~~).*$/gm;
const LINE_MARKER = /^ {0,8}(?:>{1,8} ?|[-*+] {1,3})+/gm;
const LINK = /\[([^[\]\n]{1,300})\]\([^()\s]{1,300}\)/g;
const PAIRS = /(\*\*|~~|\*|`)(?=\S)([^*~`\n]*?\S)\1/g;
const UNDERSCORES = /(?<![\p{L}\p{N}_])(__|_)(?=\S)([^_\n]*?\S)\1(?![\p{L}\p{N}_])/gu;
const ESCAPE = /\\([!-/:-@[-`{-~])/g;

/** `nameOf` gives a person's name, or undefined when not (yet) known. */
export function plainPreview(text: string, nameOf: (userId: string) => string | undefined): string {
  const cut = text.length > LOOK_AT ? text.slice(0, LOOK_AT) : text;
  const plain = cut
    .replace(MENTION, (_, who: string) => `@${who === 'all' ? 'all' : (nameOf(who) ?? t('names.someone'))}`)
    .replace(FENCE, '')
    .replace(LINE_MARKER, '')
    .replace(LINK, '$1')
    // Twice, for bold italics.
    .replace(PAIRS, '$2')
    .replace(PAIRS, '$2')
    .replace(UNDERSCORES, '$2')
    .replace(ESCAPE, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  // A text of nothing but markers is shown as it was written.
  const line = plain || cut.replace(/\s+/g, ' ').trim();
  return line.length > SHOW || text.length > LOOK_AT ? `${cutWell(line, SHOW)}…` : line;
}

/** Not between the halves of a surrogate pair. */
function cutWell(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
