/**
 * Where the pictures of a message lie: a mosaic that fills a box known before the first byte of them is there, so that nothing
 * ever moves. Pure; lengths in CSS pixels, from the corner where lines begin.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Tile extends Size {
  readonly x: number;
  readonly y: number;
}

export interface AlbumLayout extends Size {
  readonly tiles: readonly Tile[];
}

export const ALBUM_WIDTH = 420;
const HIGHEST = 480;
/** No side is shorter: it must be seen, and pressed, and hold the time in its corner. */
const LEAST = 120;
const GAP = 2;
const ROW_MAX = 5;
/** Of an album's pictures; beyond, the edges are cut off: a panorama would be a hair, a long screenshot a pole. */
const NARROWEST = 0.55;
const WIDEST = 2.2;
/** A first picture narrower than this stands beside the others. */
const TALL = 0.85;

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

export function albumLayout(sizes: readonly Size[], maxWidth = ALBUM_WIDTH): AlbumLayout {
  const [first] = sizes;
  if (!first) return { width: 0, height: 0, tiles: [] };
  if (sizes.length === 1) return alone(first, maxWidth);
  const ratios = sizes.map(({ width, height }) => within(width / height, NARROWEST, WIDEST));
  const tall = (ratios[0] ?? 1) < TALL && (sizes.length === 3 || sizes.length === 4);
  return tall ? beside(ratios, maxWidth) : inRows(ratios, maxWidth);
}

/** As large as it is, as far as the box goes. */
function alone({ width, height }: Size, maxWidth: number): AlbumLayout {
  const scale = Math.min(1, maxWidth / width, HIGHEST / height);
  const size = {
    width: Math.round(within(width * scale, Math.min(LEAST, maxWidth), maxWidth)),
    height: Math.round(within(height * scale, LEAST, HIGHEST)),
  };
  return { ...size, tiles: [{ x: 0, y: 0, ...size }] };
}

/** The first as high as the rest together, which stand in a column behind it. */
function beside(ratios: readonly number[], maxWidth: number): AlbumLayout {
  const [first = 1, ...rest] = ratios;
  const inverse = rest.reduce((sum, ratio) => sum + 1 / ratio, 0);
  const gaps = GAP * (rest.length - 1);
  const fitting = (maxWidth - GAP - gaps * first) / (1 + inverse * first);
  const column = Math.round(within(fitting, maxWidth * 0.28, maxWidth * 0.5));
  const height = Math.round(within(column * inverse + gaps, 2 * LEAST, HIGHEST));
  const x = maxWidth - column;
  const heights = shares(
    rest.map((ratio) => 1 / ratio),
    height - gaps,
  );
  let y = 0;
  const tiles = heights.map((own) => {
    const tile = { x, y, width: column, height: own };
    y += own + GAP;
    return tile;
  });
  return { width: maxWidth, height, tiles: [{ x: 0, y: 0, width: x - GAP, height }, ...tiles] };
}

/** Row by row in their order, each as wide as the box, broken where the rows come out most alike. */
function inRows(ratios: readonly number[], maxWidth: number): AlbumLayout {
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const wanted = within(Math.sqrt((maxWidth * HIGHEST) / ratios.length / mean), 90, 240);
  const heightOf = (from: number, to: number): number => {
    const sum = ratios.slice(from, to).reduce((all, ratio) => all + ratio, 0);
    return (maxWidth - GAP * (to - from - 1)) / sum;
  };
  // The least cost of the first so many pictures, and where their last row begins.
  const best: { readonly cost: number; readonly from: number }[] = [{ cost: 0, from: 0 }];
  for (let to = 1; to <= ratios.length; to += 1) {
    let found = { cost: Number.POSITIVE_INFINITY, from: to - 1 };
    for (let from = Math.max(0, to - ROW_MAX); from < to; from += 1) {
      const cost = (best[from]?.cost ?? 0) + (heightOf(from, to) - wanted) ** 2;
      if (cost < found.cost) found = { cost, from };
    }
    best.push(found);
  }
  const rows: { readonly from: number; readonly to: number }[] = [];
  for (let to = ratios.length; to > 0; to = rows[0]?.from ?? 0)
    rows.unshift({ from: best[to]?.from ?? 0, to });

  const natural = rows.map(({ from, to }) => heightOf(from, to));
  const gaps = GAP * (rows.length - 1);
  const all = natural.reduce((sum, height) => sum + height, 0);
  const height = Math.round(within(all + gaps, LEAST, HIGHEST));
  const heights = shares(natural, height - gaps);
  let y = 0;
  const tiles = rows.flatMap(({ from, to }, row) => {
    const own = heights[row] ?? 0;
    const widths = shares(ratios.slice(from, to), maxWidth - GAP * (to - from - 1));
    let x = 0;
    const line = widths.map((width) => {
      const tile = { x, y, width, height: own };
      x += width + GAP;
      return tile;
    });
    y += own + GAP;
    return line;
  });
  return { width: maxWidth, height, tiles };
}

/** The length in whole pixels, parted as the weights say; nothing is lost to rounding. */
function shares(weights: readonly number[], length: number): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let before = 0;
  let taken = 0;
  return weights.map((weight) => {
    before += weight;
    const end = Math.round((before / sum) * length);
    const own = end - taken;
    taken = end;
    return own;
  });
}
