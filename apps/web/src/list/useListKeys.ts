/** Arrow keys in a virtualized list: one row is the tab stop, arrows move it, and rows outside of the window are fetched in. */
import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { type Item, isStop } from './items.ts';

const step = (key: string, page: number): number | null =>
  ({ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity })[key] ?? null;

export function useListKeys(
  items: readonly Item[],
  preferred: string | null,
  scroller: RefObject<HTMLElement | null>,
  virtualizer: RefObject<VirtualizerHandle | null>,
  /** What ArrowUp from the first row returns to. */
  above: RefObject<HTMLElement | null>,
) {
  // By key, not by place: the list may reorder under the focus.
  const [current, setCurrent] = useState<string | null>(null);
  const indexOf = (key: string | null) => (key === null ? -1 : items.findIndex((item) => item.key === key));
  const stop = [indexOf(current), indexOf(preferred)].find((index) => index >= 0) ?? nextRow(items, -1, 1);

  const focus = (index: number): void => {
    const item = items[index];
    if (!item) return;
    setCurrent(item.key);
    virtualizer.current?.scrollToIndex(index, { align: 'nearest' });
    // The row may have to be drawn first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scroller.current
          ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(item.key)}"]`)
          ?.focus({ preventScroll: true });
      }),
    );
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((virtualizer.current?.viewportSize ?? 640) / 64) - 1);
    const by = step(event.key, page);
    if (by === null) return;
    event.preventDefault();
    const row = (event.target as Element).closest<HTMLElement>('[data-row]');
    const from = row ? indexOf(row.dataset['row'] ?? null) : stop;
    if (by === -1 && nextRow(items, from, -1) < 0) {
      above.current?.focus();
      return;
    }
    const target = Math.min(items.length - 1, Math.max(0, from + by));
    const next = nextRow(items, target - Math.sign(by), Math.sign(by));
    focus(next < 0 ? from : next);
  };

  return { stop, onKeyDown, focusFirst: () => focus(nextRow(items, -1, 1)) };
}

/** The next row that can be focused, beyond headings; -1 when there is none. */
export function nextRow(items: readonly Item[], from: number, direction: number): number {
  for (let index = from + direction; index >= 0 && index < items.length; index += direction)
    if (isStop(items[index] as Item)) return index;
  return -1;
}
