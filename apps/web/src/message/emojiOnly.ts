/** Messages of a few emoji and nothing else are shown large, without a bubble. */

const MOST = 6;
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;
/** Digits, # and * are emoji components but not pictures. */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many emoji the text consists of (1 to 6), or 0 when it holds anything else. */
export function countEmojiOnly(text: string): number {
  // The longest sequences (families with skin tones) have some 15 units.
  if (text.length > MOST * 16) return 0;
  let count = 0;
  for (const { segment } of segmenter.segment(text.trim())) {
    if (/^\s+$/.test(segment)) continue;
    if (++count > MOST || !EMOJI.test(segment)) return 0;
  }
  return count;
}
