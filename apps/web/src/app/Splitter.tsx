import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { t } from '../i18n/index.ts';

const MIN = 260;
const MAX = 420;
const DEFAULT = 320;
const STEP = 16;
const KEY = 'kith.list-width';

const clamp = (width: number): number => Math.round(Math.min(MAX, Math.max(MIN, width)));

export function useListWidth(): readonly [number, (width: number) => void] {
  const [width, set] = useState(() => {
    try {
      return clamp(Number(localStorage.getItem(KEY)) || DEFAULT);
    } catch {
      return DEFAULT;
    }
  });
  return [
    width,
    (next) => {
      set(clamp(next));
      try {
        localStorage.setItem(KEY, String(clamp(next)));
      } catch {
        // Storage is blocked: it holds until the page is closed.
      }
    },
  ];
}

/** Between list and conversation: dragged, or moved by arrow keys; a double press brings the default back. */
export function Splitter({
  width,
  onChange,
}: {
  readonly width: number;
  readonly onChange: (width: number) => void;
}) {
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect();
    if (left) onChange(document.dir === 'rtl' ? left.right - event.clientX : event.clientX - left.left);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = document.dir === 'rtl' ? -STEP : STEP;
    const to = { ArrowLeft: width - step, ArrowRight: width + step, Home: MIN, End: MAX }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onChange(to);
  };
  return (
    <div
      className="kith-splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={t('app.widthOfList')}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onDoubleClick={() => onChange(DEFAULT)}
      onKeyDown={onKeyDown}
    />
  );
}
