/**
 * One tooltip for the whole app, shown for whatever bears `data-tip`: listeners on the document instead of a component
 * around each of the hundred buttons of a timeline, and nothing but this file on the way to the first paint.
 */
import { cloneElement, type ReactElement, useEffect, useLayoutEffect, useRef, useState } from 'react';

const DELAY_MS = 450;
/** Passing from button to button, the next one is named at once. */
const WARM_MS = 300;
const GAP = 6;
const EDGE = 8;

/** Names the one element in it on hover and on keyboard focus. Does not replace its accessible name. */
export function Tooltip({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactElement<object>;
}) {
  return cloneElement(children, { 'data-tip': label } as object);
}

/** Stands once, at the root of the app. */
export function TooltipHost() {
  const [anchor, setAnchor] = useState<Element | null>(null);
  useEffect(() => listen(setAnchor), []);
  const text = anchor?.getAttribute('data-tip');
  if (!anchor || !text) return null;
  return <Tip key={text} anchor={anchor} text={text} />;
}

function Tip({ anchor, text }: { readonly anchor: Element; readonly text: string }) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = tip.current;
    if (!element) return;
    const at = anchor.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const below = at.bottom + GAP + height <= innerHeight - EDGE;
    const left = Math.min(Math.max(EDGE, at.left + at.width / 2 - width / 2), innerWidth - width - EDGE);
    element.style.translate = `${Math.round(left)}px ${Math.round(below ? at.bottom + GAP : at.top - GAP - height)}px`;
  }, [anchor]);
  return (
    // Hidden from screen readers, who hear the same words as the name of the button.
    <div ref={tip} className="kith-tooltip" aria-hidden="true">
      {text}
    </div>
  );
}

/** Returns how to stop. */
function listen(show: (anchor: Element | null) => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal, capture: true, passive: true };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: Element | null = null;
  let hiddenAt = 0;

  const hide = (): void => {
    clearTimeout(timer);
    if (!current) return;
    current = null;
    hiddenAt = performance.now();
    show(null);
  };
  const showSoon = (anchor: Element): void => {
    if (anchor === current) return;
    hide();
    const wait = performance.now() - hiddenAt < WARM_MS ? 0 : DELAY_MS;
    timer = setTimeout(() => {
      // What opened a menu needs no name any more.
      if (!anchor.isConnected || anchor.getAttribute('aria-expanded') === 'true') return;
      current = anchor;
      show(anchor);
    }, wait);
  };
  const tipped = (event: Event): Element | null =>
    event.target instanceof Element ? event.target.closest('[data-tip]') : null;

  document.addEventListener(
    'pointerover',
    (event) => {
      if (event.pointerType !== 'mouse') return;
      const anchor = tipped(event);
      if (anchor) showSoon(anchor);
      else hide();
    },
    options,
  );
  document.addEventListener(
    'focusin',
    (event) => {
      const anchor = tipped(event);
      if (anchor?.matches(':focus-visible')) showSoon(anchor);
      else hide();
    },
    options,
  );
  for (const type of ['pointerdown', 'keydown', 'scroll', 'focusout', 'pointerleave'] as const)
    document.addEventListener(type, hide, options);
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
