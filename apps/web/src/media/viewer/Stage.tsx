/**
 * One picture on a dark stage, under the hand: wheel, pinch, double press and keys make it larger, dragging moves it, and while
 * all of it is seen a swipe leads to the next one or closes.
 */
import { type PointerEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStable } from '../../app/useStable.ts';
import type { Size } from '../files/album.ts';
import { fitted, moved, type Point, toggled, type View, WHOLE, zoomed } from './zoom.ts';
import './viewer.css';

export interface StageHandle {
  /** About the middle. */
  zoom(factor: number): void;
  reset(): void;
  /** Looks around by an arrow's name; says whether there was anything to look around in. */
  look(arrow: string): boolean;
}

export interface StageProps {
  /** Pixels of its own. */
  readonly size: Size;
  readonly children: ReactNode;
  readonly handle: { current: StageHandle | null };
  readonly onStep: (by: 1 | -1) => void;
  readonly onClose: () => void;
  /** A finger tapped the picture. */
  readonly onTap: () => void;
}

/** A pointer that moved less has pressed, px. */
const STILL = 8;
/** So far a swipe means it; a quick one needs less. */
const FAR = 90;
const QUICK = 0.5;
/** Two presses within are one double press, ms and px. */
const DOUBLE_MS = 300;
const DOUBLE_PX = 40;

/** What the hand is doing. A swipe goes one way, decided once. */
type Gesture =
  | { readonly type: 'idle' }
  | { readonly type: 'press'; readonly id: number; readonly from: Point; readonly at: number }
  | { readonly type: 'pan'; readonly id: number; readonly last: Point }
  | {
      readonly type: 'swipe';
      readonly id: number;
      readonly way: 'x' | 'y';
      readonly from: Point;
      readonly at: number;
    }
  | { readonly type: 'pinch'; readonly points: ReadonlyMap<number, Point> };

const IDLE: Gesture = { type: 'idle' };

