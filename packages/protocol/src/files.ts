/**
 * Files a message carries (M rules of SPEC.md). Their bytes travel beside the socket, by tus at `/v1/uploads`; what stands here
 * is all that is needed to draw a message before the first byte of them is there.
 */
import { z } from 'zod';
import { idsOf, isFileName } from './fileRules.ts';
import { limits } from './limits.ts';
import { Id, Text } from './scalars.ts';

/**
 * How it is shown: `round` a video message recorded in the app, `voice` a recording of somebody speaking, `audio` any other
 * sound. Only what the server found to be a picture, video or sound can be one; the rest is `file`.
 */
export const FileKind = z.enum(['image', 'video', 'round', 'voice', 'audio', 'file']);

/** A file's own name, exactly as it was, in any script. Not a path. */
export const FileName = Text(limits.fileNameLength, 1).refine(
  isFileName,
  'must be a name without slashes and control characters',
);

export const MimeType = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/,
    'must be a media type such as image/png',
  );

const Bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const FileSide = z.int().min(1).max(limits.imageSide);

/** For encrypted conversations: how to open the bytes, and what they must be. The server never sees these in plain content. */
const Sealed = {
  key: z.base64().max(128).optional(),
  /** SHA-256 of the bytes as they were uploaded. */
  digest: z.base64().max(64).optional(),
};

/** A small picture of it: a photo made smaller, a poster of a video, the first page of a document. A file of its own. */
export const Thumbnail = z.strictObject({
  fileId: Id,
  mime: MimeType,
  size: Bytes,
  width: FileSide,
  height: FileSide,
  ...Sealed,
});

export const MessageFile = z.strictObject({
  /** The id under which it was uploaded. */
  fileId: Id,
  kind: FileKind,
  name: FileName,
  /** What the server found the bytes to be, whatever the sender called them. */
  mime: MimeType,
  size: Bytes,
  /** Of pictures and videos: pixels, as they are shown. */
  width: FileSide.optional(),
  height: FileSide.optional(),
  /** Of sound and videos, ms. */
  duration: z
    .int()
    .min(0)
    .max(7 * 24 * 3_600_000)
    .optional(),
  /** Of voice messages: how loud, a byte for each bar, 255 the loudest. */
  waveform: z.base64().max(limits.waveformLength).optional(),
  /** ThumbHash: some 25 bytes that show as a blur of it. */
  placeholder: z.base64().max(limits.placeholderLength).optional(),
  /** A picture that moves. */
  animated: z.literal(true).optional(),
  thumbnail: Thumbnail.optional(),
  /** The same video in a form that every browser plays, made by the server some time after it was sent. */
  playable: Thumbnail.pick({ fileId: true, mime: true, size: true }).optional(),
  ...Sealed,
});

export const FilesAttachment = z.strictObject({
  type: z.literal('files'),
  files: z
    .array(MessageFile)
    .min(1)
    .max(limits.messageFiles)
    .refine((files) => new Set(idsOf(files)).size === idsOf(files).length, 'names a file twice'),
});

/** What may be sent in a conversation, narrower than in general. */
export const FileRules = z.strictObject({
  /** Media types, or their first halves (`image`); none: no files at all. Absent: all. */
  types: z
    .array(
      z.string().regex(/^[a-z0-9.+-]{1,40}(\/[a-z0-9.+-]{1,60})?$/, 'must be a media type or its first half'),
    )
    .max(20)
    .optional(),
  /** Of one file. */
  fileBytes: Bytes.optional(),
});

/** What the server knows of an upload. */
export const UploadState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('uploading'), fileId: Id, size: Bytes }),
  /** All bytes are there; they are looked at, and scanned where a scanner is configured. */
  z.object({ state: z.literal('checking'), fileId: Id, size: Bytes }),
  z.object({
    state: z.literal('ready'),
    fileId: Id,
    size: Bytes,
    mime: MimeType,
    width: FileSide.optional(),
    height: FileSide.optional(),
    duration: z.int().min(0).optional(),
    placeholder: z.base64().optional(),
    animated: z.literal(true).optional(),
    /** A small picture that the server made. */
    thumbnail: Thumbnail.optional(),
  }),
  /** It can never be sent: why, in plain words. */
  z.object({ state: z.literal('refused'), fileId: Id, size: Bytes, reason: z.string() }),
]);

/** How it stands with a form of a film that every browser plays. */
export const Transcoding = z.object({
  /** `none`: it needs none, or this server makes none. `failed`: none could be made. */
  state: z.enum(['none', 'waiting', 'running', 'done', 'failed']),
  /** Percent. */
  progress: z.int().min(0).max(100),
});

/** What one may upload, told before anything begins. */
export const UploadLimits = z.object({
  /** Of one file, bytes. */
  fileBytes: Bytes,
  /** Files in one message. */
  messageFiles: z.int(),
  /** Of all one's files together, bytes; absent: no bound. */
  quotaBytes: Bytes.optional(),
  usedBytes: Bytes,
  /** Media types, or their first halves, that are taken; absent: all. */
  types: z.array(z.string()).optional(),
});

/** What of a conversation is listed: pictures and videos, what was recorded in the app, everything else. Links are found by search. */
export const SharedKind = z.enum(['media', 'voice', 'files']);

export type FileKind = z.output<typeof FileKind>;
export type Thumbnail = z.output<typeof Thumbnail>;
export type MessageFile = z.output<typeof MessageFile>;
export type FilesAttachment = z.output<typeof FilesAttachment>;
export type FileRules = z.output<typeof FileRules>;
export type UploadState = z.output<typeof UploadState>;
export type Transcoding = z.output<typeof Transcoding>;
export type UploadLimits = z.output<typeof UploadLimits>;
export type SharedKind = z.output<typeof SharedKind>;
