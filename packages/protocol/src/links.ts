/** The link of a text that a preview is shown of: both sides find the same one. */

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const LINK = /\bhttps?:\/\/[^\s<>"'`\\^{|}]{1,2000}/i;
/** What ends a sentence is not of the address. */
const TRAILING = new Set('.,:;!?…*_~');
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** The first http(s) address outside of code, as it stands in the text; undefined when there is none. Linear to the text. */
export function firstLink(text: string): string | undefined {
  if (!text.includes('://')) return undefined;
  const found = LINK.exec(text.replace(CODE, ' '))?.[0];
  if (!found) return undefined;
  const link = withoutTail(found);
  return URL.canParse(link) ? link : undefined;
}

/** Nor is a bracket that was opened before it. One walk from the end: a link of many brackets must not cost the square of them. */
function withoutTail(link: string): string {
  const count = (letter: string): number => link.split(letter).length - 1;
  const unopened = new Map(
    Object.entries(OPENING).map(([close, open]) => [close, count(close) - count(open)]),
  );
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link.charAt(end - 1);
    if (TRAILING.has(last)) continue;
    const spare = unopened.get(last) ?? 0;
    if (spare <= 0) break;
    unopened.set(last, spare - 1);
  }
  return link.slice(0, end);
}
