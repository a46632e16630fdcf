/**
 * Keeps what is in view in its place.
 *
 * The state is what a person sees: which rows are in view and where in the pane they stand. Whatever changes, above
 * them, below them or in themselves, they are put back there before it is painted. So nothing has to be known about what
 * changed and where, and rows that were never drawn may turn out to be of any height. When a row in view changed its
 * height not all can be put back: the first one whose top is in view is, so that a row cut by the upper edge grows and
 * shrinks out of view.
 */
import { flushSync } from 'react-dom';
import { Heights, type Keyed, rowAt } from './heights.ts';

/** So much above and below the pane is drawn too, px. */
const AROUND = 400;
/** So much where a scroll is going to. */
const AHEAD = 1_200;
/** So much must be drawn at once; what is beyond it comes a little in each frame, or the frame would be late. */
const ENOUGH = 200;
/** Rows that one frame draws without need, at either side. */
const STEP = 2;
/** So near to the end counts as at the end, px. */
const NEAR_END = 48;
/** A list that was not scrolled for so long is at rest, ms. */
const REST_MS = 150;

/** On these devices a scroll loses its momentum when a script moves the pane. */
const momentumIsFrail =
  /iP(hone|od|ad)/.test(navigator.userAgent) ||
  (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 0);

interface Mark {
  readonly key: string;
  /** From the top of the pane, px. */
  readonly top: number;
  readonly height: number;
}

/** A row to be brought into view. */
export interface Goal {
  readonly key: string;
  readonly align: 'start' | 'center' | 'nearest';
}

/** Indexes of rows. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Which rows a render draws, and where they are. */
export interface Plan extends Range {
  readonly tops: Float64Array;
  /** Whether the next frame is to draw more, though nothing happens. */
  readonly more: boolean;
}

export interface Drawing extends Plan {
  readonly list: HTMLElement;
  readonly rows: readonly Keyed[];
  /** Indexes of the rows that are children of the list. */
  readonly drawn: readonly number[];
  /** Whether the last row is the end of everything: only there is something to follow. */
  readonly ends: boolean;
  readonly redraw: () => void;
}

export class Anchor {
  readonly #heights = new Heights();
  #drawing: Drawing | undefined;
  #tops: Float64Array = new Float64Array(1);
  #marks: readonly Mark[] = [];
  #goal: Goal | undefined;
  #follows = false;
  /** Height of the pane as last answered to; 0 while it is hidden. */
  #height = 0;
  /** Where the pane was scrolled to when last looked at: what differs from it was somebody else. */
  #seen = 0;
  /** How far the list was moved in place of the pane, px: until it is at rest. */
  #slack = 0;
  #touched = false;
  /** The row that somebody pressed, until something changes its size or is scrolled. */
  #pressed: string | undefined;
  /** Where the last scroll went. */
  #heading: 'up' | 'down' = 'up';
  /** Set while somebody scrolls. */
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** Whether it stays at the end, whatever comes there. */
  get follows(): boolean {
    return this.#follows;
  }

  /** Nothing is left of what was in view: it must be told where to go. */
  get lost(): boolean {
    return this.#drawing === undefined || !this.#stand(this.#drawing.rows, this.#tops);
  }

