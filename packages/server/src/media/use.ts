/**
 * Files and the messages that have them, in the transaction that writes the message: what is named must be there and looked at,
 * and what the message says of it is what the server found, not what the sender believes.
 */
import {
  type Content,
  type FileKind,
  type FilesAttachment,
  idsOf,
  KithError,
  type MessageFile,
  type Thumbnail,
} from '@kith/protocol';
import {
  type FileRow,
  type FilesTransaction,
  type FileUse,
  type Findings,
  holdFiles,
} from '../store/files.ts';
import type { Somebody } from '../store/users.ts';
import type { Files } from './files.ts';
import { inWords, isTaken, MOST_SMALL_BYTES } from './limits.ts';

export interface WithFiles {
  /** As it is to be stored. */
  readonly content: Content;
  readonly uses: readonly FileUse[];
}

const filesOf = (content: Content): FilesAttachment | undefined =>
  content.type === 'plain' && content.attachment?.type === 'files' ? content.attachment : undefined;

/** Whether a message needs the transaction below. `sealed`: the files of an encrypted one. */
export const hasFiles = (content: Content, sealed: readonly string[] = []): boolean =>
  filesOf(content) !== undefined || sealed.length > 0;

/** Without what the server added to it since: as those know it who have not heard of that yet. */
export function asSaid(content: Content): Content {
  const attachment = filesOf(content);
  if (!attachment || content.type !== 'plain') return content;
  const files = attachment.files.map(({ playable: _playable, ...file }) => file);
  return { ...content, attachment: { ...attachment, files } };
}

/**
 * The files of a new message, all uploaded by whoever sends it. They are held until the transaction ends.
 * @throws KithError not_found, not_ready, file_refused, too_large.
 */
export async function takeFiles(
  { limitsIn }: Pick<Files, 'limitsIn'>,
  trx: FilesTransaction,
  person: Somebody,
  conversationId: string,
  content: Content,
  sealed: readonly string[] = [],
): Promise<WithFiles> {
  const attachment = filesOf(content);
  const ids = attachment ? idsOf(attachment.files) : sealed;
  if (ids.length === 0) return { content, uses: [] };
  const held = new Map((await holdFiles(trx, person.tenantId, ids)).map((row) => [row.id, row]));
  const readyOf = (id: string): FileRow & { readonly findings: Findings } => {
    const row = held.get(id);
    // What the server made of it comes with it, and cannot be sent alone: it counts for nobody's room.
    if (!row || row.owner_id !== person.userId || row.made)
      throw new KithError('not_found', { message: 'There is no such file. Upload it again.' });
    if (row.state === 'refused')
      throw new KithError('file_refused', { ...(row.findings?.reason && { message: row.findings.reason }) });
    if (row.state !== 'ready' || !row.findings) throw new KithError('not_ready', { retryAfterMs: 500 });
    return { ...row, findings: row.findings };
  };
  const lookedAt: typeof readyOf = (id) => {
    const row = readyOf(id);
    // Nobody has looked at it, neither for what it is nor for what the scanner would find.
    if (row.opaque)
      throw new KithError('file_refused', {
        message: 'An encrypted file belongs into an encrypted message.',
      });
    return row;
  };
  const { types, fileBytes: most } = await limitsIn(trx, person.tenantId, conversationId);
  const demandSize = (row: FileRow): void => demandSmall(row, most);
  if (!attachment) {
    // What they are, only those who can open them know; but no files at all means these, too.
    if (types?.length === 0) throw new KithError('file_refused', { message: 'Files are not taken here.' });
    for (const id of ids) demandSize(readyOf(id));
    return { content, uses: ids.map((fileId) => ({ fileId, kind: null })) };
  }
  const files = attachment.files.map((file): MessageFile => {
    const row = lookedAt(file.fileId);
    demandTaken(file, row.findings.mime, types);
    demandSize(row);
    const small = file.thumbnail ? smallOf(file.thumbnail, lookedAt(file.thumbnail.fileId)) : undefined;
    return asFound(file, row, small);
  });
  const kept = await holdMade(trx, person.tenantId, files, new Set(held.keys()));
  return { content: withFiles(content, kept), uses: usesOf(kept) };
}

function demandTaken({ name }: MessageFile, mime: string, types: readonly string[] | undefined): void {
  if (!isTaken(types, mime))
    throw new KithError('file_refused', { message: `Files such as ${name} are not taken here.` });
}

