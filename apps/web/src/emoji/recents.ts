/** Which emoji this browser used last, and in which skin tone: kept here only, nobody else's business. */
import { cell } from '../app/cell.ts';

const RECENTS = 'kith.emoji.recent';
const REACTIONS = 'kith.emoji.reactions';
const TONE = 'kith.emoji.tone';
const KEEP = 27;
/** What most people answer with; fills the row until there are recents of one's own. */
export const usual: readonly string[] = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

const recents = cell<readonly string[]>([]);
recents.set(stored(RECENTS));
/** What one answers with is not what one writes. */
const reactions = cell<readonly string[]>([]);
reactions.set(stored(REACTIONS));

function stored(key: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((item) => typeof item === 'string').slice(0, KEEP) : [];
  } catch {
    // Storage may be forbidden or hold somebody else's value; recents are a comfort, not a need.
    return [];
  }
}

export function rememberEmoji(emoji: string): void {
  recents.set([emoji, ...recents.get().filter((other) => other !== emoji)].slice(0, KEEP));
  keep(RECENTS, JSON.stringify(recents.get()));
}

export function rememberReaction(emoji: string): void {
  reactions.set([emoji, ...reactions.get().filter((other) => other !== emoji)].slice(0, KEEP));
  keep(REACTIONS, JSON.stringify(reactions.get()));
}

export const useRecentEmoji = recents.use;
export const useRecentReactions = reactions.use;

/** 0: as drawn; 1 to 5: light to dark. */
export function readTone(): number {
  try {
    const tone = Number(localStorage.getItem(TONE));
    return Number.isInteger(tone) && tone >= 0 && tone <= 5 ? tone : 0;
  } catch {
    return 0;
  }
}

export const keepTone = (tone: number): void => keep(TONE, String(tone));

/** One row of quick answers: the last given, filled up with the usual. */
export function quickReactions(recent: readonly string[], count: number): readonly string[] {
  return [...new Set([...recent.slice(0, count - 3), ...usual])].slice(0, count);
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: it holds until the page closes.
  }
}
