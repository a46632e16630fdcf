/** From what somebody typed to what is asked of the index. */
import type { SearchClause } from '@kith/protocol';
import type { Db } from '../store/database.ts';
import { countBeginning, documentsWith, wordsByKeys } from '../store/searchWords.ts';
import { authorMark, kindMark, quote } from './document.ts';
import {
  CORRECTABLE_LENGTH,
  distance,
  formKeys,
  gramsOf,
  misspellingKeys,
  mistakesOf,
  PART_LENGTH,
} from './vocabulary.ts';
import { isSpelled, type Token, tokenize } from './words.ts';

/** What fits one place of a sequence: one of these words, or any that begins so. */
export interface Fitting {
  readonly words: ReadonlySet<string>;
  readonly beginning: string | null;
  /** Places after the first of its sequence. */
  readonly offset: number;
}

/** Something that a message must have. */
export interface Want {
  /** As PostgreSQL takes it. */
  readonly tsquery: string;
  /** In how many of the tenant's documents it may be, about. */
  readonly documents: number;
  /** What to highlight where it was found; empty for what is no text. */
  readonly sequence: readonly Fitting[];
}

export interface Wanted {
  /** All of them. Empty: anything. */
  readonly wants: readonly Want[];
  /** None of these. */
  readonly unwanted: readonly string[];
  /** Whether a word may be meant otherwise than it is written. */
  readonly correctable: boolean;
}

/** Other words taken for one that was asked for. */
const MOST_MEANT = 32;
const MOST_CORRECTIONS = 6;
/** Looked at for corrections: the more frequent are the likelier. */
const MOST_LIKE = 500;

/** People that `from:` names, found by the caller. */
export type PeopleOfClause = ReadonlyMap<SearchClause, readonly string[]>;

export async function wantedOf(
  db: Db,
  tenantId: number,
  clauses: readonly SearchClause[],
  people: PeopleOfClause,
  correct: boolean,
): Promise<Wanted> {
  const wants: Want[] = [];
  const unwanted: string[] = [];
  let correctable = false;
  for (const clause of clauses) {
    const marks = marksOf(clause, people);
    if (marks) {
      if (clause.negated) unwanted.push(...marks.map(quote));
      else wants.push(await markedWith(db, tenantId, marks));
      continue;
    }
    if (clause.type !== 'word' && clause.type !== 'phrase') continue;
    const tokens = inRow(tokenize(clause.text));
    const [first, ...others] = tokens;
    if (!first) continue;
    if (clause.negated) unwanted.push(phrase(tokens.map((token) => exactly(token, first))));
    else if (clause.type === 'word' && others.length === 0 && isSpelled(first.word)) {
      correctable ||= first.word.length >= CORRECTABLE_LENGTH;
      wants.push(await meant(db, tenantId, first.word, correct));
    } else wants.push(await inOrder(db, tenantId, tokens, clause.type === 'word'));
  }
  return { wants, unwanted, correctable };
}

/** Everything but what is not wanted, as PostgreSQL takes it; null: anything. */
export function tsqueryOf({ wants, unwanted }: Wanted): string | null {
  const parts = [...wants.map((want) => `(${want.tsquery})`), ...unwanted.map((one) => `!(${one})`)];
  return parts.length === 0 ? null : parts.join(' & ');
}

/** To read so many places of a common word in the index costs as much as to look at one document. */
const CHEAPER = 8;

/** Of what is wanted, what the index is asked for: the rarest, and whatever narrows it for less than it costs. */
export function rarestOf({ wants }: Wanted): string | null {
  const fewest = Math.min(...wants.map((want) => want.documents));
  const parts = wants.filter((want) => want.documents <= CHEAPER * Math.max(fewest, 1));
  return parts.length === 0 ? null : parts.map((want) => `(${want.tsquery})`).join(' & ');
}

function marksOf(clause: SearchClause, people: PeopleOfClause): string[] | null {
  if (clause.type === 'has') return [kindMark(clause.kind)];
  if (clause.type === 'from') return (people.get(clause) ?? []).map(authorMark);
  return null;
}

