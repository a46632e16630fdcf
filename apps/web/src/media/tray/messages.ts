/** What is sent with one press, as messages: as many files in each as fit, and the words with the first. */
import type { OutgoingFile } from '@kith/client';

export interface Part {
  readonly text: string;
  readonly files?: readonly OutgoingFile[];
}

/** `texts`: usually one; more for what is too long for one message, none for files without words. */
export function inMessages(
  texts: readonly string[],
  files: readonly OutgoingFile[],
  filesEach: number,
): readonly Part[] {
  const [caption = '', ...more] = texts;
  if (files.length === 0) return texts.map((text) => ({ text }));
  const parts: Part[] = [];
  for (let at = 0; at < files.length; at += filesEach)
    parts.push({ text: at === 0 ? caption : '', files: files.slice(at, at + filesEach) });
  return [...parts, ...more.map((text) => ({ text }))];
}
