/**
 * The composer's text and the mentions in it. A person sees "@Ana Lima"; what is sent says `<@id>`. Which stretch of the
 * text is which person is kept beside the text and carried through every edit; a mention whose name is touched becomes
 * plain text, so that nobody is called by a name that no longer stands there.
 */

import { MENTION } from '@kith/protocol/mentions';

export interface Mention {
  readonly start: number;
  readonly end: number;
  /** A user id, or `all`. */
  readonly who: string;
}

export interface Draft {
  readonly text: string;
  readonly mentions: readonly Mention[];
}

export const EMPTY: Draft = { text: '', mentions: [] };

/** Replaces a stretch, with the mentions that the new stretch brings along (relative to its beginning). */
export function replace(draft: Draft, start: number, end: number, insert: Draft | string): Draft {
  const { text, mentions } = typeof insert === 'string' ? { text: insert, mentions: [] } : insert;
  const by = text.length - (end - start);
  const kept = draft.mentions.flatMap((mention) => {
    if (mention.end <= start) return [mention];
    if (mention.start >= end) return [{ ...mention, start: mention.start + by, end: mention.end + by }];
    return [];
  });
  const added = mentions.map((mention) => ({
    ...mention,
    start: mention.start + start,
    end: mention.end + start,
  }));
  return {
    text: draft.text.slice(0, start) + text + draft.text.slice(end),
    mentions: [...kept, ...added].sort((a, b) => a.start - b.start),
  };
}

/**
 * The draft after the text field changed by itself (typing, paste, undo, autocorrection). What changed is found by
 * comparing; `caret` (where the field's caret stands now) settles where, when letters repeat.
 */
export function edited(draft: Draft, next: string, caret: number): Draft {
  const before = draft.text;
  if (before === next) return draft;
  const shorter = Math.min(before.length, next.length);
  // After the caret nothing can have changed, so that much of the end is equal at most.
  const suffixMost = Math.min(shorter, Math.max(0, next.length - caret));
  let suffix = 0;
  while (suffix < suffixMost && before[before.length - 1 - suffix] === next[next.length - 1 - suffix])
    suffix++;
  let prefix = 0;
  while (prefix < shorter - suffix && before[prefix] === next[prefix]) prefix++;
  // Undo may leave the caret elsewhere: then the rest of the end is compared too.
  const rest = shorter - prefix;
  while (suffix < rest && before[before.length - 1 - suffix] === next[next.length - 1 - suffix]) suffix++;
  return replace(draft, prefix, before.length - suffix, next.slice(prefix, next.length - suffix));
}

/** What is sent. */
export function toWire({ text, mentions }: Draft): string {
  let wire = '';
  let at = 0;
  for (const { start, end, who } of mentions) {
    wire += `${text.slice(at, start)}<@${who}>`;
    at = end;
  }
  return (wire + text.slice(at)).trim();
}

/** What was sent, for editing. People whose name is not known stay as they are on the wire, which reads badly but loses nothing. */
export function fromWire(wire: string, nameOf: (userId: string) => string | undefined): Draft {
  let draft = EMPTY;
  let at = 0;
  for (const match of wire.matchAll(MENTION)) {
    const who = match[1]!;
    const name = who === 'all' ? 'all' : nameOf(who);
    if (name === undefined) continue;
    draft = append(draft, wire.slice(at, match.index), mentionDraft(name, who));
    at = match.index + match[0].length;
  }
  return append(draft, wire.slice(at));
}

export const mentionDraft = (name: string, who: string): Draft => ({
  text: `@${name}`,
  mentions: [{ start: 0, end: name.length + 1, who }],
});

/** Below what is written already. */
export const below = (draft: Draft, next: Draft): Draft =>
  draft.text.trim() === '' ? next : append(draft, '\n', next);

function append(draft: Draft, ...parts: readonly (Draft | string)[]): Draft {
  return parts.reduce<Draft>(
    (whole, part) => replace(whole, whole.text.length, whole.text.length, part),
    draft,
  );
}