  /** To be called in a render. */
  plan(rows: readonly Keyed[]): Plan {
    const tops = this.#heights.tops(rows);
    const stand = this.#stand(rows, tops);
    if (!stand) return { tops, first: 0, last: -1, more: false };
    // A row near an end cannot stand everywhere.
    const limit = tops[rows.length]! - this.#height;
    const from = Math.max(0, Math.min(tops[stand.index]! - stand.top, limit));
    const need = this.#range(tops, from, ENOUGH, ENOUGH);
    const moving = this.#rest !== undefined;
    const wish = this.#range(
      tops,
      from,
      moving && this.#heading === 'up' ? AHEAD : AROUND,
      moving && this.#heading === 'down' ? AHEAD : AROUND,
    );
    const there = this.#there(rows) ?? need;
    const first = Math.max(wish.first, Math.min(need.first, there.first - STEP));
    const last = Math.min(wish.last, Math.max(need.last, there.last + STEP));
    return { tops, first, last, more: first > wish.first || last < wish.last };
  }

  /** To be called after each commit, in a layout effect. */
  drew(drawing: Drawing): void {
    const before = this.#drawing?.rows[0]?.key;
    this.#drawing = drawing;
    this.#tops = drawing.tops;
    this.#settle(false, before !== drawing.rows[0]?.key);
  }

  /** To be called when the pane or a row that is drawn changed its size, before that is painted. */
  resized(): void {
    this.#settle(true);
    this.#pressed = undefined;
  }

  /** When a press lets a row grow, that is to be read on from where it was pressed: it grows downwards. */
  pressed(key: string | undefined): void {
    this.#pressed = key;
  }

  /** To be called when the pane was scrolled; says whether somebody else did it. */
  scrolled(): boolean {
    const drawing = this.#drawing;
    const pane = drawing && paneOf(drawing);
    // A pane that changes its height may be scrolled by that; `resized` comes in the same frame and answers to it.
    if (!pane || this.#height === 0 || pane.clientHeight !== this.#height) return false;
    if (Math.abs(pane.scrollTop - this.#seen) < 1) return false;
    this.#heading = pane.scrollTop < this.#seen ? 'up' : 'down';
    this.#seen = pane.scrollTop;
    this.#goal = undefined;
    this.#pressed = undefined;
    this.#follows = drawing.ends && leftOf(pane) < NEAR_END;
    this.#moves(drawing);
    this.#mark(-this.#origin(drawing));
    if (!this.#covers(drawing, -this.#origin(drawing))) flushSync(drawing.redraw);
    else {
      const { first, last } = this.plan(drawing.rows);
      if (first < drawing.first || last > drawing.last) drawing.redraw();
    }
    return true;
  }

  /** A finger that rests is not the end of a scroll. */
  touched(on: boolean): void {
    this.#touched = on;
    if (!on && this.#rest !== undefined && this.#drawing) this.#moves(this.#drawing);
  }

  /** The mouse itself moves, not the rows under it: what it comes upon may be pressed at once. */
  pointed(): void {
    if (this.#drawing) this.#drawing.list.style.pointerEvents = '';
  }

  /** In an effect, or in the handler of an event. */
  go(to: Goal | 'end'): void {
    this.#goal = to === 'end' ? undefined : to;
    this.#follows = to === 'end';
    this.#settle(false);
  }

  /** The row that is so far from the top of the pane. */
  rowAt(y: number): number {
    return this.#drawing ? rowAt(this.#tops, y - this.#origin(this.#drawing)) : -1;
  }

  /** Where a row stands in the pane. */
  box(index: number): { readonly top: number; readonly height: number } {
    const top = this.#tops[index] ?? 0;
    return {
      top: top + (this.#drawing ? this.#origin(this.#drawing) : 0),
      height: (this.#tops[index + 1] ?? top) - top,
    };
  }

  /** `sync`: outside of a commit, where React would draw only after the next paint. */
  #settle(sync: boolean, front = false): void {
    const drawing = this.#drawing;
    if (!drawing) return;
    const pane = paneOf(drawing);
    const limit = pane.scrollHeight - pane.clientHeight;
    // Somebody's scroll that was not told of yet is respected; of a list too short now the browser took back the rest.
    const scrolled = this.#height > 0 && this.#seen <= limit ? pane.scrollTop - this.#seen : 0;
    this.#height = pane.clientHeight;
    if (this.#height === 0) return;
    this.#measure(drawing);
    if (!drawing.ends || this.#unfolded(drawing.rows)) this.#follows = false;
    if (scrolled !== 0) this.#marks = this.#marks.map((mark) => ({ ...mark, top: mark.top - scrolled }));
    const stand = this.#stand(drawing.rows, this.#tops, front);
    if (!stand) return;

    const top = this.#tops[stand.index]!;
    if (this.#follows && !this.#goal) pane.scrollTop = pane.scrollHeight;
    else this.#moveBy(drawing, this.#origin(drawing) + top - stand.top);
    const covers = this.#covers(drawing, -this.#origin(drawing));
    const left = leftOf(pane);
    // A row that is to be in view stays there.
    const arrived = this.#goal && covers && (this.#goal.align !== 'nearest' || left <= stand.top);
    if (drawing.ends && left < NEAR_END && (arrived || limit < NEAR_END)) {
      this.#follows = true;
      pane.scrollTop = pane.scrollHeight;
    }
    if (covers) this.#goal = undefined;
    // Pixels are whole and heights are not: what gets lost by that shall not add up.
    const from = -this.#origin(drawing);
    this.#mark(Math.abs(top - from - stand.top) < 1 ? top - stand.top : from);
    this.#seen = pane.scrollTop;
    if (covers) return;
    if (sync) flushSync(drawing.redraw);
    else drawing.redraw();
  }

  /**
   * A row and where it shall stand; from it follows everything else.
   *
   * `front`: another row is the first one now. What that changes about a row in view is its upper part, where the first
   * of a group has its gap and its name: so it ends where it ended.
   */
  #stand(
    rows: readonly Keyed[],
    tops: Float64Array,
    front = false,
  ): { readonly index: number; readonly top: number } | undefined {
    const heightOf = (index: number): number => tops[index + 1]! - tops[index]!;
    const kept = () => {
      let cut: { readonly index: number; readonly top: number } | undefined;
      for (const mark of this.#marks) {
        const index = rows.findIndex((row) => row.key === mark.key);
        if (index < 0) continue;
        const grown = heightOf(index) - mark.height;
        const stand = { index, top: mark.top - (front ? grown : 0) };
        if (mark.top > -1 || (mark.key === this.#pressed && grown > 0)) return stand;
        cut ??= stand;
      }
      return cut;
    };
    const { key, align } = this.#goal ?? {};
    const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
    if (index >= 0) {
      const room = this.#height - heightOf(index);
      const from = align === 'nearest' ? kept() : undefined;
      if (from) {
        const top = from.top + tops[index]! - tops[from.index]!;
        return { index, top: Math.max(0, Math.min(top, room)) };
      }
      return { index, top: align === 'center' ? Math.max(0, room / 2) : 0 };
    }
    const last = rows.length - 1;
    if (this.#follows && last >= 0) return { index: last, top: this.#height - heightOf(last) };
    return kept();
  }

  /** Whether the row that was pressed became so much longer that its end is somewhere else. */
  #unfolded(rows: readonly Keyed[]): boolean {
    const mark = this.#marks.find(({ key }) => key === this.#pressed);
    const index = mark ? rows.findIndex((row) => row.key === mark.key) : -1;
    return index >= 0 && this.#tops[index + 1]! - this.#tops[index]! - mark!.height >= NEAR_END;
  }

  /** Notes what is in view when the pane begins so far from the top of the list. */
  #mark(from: number): void {
    const tops = this.#tops;
    const rows = this.#drawing?.rows ?? [];
    const marks: Mark[] = [];
    for (let i = Math.max(0, rowAt(tops, from)); i < rows.length && tops[i]! < from + this.#height; i++) {
      marks.push({ key: rows[i]!.key, top: tops[i]! - from, height: tops[i + 1]! - tops[i]! });
    }
    this.#marks = marks;
  }

  #covers({ first, last }: Drawing, from: number): boolean {
    const need = this.#range(this.#tops, from, ENOUGH, ENOUGH);
    return first <= need.first && last >= need.last;
  }

  /** The rows in a pane that begins so far from the top of the list, with so much above and below it, px. */
  #range(tops: Float64Array, from: number, above: number, below: number): Range {
    return { first: rowAt(tops, from - above), last: rowAt(tops, from + this.#height + below) };
  }

  /** Where the rows stand now that were drawn last; nothing when none is left. */
  #there(rows: readonly Keyed[]): Range | undefined {
    const before = this.#drawing;
    if (!before || before.last < before.first) return undefined;
    if (before.rows === rows) return before;
    const key = before.rows[before.first]?.key;
    const first = rows.findIndex((row) => row.key === key);
    return first < 0 ? undefined : { first, last: first + before.last - before.first };
  }

  #measure({ list, rows, drawn }: Drawing): void {
    let news = false;
    drawn.forEach((index, at) => {
      const height = list.children[at]!.getBoundingClientRect().height;
      if (this.#heights.note(rows[index]!.key, height)) news = true;
    });
    if (news) this.#tops = this.#heights.tops(rows);
  }

  /** Where the list begins, from the top of the pane. */
  #origin(drawing: Drawing): number {
    return drawing.list.getBoundingClientRect().top - paneOf(drawing).getBoundingClientRect().top;
  }

  #moveBy(drawing: Drawing, by: number): void {
    if (Math.abs(by) < 0.5) return;
    if (momentumIsFrail && this.#rest !== undefined) {
      this.#slack -= by;
      drawing.list.style.marginBlockStart = `${this.#slack}px`;
    } else paneOf(drawing).scrollBy(0, by);
  }

  /** Rows that pass under the mouse do not show their tools. */
  #moves({ list }: Drawing): void {
    list.style.pointerEvents = 'none';
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      if (this.#touched) return;
      this.#rest = undefined;
      list.style.pointerEvents = '';
      if (this.#slack === 0) return;
      this.#slack = 0;
      list.style.marginBlockStart = '';
      this.#settle(true);
    }, REST_MS);
  }
}

const paneOf = ({ list }: Drawing): HTMLElement => list.parentElement!;

const leftOf = (pane: HTMLElement): number => pane.scrollHeight - pane.scrollTop - pane.clientHeight;
