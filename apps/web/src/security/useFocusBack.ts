import { type RefObject, useEffect, useRef } from 'react';

/** For a button that something took the place of: when it is back, it takes the focus, which went with that. */
export function useFocusBack(isThere: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const was = useRef(isThere);
  useEffect(() => {
    const comesBack = isThere && !was.current;
    was.current = isThere;
    if (comesBack && document.activeElement === document.body) button.current?.focus({ preventScroll: true });
  }, [isThere]);
  return button;
}
