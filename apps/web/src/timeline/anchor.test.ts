import { describe, expect, it } from 'vitest';
import { Anchor } from './anchor.ts';

interface Box {
  readonly key: string;
  height: number;
}

/** What the browser and React are to an anchor: a pane of whole pixels with rows of heights nobody told. */
class Pane {
  readonly anchor = new Anchor();
  rows: Box[] = [];
  clientHeight = 500;
  ends = false;
  #scrollTop = 0;
  #drawn: { readonly row: Box; readonly gap: number }[] = [];
  #rest = 0;

  get scrollHeight(): number {
    const list = this.#drawn.reduce((sum, { row, gap }) => sum + gap + row.height, this.#rest);
    return Math.max(this.clientHeight, EDGE + list);
  }
  get scrollTop(): number {
    this.#scrollTop = Math.max(0, Math.min(this.#scrollTop, this.scrollHeight - this.clientHeight));
    return this.#scrollTop;
  }
  set scrollTop(to: number) {
    this.#scrollTop = Math.round(to);
  }
  scrollBy(_: number, by: number): void {
    this.scrollTop += by;
  }
  getBoundingClientRect() {
    return { top: 0 };
  }

  render = (): void => {
    const plan = this.anchor.plan(this.rows);
    const drawn = [...this.rows.keys()].slice(plan.first, plan.last + 1);
    let end = 0;
    this.#drawn = drawn.map((index) => {
      const gap = plan.tops[index]! - end;
      end = plan.tops[index + 1]!;
      return { row: this.rows[index]!, gap };
    });
    this.#rest = plan.tops.at(-1)! - end;
    const pane = this;
    const list = {
      parentElement: pane,
      style: {},
      children: this.#drawn.map(({ row }) => ({ getBoundingClientRect: () => ({ height: row.height }) })),
      getBoundingClientRect: () => ({ top: EDGE - pane.scrollTop }),
    } as unknown as HTMLElement;
    this.anchor.drew({ ...plan, list, rows: this.rows, drawn, ends: this.ends, redraw: this.render });
  };

  scroll(by: number): void {
    this.scrollTop += by;
    this.anchor.scrolled();
  }

  /** What is in view, from the top of the pane; fails where nothing is drawn although there is something. */
  inView(): Map<string, { readonly top: number; readonly bottom: number }> {
    const found = new Map<string, { readonly top: number; readonly bottom: number }>();
    let top = EDGE - this.scrollTop;
    const blank = (from: number, to: number) => expect(to <= 0 || from >= this.clientHeight).toBe(true);
    for (const { row, gap } of this.#drawn) {
      if (gap > 0) blank(top, top + gap);
      top += gap;
      if (top + row.height > 0 && top < this.clientHeight)
        found.set(row.key, { top, bottom: top + row.height });
      top += row.height;
    }
    if (this.#rest > 0) blank(top, top + this.#rest);
    return found;
  }
}

const EDGE = 48;

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function filled(seed: number, count: number) {
  const random = randomOf(seed);
  const pane = new Pane();
  let made = 0;
  const some = (how: number): Box[] =>
    Array.from({ length: how }, () => ({ key: `r${made++}`, height: 20 + random(3_000) / 8 }));
  pane.rows = some(count);
  pane.render();
  return { pane, random, some };
}

