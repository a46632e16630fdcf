/**
 * What the app says, in the person's language. A text is a key of the catalogs in `locales/` (ICU messages, compiled by the
 * build); English is the one that all others are checked against (catalogs.test.ts).
 *
 *   t('list.search')                                  plain
 *   t('members.count', { count: 3 })                  {count, plural, one {# member} other {# members}}
 *   rich('hello', { b: (parts) => <b>{parts}</b> })   Hello <b>{name}</b>
 *   rich('system.joined', { who: <Person … /> })      {who} joined
 *
 * Keys are `<room>.<what>`, sorted. To add one: a line in each catalog. Each is written out where it is used, so that the
 * check finds it (hardcoded.test.ts). A module's constant would not follow a change of language: ask when drawing. Names and
 * other words that are put into a text keep their own direction (direction.ts). Numbers and lists of names: words.ts; times:
 * app/time.ts.
 */
import type { CompiledMessage } from 'icu-minify/format';
import format from 'icu-minify/format';
import {
  createElement,
  Fragment,
  isValidElement,
  type ReactElement,
  type ReactNode,
  useSyncExternalStore,
} from 'react';
import { type Direction, isolate } from './direction.ts';
import { formatters } from './formatters.ts';
import type english from './locales/en.json';

export type Key = keyof typeof english;
type Catalog = Readonly<Record<string, CompiledMessage>>;
type Values = Readonly<Record<string, string | number>>;
type RichValue = string | number | ReactElement | ((parts: ReactNode[]) => ReactNode);

export const languages = ['en', 'de', 'es', 'ar', 'zh'] as const;
export type Language = (typeof languages)[number];
/** Each in its own words, so that whoever reads no other finds it. */
export const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  ar: 'العربية',
  zh: '简体中文',
};

const load: Record<Language, () => Promise<{ readonly default: unknown }>> = {
  en: () => import('./locales/en.json'),
  de: () => import('./locales/de.json'),
  es: () => import('./locales/es.json'),
  ar: () => import('./locales/ar.json'),
  zh: () => import('./locales/zh.json'),
};

/** What was chosen in this browser; absent: as the browser says. */
const STORED = 'kith.language';

let language: Language = 'en';
let locale = 'en';
let catalog: Catalog = {};
let spoken = false;
const unspoken: (() => void)[] = [];
const listeners = new Set<() => void>();

const isLanguage = (value: unknown): value is Language => languages.some((known) => known === value);
const languageOf = (tag: string): Language | undefined =>
  languages.find((known) => tag.toLowerCase().split('-')[0] === known);

/** The choice of this browser, or null where none was made. */
export function chosenLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(STORED);
    return isLanguage(stored) ? stored : null;
  } catch {
    return null;
  }
}

/** The first language of the browser that we speak. */
function preferred(): Language {
  for (const tag of navigator.languages) {
    const known = languageOf(tag);
    if (known) return known;
  }
  return 'en';
}

/** Before the first frame. When a catalog cannot be had, rejects: without words there is no app. */
export const startLanguage = (): Promise<void> => show(chosenLanguage() ?? preferred());

/** Null: as the browser says. Resolves when everything is drawn in it; rejects, with all as it was, when it cannot be loaded. */
export async function chooseLanguage(choice: Language | null): Promise<void> {
  await show(choice ?? preferred());
  try {
    if (choice) localStorage.setItem(STORED, choice);
    else localStorage.removeItem(STORED);
  } catch {
    // Storage is blocked: the choice holds until the page is closed.
  }
}

async function show(next: Language): Promise<void> {
  // "en-GB" of the browser rather than "en": the words are the same, the dates are not.
  await speak(next, navigator.languages.find((tag) => languageOf(tag) === next) ?? next);
  const { documentElement } = document;
  documentElement.lang = next;
  documentElement.dir = currentDirection();
  for (const listener of listeners) listener();
}

/** The words alone, without a page that shows them. */
export async function speak(next: Language, inLocale: string = next): Promise<void> {
  catalog = (await load[next]()).default as Catalog;
  language = next;
  locale = inLocale;
  spoken = true;
  for (const say of unspoken.splice(0)) say();
}

/** As soon as there are words, which is not yet while the page begins: for what is said outside of what is drawn. */
export function onceSpoken(say: () => void): void {
  if (spoken) say();
  else unspoken.push(say);
}

export const currentLanguage = (): Language => language;
export const currentDirection = (): Direction => (language === 'ar' ? 'rtl' : 'ltr');
/** For `Intl`: the language with the region of the browser. */
export const currentLocale = (): string => locale;

/** The app is drawn anew when it changes. */
export const useLanguage = (): Language =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentLanguage);

/** A text of the catalog. */
export function t(key: Key, values?: Values): string {
  return String(format(messageOf(key), locale, values && ownDirections(values), { formatters }));
}

/** A text with elements in it: for its arguments, and around what its tags hold. */
export function rich(key: Key, values: Readonly<Record<string, RichValue>>): ReactNode {
  const elements: ReactElement[] = [];
  const given = Object.entries(values).map(([name, value]) => {
    if (typeof value === 'function') return [name, (parts: ReactNode[]) => value(parts.map(filled))] as const;
    if (!isValidElement(value)) return [name, value] as const;
    elements.push(createElement('bdi', { key: name }, value));
    return [name, `${MARK}${elements.length - 1}${MARK}`] as const;
  });
  // The formatter knows words only: elements travel as marks in them.
  const filled = (part: ReactNode): ReactNode =>
    typeof part !== 'string' || !part.includes(MARK)
      ? part
      : part.split(MARK).map((piece, at) => (at % 2 === 0 ? piece : elements[Number(piece)]));
  const parts = format<ReactNode>(
    messageOf(key),
    locale,
    ownDirections(Object.fromEntries(given)) as Parameters<typeof format<ReactNode>>[2],
    { formatters },
  );
  return createElement(Fragment, null, ...[parts].flat().map(filled));
}

/** Nobody's words: of Unicode's private use. */
const MARK = '\uE000';

const ownDirections = <V>(values: Readonly<Record<string, V>>): Readonly<Record<string, V>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && !value.startsWith(MARK)
        ? (isolate(value, currentDirection()) as V & string)
        : value,
    ]),
  );

/** A key that has gone missing shows itself: worse than a text, better than nothing. */
const messageOf = (key: Key): CompiledMessage => catalog[key] ?? key;
