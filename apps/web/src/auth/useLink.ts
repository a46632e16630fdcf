/** What the link of a mail or an invitation is about: asked of the server before anything is typed into its form. */
import { KithError } from '@kith/client';
import { useEffect, useState } from 'react';
import { type Trouble, troubleOf } from './Trouble.tsx';

export type LinkState<T> =
  | { readonly type: 'looking' }
  | { readonly type: 'failed'; readonly trouble: Trouble }
  | { readonly type: 'known'; readonly about: T };

/**
 * `ask` is called once, and with each `again`; `onOver` when the link leads nowhere any more, never was or was used: the server
 * tells these apart for nobody.
 */
export function useLink<T>(
  ask: () => Promise<T>,
  onOver: () => void,
): readonly [state: LinkState<T>, again: () => void] {
  const [state, setState] = useState<LinkState<T>>({ type: 'looking' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step of the door has one link; another attempt asks again.
  useEffect(() => {
    let left = false;
    ask().then(
      (about) => left || setState({ type: 'known', about }),
      (error: unknown) => {
        if (left) return;
        if (error instanceof KithError && error.code === 'not_found') onOver();
        else setState({ type: 'failed', trouble: troubleOf(error) });
      },
    );
    return () => {
      left = true;
    };
  }, [attempt]);
  const again = (): void => {
    setState({ type: 'looking' });
    setAttempt((count) => count + 1);
  };
  return [state, again];
}
