/** WebP, still and animated: a RIFF list of chunks. */
import { BrokenImage, type Image } from './format.ts';

interface Chunk {
  readonly name: string;
  readonly data: Buffer;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What draws. EXIF, XMP and what nobody knows are left out. */
const KEPT = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']);
/** The bits of VP8X that announce EXIF and XMP. */
const METADATA_BITS = 0x08 | 0x04;
const ANIMATED_BIT = 0x02;
const FRAME_HEADER = 16;

export function readWebp(bytes: Buffer): Image {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) throw new BrokenImage('it is shorter than it says');
  const chunks = chunksOf(bytes.subarray(12, end)).filter(({ name }) => KEPT.has(name));
  const header = chunks[0];
  if (!header) throw new BrokenImage('there is nothing in it');
  const extended = header.name === 'VP8X';
  if (chunks.filter(({ name }) => name === 'VP8X').length !== (extended ? 1 : 0))
    throw new BrokenImage('the header is not first, or not once');
  if (!extended && chunks.length > 1) throw new BrokenImage('parts without a header');
  const size = extended ? canvasOf(header.data) : pictureOf([header]);
  const animated = extended && (header.data.readUInt8(0) & ANIMATED_BIT) !== 0;
  const frames = chunks.filter(({ name }) => name === 'ANMF');
  if (animated !== frames.length > 0) throw new BrokenImage('its frames are not as announced');
  if (animated) for (const { data } of frames) checkFrame(data, size);
  else if (extended) demandSame(pictureOf(chunks), size);
  const kept = chunks.map((chunk) => (chunk.name === 'VP8X' ? withoutMetadata(chunk) : chunk));
  return { mime: 'image/webp', ...size, frames: Math.max(1, frames.length), bytes: riff(kept) };
}

function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length;
    if (end > bytes.length) throw new BrokenImage('a chunk ends after the file');
    chunks.push({ name: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + 8, end) });
    at = end + (length % 2);
  }
  return chunks;
}

const canvasOf = (data: Buffer): Size => ({
  width: data.readUIntLE(4, 3) + 1,
  height: data.readUIntLE(7, 3) + 1,
});

/** The size in the picture's own first bytes. There is one picture. */
function pictureOf(chunks: readonly Chunk[]): Size {
  const [picture, another] = chunks.filter(({ name }) => name === 'VP8 ' || name === 'VP8L');
  if (!picture || another) throw new BrokenImage('there is no picture in it, or more than one');
  const { name, data } = picture;
  if (name === 'VP8 ') {
    if (data.readUIntBE(3, 3) !== 0x9d012a) throw new BrokenImage('no VP8');
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  if (data.readUInt8(0) !== 0x2f) throw new BrokenImage('no VP8L');
  const bits = data.readUInt32LE(1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function checkFrame(data: Buffer, canvas: Size): void {
  const frame = { width: data.readUIntLE(6, 3) + 1, height: data.readUIntLE(9, 3) + 1 };
  const right = data.readUIntLE(0, 3) * 2 + frame.width;
  const bottom = data.readUIntLE(3, 3) * 2 + frame.height;
  if (right > canvas.width || bottom > canvas.height)
    throw new BrokenImage('a frame is larger than the image');
  demandSame(pictureOf(chunksOf(data.subarray(FRAME_HEADER))), frame);
}

function demandSame(picture: Size, announced: Size): void {
  if (picture.width !== announced.width || picture.height !== announced.height)
    throw new BrokenImage('the picture has another size than its header says');
}

function withoutMetadata({ name, data }: Chunk): Chunk {
  const clean = Buffer.from(data);
  clean.writeUInt8(data.readUInt8(0) & ~METADATA_BITS, 0);
  return { name, data: clean };
}

function riff(chunks: readonly Chunk[]): Buffer {
  const parts = chunks.flatMap(({ name, data }) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return data.length % 2 === 0 ? [head, data] : [head, data, Buffer.alloc(1)];
  });
  const body = Buffer.concat(parts);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}
