/**
 * What the bytes of a file are, whatever its name and sender say. Whoever decodes does so in a process of its own, with bounds on
 * memory and time: a file that kills it kills nothing else.
 */
import type { Readable } from 'node:stream';

/** A file as the inspector gets at it: it never knows where it lies. */
export interface Inspected {
  readonly size: number;
  /** Bytes from `from` up to `to`, not included. */
  read(from: number, to: number): Promise<Readable>;
  /** Stops when the service does. */
  readonly signal: AbortSignal;
}

export interface Findings {
  readonly mime: string;
  /** As shown: turned the right way. */
  readonly width?: number;
  readonly height?: number;
  /** ms */
  readonly duration?: number;
  /** ThumbHash, base64. */
  readonly placeholder?: string;
  readonly animated?: true;
  /** A small picture, at most `THUMBNAIL_SIDE` on its longer side, WebP. */
  readonly thumbnail?: { readonly bytes: Buffer; readonly width: number; readonly height: number };
  /**
   * What is to be kept in place of the bytes: without the metadata (place, camera, time), or in a form that browsers draw. Absent:
   * the bytes stay as they are.
   */
  readonly replacement?: { readonly bytes: Buffer; readonly mime: string };
  /** What is to be written over the bytes, where the rest of them stays: in order, none over another. */
  readonly patches?: readonly Patch[];
}

export interface Patch {
  readonly at: number;
  readonly bytes: Buffer;
}

export interface Inspector {
  /**
   * Looks at a whole file. @throws KithError file_refused: a picture too large to decode, one that says another size than it has,
   * what the scanner found; unavailable: the scanner does not answer.
   */
  inspect(file: Inspected): Promise<Findings>;
  close(): Promise<void>;
}

/** Longest side of small pictures, pixels: an album on a wide screen with two device pixels to each of its own. */
export const THUMBNAIL_SIDE = 640;
