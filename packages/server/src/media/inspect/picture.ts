/**
 * A picture: how large it is as shown, a blur and a small one of it, and the same without place, camera and time. Its header is read
 * before anything is decoded, so that a small file that unfolds to gigabytes is refused while it is still small.
 */
import { KithError, limits } from '@kith/protocol';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { BrokenImage, type Image } from '../../blobs/format.ts';
import { readGif } from '../../blobs/gif.ts';
import { readJpeg } from '../../blobs/jpeg.ts';
import { readPng } from '../../blobs/png.ts';
import { readWebp } from '../../blobs/webp.ts';
import { type Findings, THUMBNAIL_SIDE } from './inspector.ts';

export type PictureFindings = Omit<Findings, 'duration'> & {
  /** It cannot be decoded here, but its size is fine: another program may. */
  readonly undecoded?: true;
};

/** What is looked at as a picture; any other type stays a file. */
export const PICTURES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/heic',
  'image/heif',
  'image/tiff',
]);

/** All frames of a moving picture together: a minute of a recorded screen. They are drawn one at a time, so it may be more. */
const FILM_PIXELS = 1_000_000_000;
/** A smaller file needs no smaller picture of it. */
const SMALL_BYTES = 40 * 1024;
/** Scans and faxes in a form that no browser draws are made a PNG up to this size, which loses nothing; larger ones stay files. */
const TIFF_PIXELS = 8_000_000;
/** To decode a larger AVIF takes gigabytes of memory; it stays a file. */
const AVIF_PIXELS = 50_000_000;
/** An AVIF or HEIC that must be drawn anew: a few kilobytes of a larger one take the decoder from everybody for many seconds. */
const REDRAWN_PIXELS = 25_000_000;
/** What a browser's maker calls visually the same. */
const QUALITY = 90;
const WEBP_SIDE = 16_383;
const HASH_SIDE = 100;

const readers: Readonly<Record<string, (bytes: Buffer, turned: boolean) => Image>> = {
  'image/jpeg': (bytes, turned) => readJpeg(bytes, { upright: turned }),
  'image/png': (bytes) => readPng(bytes, { colours: true }),
  'image/webp': readWebp,
  'image/gif': readGif,
};

sharp.cache(false);
sharp.concurrency(1);
// Of some hundred formats, those that were asked for: the rest has parsers too, which nobody expects to meet strangers.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`),
});

/**
 * `converted`: made of another one, its dots lie as they are shown, whatever its metadata says. `poster`: a frame of a film, of which
 * there is always a small picture.
 */
export type Origin = 'uploaded' | 'converted' | 'poster';

/** @throws KithError file_refused, with words for a person. */
export async function lookAtPicture(bytes: Buffer, mime: string, origin: Origin): Promise<PictureFindings> {
  if (mime === 'image/tiff') return fromTiff(bytes);
  const image = readAsItIs(bytes, mime, origin === 'converted');
  const head = await headOf(bytes);
  const frames = image?.frames ?? head.pages ?? 1;
  const shown = image ?? head.autoOrient;
  demandSize(shown.width, shown.height, frames);
  if (mime === 'image/heic' || mime === 'image/heif') {
    // One that holds another codec than its name says is drawn by nobody, and stays a file, too.
    return head.compression === 'hevc' && shown.width * shown.height <= REDRAWN_PIXELS
      ? { mime, undecoded: true }
      : { mime };
  }
  if (mime === 'image/avif') return fromAvif(bytes, head, shown);
  // In these a turn is written in the metadata, which goes: the dots themselves are turned instead.
  const isTurned = mime !== 'image/jpeg' && frames === 1 && (head.orientation ?? 1) > 1;
  if (!image || isTurned) return redrawn(bytes, mime, isTurned ? head.autoOrient : shown, frames);
  const clean = image.bytes;
  return {
    mime,
    ...sizeOf(shown),
    ...(frames > 1 && { animated: true as const }),
    ...(await drawnSmall(clean, shown, origin === 'poster')),
    ...(!clean.equals(bytes) && { replacement: { bytes: clean, mime } }),
  };
}

/** Without a loss, by our own readers; null: they do not know such a file, which is not to say that nobody does. */
function readAsItIs(bytes: Buffer, mime: string, turned: boolean): Image | null {
  try {
    return readers[mime]?.(bytes, turned) ?? null;
  } catch (error) {
    // Buffers throw a RangeError where a file ends before it should.
    if (error instanceof BrokenImage || error instanceof RangeError) return null;
    throw error;
  }
}

async function headOf(bytes: Buffer): Promise<Metadata> {
  // What it says of its size is judged by us, in words; it is not decoded for that.
  return whole(() => sharp(bytes, { limitInputPixels: false }).metadata());
}

