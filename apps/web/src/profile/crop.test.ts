import { describe, expect, it } from 'vitest';
import { dragged, keepInside, MAX_ZOOM, sideOf, wholeOf, zoomed } from './crop.ts';

const wide = { width: 1_000, height: 400 };
const centre = { x: 0, y: 0 };

describe('the crop of an avatar', () => {
  it('begins with the largest square in the middle', () => {
    expect(wholeOf(wide)).toEqual({ x: 500, y: 200, zoom: 1 });
    expect(sideOf(wholeOf(wide), wide)).toBe(400);
  });

  it('follows the finger, and no farther than the picture goes', () => {
    expect(dragged(wholeOf(wide), 0.5, 0, wide)).toEqual({ x: 300, y: 200, zoom: 1 });
    expect(dragged(wholeOf(wide), 9, 9, wide)).toEqual({ x: 200, y: 200, zoom: 1 });
    expect(dragged(wholeOf(wide), -9, -9, wide)).toEqual({ x: 800, y: 200, zoom: 1 });
    // Closer, the same way of the finger is less of the picture.
    expect(dragged({ x: 500, y: 200, zoom: 4 }, 0.5, 0.5, wide)).toEqual({ x: 450, y: 150, zoom: 4 });
  });

  it('zooms about the point under the fingers', () => {
    const corner = { x: -0.5, y: -0.5 };
    const before = wholeOf(wide);
    const after = zoomed(before, 2, corner, wide);
    const place = (crop: typeof before) => crop.x + corner.x * sideOf(crop, wide);
    expect(after.zoom).toBe(2);
    expect(place(after)).toBe(place(before));
    expect(zoomed(before, 2, centre, wide)).toEqual({ x: 500, y: 200, zoom: 2 });
  });

  it('stays between the whole and the closest', () => {
    expect(zoomed(wholeOf(wide), 100, centre, wide).zoom).toBe(MAX_ZOOM);
    expect(zoomed({ x: 900, y: 50, zoom: 4 }, 0.01, centre, wide)).toEqual({ x: 800, y: 200, zoom: 1 });
    expect(keepInside({ x: -5, y: 9_999, zoom: 2 }, wide)).toEqual({ x: 100, y: 300, zoom: 2 });
  });
});
