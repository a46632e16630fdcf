import { useSyncExternalStore } from 'react';

interface Media {
  get(): boolean;
  subscribe(listener: () => void): () => void;
}

/** A media query as something to subscribe to. */
function media(query: string): Media {
  const list = matchMedia(query);
  return {
    get: () => list.matches,
    subscribe(listener) {
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
  };
}

/** Three panes fit side by side. */
export const wide = media('(min-width: 1024px)');
/** As on a phone: list or conversation, one at a time. */
export const onePane = media('(max-width: 719px)');
/** Not a finger: a mouse or the like, or nothing that points at all, and so most likely a keyboard. */
export const pointerFine = media('not all and (pointer: coarse)');

/** Somebody who wants things to stand still. */
export const reducedMotion = media('(prefers-reduced-motion: reduce)');

export const useMedia = (of: Media): boolean => useSyncExternalStore(of.subscribe, of.get);

/** "⌘" or "Ctrl", as the person's keyboard has it. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
export const modKey = isApple ? '⌘' : 'Ctrl';
