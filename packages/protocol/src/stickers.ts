/** Stickers: images with an emoji they stand for, in packs that people make and share. */
import { z } from 'zod';
import { limits } from './limits.ts';
import { Emoji, Id, Label } from './scalars.ts';

export const Sticker = z.object({
  id: Id,
  blobId: Id,
  width: z.int().min(1),
  height: z.int().min(1),
  /** What it says, for search and for list rows. */
  emoji: Emoji,
  /** What it shows, for whoever cannot see it. */
  alt: Label(limits.nameLength),
});
export type Sticker = z.output<typeof Sticker>;

export const StickerPack = z.object({
  id: Id,
  name: Label(limits.nameLength),
  /** Who made it, and alone changes it. */
  ownerId: Id,
  count: z.int().min(0),
  /** Its first sticker; null while it is empty. */
  cover: Sticker.nullable(),
  /** Whether the asking person has it. */
  installed: z.boolean(),
});
export type StickerPack = z.output<typeof StickerPack>;
