/** Draws flat pictures out of shapes and packs them as PNG: what a dozen avatars need, without an image library. */
import { crc32, deflateSync } from 'node:zlib';

/** Whether a point lies in it; the picture reaches from 0 to 1 both ways. */
export type Shape = (x: number, y: number) => boolean;

/** What is painted later lies above. Colours as `#rrggbb`. */
export type Painting = readonly (readonly [colour: string, shape: Shape])[];

export const everywhere: Shape = () => true;
export const above =
  (edge: number): Shape =>
  (_x, y) =>
    y < edge;
export const below =
  (edge: number): Shape =>
  (_x, y) =>
    y >= edge;
export const oval =
  (cx: number, cy: number, rx: number, ry: number = rx, turn = 0): Shape =>
  (x, y) => {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const [dx, dy] = [x - cx, y - cy];
    return ((dx * cos + dy * sin) / rx) ** 2 + ((dy * cos - dx * sin) / ry) ** 2 < 1;
  };
/** With round corners. */
export const box =
  (left: number, top: number, width: number, height: number, radius = 0): Shape =>
  (x, y) => {
    const dx = Math.max(left + radius - x, x - (left + width - radius), 0);
    const dy = Math.max(top + radius - y, y - (top + height - radius), 0);
    return radius === 0 ? dx === 0 && dy === 0 : dx * dx + dy * dy < radius * radius;
  };
/** Of corners in order; counts how often a line from the point crosses the edge. */
export const polygon =
  (...corners: readonly (readonly [number, number])[]): Shape =>
  (x, y) => {
    let inside = false;
    let [fromX, fromY] = corners.at(-1) ?? [0, 0];
    for (const [toX, toY] of corners) {
      if (toY > y !== fromY > y && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX) inside = !inside;
      [fromX, fromY] = [toX, toY];
    }
    return inside;
  };
export const any =
  (...shapes: readonly Shape[]): Shape =>
  (x, y) =>
    shapes.some((shape) => shape(x, y));
export const both =
  (one: Shape, other: Shape): Shape =>
  (x, y) =>
    one(x, y) && other(x, y);
export const without =
  (shape: Shape, hole: Shape): Shape =>
  (x, y) =>
    shape(x, y) && !hole(x, y);

/** Points looked at in each pixel, a side: edges come out smooth. */
const FINE = 3;

/** A square PNG; transparent where nothing is painted. */
export function paint(painting: Painting, side: number): Buffer {
  const layers = [...painting].reverse().map(([colour, shape]) => ({ shape, rgb: channels(colour) }));
  const row = side * 4 + 1;
  const pixels = Buffer.alloc(side * row);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      let [red, green, blue, seen] = [0, 0, 0, 0];
      for (let point = 0; point < FINE * FINE; point += 1) {
        const px = (x + ((point % FINE) + 0.5) / FINE) / side;
        const py = (y + (Math.floor(point / FINE) + 0.5) / FINE) / side;
        const layer = layers.find(({ shape }) => shape(px, py));
        if (!layer) continue;
        red += layer.rgb[0];
        green += layer.rgb[1];
        blue += layer.rgb[2];
        seen += 1;
      }
      const at = y * row + 1 + x * 4;
      if (seen === 0) continue;
      pixels[at] = red / seen;
      pixels[at + 1] = green / seen;
      pixels[at + 2] = blue / seen;
      pixels[at + 3] = (255 * seen) / (FINE * FINE);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits a channel, red, green, blue and alpha.
  header.set([8, 6], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function channels(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
