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

it.each([
  [':owl:', 1],
  [':owl: 😀', 2],
  [':owl::owl:', 2],
  [':gone:', 0],
  [':owl: hi', 0],
  [':owl:'.repeat(7), 0],
])('%j has %i where there is an :owl:', (text, count) =>
  expect(countEmojiOnly(text, (name) => name === 'owl')).toBe(count),
);
