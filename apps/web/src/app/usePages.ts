/** Pages of one answer, one after another. Not SDK state: nobody keeps these but the popover or dialog that asked. */
import { useEffect, useState } from 'react';

export interface Pages<T> {
  readonly items: readonly T[];
  readonly status: 'loading' | 'failed' | 'ready';
  readonly more: boolean;
  readonly load: () => void;
}

export function usePages<T>(
  fetchPage: (cursor: string | null) => Promise<{ items: readonly T[]; next: string | null }>,
): Pages<T> {
  const [state, setState] = useState<{
    items: readonly T[];
    next: string | null;
    status: Pages<T>['status'];
  }>({
    items: [],
    next: null,
    status: 'loading',
  });
  const load = (cursor: string | null) => {
    setState((before) => ({ ...before, status: 'loading' }));
    fetchPage(cursor).then(
      (page) =>
        setState((before) => ({
          items: cursor ? [...before.items, ...page.items] : page.items,
          next: page.next,
          status: 'ready',
        })),
      () => setState((before) => ({ ...before, status: 'failed' })),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when opened
  useEffect(() => load(null), []);
  return {
    items: state.items,
    status: state.status,
    more: state.next !== null,
    load: () => load(state.next),
  };
}
