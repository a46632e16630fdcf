/** One sound as its view has it: whether it is the one that plays, how far it is, and how to change that. */
import { type RefObject, useEffect, useSyncExternalStore } from 'react';
import { onScreen, playing, position } from './now.ts';
import type { PlayState } from './PlayButton.tsx';
import { soundOf } from './playing.ts';
import { wholeSeconds } from './times.ts';

export interface SoundState {
  /** The player has it, playing or paused. */
  readonly active: boolean;
  readonly broken: boolean;
  readonly state: PlayState;
}

export function useSoundState(key: string): SoundState {
  const now = playing.use();
  const here = soundOf(now)?.key === key;
  return {
    active: here && (now.type === 'starting' || now.type === 'playing' || now.type === 'paused'),
    broken: here && now.type === 'broken',
    state:
      here && now.type === 'playing' ? 'sounding' : here && now.type === 'starting' ? 'waiting' : 'still',
  };
}

const never = () => () => undefined;

/** How far it is, in whole seconds, ms; 0 when the player has another one. */
export const useSeconds = (active: boolean): number =>
  useSyncExternalStore(active ? position.subscribe : never, () =>
    active ? wholeSeconds(position.get()) : 0,
  );

/** Says so of what is played, while its view can be seen. */
export function useSeen(view: RefObject<Element | null>, key: string, active: boolean): void {
  useEffect(() => {
    const element = view.current;
    if (!active || !element) return;
    const leave = (): void => {
      if (onScreen.get() === key) onScreen.set(null);
    };
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) onScreen.set(key);
      else leave();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      leave();
    };
  }, [view, key, active]);
}
