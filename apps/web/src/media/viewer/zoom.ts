/** How a picture stands on the stage: pure. Points and moves are pixels of the screen from the middle of the stage. */
import type { Size } from '../files/album.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View {
  /** 1: all of it is seen. */
  readonly scale: number;
  /** Where its middle is. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
/** As far as its own pixels go, and a little beyond; a small one may be looked at closely too. */
const LEAST_MOST = 4;
const BEYOND = 2;
/** What a double press makes of the whole. */
const CLOSE = 2.5;

/** Of the stage's height, for the bars at its head and foot: what is near goes below them, the whole stands between, px. */
const BARS = 112;

/** All of it, and no larger than it is. */
export function fitted(picture: Size, stage: Size): Size {
  const height = Math.max(BARS, stage.height - BARS);
  const scale = Math.min(1, stage.width / picture.width, height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

const mostOf = (picture: Size, fit: Size): number =>
  Math.max(LEAST_MOST, (picture.width / fit.width) * BEYOND);

/** Its edges come in no farther than to the stage's; what is smaller than the stage stands in its middle. */
export function held(view: View, fit: Size, stage: Size): View {
  const bound = (at: number, length: number, room: number): number => {
    const free = Math.max(0, (length * view.scale - room) / 2);
    // Never -0, which is another number to some.
    return Math.min(Math.max(at, -free), free) + 0;
  };
  return {
    scale: view.scale,
    x: bound(view.x, fit.width, stage.width),
    y: bound(view.y, fit.height, stage.height),
  };
}

/** Larger or smaller about a point: what lies there stays there. */
export function zoomed(view: View, factor: number, at: Point, picture: Size, stage: Size): View {
  const fit = fitted(picture, stage);
  const scale = Math.min(Math.max(view.scale * factor, 1), mostOf(picture, fit));
  const grown = scale / view.scale;
  return held({ scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, fit, stage);
}

export const moved = (view: View, by: Point, picture: Size, stage: Size): View =>
  held({ ...view, x: view.x + by.x, y: view.y + by.y }, fitted(picture, stage), stage);

/** A double press: near, and back. */
export const toggled = (view: View, at: Point, picture: Size, stage: Size): View =>
  view.scale > 1 ? WHOLE : zoomed(view, CLOSE, at, picture, stage);
