/** Small images that the service keeps: avatars, custom emoji, stickers, previews of links. They never change; a new one has a new id. */
import { z } from 'zod';
import { Id } from './scalars.ts';

export { blobBounds } from './blobBounds.ts';

/** What an image is for; it can be used for nothing else. `preview` is made by the server. */
export const BlobPurpose = z.enum(['avatar', 'emoji', 'sticker', 'preview']);
export type BlobPurpose = z.output<typeof BlobPurpose>;

/** What the server found in the bytes, whatever they were called. SVG is not among them: it may hold programs. */
export const ImageType = z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);
export type ImageType = z.output<typeof ImageType>;

export const BlobInfo = z.object({
  id: Id,
  mime: ImageType,
  /** As it is shown, pixels. */
  width: z.int().min(1),
  height: z.int().min(1),
});
export type BlobInfo = z.output<typeof BlobInfo>;
