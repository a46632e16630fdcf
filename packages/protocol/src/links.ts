/** The link of a text that a preview is shown of: both sides find the same one. */

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const LINK = /\bhttps?:\/\/[^\s<>"'`\\^{|}]{1,2000}/i;
/** What ends a sentence is not of the address, nor a bracket that was opened before it. */
const TRAILING = /[.,:;!?…*_~]+$/;

/** The first http(s) address outside of code, as it stands in the text; undefined when there is none. Linear to the text. */
export function firstLink(text: string): string | undefined {
  if (!text.includes('://')) return undefined;
  const found = LINK.exec(text.replace(CODE, ' '))?.[0];
  if (!found) return undefined;
  let link = found.replace(TRAILING, '');
  while (/[)\]]$/.test(link) && !hasOpening(link)) link = link.slice(0, -1).replace(TRAILING, '');
  return URL.canParse(link) ? link : undefined;
}

const hasOpening = (link: string): boolean => {
  const [open, close] = link.endsWith(')') ? ['(', ')'] : ['[', ']'];
  const count = (letter: string): number => link.split(letter).length - 1;
  return count(open ?? '') >= count(close ?? '');
};
