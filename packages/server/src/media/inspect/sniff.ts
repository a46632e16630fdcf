/**
 * The media type of a file by its bytes alone. Bytes may be valid as two things (a picture that is a script, an archive behind a
 * photo); the type told here is the one they are served as, with `nosniff`, so the other one never comes to life: only pictures
 * of dots, sound and video are ever served to be drawn, and none of these runs anything. All else is a download.
 */
import { fileTypeFromBuffer } from 'file-type';

export const UNKNOWN = 'application/octet-stream';

/** The one name that this house has for a thing of many. */
const NAMES: Readonly<Record<string, string>> = {
  'image/apng': 'image/png',
  'image/heic-sequence': 'image/heic',
  'image/heif-sequence': 'image/heif',
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'video/mp1s': 'video/mpeg',
  'video/mp2p': 'video/mpeg',
};

/** Lengths in a file must not make us reserve what is not there. */
const MOST_BUFFER = 1024 * 1024;

/** `whole`: `head` is all there is. */
export async function sniff(head: Uint8Array, whole: boolean): Promise<string> {
  if (head.length === 0) return UNKNOWN;
  const signed = await bySignature(head);
  const text = textOf(head, whole);
  // No picture, sound or video is made of letters alone; a text may begin with the two or three that such a file begins with.
  const isLettersOnly = /^(image|audio|video|font)\//.test(signed ?? '') || signed === 'application/xml';
  if (text !== null && (signed === null || isLettersOnly)) return typeOfText(text);
  return signed ?? UNKNOWN;
}

async function bySignature(head: Uint8Array): Promise<string | null> {
  try {
    const found = await fileTypeFromBuffer(head, { maxBufferSize: MOST_BUFFER });
    if (!found) return null;
    // Without parameters such as the codecs.
    const mime = (found.mime.split(';')[0] ?? '').trim().toLowerCase();
    return NAMES[mime] ?? mime;
  } catch {
    // It contradicts itself, or asks for more than there is: then it is not what it began as.
    return null;
  }
}

/** Null: no text. Not the whole of a long file is looked at: whoever reads it as text afterwards sees for themselves. */
function textOf(head: Uint8Array, whole: boolean): string | null {
  try {
    // `stream`: the last letter may be cut in two.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells that it is no text.
    return /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

const HTML_TAGS =
  /^(html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|meta|link|img|form|object|embed|base|frameset|template)$/;
/** Comments and the like before the first element that are looked past. */
const MOST_PROLOGUE = 64;

/** What a browser would take the text for, if it were asked: a page and a drawing can hold programs. */
function typeOfText(text: string): string {
  let rest = text.trimStart();
  let fallback = 'text/plain';
  for (let i = 0; i < MOST_PROLOGUE; i += 1) {
    const [, kind = '', name = ''] = /^<([!?/]?)(--|[a-z][\w.:-]*)?/i.exec(rest) ?? [];
    const word = name.toLowerCase();
    let end = '>';
    if (kind === '?' && word === 'xml') {
      fallback = 'application/xml';
      end = '?>';
    } else if (kind === '!' && word === '--') {
      // A page may begin with a comment, and nothing else does.
      if (fallback === 'text/plain') fallback = 'text/html';
      end = '-->';
    } else if (kind === '!' && word === 'doctype') {
      if (/^<!doctype\s+html/i.test(rest)) return 'text/html';
      if (/^<!doctype\s+svg/i.test(rest)) return 'image/svg+xml';
      fallback = 'application/xml';
      // It may hold declarations of its own.
      if (/^[^>]*\[/.test(rest)) end = ']>';
    } else if (kind === '?') {
      end = '>';
    } else {
      const own = word.replace(/^.*:/, '');
      if (kind === '' && own === 'svg') return 'image/svg+xml';
      if (kind === '' && fallback !== 'application/xml' && HTML_TAGS.test(word)) return 'text/html';
      return fallback;
    }
    const at = rest.indexOf(end);
    if (at < 0) return fallback;
    rest = rest.slice(at + end.length).trimStart();
  }
  return fallback;
}