async function markedWith(db: Db, tenantId: number, marks: readonly string[]): Promise<Want> {
  const counts = await documentsWith(db, tenantId, marks);
  return {
    // Nobody of that name: nothing is found, for no document has an empty mark.
    tsquery: marks.length === 0 ? quote('@') : marks.map(quote).join(' | '),
    documents: sum(counts.values()),
    sequence: [],
  };
}

/** Of characters in a row the pairs alone: together they say the same. */
function inRow(tokens: readonly Token[]): Token[] {
  const paired = new Set(
    tokens.flatMap((token) => (token.kind === 'pair' ? [token.position, token.position + 1] : [])),
  );
  return tokens.filter((token) => token.kind !== 'unit' || !paired.has(token.position));
}

const exactly = (token: Token, first: Token): Fitting => ({
  words: new Set([token.word]),
  beginning: null,
  offset: token.position - first.position,
});

/** Words in a row; what is still being typed may go on. */
async function inOrder(db: Db, tenantId: number, tokens: readonly Token[], goesOn: boolean): Promise<Want> {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last) throw new Error('A sequence has words.');
  const open = goesOn && tokens.length > 1 && isSpelled(last.word);
  const sequence = tokens.map((token) => exactly(token, first));
  if (open) sequence[sequence.length - 1] = { ...exactly(last, first), beginning: last.word };
  const whole = open ? tokens.slice(0, -1) : tokens;
  const counts = await documentsWith(db, tenantId, [...new Set(whole.map((token) => token.word))]);
  const rarest = Math.min(...whole.map((token) => counts.get(token.word) ?? 0));
  return { tsquery: phrase(sequence), documents: rarest, sequence };
}

/** A word as it stands or goes on; as part of another; in other forms; and when told so, what it may have been meant to be. */
async function meant(db: Db, tenantId: number, word: string, correct: boolean): Promise<Want> {
  const beginning = word.length > 1 ? word : null;
  const begun = beginning ? await countBeginning(db, tenantId, beginning) : 0;
  const exact = beginning ? 0 : ((await documentsWith(db, tenantId, [word])).get(word) ?? 0);
  const others = new Map<string, number>();
  const parts =
    word.length >= PART_LENGTH ? await wordsByKeys(db, tenantId, { all: gramsOf(word) }, MOST_MEANT) : [];
  for (const found of parts) if (found.word.includes(word)) others.set(found.word, found.count);
  if (word.length > 2) {
    const forms = await wordsByKeys(db, tenantId, { all: formKeys(word) }, MOST_MEANT);
    for (const found of forms) others.set(found.word, found.count);
  }
  if (correct) for (const found of await corrections(db, tenantId, word)) others.set(found.word, found.count);
  if (beginning)
    for (const other of [...others.keys()]) if (other.startsWith(beginning)) others.delete(other);
  const sequence = [{ words: new Set([word, ...others.keys()]), beginning, offset: 0 }];
  return { tsquery: phrase(sequence), documents: begun + exact + sum(others.values()), sequence };
}

/** The words nearest to it, the most frequent first. */
async function corrections(
  db: Db,
  tenantId: number,
  word: string,
): Promise<{ word: string; count: number }[]> {
  const most = mistakesOf(word);
  if (most === 0) return [];
  const alike = await wordsByKeys(db, tenantId, { any: misspellingKeys(word) }, MOST_LIKE);
  const near = alike
    .map((found) => ({ ...found, steps: distance(word, found.word, most) }))
    .filter((found) => found.steps > 0 && found.steps <= most);
  const nearest = Math.min(...near.map((found) => found.steps));
  return near.filter((found) => found.steps === nearest).slice(0, MOST_CORRECTIONS);
}

function phrase(sequence: readonly Fitting[]): string {
  return sequence
    .map((fitting, index) => {
      const { words, beginning, offset } = fitting;
      const alternatives = [
        ...(beginning === null ? [] : [`${quote(beginning)}:*`]),
        ...[...words].filter((word) => word !== beginning).map(quote),
      ];
      const before = sequence[index - 1];
      return `${before ? ` <${offset - before.offset}> ` : ''}(${alternatives.join(' | ')})`;
    })
    .join('');
}

const sum = (counts: Iterable<number>): number => {
  let total = 0;
  for (const count of counts) total += count;
  return total;
};
