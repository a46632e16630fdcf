/** How large an image may be. Without zod, for clients that want to stay small, and whose pages forbid the code it tries to make. */
import type { BlobPurpose } from './blobs.ts';
import { limits } from './limits.ts';

/** Bytes and longest side, pixels, by purpose. */
export const blobBounds: Readonly<Record<BlobPurpose, { readonly bytes: number; readonly side: number }>> = {
  avatar: { bytes: limits.avatarBytes, side: 2_048 },
  emoji: { bytes: limits.emojiBytes, side: 512 },
  sticker: { bytes: limits.stickerBytes, side: 1_024 },
  preview: { bytes: limits.previewBytes, side: 2_048 },
};