function demandSize(width: number, height: number, frames: number): void {
  const says = `The picture says that it is ${width} × ${height} pixels`;
  if (width > limits.imageSide || height > limits.imageSide) {
    throw new KithError('file_refused', {
      message: `${says}; at most ${limits.imageSide} a side are taken.`,
    });
  }
  if (width * height > limits.imagePixels) {
    const millions = limits.imagePixels / 1_000_000;
    throw new KithError('file_refused', { message: `${says}; at most ${millions} million are taken.` });
  }
  if (width * height * frames > FILM_PIXELS) {
    throw new KithError('file_refused', {
      message: `${says}, ${frames} times over: the moving picture is too long for its size.`,
    });
  }
}

async function fromAvif(bytes: Buffer, head: Metadata, shown: Size): Promise<PictureFindings> {
  if (shown.width * shown.height > AVIF_PIXELS) return { mime: 'image/avif' };
  const tells = Boolean(head.exif ?? head.xmp ?? head.iptc);
  // A film in this form could only be kept whole, with what it tells of its maker: then it is not drawn either.
  const moves = bytes.toString('latin1', 8, 12) === 'avis';
  if (moves) return tells ? { mime: 'image/avif' } : { mime: 'image/avif', ...sizeOf(shown), animated: true };
  if (!tells) return { mime: 'image/avif', ...sizeOf(shown), ...(await drawnSmall(bytes, shown)) };
  if (shown.width * shown.height > REDRAWN_PIXELS) return { mime: 'image/avif' };
  // To make an AVIF again takes many seconds.
  const fits = shown.width <= WEBP_SIDE && shown.height <= WEBP_SIDE;
  return replaced(decoded(bytes).keepIccProfile(), fits ? 'webp' : 'jpeg', shown);
}

/** There is every kind of it, and what is not made a picture is still somebody's document: nothing of it is refused. */
async function fromTiff(bytes: Buffer): Promise<PictureFindings> {
  try {
    const { pages = 1, autoOrient: shown } = await headOf(bytes);
    if (pages > 1 || shown.width * shown.height > TIFF_PIXELS) return { mime: 'image/tiff' };
    return await replaced(decoded(bytes).keepIccProfile(), 'png', shown);
  } catch (error) {
    if (error instanceof KithError) return { mime: 'image/tiff' };
    throw error;
  }
}

/**
 * Its parts are not in order, yet it may be drawn: then what is drawn is what is kept. What is not whole is refused: half a
 * picture helps nobody, and whoever sends it still has the file.
 */
async function redrawn(bytes: Buffer, mime: string, shown: Size, frames: number): Promise<PictureFindings> {
  // All frames are decoded at once.
  if (shown.width * shown.height * frames > limits.imagePixels) throw damaged();
  const form =
    mime === 'image/png' ? 'png' : mime === 'image/gif' ? 'gif' : mime === 'image/webp' ? 'webp' : 'jpeg';
  const found = await replaced(decoded(bytes, frames > 1).keepIccProfile(), form, shown);
  return { ...found, ...(frames > 1 && { animated: true as const }) };
}

async function replaced(
  picture: Sharp,
  form: 'webp' | 'jpeg' | 'png' | 'gif',
  shown: Size,
): Promise<PictureFindings> {
  const bytes = await whole(() =>
    picture.toFormat(form, { ...(form !== 'png' && form !== 'gif' && { quality: QUALITY }) }).toBuffer(),
  );
  const mime = `image/${form}`;
  return { mime, ...sizeOf(shown), ...(await drawnSmall(bytes, shown)), replacement: { bytes, mime } };
}

/** A blur, and a small picture where it is worth one. Of moving ones the first frame; all of it is decoded, so it is whole. */
async function drawnSmall(
  bytes: Buffer,
  { width, height }: Size,
  always = false,
): Promise<Pick<Findings, 'placeholder' | 'thumbnail'>> {
  const small = THUMBNAIL_SIDE;
  const isLarge = always || bytes.length > SMALL_BYTES || width > small || height > small;
  const thumbnail = await whole(() =>
    decoded(bytes)
      .resize(small, small, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 3 })
      .toBuffer({ resolveWithObject: true }),
  );
  const { data, info } = await whole(() =>
    sharp(thumbnail.data)
      .resize(HASH_SIDE, HASH_SIDE, { fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return {
    placeholder: Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64'),
    ...(isLarge && {
      thumbnail: { bytes: thumbnail.data, width: thumbnail.info.width, height: thumbnail.info.height },
    }),
  };
}

/** Turned the right way, in the colours of the web. */
const decoded = (bytes: Buffer, animated = false): Sharp =>
  sharp(bytes, { failOn: 'error', limitInputPixels: limits.imagePixels, animated }).autoOrient();

interface Size {
  readonly width: number;
  readonly height: number;
}
const sizeOf = ({ width, height }: Size): Size => ({ width, height });

const damaged = (cause?: unknown): KithError =>
  new KithError('file_refused', { message: 'The picture is damaged.', cause });

/** Whatever the decoder has against a file, to a person it is one thing. */
async function whole<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw damaged(error);
  }
}
