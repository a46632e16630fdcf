/** The place as the server knows it, and how to change it: asked when its pane opens. */
import type { Input, Output } from '@kith/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { confirmed } from '../security/confirmed.ts';
import { toast } from '../ui/toast.ts';

export type Place = Output<'getTenant'>;
export type PlaceState =
  | { readonly type: 'loading' }
  | { readonly type: 'failed' }
  | { readonly type: 'known'; readonly place: Place };

export interface PlaceInHand {
  readonly state: PlaceState;
  readonly reload: () => void;
  /** Asks who one is where that is wanted. @throws what the server refuses. */
  readonly change: (to: Input<'updateTenant'>) => Promise<void>;
}

export function usePlace(): PlaceInHand {
  const client = useClient();
  const away = useOutOfReach();
  const [state, setState] = useState<PlaceState>({ type: 'loading' });
  const reload = useCallback((): void => {
    client.tenant.get().then(
      (place) => setState({ type: 'known', place }),
      () => setState((before) => (before.type === 'known' ? before : { type: 'failed' })),
    );
  }, [client]);
  useEffect(() => {
    if (!away) reload();
  }, [reload, away]);
  return {
    state,
    reload,
    change: async (to) => {
      const done = await confirmed(async () => {
        const place = await client.tenant.update(to);
        setState({ type: 'known', place });
      });
      if (done) toast(t('place.saved'));
    },
  };
}
