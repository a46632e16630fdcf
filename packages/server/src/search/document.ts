/** A message as the index holds it: its words with their places, and what can be asked of it besides. */
import {
  type Attachment,
  type FileKind,
  type MessageFile,
  type SearchKind,
  searchKinds,
} from '@kith/protocol';
import { isSpelled, tokenize } from './words.ts';

/** What of a message is indexed. */
export interface Findable {
  readonly tenant_id: number;
  readonly author_id: string;
  readonly kind: 'content' | 'system' | 'deleted';
  /** Null for encrypted content (S14). */
  readonly text: string | null;
  readonly attachment: Attachment | null;
}

export interface SearchDocument {
  /** Words and marks, each once. */
  readonly lexemes: readonly string[];
  /** The same with places, as PostgreSQL reads a tsvector. */
  readonly vector: string;
}

/** No word begins so: what a message is besides its words stands among them, and is found and counted like them. */
export const authorMark = (userId: string): string => `@${userId}`;
/** On every document: of a word that another tenant has everywhere, the index tells only this one's places. */
export const tenantMark = (tenantId: number): string => `%${tenantId}`;
export const kindMark = (kind: SearchKind): string => `#${kind}`;

/** A name is no longer than 253: without a bound, many beginnings of one would each look to the end of the text. */
const LINK = /\bhttps?:\/\/[^\s<>]|\bwww\.[^\s<>]{1,253}\.[a-z]/iu;

/** PostgreSQL keeps no more of a word, and counts no further. */
const PLACES = 255;
const LAST_PLACE = 16_383;

/**
 * Different words that are kept of one message. Twenty thousand characters of prose have some twelve hundred, of Chinese
 * with its pairs some eight thousand; what has more is no text, and each new word costs the vocabulary a third of a
 * millisecond, with its keys, where it is spelled. The words after that are not found.
 */
const MOST_SPELLED = 1_500;
export const MOST_WORDS = 10_000;

/** Null: nothing of it may be found. */
export function documentOf(message: Findable): SearchDocument | null {
  if (message.kind !== 'content') return null;
  const marks = [
    tenantMark(message.tenant_id),
    authorMark(message.author_id),
    ...kindsOf(message).map(kindMark),
  ];
  // Encrypted content says nothing, and nothing is said of it (S14).
  if (message.text === null) return null;
  const texts = textsOf(message);
  const places = new Map<string, number[]>();
  let spelled = 0;
  let offset = 0;
  for (const text of texts) {
    let last = 0;
    for (const { word, position } of tokenize(text)) {
      last = position;
      const place = offset + position;
      const known = places.get(word);
      if (!known) {
        if (places.size >= MOST_WORDS || (isSpelled(word) && ++spelled > MOST_SPELLED)) continue;
        places.set(word, [place]);
      } else if (known.length < PLACES) known.push(place);
    }
    // Words of two texts are not neighbours.
    offset += last + 1;
  }
  const words = [...places].map(
    ([word, at]) => `${quote(word)}:${at.map((place) => Math.min(place, LAST_PLACE)).join(',')}`,
  );
  return { lexemes: [...marks, ...places.keys()], vector: [...marks.map(quote), ...words].join(' ') };
}

/** Every text of a message that a person reads. */
const textsOf = ({ text, attachment }: Findable): string[] => [
  ...(text === null ? [] : [text]),
  ...(attachment ? textsOfAttachment(attachment) : []),
];

function textsOfAttachment(attachment: Attachment): string[] {
  switch (attachment.type) {
    case 'poll':
      return [attachment.question, ...attachment.options];
    case 'location':
      return attachment.label === undefined ? [] : [attachment.label];
    case 'contact':
      return [attachment.name, attachment.phone, attachment.email].filter((text) => text !== undefined);
    case 'files':
      return attachment.files.filter(({ kind }) => isNamed(kind)).map(({ name }) => name);
    default:
      return [];
  }
}

/** Whose name somebody gave and may look for; of what was recorded in the app it says nothing. */
const isNamed = (kind: FileKind): boolean => kind !== 'voice' && kind !== 'round';

/** What there is in it besides words. */
const kindsOf = ({ text, attachment }: Findable): SearchKind[] => [
  ...(text !== null && LINK.test(text) ? ['link' as const] : []),
  ...searchKinds.filter((kind) => kind === attachment?.type),
  ...(attachment?.type === 'files' ? kindsOfFiles(attachment.files) : []),
];

/** Whatever it is, it is a file; and, of one that is shown or played, that too. */
const kindsOfFiles = (files: readonly MessageFile[]): SearchKind[] => [
  'file',
  ...new Set(files.flatMap(({ kind }) => seenAs[kind] ?? [])),
];

const seenAs: { readonly [K in FileKind]?: SearchKind } = {
  image: 'image',
  video: 'video',
  round: 'video',
  voice: 'audio',
  audio: 'audio',
};

/** As tsvector and tsquery take a word. */
export const quote = (word: string): string => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
