/** What a file is called, and what it is believed to be. */
import { limits } from '@kith/protocol/limits';

/** As the protocol's `FileName`: ways out of a folder, controls, and signs that would disguise the ending. */
const TRICKS = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** The name as it was, in any script, without the path before it. */
export function nameOf(given: string, otherwise: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(TRICKS, '').toWellFormed();
  if (/^\.{0,2}$/.test(name.trim())) return otherwise;
  if (name.length <= limits.fileNameLength) return name;
  const ending = endingOf(name);
  return `${name.slice(0, limits.fileNameLength - ending.length).replace(/[\uD800-\uDBFF]$/, '')}${ending}`;
}

/** ".pdf", or ''. */
const endingOf = (name: string): string => /(?<=.)\.[^\s.]{1,15}$/u.exec(name)?.[0] ?? '';

const ENDINGS: Readonly<Record<string, string>> = {
  'image/webp': '.webp',
  'image/jpeg': '.jpg',
  'image/png': '.png',
};

/** The same name for what has been drawn anew in another format. */
export const renamed = (name: string, mime: string): string => {
  const ending = endingOf(name);
  const wanted = ENDINGS[mime] ?? ending;
  if (mime === 'image/jpeg' && /^\.jpe?g$/i.test(ending)) return name;
  return nameOf(`${ending ? name.slice(0, -ending.length) : name}${wanted}`, name);
};

/** What browsers do not know by themselves everywhere. */
const TYPES: Readonly<Record<string, string>> = {
  '.aac': 'audio/aac',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.m4v': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.oga': 'audio/ogg',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
};
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

/** By what the browser says, else by the ending. */
export function typeOf({ type }: Blob, name: string): string {
  const said = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (TYPE.test(said) && said.length <= 100 && said !== 'application/octet-stream') return said;
  return TYPES[endingOf(name).toLowerCase()] ?? 'application/octet-stream';
}
