/** How pictures go out from this device unless something else is chosen for a message. */
import { useSyncExternalStore } from 'react';
import type { Manner } from '../prepare/choice.ts';

/** To send all pictures as mere files is nobody's habit. */
type UsualManner = Exclude<Manner, 'file'>;
export const usualManners: readonly UsualManner[] = ['standard', 'high', 'original'];

const KEY = 'kith.pictures';
const listeners = new Set<() => void>();

/** Read each time: another tab may have changed it, and whoever signs out takes it along. */
function get(): UsualManner {
  try {
    const kept = localStorage.getItem(KEY);
    return usualManners.find((manner) => manner === kept) ?? 'standard';
  } catch {
    return 'standard';
  }
}

function set(manner: UsualManner): void {
  try {
    localStorage.setItem(KEY, manner);
  } catch {
    // Storage is blocked: then each message is asked for.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usual = { get, set, use: () => useSyncExternalStore(subscribe, get) };
