import { type PointerEvent, type TouchEvent, useMemo, useRef } from 'react';

const HOLD_MS = 420;
/** A finger that moves so far means to scroll, px. */
const MOVED = 10;

export interface LongPress {
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
    readonly onPointerCancel: () => void;
    readonly onTouchEnd: (event: TouchEvent) => void;
  };
  /** Whether the last press was one: Android says `contextmenu` as well, iOS does not. */
  readonly fired: () => boolean;
}

/** Holding a finger still. A mouse has its right button for the same. */
export function useLongPress(onLongPress: (point: { x: number; y: number }) => void): LongPress {
  const latest = useRef(onLongPress);
  latest.current = onLongPress;
  return useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let start = { x: 0, y: 0 };
    let fired = false;
    const stop = () => clearTimeout(timer);
    return {
      fired: () => fired,
      handlers: {
        onPointerDown(event) {
          stop();
          fired = false;
          if (event.pointerType === 'mouse') return;
          start = { x: event.clientX, y: event.clientY };
          timer = setTimeout(() => {
            fired = true;
            navigator.vibrate?.(10);
            latest.current(start);
          }, HOLD_MS);
        },
        onPointerMove(event) {
          if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > MOVED) stop();
        },
        onPointerUp: stop,
        onPointerCancel: stop,
        onTouchEnd(event) {
          // The mouse press that browsers make of a lifted finger would close the menu that has just opened.
          if (fired && event.cancelable) event.preventDefault();
        },
      },
    };
  }, []);
}
