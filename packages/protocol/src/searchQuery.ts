/**
 * What somebody types into a search field, taken apart: words, phrases and operators. Pure, and never fails: whatever is no
 * operator is a word. The server searches by it, the client offers hints by it; both find the same in the same text.
 */
import { limits } from './limits.ts';

export const searchKinds = [
  'link',
  'file',
  'image',
  'video',
  'audio',
  'poll',
  'location',
  'contact',
] as const;
export type SearchKind = (typeof searchKinds)[number];

/** A year, a month of a year, or a day. */
export interface SearchDate {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
}

export type SearchClause = {
  /** Where it stands in the query, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Begins with a minus: what is found must not be so. */
  readonly negated: boolean;
} & (
  | { readonly type: 'word'; readonly text: string }
  /** In quotes: these words, whole and in this order. */
  | { readonly type: 'phrase'; readonly text: string }
  /** A username, a name, or `me`. */
  | { readonly type: 'from'; readonly who: string }
  /** The name of a conversation, or of a person one talks with. */
  | { readonly type: 'in'; readonly where: string }
  | { readonly type: 'has'; readonly kind: SearchKind }
  /** `before` its beginning, `after` its end, `on`: within. */
  | { readonly type: 'before' | 'after' | 'on'; readonly date: SearchDate }
);

/** The operators there are, as they are typed. */
export const searchOperators = ['from', 'in', 'has', 'before', 'after', 'on'] as const;
export type SearchOperator = (typeof searchOperators)[number];

/** A minus, an operator's name, and then something in quotes or up to the next space. Quotes need not be closed. */
const PART = /(-?)(?:([a-z]+):)?(?:["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|(\S+))/giu;

/** Takes at most `limits.searchClauses` clauses; runs in time linear to the text. */
export function parseSearch(query: string): SearchClause[] {
  const clauses: SearchClause[] = [];
  for (const match of query.matchAll(PART)) {
    if (clauses.length === limits.searchClauses) break;
    const [whole, minus = '', name = '', quoted, bare = ''] = match;
    const place = { start: match.index, end: match.index + whole.length };
    const value = (quoted ?? bare).trim();
    const operator = operatorOf(name.toLowerCase(), value);
    if (operator) clauses.push({ ...place, negated: minus !== '', ...operator });
    else if (name !== '') clauses.push(...wordsOf(`${name}:${value}`, place, minus !== ''));
    else if (quoted === undefined) clauses.push(...wordsOf(bare, place, minus !== ''));
    else if (value !== '') clauses.push({ ...place, negated: minus !== '', type: 'phrase', text: value });
  }
  return clauses;
}

/** A lone minus, or an operator that is only being typed, asks for nothing yet. */
function wordsOf(text: string, place: { start: number; end: number }, negated: boolean): SearchClause[] {
  if (text === '' || searchOperators.some((operator) => text.toLowerCase() === `${operator}:`)) return [];
  return [{ ...place, negated, type: 'word', text }];
}

type Operator =
  | { readonly type: 'from'; readonly who: string }
  | { readonly type: 'in'; readonly where: string }
  | { readonly type: 'has'; readonly kind: SearchKind }
  | { readonly type: 'before' | 'after' | 'on'; readonly date: SearchDate };

function operatorOf(name: string, value: string): Operator | null {
  if (value === '') return null;
  switch (name) {
    case 'from': {
      const who = value.replace(/^@/, '');
      return who === '' ? null : { type: 'from', who };
    }
    case 'in': {
      const where = value.replace(/^[#@]/, '');
      return where === '' ? null : { type: 'in', where };
    }
    case 'has': {
      const kind = searchKinds.find((one) => one === value.toLowerCase());
      return kind ? { type: 'has', kind } : null;
    }
    case 'before':
    case 'after':
    case 'on': {
      const date = parseSearchDate(value);
      return date && { type: name, date };
    }
    default:
      return null;
  }
}

const DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;

/** `2026`, `2026-03` or `2026-03-09`; null for anything else, also for days there are not. */
export function parseSearchDate(value: string): SearchDate | null {
  const [, year, month, day] = DATE.exec(value) ?? [];
  if (year === undefined || Number(year) < 1) return null;
  if (month === undefined) return { year: Number(year) };
  if (Number(month) < 1 || Number(month) > 12) return null;
  if (day === undefined) return { year: Number(year), month: Number(month) };
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const made = new Date(0);
  made.setUTCFullYear(date.year, date.month - 1, date.day);
  return made.getUTCDate() === date.day ? date : null;
}