/** `@name` at the beginning of a word; code is looked for besides, because a name in it is a word of the code. */
const SPELLED = /```[\s\S]*?(?:```|$)|`[^`\n]*`|(?<=^|[\s([{"'*_~])@([a-z0-9][a-z0-9._-]{0,31})/gi;

/** Mentions typed out by hand: `@ana` means Ana as if she had been picked. `whoIs` knows a username, or `all`. */
export function spelled(draft: Draft, whoIs: (name: string) => string | undefined): Draft {
  const found: Mention[] = [];
  for (const match of draft.text.matchAll(SPELLED)) {
    const start = match.index;
    if (
      match[1] === undefined ||
      draft.mentions.some((mention) => mention.start < start + match[0].length && mention.end > start)
    )
      continue;
    // "@ana." ends a sentence; a name may end in a dot, too.
    for (let name = match[1]; name !== ''; name = /[._-]$/.test(name) ? name.slice(0, -1) : '') {
      const who = whoIs(name.toLowerCase());
      if (who === undefined) continue;
      found.push({ start, end: start + 1 + name.length, who });
      break;
    }
  }
  if (found.length === 0) return draft;
  return { text: draft.text, mentions: [...draft.mentions, ...found].sort((a, b) => a.start - b.start) };
}

/** Drops mentions that do not stand where they say: a stored draft may come from anywhere. */
export function sound(draft: Draft): Draft {
  let end = 0;
  const mentions = draft.mentions.filter((mention) => {
    const fits =
      mention.start >= end && mention.end <= draft.text.length && draft.text[mention.start] === '@';
    if (fits) end = mention.end;
    return fits;
  });
  return { text: draft.text, mentions };
}

/** What is being completed at the caret: `@an|` or `:smi|`. */
export interface Completing {
  readonly type: 'mention' | 'emoji';
  readonly start: number;
  readonly query: string;
}

// Not inside a word, so that addresses and times (12:30) do not ask; emoji from two letters, as ":)" is common.
const AT = /(?:^|[\s([{"'*_~])@([\p{L}\p{N}._-]{0,32}(?: [\p{L}\p{N}._-]{1,32})?)$/u;
const COLON = /(?:^|[\s([{"'*_~])(:)([a-z0-9_+-]{2,32})$/i;

export function completingAt({ text, mentions }: Draft, caret: number): Completing | undefined {
  // What is behind the last line break or far away cannot matter.
  const before = text.slice(Math.max(0, caret - 80), caret);
  const at = AT.exec(before);
  if (at) {
    const query = at[1] ?? '';
    const start = caret - query.length - 1;
    if (!mentions.some((mention) => mention.start === start)) return { type: 'mention', start, query };
  }
  const colon = COLON.exec(before);
  if (colon) {
    const query = colon[2] ?? '';
    return { type: 'emoji', start: caret - query.length - 1, query };
  }
  return undefined;
}

/** An emoji's code that has just been closed: `:smile:|`. Not in code, nor where the colons belong to a word or a time. */
export function emojiCodeAt(
  { text }: Draft,
  caret: number,
): { readonly start: number; readonly code: string } | undefined {
  const code = /(?<![\p{L}\p{N}:/]):([a-z0-9_+-]{1,32}):$/u.exec(text.slice(0, caret))?.[1];
  if (code === undefined) return undefined;
  const start = caret - code.length - 2;
  for (const { index, 0: stretch } of text.matchAll(CODE))
    if (index < start && start < index + stretch.length) return undefined;
  return { start, code };
}

/** The closed codes of a stretch, as of what was pasted; the last one first: so the places hold while they are replaced. */
export function emojiCodesIn(
  draft: Draft,
  from: number,
  to: number,
): { readonly start: number; readonly code: string }[] {
  const found = [];
  for (const { index, 0: code } of draft.text.slice(from, to).matchAll(/:[a-z0-9_+-]{1,32}:/g)) {
    const one = emojiCodeAt(draft, from + index + code.length);
    if (one) found.push(one);
    if (found.length === CODES_AT_ONCE) break;
  }
  return found.reverse();
}

/** Each is looked for in all the text. */
const CODES_AT_ONCE = 100;

/** Code, also while its end is still to be written. */
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`?/g;

/** Wraps the selection in a marker, or takes the marker away when it is already there. */
export function toggleMark(
  draft: Draft,
  start: number,
  end: number,
  mark: string,
): { readonly draft: Draft; readonly start: number; readonly end: number } {
  const { text } = draft;
  const size = mark.length;
  const inside =
    text.slice(start - size, start) === mark &&
    text.slice(end, end + size) === mark &&
    // `*` around is not there when it is half of `**`.
    !(size === 1 && text[start - 2] === mark && text[start - 3] !== mark);
  if (inside) {
    const without = replace(replace(draft, end, end + size, ''), start - size, start, '');
    return { draft: without, start: start - size, end: end - size };
  }
  const marked = replace(replace(draft, end, end, mark), start, start, mark);
  return { draft: marked, start: start + size, end: end + size };
}