export function Stage({ size, children, handle, onStep, onClose, onTap }: StageProps) {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Size>({ width: innerWidth, height: innerHeight });
  const [view, setView] = useState<View>(WHOLE);
  const [offset, setOffset] = useState<Point | null>(null);
  const gesture = useRef<Gesture>(IDLE);
  const lastPress = useRef<{ readonly point: Point; readonly at: number } | null>(null);
  const tap = useRef<ReturnType<typeof setTimeout>>(undefined);
  const fit = fitted(size, room);

  useLayoutEffect(() => {
    const stage = element.current;
    if (!stage) return;
    const measure = (): void => {
      setRoom({ width: stage.clientWidth, height: stage.clientHeight });
      setView(WHOLE);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(stage);
    return () => {
      observer.disconnect();
      clearTimeout(tap.current);
    };
  }, []);

  useLayoutEffect(() => {
    handle.current = {
      zoom: (factor) => setView((before) => zoomed(before, factor, { x: 0, y: 0 }, size, room)),
      reset: () => setView(WHOLE),
      look: (arrow) => {
        const by = view.scale > 1 ? ARROWS[arrow] : undefined;
        if (by) setView((before) => moved(before, by, size, room));
        return by !== undefined;
      },
    };
    return () => {
      handle.current = null;
    };
  }, [handle, size, room, view.scale]);

  const onWheel = useStable((event: WheelEvent): void => {
    // The page behind must stay, and so must the browser's own zoom: only a listener that is not passive can say so.
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    // A pinch on a trackpad comes as a wheel with Ctrl, in small steps.
    const speed = event.ctrlKey ? 100 : 500;
    const at = pointIn(element.current, event);
    setView((before) => zoomed(before, Math.exp((-event.deltaY * lines) / speed), at, size, room));
  });
  useEffect(() => {
    const stage = element.current;
    stage?.addEventListener('wheel', onWheel, { passive: false });
    return () => stage?.removeEventListener('wheel', onWheel);
  }, [onWheel]);

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const point = pointIn(element.current, event);
    element.current?.setPointerCapture(event.pointerId);
    const now = gesture.current;
    if (now.type === 'idle') {
      gesture.current = { type: 'press', id: event.pointerId, from: point, at: event.timeStamp };
    } else if (now.type === 'pinch') {
      gesture.current = { type: 'pinch', points: new Map([...now.points, [event.pointerId, point]]) };
    } else {
      // A second finger: whatever the first had begun is a pinch now.
      setOffset(null);
      const first = now.type === 'pan' ? now.last : now.from;
      gesture.current = {
        type: 'pinch',
        points: new Map([
          [now.id, first],
          [event.pointerId, point],
        ]),
      };
    }
  };

  const onPointerMove = (event: PointerEvent): void => {
    const now = gesture.current;
    const point = pointIn(element.current, event);
    switch (now.type) {
      case 'idle':
        return;
      case 'press': {
        if (now.id !== event.pointerId || distance(now.from, point) < STILL) return;
        if (view.scale > 1) gesture.current = { type: 'pan', id: now.id, last: point };
        // A mouse drags nothing that is whole: it has buttons and keys.
        else if (event.pointerType !== 'mouse') {
          const way = Math.abs(point.x - now.from.x) > Math.abs(point.y - now.from.y) ? 'x' : 'y';
          gesture.current = { type: 'swipe', id: now.id, way, from: now.from, at: now.at };
        }
        return;
      }
      case 'pan': {
        if (now.id !== event.pointerId) return;
        const by = { x: point.x - now.last.x, y: point.y - now.last.y };
        gesture.current = { ...now, last: point };
        setView((before) => moved(before, by, size, room));
        return;
      }
      case 'swipe':
        if (now.id !== event.pointerId) return;
        setOffset(
          now.way === 'x'
            ? { x: point.x - now.from.x, y: 0 }
            : { x: 0, y: Math.max(0, point.y - now.from.y) },
        );
        return;
      case 'pinch':
        pinch(now.points, event.pointerId, point);
    }
  };

  const pinch = (points: ReadonlyMap<number, Point>, id: number, point: Point): void => {
    const before = points.get(id);
    const other = [...points].find(([known]) => known !== id)?.[1];
    if (!before) return;
    gesture.current = { type: 'pinch', points: new Map([...points, [id, point]]) };
    if (!other) return;
    const from = middle(before, other);
    const to = middle(point, other);
    const factor = distance(point, other) / Math.max(1, distance(before, other));
    setView((now) =>
      moved(zoomed(now, factor, from, size, room), { x: to.x - from.x, y: to.y - from.y }, size, room),
    );
  };

  const onPointerUp = (event: PointerEvent): void => {
    const now = gesture.current;
    if (now.type === 'pinch') {
      const points = new Map([...now.points].filter(([id]) => id !== event.pointerId));
      const [rest] = points;
      gesture.current = rest ? { type: 'pan', id: rest[0], last: rest[1] } : IDLE;
      return;
    }
    if (now.type === 'idle' || now.id !== event.pointerId) return;
    gesture.current = IDLE;
    const point = pointIn(element.current, event);
    if (now.type === 'press' && distance(now.from, point) < STILL) press(event, point);
    if (now.type === 'swipe') swiped(now, point, event.timeStamp);
  };

  const swiped = (swipe: Gesture & { readonly type: 'swipe' }, point: Point, at: number): void => {
    setOffset(null);
    const way = swipe.way === 'x' ? point.x - swipe.from.x : point.y - swipe.from.y;
    const quick = Math.abs(way) / Math.max(1, at - swipe.at) > QUICK && Math.abs(way) > STILL * 3;
    if (Math.abs(way) < FAR && !quick) return;
    if (swipe.way === 'y') return way > 0 ? onClose() : undefined;
    // What comes next lies where lines go on.
    const forward = document.dir === 'rtl' ? way > 0 : way < 0;
    onStep(forward ? 1 : -1);
  };

  const press = (event: PointerEvent, point: Point): void => {
    const before = lastPress.current;
    lastPress.current = { point, at: event.timeStamp };
    clearTimeout(tap.current);
    if (before && event.timeStamp - before.at < DOUBLE_MS && distance(before.point, point) < DOUBLE_PX) {
      lastPress.current = null;
      setView((now) => toggled(now, point, size, room));
      return;
    }
    const beside =
      Math.abs(point.x - view.x) > (fit.width * view.scale) / 2 ||
      Math.abs(point.y - view.y) > (fit.height * view.scale) / 2;
    if (beside) return onClose();
    // Not before it is known that no second one follows.
    if (event.pointerType !== 'mouse') tap.current = setTimeout(onTap, DOUBLE_MS);
  };

  const cancel = (event: PointerEvent): void => {
    const now = gesture.current;
    if (now.type === 'pinch') return onPointerUp(event);
    gesture.current = IDLE;
    setOffset(null);
  };

  const { x, y } = offset ?? view;
  const style = {
    inlineSize: fit.width,
    blockSize: fit.height,
    transform: `translate(${x}px, ${y}px) scale(${view.scale})`,
    ...(offset && offset.y > 0 && { opacity: Math.max(0.3, 1 - offset.y / room.height) }),
  };
  return (
    <div
      ref={element}
      className="kith-stage"
      data-near={view.scale > 1 || undefined}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={cancel}
    >
      <div className="kith-stage-picture" data-held={offset !== null || undefined} style={style}>
        {children}
      </div>
    </div>
  );
}

const LOOK = 80;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: LOOK, y: 0 },
  ArrowRight: { x: -LOOK, y: 0 },
  ArrowUp: { x: 0, y: LOOK },
  ArrowDown: { x: 0, y: -LOOK },
};

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** From the middle of the stage. */
function pointIn(stage: Element | null, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const { left, top, width, height } = stage?.getBoundingClientRect() ?? new DOMRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}
