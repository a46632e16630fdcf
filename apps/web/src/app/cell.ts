/**
 * A value that stands beside the components: set from anywhere, followed by whoever draws it. It is the person's, not the
 * device's: when they sign out, all of them are as they were at first.
 */
import { useSyncExternalStore } from 'react';

export interface Cell<T> {
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
  use(): T;
}

const forgetting: (() => void)[] = [];

export function cell<T>(first: T): Cell<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = (): T => value;
  const set = (next: T): void => {
    if (next === value) return;
    value = next;
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  forgetting.push(() => set(first));
  return { get, set, subscribe, use: () => useSyncExternalStore(subscribe, get) };
}

export function forgetCells(): void {
  for (const forget of forgetting) forget();
}