function demandSmall({ size }: FileRow, most: number): void {
  if (size > most)
    throw new KithError('too_large', { message: `At most ${inWords(most)} are taken here for one file.` });
}

/** Small pictures that the server made, which nobody named: one that was swept meanwhile is left out. */
async function holdMade(
  trx: FilesTransaction,
  tenantId: number,
  files: readonly MessageFile[],
  held: ReadonlySet<string>,
): Promise<MessageFile[]> {
  const made = idsOf(files).filter((id) => !held.has(id));
  if (made.length === 0) return [...files];
  const there = new Set((await holdFiles(trx, tenantId, made)).map((row) => row.id));
  return files.map(({ thumbnail, ...file }) => ({
    ...file,
    ...(thumbnail && (held.has(thumbnail.fileId) || there.has(thumbnail.fileId)) && { thumbnail }),
  }));
}

function withFiles(content: Content, files: readonly MessageFile[]): Content {
  if (content.type !== 'plain') throw new KithError('bad_input');
  return { ...content, attachment: { type: 'files', files: [...files] } };
}

/**
 * The files of a message that is said again in this conversation, whose rules hold for them too. @throws KithError conflict when
 * they are gone: the message was deleted meanwhile; file_refused, too_large.
 */
export async function shareFiles(
  { limitsIn }: Pick<Files, 'limitsIn'>,
  trx: FilesTransaction,
  tenantId: number,
  conversationId: string,
  content: Content,
): Promise<readonly FileUse[]> {
  const attachment = filesOf(content);
  if (!attachment) return [];
  const ids = idsOf(attachment.files);
  const held = new Map((await holdFiles(trx, tenantId, ids)).map((row) => [row.id, row]));
  const { types, fileBytes: most } = await limitsIn(trx, tenantId, conversationId);
  for (const id of ids) {
    const row = held.get(id);
    if (row?.state !== 'ready' || !row.used)
      throw new KithError('conflict', { message: 'This message cannot be forwarded.' });
  }
  for (const file of attachment.files) {
    const row = held.get(file.fileId);
    if (!row) continue;
    demandTaken(file, file.mime, types);
    demandSmall(row, most);
  }
  return usesOf(attachment.files);
}

const usesOf = (files: readonly MessageFile[]): FileUse[] =>
  files.flatMap((file) =>
    idsOf([file]).map((fileId) => ({ fileId, kind: fileId === file.fileId ? file.kind : null })),
  );

/** What the message says of a file: measures of the sender only where the server has none. */
function asFound(
  { key: _key, digest: _digest, playable: _playable, ...file }: MessageFile,
  { size, findings }: FileRow & { readonly findings: Findings },
  small: Thumbnail | undefined,
): MessageFile {
  const { mime, width, height, duration, placeholder, animated, thumbnail } = findings;
  const kind = kindFound(file.kind, findings);
  const isPicture = kind === 'image' || kind === 'video' || kind === 'round';
  const { thumbnail: _small, animated: _animated, ...said } = file;
  const preview = small ?? thumbnail;
  return {
    ...said,
    kind,
    mime,
    size,
    ...(isPicture && width !== undefined && height !== undefined && { width, height }),
    ...(duration !== undefined && { duration }),
    ...(placeholder !== undefined && said.placeholder === undefined && { placeholder }),
    ...(animated && { animated }),
    ...(preview && { thumbnail: preview }),
  };
}

/** A file that is not what its sender calls it is just a file. */
function kindFound(kind: FileKind, { mime, width }: Findings): FileKind {
  const major = mime.slice(0, mime.indexOf('/'));
  switch (kind) {
    case 'image':
      return major === 'image' && width !== undefined ? 'image' : 'file';
    case 'video':
    case 'round':
      return major === 'video' ? kind : 'file';
    case 'voice':
    case 'audio':
      return major === 'audio' ? kind : 'file';
    case 'file':
      return 'file';
  }
}

/** Small pictures are small, and pictures; another is left out, and the file shows without. */
function smallOf(
  { fileId }: Thumbnail,
  { size, findings }: FileRow & { readonly findings: Findings },
): Thumbnail | undefined {
  const { mime, width, height } = findings;
  if (!mime.startsWith('image/') || width === undefined || height === undefined || size > MOST_SMALL_BYTES)
    return undefined;
  return { fileId, mime, size, width, height };
}
