/** The documents of the demo: a page of PDF with a photo on it, and how it looks from afar. */
import sharp from 'sharp';
import type { Photo } from './photos.ts';

export interface Page {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A4, in points. */
const [WIDTH, HEIGHT, MARGIN] = [595, 842, 64];
const PHOTO_HEIGHT = 300;

/** Letters of western Europe only: the fonts that every reader of PDF has know no others. */
export function pdf({ title, lines }: Page, { jpeg, width, height }: Photo): Buffer {
  // The photo is as wide as the page; what is too high of it is cut off.
  const tall = (WIDTH * height) / width;
  const words = [
    `BT /Bold 30 Tf ${MARGIN} ${HEIGHT - PHOTO_HEIGHT - 76} Td (${literal(title)}) Tj ET`,
    ...lines.map(
      (line, at) =>
        `BT /Plain 14 Tf ${MARGIN} ${HEIGHT - PHOTO_HEIGHT - 124 - at * 26} Td (${literal(line)}) Tj ET`,
    ),
  ];
  const drawing = Buffer.from(
    `q 0 ${HEIGHT - PHOTO_HEIGHT} ${WIDTH} ${PHOTO_HEIGHT} re W n ${WIDTH} 0 0 ${tall.toFixed(1)} 0 ${(HEIGHT - (tall + PHOTO_HEIGHT) / 2).toFixed(1)} cm /Photo Do Q\n0.17 0.14 0.13 rg\n${words.join('\n')}`,
    'latin1',
  );
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects: readonly (string | readonly [head: string, bytes: Buffer])[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents 4 0 R /Resources << /Font << /Bold 5 0 R /Plain 6 0 R >> /XObject << /Photo 7 0 R >> >> >>`,
    ['', drawing],
    font('Helvetica-Bold'),
    font('Helvetica'),
    [
      `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`,
      jpeg,
    ],
  ];
  const parts: Buffer[] = [];
  let at = 0;
  const write = (part: string | Buffer): void => {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    parts.push(bytes);
    at += bytes.length;
  };
  write('%PDF-1.4\n');
  const places = objects.map((object, index) => {
    const place = at;
    write(`${index + 1} 0 obj\n`);
    if (typeof object === 'string') write(object);
    else {
      const [head, bytes] = object;
      write(`<< ${head} /Length ${bytes.length} >>\nstream\n`);
      write(bytes);
      write('\nendstream');
    }
    write('\nendobj\n');
    return place;
  });
  const table = at;
  write(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`);
  write(places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join(''));
  write(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return Buffer.concat(parts);
}

/** What Latin-1 lacks of the encoding above. */
const SIGNS: Readonly<Record<string, string>> = { '–': '\\226', '—': '\\227', '’': '\\222', '•': '\\225' };

const literal = (text: string): string =>
  text.replace(/[\\()]/g, '\\$&').replace(/[–—’•]/g, (sign) => SIGNS[sign] ?? sign);

/** Its first page, small: where letters would be no more than bars, bars are drawn, so that no font is needed. */
export async function firstPage({ lines }: Page, { jpeg }: Photo): Promise<Buffer> {
  const [width, height] = [240, 340];
  const bar = (y: number, length: number, thick: number): string =>
    `<rect x="26" y="${y}" width="${length}" height="${thick}" rx="${thick / 2}" fill="#2b2320" opacity="${thick > 6 ? 0.9 : 0.4}"/>`;
  const bars = [
    bar(148, 132, 11),
    ...lines.flatMap((line, at) =>
      line === '' ? [] : [bar(176 + at * 11, Math.min(188, line.length * 3.6), 5)],
    ),
  ];
  const photo = await sharp(jpeg)
    .resize(width, Math.round((PHOTO_HEIGHT * height) / HEIGHT), { fit: 'cover' })
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: '#fffdfa' } })
    .composite([
      { input: photo, left: 0, top: 0 },
      {
        input: Buffer.from(
          `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${bars.join('')}</svg>`,
        ),
      },
    ])
    .webp({ quality: 80 })
    .toBuffer();
}
