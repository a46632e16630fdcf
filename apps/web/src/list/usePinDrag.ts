/** Pinned rows in another order, by mouse: the one that is drawn follows it, the others make room. Fingers have the menu. */
import type { KithClient } from '@kith/client';
import { type PointerEvent, useRef, useState } from 'react';
import { toastError } from '../ui/toast.ts';

/** Less is a click. */
const SLACK = 6;

export interface Drag {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** How far it was drawn, px. */
  readonly by: number;
  /** How high a row is, px: that is for the person to choose. */
  readonly height: number;
}

/** `pinned`: the ids in their order, on top of the list. */
export function usePinDrag(client: KithClient, pinned: readonly string[]) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const current = useRef<Drag | null>(null);

  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const row = (event.target as Element).closest<HTMLElement>('a[data-row]');
    const id = row?.dataset['row'] ?? '';
    const from = pinned.indexOf(id);
    if (!row || from < 0 || pinned.length < 2 || event.pointerType !== 'mouse' || event.button !== 0) return;
    const startY = event.clientY;
    const height = row.offsetHeight;
    const last = pinned.length - 1;
    const stop = new AbortController();
    const { signal } = stop;
    const show = (next: Drag | null): void => {
      current.current = next;
      setDrag(next);
    };
    const onMove = ({ clientY }: globalThis.PointerEvent): void => {
      const by = clientY - startY;
      if (!current.current && Math.abs(by) < SLACK) return;
      const to = Math.max(0, Math.min(last, from + Math.round(by / height)));
      show({ id, from, to, by: Math.max(-from * height, Math.min((last - from) * height, by)), height });
    };
    const onUp = (): void => {
      stop.abort();
      const dropped = current.current;
      if (!dropped) return;
      show(null);
      // The click that follows was the end of a drag.
      const swallow = (click: Event): void => {
        click.preventDefault();
        click.stopPropagation();
      };
      row.addEventListener('click', swallow);
      setTimeout(() => row.removeEventListener('click', swallow), 0);
      client.conversations.movePinned(id, dropped.to).catch(toastError);
    };
    const cancel = (): void => {
      stop.abort();
      show(null);
    };
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') cancel();
    };
    addEventListener('pointermove', onMove, { signal });
    addEventListener('pointerup', onUp, { signal });
    addEventListener('pointercancel', cancel, { signal });
    addEventListener('keydown', onKey, { signal });
  };

  /** How far a row stands from its place, px. */
  const shiftOf = (id: string): number | undefined => {
    if (!drag) return undefined;
    if (id === drag.id) return drag.by;
    const at = pinned.indexOf(id);
    if (at > drag.from && at <= drag.to) return -drag.height;
    return at >= 0 && at < drag.from && at >= drag.to ? drag.height : undefined;
  };

  return { onPointerDown, shiftOf, dragging: drag?.id };
}
