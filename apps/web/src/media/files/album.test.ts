import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALBUM_WIDTH, type AlbumLayout, albumLayout, type Tile } from './album.ts';

const WIDE = { width: 1600, height: 900 };
const TALL = { width: 900, height: 1600 };
const SQUARE = { width: 1000, height: 1000 };

const overlap = (a: Tile, b: Tile): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** How many tiles lie over each column and row of a coarse grid: the mosaic has no holes but its gaps. */
const covered = ({ tiles }: AlbumLayout): number =>
  tiles.reduce((sum, { width, height }) => sum + width * height, 0);

describe('one picture', () => {
  it('keeps its shape, inside of the box', () => {
    expect(albumLayout([WIDE])).toMatchObject({ width: 420, height: 236 });
    expect(albumLayout([TALL])).toMatchObject({ width: 270, height: 480 });
  });

  it('is no larger than it is', () => {
    expect(albumLayout([{ width: 200, height: 150 }])).toMatchObject({ width: 200, height: 150 });
  });

  it('is never a hair nor a pole', () => {
    expect(albumLayout([{ width: 32_768, height: 1 }])).toMatchObject({ width: 420, height: 120 });
    expect(albumLayout([{ width: 1, height: 32_768 }])).toMatchObject({ width: 120, height: 480 });
    expect(albumLayout([{ width: 1, height: 1 }])).toMatchObject({ width: 120, height: 120 });
  });
});

describe('an album', () => {
  it('puts two tall ones side by side, two wide ones one above the other', () => {
    const [left, right] = albumLayout([TALL, TALL]).tiles;
    expect(left).toMatchObject({ x: 0, y: 0, width: 209 });
    expect(right).toMatchObject({ x: 211, y: 0, width: 209 });
    const [above, below] = albumLayout([WIDE, WIDE]).tiles;
    expect(above).toMatchObject({ x: 0, y: 0, width: 420 });
    expect(below).toMatchObject({ x: 0, width: 420 });
  });

  it('stands a tall first one beside the others', () => {
    const { tiles, height } = albumLayout([TALL, SQUARE, SQUARE]);
    expect(tiles[0]).toMatchObject({ x: 0, y: 0, height });
    expect(tiles[1]?.x).toBe(tiles[2]?.x);
  });

  it('fills its box without holes, overlaps or slivers, whatever the pictures are', () => {
    const side = fc.integer({ min: 1, max: 32_768 });
    const sizes = fc.array(fc.record({ width: side, height: side }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 240, max: ALBUM_WIDTH }), (pictures, width) => {
        const layout = albumLayout(pictures, width);
        expect(layout.tiles).toHaveLength(pictures.length);
        expect(layout.width).toBe(width);
        expect(layout.height).toBeGreaterThanOrEqual(120);
        expect(layout.height).toBeLessThanOrEqual(480);
        for (const [at, tile] of layout.tiles.entries()) {
          expect(Math.min(tile.width, tile.height)).toBeGreaterThanOrEqual(20);
          expect(tile.x + tile.width).toBeLessThanOrEqual(layout.width);
          expect(tile.y + tile.height).toBeLessThanOrEqual(layout.height);
          for (const other of layout.tiles.slice(at + 1)) expect(overlap(tile, other)).toBe(false);
        }
        const right = layout.tiles.filter((tile) => tile.x + tile.width === layout.width);
        const bottom = layout.tiles.filter((tile) => tile.y + tile.height === layout.height);
        expect(right.length).toBeGreaterThan(0);
        expect(bottom.length).toBeGreaterThan(0);
        expect(covered(layout) / (layout.width * layout.height)).toBeGreaterThan(0.9);
      }),
    );
  });
});

it('is nothing for nothing', () => {
  expect(albumLayout([])).toEqual({ width: 0, height: 0, tiles: [] });
});
