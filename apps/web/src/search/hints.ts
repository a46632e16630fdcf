/** What may come next in a query that is being typed, and the query with it. Pure. */
import { type SearchKind, searchKinds, searchOperators } from '@kith/protocol/searchQuery';

export type Operator = (typeof searchOperators)[number];

export type Hint =
  | { readonly type: 'operators'; readonly operators: readonly Operator[] }
  /** Somebody, or a conversation, whose name begins so. */
  | { readonly type: 'from' | 'in'; readonly typed: string }
  | { readonly type: 'has'; readonly kinds: readonly SearchKind[] }
  | { readonly type: 'date'; readonly operator: Operator };

/** The part at the end of the query: a minus, an operator, and what was typed of its value. */
const PART = /(?:^|\s)(-?)([a-z]+):("[^"]*|[^\s"]*)$/i;
const WORD = /(?:^|\s)-?(\S*)$/;

/** `without`: operators that make no sense there. */
export function hintAt(query: string, without: readonly Operator[] = []): Hint {
  const [, , name = '', value = ''] = PART.exec(query) ?? [];
  const typed = value.replace(/^["@#]+/, '').toLowerCase();
  const operator = searchOperators.find((one) => one === name.toLowerCase() && !without.includes(one));
  if (operator === 'from' || operator === 'in') return { type: operator, typed };
  if (operator === 'has') {
    const kinds = searchKinds.filter((kind) => kind.startsWith(typed) && kind !== typed);
    if (kinds.length > 0) return { type: 'has', kinds };
  } else if (operator && value === '') return { type: 'date', operator };
  const all = searchOperators.filter((one) => !without.includes(one));
  const begun = all.filter((one) => one.startsWith(wordOf(query)));
  return { type: 'operators', operators: begun.length > 0 ? begun : all };
}

const wordOf = (query: string): string => (WORD.exec(query)?.[1] ?? '').toLowerCase();

/** The query with the operator, in place of what was typed of it; with its value, in place of what was typed of that. */
export function completed(query: string, operator: Operator, value: string | null): string {
  if (value === null) {
    const word = wordOf(query);
    return operator.startsWith(word)
      ? `${query.slice(0, query.length - word.length)}${operator}:`
      : `${query} ${operator}:`;
  }
  const part = (PART.exec(query)?.[0] ?? '').trimStart();
  const minus = part.startsWith('-') ? '-' : '';
  const quoted = /[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value;
  return `${query.slice(0, query.length - part.length)}${minus}${operator}:${quoted} `;
}
