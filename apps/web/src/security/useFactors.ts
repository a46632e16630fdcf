/** Which second factors one has. Asked of the server each time, also by whoever may do nothing else before they have one. */
import type { Output } from '@kith/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';

export type Factors = Output<'getFactors'>;

export type FactorsState =
  | { readonly type: 'loading' }
  | { readonly type: 'failed' }
  | { readonly type: 'known'; readonly factors: Factors };

export function useFactors(): readonly [state: FactorsState, reload: () => void] {
  const client = useClient();
  const [state, setState] = useState<FactorsState>({ type: 'loading' });
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another asking asks again.
  useEffect(() => {
    let over = false;
    client.security.factors().then(
      (factors) => over || setState({ type: 'known', factors }),
      (error: unknown) => {
        console.warn('Which second factors there are is not known:', error);
        if (!over) setState((before) => (before.type === 'known' ? before : { type: 'failed' }));
      },
    );
    return () => {
      over = true;
    };
  }, [client, asked]);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return [state, reload];
}
