/** The space bar lets a film go on or stop, wherever the focus is, unless on something with a meaning of its own for it. */
import { type RefObject, useEffect } from 'react';

export function useSpace(video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const film = video.current;
      if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey || !film) return;
      // Its own keys are the browser's; a button beside it, or a dialog above, has nothing of it inside.
      if (event.target === film || !(event.target as Node).contains(film)) return;
      event.preventDefault();
      if (film.paused) film.play().catch((error: unknown) => console.warn('A film does not play:', error));
      else film.pause();
    };
    document.addEventListener('keydown', onKeyDown, { capture: true });
    return () => document.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [video]);
}