describe('an anchor', () => {
  it('goes where it is told, exactly, among rows that were never measured', () => {
    const { pane } = filled(1, 200);
    expect(pane.anchor.lost).toBe(true);
    pane.anchor.go({ key: 'r120', align: 'start' });
    expect(pane.inView().get('r120')?.top).toBeCloseTo(0, 0);
    pane.anchor.go({ key: 'r30', align: 'center' });
    const { top, bottom } = pane.inView().get('r30')!;
    expect(top + bottom).toBeCloseTo(500, -1);
    // In view already: nothing moves.
    pane.anchor.go({ key: 'r30', align: 'nearest' });
    expect(pane.inView().get('r30')?.top).toBe(top);
    pane.anchor.go({ key: 'r60', align: 'nearest' });
    expect(pane.inView().get('r60')?.bottom).toBeCloseTo(500, 0);
    pane.anchor.go({ key: 'r0', align: 'nearest' });
    expect(pane.inView().get('r0')?.top).toBeCloseTo(0, 0);
    // As far as the list goes.
    pane.anchor.go({ key: 'r0', align: 'center' });
    expect(pane.inView().get('r0')?.top).toBe(EDGE);
    pane.anchor.go({ key: 'r199', align: 'start' });
    expect(pane.inView().get('r199')?.bottom).toBeCloseTo(500, 0);
    expect(pane.anchor.follows).toBe(false);
  });

  it('follows the end until somebody leaves it', () => {
    const { pane, some } = filled(2, 100);
    pane.ends = true;
    pane.render();
    pane.anchor.go('end');
    const left = () => pane.scrollHeight - pane.scrollTop - pane.clientHeight;
    for (const change of [
      () => pane.rows.push(...some(1)),
      () => pane.rows.push(...some(40)),
      () => pane.rows.unshift(...some(40)),
    ]) {
      pane.rows = [...pane.rows];
      change();
      pane.render();
      expect(left()).toBeLessThan(1);
    }
    pane.clientHeight = 300;
    pane.anchor.resized();
    expect(left()).toBeLessThan(1);
    pane.scroll(-200);
    expect(pane.anchor.follows).toBe(false);
    pane.rows = [...pane.rows, ...some(1)];
    pane.render();
    expect(left()).toBeGreaterThan(200);
  });

  it('brings a row near the end wholly into view, and follows where that leaves it there', () => {
    const { pane, some } = filled(9, 60);
    pane.rows = [...pane.rows, ...some(12).map((row) => ({ ...row, height: 60 }))];
    pane.ends = true;
    pane.render();
    const [ninth] = pane.rows.slice(-9);
    const left = () => pane.scrollHeight - pane.scrollTop - pane.clientHeight;
    const step = (key: string) => {
      pane.anchor.go({ key, align: 'nearest' });
      // The focus goes there, what is drawn changes.
      pane.render();
    };
    // Nine are 540 px high, the pane 500.
    pane.anchor.go('end');
    step(ninth!.key);
    expect(pane.inView().get(ninth!.key)?.top).toBeCloseTo(0, 0);
    expect(left()).toBeCloseTo(40, 0);
    expect(pane.anchor.follows).toBe(false);
    step(pane.rows.at(-1)!.key);
    expect(pane.anchor.follows).toBe(true);
    pane.rows = [...pane.rows, ...some(1)];
    pane.render();
    expect(left()).toBeLessThan(1);
  });

  it('lets a row that is cut by the upper edge change its height out of view', () => {
    const { pane } = filled(5, 100);
    pane.rows[50]!.height = 300;
    pane.anchor.go({ key: 'r50', align: 'start' });
    pane.scroll(100);
    const { top } = pane.inView().get('r51')!;
    for (const by of [30, -60, 200]) {
      pane.rows[50]!.height += by;
      pane.anchor.resized();
      expect(pane.inView().get('r51')?.top).toBeCloseTo(top, 0);
    }
    // A row whose top is in view grows downwards.
    pane.anchor.go({ key: 'r50', align: 'start' });
    pane.rows[50]!.height += 30;
    pane.anchor.resized();
    expect(pane.inView().get('r50')?.top).toBeCloseTo(0, 0);
    // A part of a pixel is not a cut.
    for (let part = 0; part < 8; part += 1) {
      pane.rows[49]!.height += 0.625;
      pane.anchor.resized();
      pane.anchor.go({ key: 'r50', align: 'start' });
      pane.scroll(1);
      pane.scroll(-1);
      pane.rows[50]!.height += 30;
      pane.anchor.resized();
      expect(Math.abs(pane.inView().get('r50')!.top)).toBeLessThan(1);
    }
  });

  it('lets somebody read on in a long row that was pressed, also at the end', () => {
    const { pane } = filled(6, 100);
    pane.rows[50]!.height = 300;
    pane.anchor.go({ key: 'r50', align: 'start' });
    pane.scroll(100);
    pane.anchor.pressed('r50');
    pane.rows[50]!.height += 2_000;
    pane.anchor.resized();
    expect(pane.inView().get('r50')?.top).toBeCloseTo(-100, 0);
    // Folded again it ends where it ended, below what was pressed.
    pane.scroll(1_950);
    const { bottom } = pane.inView().get('r50')!;
    pane.anchor.pressed('r50');
    pane.rows[50]!.height -= 2_000;
    pane.anchor.resized();
    expect(pane.inView().get('r50')?.bottom).toBeCloseTo(bottom, 0);
    // That was this one press.
    pane.rows[50]!.height += 30;
    pane.anchor.resized();
    expect(pane.inView().get('r50')?.bottom).toBeCloseTo(bottom, 0);
    pane.anchor.pressed('r50');
    pane.scroll(1);
    pane.rows[50]!.height += 30;
    pane.anchor.resized();
    expect(pane.inView().get('r50')?.bottom).toBeCloseTo(bottom - 1, 0);

    pane.ends = true;
    pane.rows[99]!.height = 600;
    pane.render();
    pane.anchor.go('end');
    pane.anchor.pressed('r99');
    pane.rows[99]!.height += 30;
    pane.anchor.resized();
    expect(pane.inView().get('r99')?.bottom).toBeCloseTo(500, 0);
    pane.anchor.pressed('r99');
    pane.rows[99]!.height += 1_000;
    pane.anchor.resized();
    expect(pane.inView().get('r99')?.top).toBeCloseTo(-130, 0);
    expect(pane.anchor.follows).toBe(false);
  });

  it('does not drift by the parts of a pixel that a pane cannot be scrolled by', () => {
    const { pane } = filled(7, 100);
    pane.anchor.go({ key: 'r50', align: 'start' });
    for (let step = 0; step < 40; step += 1) {
      pane.rows[49]!.height += 10.375;
      pane.anchor.resized();
      expect(Math.abs(pane.inView().get('r50')!.top)).toBeLessThan(1);
    }
  });

  it('does not take for a scroll what the browser takes back from a list that got shorter', () => {
    const { pane } = filled(8, 100);
    pane.anchor.go({ key: 'r99', align: 'start' });
    const before = pane.inView();
    const above = pane.rows[99 - before.size]!;
    above.height += 400;
    pane.anchor.resized();
    above.height -= 300;
    pane.anchor.resized();
    const now = pane.inView();
    for (const [key, { bottom }] of before) expect(now.get(key)?.bottom, key).toBeCloseTo(bottom, 0);
  });

  it('lets the oldest row grow at its top when it turns out to be the first of a group', () => {
    const { pane, some } = filled(4, 50);
    pane.anchor.go({ key: 'r0', align: 'start' });
    pane.scroll(-EDGE);
    expect(pane.scrollTop).toBe(0);
    const before = pane.inView();
    pane.rows = [...some(50), ...pane.rows];
    pane.rows[50]!.height += 26;
    pane.render();
    const now = pane.inView();
    for (const [key, { bottom }] of before) expect(now.get(key)?.bottom, key).toBeCloseTo(bottom, 0);
    expect(before.size).toBeGreaterThan(1);
  });

  it('is lost when nothing of what was in view is left', () => {
    const { pane, some } = filled(3, 100);
    pane.anchor.go({ key: 'r50', align: 'start' });
    pane.rows = pane.rows.slice(0, 51);
    pane.render();
    expect(pane.anchor.lost).toBe(false);
    pane.rows = some(100);
    pane.render();
    expect(pane.anchor.lost).toBe(true);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('holds what is in view, whatever changes around it (%i)', (seed) => {
    const { pane, random, some } = filled(seed, 60);
    pane.anchor.go({ key: 'r30', align: 'center' });
    let held = 0;
    let before = pane.inView();
    for (let step = 0; step < 500; step += 1) {
      // The first one whose top is in view, or else the one that is cut.
      const [key, place] = [...before].find(([, { top }]) => top >= 1) ?? [...before][0]!;
      // What comes above a row may change its top, what happens inside of it its bottom.
      let edge: 'top' | 'bottom' = 'bottom';
      pane.rows = [...pane.rows];
      switch (random(6)) {
        case 0:
          // The first one may turn out to be the first of a group: it grows at its top.
          if (random(2) === 0) pane.rows[0]!.height += 24;
          pane.rows.unshift(...some(1 + random(60)));
          pane.render();
          break;
        case 1:
          pane.rows.push(...some(1 + random(60)));
          pane.render();
          break;
        case 2:
          pane.rows.unshift(...some(1 + random(9)));
          pane.rows.push(...some(1 + random(9)));
          pane.render();
          break;
        case 3: {
          edge = 'top';
          const row = pane.rows[random(pane.rows.length)]!;
          // Whether a row is cut by less than a pixel cannot be told from here.
          if (Math.abs(before.get(row.key)?.top ?? 9) < 2) continue;
          row.height += 10.125;
          pane.anchor.resized();
          break;
        }
        case 4:
          if (!before.has(pane.rows[0]!.key)) pane.rows.shift();
          pane.render();
          break;
        default:
          pane.scroll(random(8) === 0 ? random(24_000) - 12_000 : random(700) - 350);
          before = pane.inView();
          continue;
      }
      const now = pane.inView();
      const room = pane.scrollHeight - pane.clientHeight - pane.scrollTop;
      // Where the list begins or ends there may be nothing to scroll.
      if (pane.scrollTop > 0 && room > 0) {
        expect(
          Math.abs((now.get(key)?.[edge] ?? Number.NaN) - place[edge]),
          `${key}, step ${step}`,
        ).toBeLessThan(1);
        held += 1;
      } else before = now;
      if (edge === 'top') before = now;
    }
    expect(held).toBeGreaterThan(200);
  });
});
