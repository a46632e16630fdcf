/**
 * What a message may carry besides its text, inside the envelope (S14). To add a kind: a schema here, a line in
 * `Attachment`, and its one-line form and drawing in the app (apps/web/src/attachments).
 */
import { z } from 'zod';
import { FilesAttachment } from './files.ts';
import { limits } from './limits.ts';
import { Emoji, Id, Label, Time } from './scalars.ts';

const distinct = (options: readonly string[]): boolean =>
  new Set(options.map((option) => option.toLocaleLowerCase('en'))).size === options.length;

/** A question with answers to choose from. Who chose what is not content: the message record's `poll` tells. */
export const PollAttachment = z.strictObject({
  type: z.literal('poll'),
  question: Label(limits.pollQuestionLength),
  options: z
    .array(Label(limits.pollOptionLength))
    .min(2)
    .max(limits.pollOptions)
    .refine(distinct, 'must differ from each other'),
  /** Whether one person may choose several. */
  multiple: z.boolean(),
  /** Whether nobody is told who chose what. Fixed from the start. */
  anonymous: z.boolean(),
  /** From then on nobody votes. */
  closesAt: Time.optional(),
});

/** A place on earth, in degrees (WGS 84). */
export const LocationAttachment = z.strictObject({
  type: z.literal('location'),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  label: Label(limits.nameLength).optional(),
});

/** How to reach somebody: a person of this tenant (`userId`), or anybody. */
export const ContactAttachment = z.strictObject({
  type: z.literal('contact'),
  userId: Id.optional(),
  name: Label(limits.nameLength),
  phone: z
    .string()
    .regex(/^\+?[0-9][0-9 ().-]{2,31}$/, 'must be a telephone number')
    .optional(),
  email: z.email().max(254).optional(),
});

/** Pixels; the picture is drawn smaller than this. */
const Side = z.int().min(1).max(4_096);

/** A sticker: of a pack of the tenant (`packId`, `blobId`), or, without, one of the app's own by its name. */
export const StickerAttachment = z
  .strictObject({
    type: z.literal('sticker'),
    packId: Id.optional(),
    stickerId: z.string().regex(/^[a-z0-9-]{1,36}$/, 'must be an id or a name'),
    blobId: Id.optional(),
    width: Side,
    height: Side,
    emoji: Emoji,
    /** What it shows, for whoever cannot see it. */
    alt: Label(limits.nameLength),
  })
  .refine(({ packId, blobId }) => (packId === undefined) === (blobId === undefined), {
    message: 'has a pack and an image, or neither',
    path: ['blobId'],
  });

/** A picture of a provider, by way of this service: its address was made by `searchGifs` and cannot be made up. */
const MediaPath = z
  .string()
  .regex(/^\/v1\/gifs\/media\/[\w-]{1,1400}\.[\w-]{1,64}$/, 'must be an address that searchGifs told');

export const GifProvider = z.enum(['tenor', 'giphy']);

const Gif = z.strictObject({
  provider: GifProvider,
  id: z.string().regex(/^[\w-]{1,64}$/),
  path: MediaPath,
  /** The same without motion. */
  still: MediaPath,
  width: Side,
  height: Side,
  alt: Label(limits.gifAltLength),
});

/** As `searchGifs` finds it: with a small picture for a grid. */
export const FoundGif = Gif.extend({ thumb: MediaPath });

export const GifAttachment = z.strictObject({ type: z.literal('gif'), ...Gif.shape });

export const Attachment = z.discriminatedUnion('type', [
  PollAttachment,
  LocationAttachment,
  ContactAttachment,
  StickerAttachment,
  GifAttachment,
  FilesAttachment,
]);

export type PollAttachment = z.output<typeof PollAttachment>;
export type LocationAttachment = z.output<typeof LocationAttachment>;
export type ContactAttachment = z.output<typeof ContactAttachment>;
export type StickerAttachment = z.output<typeof StickerAttachment>;
export type GifProvider = z.output<typeof GifProvider>;
export type FoundGif = z.output<typeof FoundGif>;
export type GifAttachment = z.output<typeof GifAttachment>;
export type Attachment = z.output<typeof Attachment>;
