/** A finger that draws a row aside: along the line to read or unread, against it to the archive. Scrolling stays the browser's. */
import { type PointerEvent, useMemo, useRef, useState } from 'react';

/** So far, px, and letting go does it. */
const FAR = 72;
/** Until here it may still be a scroll or a press. */
const SLACK = 12;
const FARTHEST = 120;

/** Along the reading direction, or against it. */
export type Side = 'start' | 'end';

export function useSwipe(onSwipe: (to: Side) => void) {
  const latest = useRef(onSwipe);
  latest.current = onSwipe;
  /** Where it goes while the finger is down, and whether far enough. */
  const [swiping, setSwiping] = useState<{ readonly to: Side; readonly far: boolean } | null>(null);
  const made = useMemo(() => {
    let start: { x: number; y: number; id: number } | undefined;
    let moved = 0;
    let swiped = false;
    const toSide = (x: number): Side => (x > 0 === (document.dir !== 'rtl') ? 'end' : 'start');
    const stop = (event: PointerEvent<HTMLElement>): void => {
      start = undefined;
      moved = 0;
      event.currentTarget.style.removeProperty('translate');
      setSwiping(null);
    };
    return {
      /** Whether the press that ends now was one: then it opens nothing. */
      swiped: () => swiped,
      handlers: {
        onPointerDown(event: PointerEvent<HTMLElement>) {
          swiped = false;
          if (event.pointerType !== 'mouse' && event.isPrimary)
            start = { x: event.clientX, y: event.clientY, id: event.pointerId };
        },
        onPointerMove(event: PointerEvent<HTMLElement>) {
          if (start?.id !== event.pointerId) return;
          const x = event.clientX - start.x;
          const y = event.clientY - start.y;
          if (!swiped) {
            if (Math.abs(y) > SLACK) start = undefined;
            if (!start || Math.abs(x) < SLACK || Math.abs(x) < Math.abs(y) * 1.5) return;
            swiped = true;
            event.currentTarget.setPointerCapture(event.pointerId);
          }
          moved = Math.sign(x) * Math.min(FARTHEST, Math.max(0, Math.abs(x) - SLACK));
          event.currentTarget.style.translate = `${moved}px`;
          const next = { to: toSide(moved), far: Math.abs(moved) >= FAR };
          setSwiping((before) => (before?.to === next.to && before.far === next.far ? before : next));
        },
        onPointerUp(event: PointerEvent<HTMLElement>) {
          if (start?.id !== event.pointerId) return;
          const [far, to] = [Math.abs(moved) >= FAR, toSide(moved)];
          stop(event);
          if (far) latest.current(to);
        },
        onPointerCancel: stop,
      },
    };
  }, []);
  return { ...made, swiping };
}
