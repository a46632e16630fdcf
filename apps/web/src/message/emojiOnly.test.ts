import { expect, it } from 'vitest';
import { countEmojiOnly } from './emojiOnly.ts';

it.each([
  ['😀', 1],
  ['👍🏽 👨‍👩‍👧‍👦', 2],
  ['🇵🇹', 1],
  ['❤️', 1],
  ['❤', 1],
  ['😀 hi', 0],
  ['1', 0],
  ['#', 0],
  ['1️⃣', 1],
  ['', 0],
  ['😀'.repeat(6), 6],
  ['😀'.repeat(7), 0],
])('%j has %i', (text, count) => expect(countEmojiOnly(text)).toBe(count));
