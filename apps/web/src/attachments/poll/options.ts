/** The answers of a poll while they are written: always one empty field more than is needed, up to the limit. */
import { limits } from '@kith/client';
import type { Key } from '../../i18n/index.ts';

export interface Option {
  /** Keeps the field's place when answers move. */
  readonly key: number;
  readonly text: string;
}

let lastKey = 0;
const empty = (): Option => ({ key: ++lastKey, text: '' });

export const firstOptions = (): readonly Option[] => [empty(), empty()];

/** As long as there is room, the last field is empty: writing in it makes the next. */
function withRoom(options: readonly Option[]): readonly Option[] {
  const room = options.length < limits.pollOptions && options.at(-1)?.text.trim() !== '';
  return room || options.length < 2 ? withRoom([...options, empty()]) : options;
}

export const changed = (options: readonly Option[], key: number, text: string): readonly Option[] =>
  withRoom(options.map((option) => (option.key === key ? { ...option, text } : option)));

export const removed = (options: readonly Option[], key: number): readonly Option[] =>
  withRoom(options.filter((option) => option.key !== key));

/** One place up or down; at the ends it stays. The empty field at the end is no place. */
export function moved(options: readonly Option[], key: number, step: -1 | 1): readonly Option[] {
  const from = options.findIndex((option) => option.key === key);
  const to = from + step;
  const one = options[from];
  const other = options[to];
  if (!one?.text.trim() || !other?.text.trim()) return options;
  return options.map((option, place) => (place === from ? other : place === to ? one : option));
}

/** Letters that turn others around have no business among words of the app; the server refuses them. */
const UNSEEN = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;
export const tidy = (text: string): string => text.replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();

export const written = (options: readonly Option[]): string[] =>
  options.map(({ text }) => tidy(text)).filter((text) => text !== '');

/** What is missing, or null. */
export function problemOf(question: string, options: readonly Option[]): Key | null {
  const texts = written(options);
  if (tidy(question) === '') return 'poll.needQuestion';
  if (texts.length < 2) return 'poll.needOptions';
  if (new Set(texts.map((text) => text.toLocaleLowerCase('en'))).size < texts.length) return 'poll.doubles';
  return null;
}
