/** What both sides know of files without a schema: this room does without zod, for small clients. */
import { limits } from './limits.ts';

/** Parts that would lead out of a folder, or that no file system has; bidirectional controls would disguise the ending. */
const TRICKS = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069/\\]/gu;

/** Whether this may be a file's name. */
export const isFileName = (name: string): boolean =>
  name.search(TRICKS) === -1 && !/^\.{0,2}$/.test(name) && name.length <= limits.fileNameLength;

/** A name as a device gave it, in a form that may be one: nothing changes in those that may already. */
export function asFileName(name: string): string {
  const clean = name.toWellFormed().replace(TRICKS, '_');
  const whole = /^\.{0,2}$/.test(clean) ? 'file' : clean;
  if (whole.length <= limits.fileNameLength) return whole;
  // The ending says what it is; it stays.
  const ending = /\.[^.]{1,12}$/.exec(whole)?.[0] ?? '';
  return whole.slice(0, limits.fileNameLength - ending.length).toWellFormed() + ending;
}

interface Named {
  readonly fileId: string;
  readonly thumbnail?: { readonly fileId: string } | undefined;
  readonly playable?: { readonly fileId: string } | undefined;
}

/** The ids of everything uploaded that these need: the files, their small pictures, what was made of them. */
export const idsOf = (files: readonly Named[]): string[] =>
  files.flatMap(({ fileId, thumbnail, playable }) => [
    fileId,
    ...(thumbnail ? [thumbnail.fileId] : []),
    ...(playable ? [playable.fileId] : []),
  ]);
