/**
 * The emoji of the world, loaded when first asked for (a chunk of their own, some 100 kB): names, search words,
 * shortcodes, skin tones. One load serves picker and completion alike.
 */

import { currentLanguage, type Key, type Language } from '../i18n/index.ts';

export interface Emoji {
  readonly char: string;
  readonly name: string;
  readonly group: number;
  readonly words: readonly string[];
  readonly shortcodes: readonly string[];
  /** The same in five skin tones, light to dark, when it has them. */
  readonly tones: readonly string[];
}

export interface EmojiData {
  readonly all: readonly Emoji[];
  readonly byChar: ReadonlyMap<string, Emoji>;
}

/** The group number of custom emoji, which emojibase does not have. */
export const CUSTOM = -2;

/** In the order people look for them; emojibase's group 2 holds bare skin tones and hair, nothing to send. */
export const groups: readonly { readonly id: number; readonly name: Key }[] = [
  { id: 0, name: 'emoji.smileys' },
  { id: 1, name: 'emoji.people' },
  { id: 3, name: 'emoji.animals' },
  { id: 4, name: 'emoji.food' },
  { id: 6, name: 'emoji.active' },
  { id: 5, name: 'emoji.travel' },
  { id: 7, name: 'emoji.objects' },
  { id: 8, name: 'emoji.symbols' },
  { id: 9, name: 'emoji.flags' },
];

/** Names and search words. There are none in Arabic yet; the shortcodes are the same everywhere. */
const names: Record<Language, () => Promise<typeof import('emojibase-data/en/compact.json')>> = {
  en: () => import('emojibase-data/en/compact.json'),
  de: () => import('emojibase-data/de/compact.json'),
  es: () => import('emojibase-data/es/compact.json'),
  ar: () => import('emojibase-data/en/compact.json'),
  zh: () => import('emojibase-data/zh/compact.json'),
};

const loading = new Map<Language, Promise<EmojiData>>();

/** Rejects when the chunk cannot be fetched (offline before its first use); the next call tries again. */
export function loadEmoji(): Promise<EmojiData> {
  const language = currentLanguage();
  const known = loading.get(language);
  if (known) return known;
  const reading = read(language).catch((error: unknown) => {
    loading.delete(language);
    throw error;
  });
  loading.set(language, reading);
  return reading;
}

async function read(language: Language): Promise<EmojiData> {
  const [{ default: compact }, { default: codes }] = await Promise.all([
    names[language](),
    import('emojibase-data/en/shortcodes/github.json'),
  ]);
  const rank = new Map(groups.map((group, index) => [group.id, index]));
  const all = compact
    .filter((entry) => entry.group !== undefined && rank.has(entry.group))
    .map((entry): Emoji => {
      const code = codes[entry.hexcode] ?? [];
      return {
        char: canonical(entry.unicode),
        name: entry.label,
        group: entry.group ?? 0,
        words: entry.tags ?? [],
        shortcodes: typeof code === 'string' ? [code] : code,
        // Pairs of people have 25; the first five of those would mix tones, so only single ones count.
        tones: entry.skins?.length === 5 ? entry.skins.map((skin) => canonical(skin.unicode)) : [],
      };
    })
    .sort((a, b) => rank.get(a.group)! - rank.get(b.group)!);
  return { all, byChar: new Map(all.map((emoji) => [emoji.char, emoji])) };
}

/**
 * emojibase writes "👍" with a needless variation selector, keyboards do not; as reactions the two would count apart.
 */
export const canonical = (emoji: string): string => emoji.replace(/^(\p{Emoji_Presentation})\uFE0F$/u, '$1');

/** The emoji of a whole shortcode, such as `smile`. */
export const emojiOfCode = (data: EmojiData, code: string): Emoji | undefined =>
  data.all.find((emoji) => emoji.shortcodes.includes(code));

/** The best matches first: by shortcode, by name, by search word. */
export function searchEmoji(data: EmojiData, query: string, limit: number): readonly Emoji[] {
  const wanted = query.toLowerCase().replaceAll('_', ' ').trim();
  if (wanted === '') return [];
  const found: { readonly emoji: Emoji; readonly score: number }[] = [];
  for (const emoji of data.all) {
    const score = scoreOf(emoji, wanted);
    if (score > 0) found.push({ emoji, score });
  }
  // The sort is stable: among equals the order of the groups stays.
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ emoji }) => emoji);
}

function scoreOf(emoji: Emoji, wanted: string): number {
  let score = 0;
  for (const code of emoji.shortcodes) score = Math.max(score, match(code.replaceAll('_', ' '), wanted, 8));
  score = Math.max(score, match(emoji.name, wanted, 7));
  // A word that is only looked for stands behind the beginning of a name.
  for (const word of emoji.words) score = Math.max(score, match(word, wanted, 4));
  return score;
}

/** Whole, beginning, beginning of a later word. */
function match(text: string, wanted: string, weight: number): number {
  if (text === wanted) return weight + 3;
  if (text.startsWith(wanted)) return weight;
  return text.includes(` ${wanted}`) ? weight - 3 : 0;
}
