/** What keys do to a picture in full, and the way to its neighbours. */
import { type RefObject, useEffect } from 'react';
import { useStable } from '../../app/useStable.ts';
import type { StageHandle } from './Stage.tsx';

/** Of a key or a button. */
export const ZOOM_STEP = 1.4;

export interface StageKeys {
  readonly step: (by: 1 | -1) => void;
  readonly remove?: () => void;
  /** Something stands above it. */
  readonly off?: boolean;
}

export function useStageKeys(
  stage: RefObject<StageHandle | null>,
  { step, remove, off = false }: StageKeys,
): void {
  const onKeyDown = useStable((event: KeyboardEvent): void => {
    // A video's keys are its own: they go back and forth in it. And a dialog above has all of them.
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || off) return;
    if (event.target instanceof HTMLVideoElement) return;
    const forward = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    // Near, the arrows look around; whole, they leaf.
    if (stage.current?.look(event.key)) return event.preventDefault();
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') step(event.key === forward ? 1 : -1);
    else if (event.key === '+' || event.key === '=') stage.current?.zoom(ZOOM_STEP);
    else if (event.key === '-') stage.current?.zoom(1 / ZOOM_STEP);
    else if (event.key === '0') stage.current?.reset();
    else if (remove && (event.key === 'Delete' || event.key === 'Backspace')) remove();
    else return;
    event.preventDefault();
  });
  // Wherever the focus is, on the ground itself too; and before the dialog, which lets no arrow through.
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown, { capture: true });
    return () => document.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [onKeyDown]);
}
