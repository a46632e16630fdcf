/** Which stickers this browser sent last: kept here only. */
import type { StickerAttachment } from '@kith/protocol';

const KEY = 'kith.sticker.recent';
const KEEP = 20;

const isSticker = (value: unknown): value is StickerAttachment =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type === 'sticker' &&
  'stickerId' in value &&
  typeof value.stickerId === 'string';

export function recentStickers(): readonly StickerAttachment[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isSticker).slice(0, KEEP) : [];
  } catch {
    // Storage may be forbidden or hold somebody else's value; recents are a comfort, not a need.
    return [];
  }
}

export function rememberSticker(sticker: StickerAttachment): void {
  const others = recentStickers().filter(
    ({ packId, stickerId }) => packId !== sticker.packId || stickerId !== sticker.stickerId,
  );
  try {
    localStorage.setItem(KEY, JSON.stringify([sticker, ...others].slice(0, KEEP)));
  } catch {
    // Full or forbidden: the next time it is not among the recent ones.
  }
}
