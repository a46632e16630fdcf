/** A text that is too long for one message, as several: cut between paragraphs where that can be, else lines, else words. */
import { type Draft, toWire } from './text.ts';

const BREAKS = ['\n\n', '\n', ' '] as const;

/** Each fits into `limit` characters on the wire. Together they say everything but the white space at the cuts. */
export function split(draft: Draft, limit: number): readonly Draft[] {
  const parts: Draft[] = [];
  for (let from = 0; from < draft.text.length; ) {
    const to = endOf(draft, from, limit);
    const part = slice(draft, from, to);
    if (part.text.trim() !== '') parts.push(part);
    from = to;
  }
  return parts;
}

function slice({ text, mentions }: Draft, from: number, to: number): Draft {
  return {
    text: text.slice(from, to),
    mentions: mentions
      .filter((mention) => mention.start >= from && mention.end <= to)
      .map((mention) => ({ ...mention, start: mention.start - from, end: mention.end - from })),
  };
}

/** Where the part that begins at `from` ends. */
function endOf(draft: Draft, from: number, limit: number): number {
  const { text, mentions } = draft;
  let most = Math.min(text.length, from + limit);
  // A mention may be longer on the wire than its name is here: the last ones wait for the next part.
  while (toWire(slice(draft, from, most)).length > limit) {
    const last = mentions.findLast(({ start, end }) => start > from && end <= most);
    most = last ? last.start : from + limit;
    if (!last) break;
  }
  if (most >= text.length) return text.length;
  let end = most;
  for (const mark of BREAKS) {
    const at = text.lastIndexOf(mark, most - mark.length);
    // Not for the price of a part that is nearly empty.
    if (at < from + (most - from) / 2) continue;
    end = at + mark.length;
    break;
  }
  const cut = mentions.find((mention) => mention.start < end && mention.end > end);
  if (cut && cut.start > from) end = cut.start;
  // Nor in the middle of a letter that takes two units.
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff && end - 1 > from ? end - 1 : end;
}
