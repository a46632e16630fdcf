import { useSyncExternalStore } from 'react';

/** A media query as something to subscribe to. */
function media(query: string) {
  const list = matchMedia(query);
  const subscribe = (listener: () => void): (() => void) => {
    list.addEventListener('change', listener);
    return () => list.removeEventListener('change', listener);
  };
  return { get: () => list.matches, subscribe };
}

/** One pane at a time. */
export const phone = media('(max-width: 719px)');
/** Three panes side by side. */
export const wide = media('(min-width: 1024px)');
/** A mouse or the like. */
export const pointerFine = media('(pointer: fine)');

export const useMedia = (of: {
  get: () => boolean;
  subscribe: (listener: () => void) => () => void;
}): boolean => useSyncExternalStore(of.subscribe, of.get);

/** "⌘" or "Ctrl", as the person's keyboard has it. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
export const modKey = isApple ? '⌘' : 'Ctrl';
