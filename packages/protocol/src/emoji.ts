/** Custom emoji: images with a name, written `:name:` wherever an emoji may stand. */
import { z } from 'zod';
import { Id } from './scalars.ts';

export const CustomEmojiName = z
  .string()
  .regex(/^[a-z0-9_+-]{2,32}$/, 'must be 2 to 32 of a-z, 0-9, underscore, plus, minus');

export const CustomEmoji = z.object({
  name: CustomEmojiName,
  blobId: Id,
  width: z.int().min(1),
  height: z.int().min(1),
});
export type CustomEmoji = z.output<typeof CustomEmoji>;
