/** Files of every kind as people have them, made on the spot. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** A landscape of some colour, with details: it weighs what a photo does. */
export async function photo(width = 1_600, height = 1_200, hue = 30): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <filter id="n"><feTurbulence baseFrequency="0.4"/><feColorMatrix values="0 0 0 0 0.5  0 0 0 0 0.4  0 0 0 0 0.3  0 0 0 0.3 0"/></filter>
    <rect width="100%" height="100%" fill="hsl(${hue},60%,70%)"/>
    <path d="M0 ${height * 0.8} L${width * 0.4} ${height * 0.4} L${width} ${height * 0.7} V${height} H0Z" fill="hsl(${hue},40%,30%)"/>
    <rect width="100%" height="100%" filter="url(#n)"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer();
}

export const gif = async (): Promise<Buffer> =>
  sharp(
    await Promise.all(
      ['red', 'green', 'blue'].map((background) =>
        sharp({ create: { width: 120, height: 80, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    ),
    { join: { animated: true } },
  )
    .gif({ delay: [200, 200, 200] })
    .toBuffer();

/** Some seconds of film with a tone. */
export const film = (seconds = 2): Promise<Buffer> =>
  byFfmpeg('film.webm', [
    ...['-f', 'lavfi', '-i', `testsrc=size=320x240:rate=15:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libvpx', '-b:v', '300k', '-c:a', 'libopus', '-shortest'],
  ]);

/** What no browser plays, some seconds of work for a server. */
export const oddFilm = (seconds = 30): Promise<Buffer> =>
  byFfmpeg('film.avi', [
    ...['-f', 'lavfi', '-i', `testsrc=size=640x480:rate=25:duration=${seconds}`],
    ...['-c:v', 'mpeg4', '-b:v', '400k'],
  ]);

export const song = (seconds = 3): Promise<Buffer> =>
  byFfmpeg('song.mp3', ['-f', 'lavfi', '-i', `sine=frequency=330:duration=${seconds}`, '-c:a', 'libmp3lame']);

async function byFfmpeg(name: string, args: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-sample-'));
  try {
    const path = join(folder, name);
    await run('ffmpeg', ['-v', 'error', ...args, path], { timeout: 60_000 });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One page with some words. */
export function pdf(words = 'The minutes of the meeting'): Buffer {
  const stream = `BT /F1 24 Tf 60 700 Td (${words}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  text += places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** As a file chooser takes it. */
export interface Sample {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
