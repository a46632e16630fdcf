/** What the readers of the image formats have in common. */
import type { ImageType } from '@kith/protocol';

export interface Image {
  readonly mime: ImageType;
  /** As it is shown, pixels. */
  readonly width: number;
  readonly height: number;
  /** Pictures one after another; 1: it does not move. */
  readonly frames: number;
  /** What is kept of it. */
  readonly bytes: Buffer;
}

/** Thrown by the readers; the bytes are not what they seem. */
export class BrokenImage extends Error {
  override name = 'BrokenImage';
}
