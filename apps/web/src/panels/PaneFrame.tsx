/** What all left screens and side panels share: a head with title and way out, a body that scrolls, arrow keys over rows. */
import { ArrowLeft, X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { pointerFine } from '../app/media.ts';
import { IconButton } from '../ui/IconButton.tsx';

export interface PaneFrameProps {
  readonly title: string;
  readonly exit: { readonly kind: 'back' | 'close'; readonly label: string; readonly run: () => void };
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Stays in sight below the body. */
  readonly foot?: ReactNode;
}

/** The element that had the focus takes it again when the pane goes. */
export function PaneFrame({ title, exit, actions, children, foot }: PaneFrameProps) {
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // Restored by a reload, not opened by anybody: the focus stays where the browser puts it.
    if (navigator.userActivation?.hasBeenActive === false) return;
    const before = document.activeElement;
    const inside = frame.current;
    // A finger asked for the pane, not for the keyboard that a field brings up and half of it covered.
    const first = pointerFine.get() ? inside?.querySelector<HTMLElement>('[data-first]') : null;
    (first ?? inside?.querySelector<HTMLElement>('[data-exit]'))?.focus({ preventScroll: true });
    return () => {
      // Unless the person has gone on to something else.
      const lost = document.activeElement === document.body || inside?.contains(document.activeElement);
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.key === 'Escape' && frame.current?.contains(event.target as Node)) {
      event.stopPropagation();
      exit.run();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveFocus(event, frame.current);
  };

  const button = (
    <IconButton
      icon={exit.kind === 'back' ? ArrowLeft : X}
      label={exit.label}
      bare
      data-exit
      onClick={exit.run}
    />
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside bubble to here.
    <div ref={frame} className="kith-pane" onKeyDown={onKeyDown}>
      <header className="kith-pane-head">
        {exit.kind === 'back' && button}
        <h1>{title}</h1>
        {actions}
        {exit.kind === 'close' && button}
      </header>
      <div className="kith-pane-body">{children}</div>
      {foot && <footer className="kith-pane-foot">{foot}</footer>}
    </div>
  );
}

/** From a search field into the rows below it, from row to row, and back up. */
function moveFocus(event: KeyboardEvent, frame: HTMLElement | null): void {
  const from = event.target as HTMLElement;
  const stops = [...(frame?.querySelectorAll<HTMLElement>('input[type="search"], [data-row]') ?? [])];
  const at = stops.indexOf(from);
  if (at < 0) return;
  event.preventDefault();
  stops[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
