/** Rows of a long list, of which only those near the view are drawn. Its parent element is the pane that scrolls. */
import { type ReactNode, useCallback, useLayoutEffect, useReducer, useRef, useState } from 'react';
import type { Anchor } from './anchor.ts';
import type { Keyed } from './heights.ts';

export interface VirtualRowsProps<Row extends Keyed> {
  readonly anchor: Anchor;
  readonly rows: readonly Row[];
  /** Whether the last row is the end of everything. */
  readonly ends: boolean;
  /** Keys of rows that are drawn wherever they are. */
  readonly keep: readonly (string | undefined)[];
  readonly onResize: () => void;
  readonly children: (row: Row, index: number) => ReactNode;
}

export function VirtualRows<Row extends Keyed>({
  anchor,
  rows,
  ends,
  keep,
  onResize,
  children,
}: VirtualRowsProps<Row>) {
  const list = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);

  const latest = useRef(onResize);
  const [observer] = useState(
    () =>
      new ResizeObserver(() => {
        anchor.resized();
        latest.current();
      }),
  );
  const observe = useCallback(
    (element: Element | null) => {
      if (!element) return undefined;
      observer.observe(element);
      return () => observer.unobserve(element);
    },
    [observer],
  );
  useLayoutEffect(() => observe(list.current!.parentElement), [observe]);

  const plan = anchor.plan(rows);
  const { tops, first, last } = plan;
  const drawn = rows.slice(first, last + 1).map((_, at) => first + at);
  for (const key of new Set(keep)) {
    const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
    if (index >= 0 && (index < first || index > last)) drawn.push(index);
  }
  drawn.sort((a, b) => a - b);

  useLayoutEffect(() => {
    latest.current = onResize;
    anchor.drew({ ...plan, list: list.current!, rows, drawn, ends, redraw });
    if (!plan.more) return undefined;
    const frame = requestAnimationFrame(redraw);
    return () => cancelAnimationFrame(frame);
  });

  let end = 0;
  const elements = drawn.map((index) => {
    const row = rows[index]!;
    const gap = tops[index]! - end;
    end = tops[index + 1]!;
    return (
      <div key={row.key} ref={observe} className="kith-timeline-row" style={{ marginBlockStart: gap }}>
        {children(row, index)}
      </div>
    );
  });
  return (
    <div ref={list} className="kith-timeline-rows" style={{ paddingBlockEnd: tops[rows.length]! - end }}>
      {elements}
    </div>
  );
}
