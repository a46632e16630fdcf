/** Arrows, Home and End among the buttons of a grid, by where they stand on the screen: columns need not be counted. */
import type { KeyboardEvent } from 'react';

const cells = (grid: Element): HTMLElement[] => [...grid.querySelectorAll<HTMLElement>('[data-cell]')];

export const focusFirstCell = (grid: Element | null): void => (grid ? cells(grid)[0]?.focus() : undefined);

/** For `onKeyDown` of the element around them. */
export function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const all = cells(event.currentTarget);
  const index = all.indexOf(document.activeElement as HTMLElement);
  const from = all[index];
  if (!from) return;
  const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
  const next = nextCell(all, index, from, event.key, rtl);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function nextCell(
  all: readonly HTMLElement[],
  index: number,
  from: HTMLElement,
  key: string,
  rtl: boolean,
): HTMLElement | undefined {
  switch (key) {
    case 'ArrowRight':
      return all[index + (rtl ? -1 : 1)];
    case 'ArrowLeft':
      return all[index + (rtl ? 1 : -1)];
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    case 'ArrowDown':
      return nearest(all, from, 1);
    case 'ArrowUp':
      return nearest(all, from, -1);
    default:
      return undefined;
  }
}

/** The nearest one that lies wholly below (1) or above (-1). */
function nearest(all: readonly HTMLElement[], from: HTMLElement, way: 1 | -1): HTMLElement | undefined {
  const here = from.getBoundingClientRect();
  let best: { readonly cell: HTMLElement; readonly far: number } | undefined;
  for (const cell of all) {
    const there = cell.getBoundingClientRect();
    const gap = way === 1 ? there.top - here.bottom : here.top - there.bottom;
    if (gap < -2) continue;
    const far = gap + 2 * Math.abs(there.left + there.width / 2 - here.left - here.width / 2);
    if (!best || far < best.far) best = { cell, far };
  }
  return best?.cell;
}
