/** The part of a picture that becomes an avatar: a square, in the picture's own pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Crop {
  /** Centre. */
  readonly x: number;
  readonly y: number;
  /** 1: as much of the picture as a square takes. */
  readonly zoom: number;
}

export const MAX_ZOOM = 8;

/** The length of the square's sides. */
export const sideOf = (crop: Pick<Crop, 'zoom'>, image: Size): number =>
  Math.min(image.width, image.height) / crop.zoom;

/** The whole picture, as far as a square goes. */
export const wholeOf = (image: Size): Crop => ({ x: image.width / 2, y: image.height / 2, zoom: 1 });

/** Never beyond the picture. */
export function keepInside(crop: Crop, image: Size): Crop {
  const zoom = Math.min(Math.max(crop.zoom, 1), MAX_ZOOM);
  const half = sideOf({ zoom }, image) / 2;
  const inside = (at: number, length: number): number => Math.min(Math.max(at, half), length - half);
  return { x: inside(crop.x, image.width), y: inside(crop.y, image.height), zoom };
}

/** The picture was dragged so far, in shares of the square's side: it follows the finger. */
export const dragged = (crop: Crop, dx: number, dy: number, image: Size): Crop => {
  const side = sideOf(crop, image);
  return keepInside({ ...crop, x: crop.x - dx * side, y: crop.y - dy * side }, image);
};

/** Larger or smaller about a point, given from the centre in shares of the side: what lies there stays there. */
export function zoomed(
  crop: Crop,
  factor: number,
  at: { readonly x: number; readonly y: number },
  image: Size,
): Crop {
  const zoom = Math.min(Math.max(crop.zoom * factor, 1), MAX_ZOOM);
  const moved = sideOf(crop, image) - sideOf({ zoom }, image);
  return keepInside({ x: crop.x + at.x * moved, y: crop.y + at.y * moved, zoom }, image);
}
