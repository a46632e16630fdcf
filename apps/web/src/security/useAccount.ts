/** How one signs in here. Asked of the server each time it is shown: what decides over an account is not kept on a device. */
import type { Output } from '@kith/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';

export type Account = Output<'getAccount'>;

export type AccountState =
  | { readonly type: 'loading' }
  | { readonly type: 'failed' }
  | { readonly type: 'known'; readonly account: Account };

export function useAccount(): readonly [state: AccountState, reload: () => void] {
  const client = useClient();
  const away = useOutOfReach();
  const [state, setState] = useState<AccountState>({ type: 'loading' });
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another asking asks again.
  useEffect(() => {
    let over = false;
    // What was known is true enough until the server is back.
    const missed = (): void => setState((before) => (before.type === 'known' ? before : { type: 'failed' }));
    if (away) return missed();
    client.security.account().then(
      (account) => over || setState({ type: 'known', account }),
      (error: unknown) => {
        console.warn('How one signs in is not known:', error);
        if (!over) missed();
      },
    );
    return () => {
      over = true;
    };
  }, [client, away, asked]);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return [state, reload];
}

/** Worth a dot: who forgets the password gets in again only by an address that is theirs. */
export const isUnproven = (state: AccountState): boolean =>
  state.type === 'known' && state.account.mail && !state.account.emailVerified;
