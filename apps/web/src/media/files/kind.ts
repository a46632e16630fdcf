/** What a file is to whoever looks at it: a picture in the album, something with a view of its own, or a row with a name. */
import type { MessageFile } from '@kith/protocol';
import {
  File,
  FileArchive,
  FileCode,
  FileImage,
  FileMusic,
  FileSpreadsheet,
  FileText,
  FileVideoCamera,
  type LucideIcon,
  Presentation,
} from 'lucide-react';

/** A picture or a video whose room is known. */
export type Measured = MessageFile & { readonly width: number; readonly height: number };

export const isPicture = (file: MessageFile): file is Measured =>
  (file.kind === 'image' || file.kind === 'video') && file.width !== undefined && file.height !== undefined;

/** What every browser draws by itself. */
const DRAWN = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);
export const isDrawn = (mime: string): boolean => DRAWN.has(mime);

/** How it is shown in full; undefined: not by us. */
export type Preview = 'picture' | 'video' | 'pdf' | 'text';

export function previewOf({ kind, mime }: Pick<MessageFile, 'kind' | 'mime'>): Preview | undefined {
  if (kind === 'image') return 'picture';
  if (kind === 'video') return 'video';
  if (kind !== 'file') return undefined;
  if (mime === 'application/pdf') return 'pdf';
  return isText(mime) ? 'text' : undefined;
}

const TEXTS = /^application\/(?:json|xml|x-sh|x-yaml|yaml|toml|javascript|sql)$|\+(?:json|xml)$/;
/** Shown as its letters, never as what they mean: HTML and SVG are text here. */
const isText = (mime: string): boolean => mime.startsWith('text/') || TEXTS.test(mime);

/** The first that fits. */
const ICONS: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//, FileImage],
  [/^video\//, FileVideoCamera],
  [/^audio\//, FileMusic],
  [/spreadsheet|ms-excel|\/csv/, FileSpreadsheet],
  [/presentation|powerpoint/, Presentation],
  [/zip|tar|compressed|rar|7z|gzip|archive/, FileArchive],
  [/wordprocessing|msword|opendocument\.text|rtf|epub/, FileText],
  [/json|xml|html|javascript|x-sh|yaml|toml|sql|css/, FileCode],
  [/^text\/|pdf/, FileText],
];

export const iconOf = ({ mime }: Pick<MessageFile, 'mime'>): LucideIcon =>
  ICONS.find(([pattern]) => pattern.test(mime))?.[1] ?? File;

/** The name before its ending, and the ending: that one is always seen, whatever is cut. */
export function nameParts(name: string): { readonly stem: string; readonly ending: string } {
  const [ending = ''] = /(?<=.)\.[^.\s]{1,16}$/u.exec(name) ?? [];
  return { stem: name.slice(0, name.length - ending.length), ending };
}
