/** Messages of a few emoji and nothing else are shown large, without a bubble. */

const MOST = 6;
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;
/** Digits, # and * are emoji components but not pictures. */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const CUSTOM = /:([a-z0-9_+-]{2,32}):/g;
/** Stands for a custom emoji while the rest is looked at. */
const STAND_IN = '⭐';

/** How many emoji the text consists of (1 to 6), or 0 when it holds anything else. `isCustom` knows the names of this place's own. */
export function countEmojiOnly(text: string, isCustom: (name: string) => boolean = () => false): number {
  // A custom one may have 34 units; of the others the longest (families with skin tones) have some 15.
  if (text.length > MOST * 36) return 0;
  const shown = text.includes(':')
    ? text.replace(CUSTOM, (written, name: string) => (isCustom(name) ? STAND_IN : written))
    : text;
  let count = 0;
  for (const { segment } of segmenter.segment(shown.trim())) {
    if (/^\s+$/.test(segment)) continue;
    if (++count > MOST || !EMOJI.test(segment)) return 0;
  }
  return count;
}
