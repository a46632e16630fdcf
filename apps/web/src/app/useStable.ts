import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * One function as long as the component lives, which does what the newest `run` does: so that what takes it is drawn anew only
 * for a reason of its own. For events; not to be called while drawing.
 */
export function useStable<A extends readonly unknown[], R>(run: (...args: A) => R): (...args: A) => R {
  const newest = useRef(run);
  useLayoutEffect(() => {
    newest.current = run;
  });
  return useCallback((...args: A) => newest.current(...args), []);
}
