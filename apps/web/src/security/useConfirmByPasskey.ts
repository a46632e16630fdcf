/** A passkey in place of the password, for whoever has one here. */
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import type { Trouble } from '../auth/Trouble.tsx';
import { wordsFor } from '../auth/usePasskey.ts';
import { canPasskey, getPasskey } from '../auth/webauthn.ts';

export function useConfirmByPasskey(onConfirmed: () => void): {
  readonly able: boolean;
  readonly busy: boolean;
  readonly trouble: Trouble | undefined;
  readonly press: () => void;
} {
  const client = useClient();
  const [able, setAble] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => {
    if (!canPasskey()) return;
    client.security.factors().then(
      ({ passkeys }) => setAble(passkeys.length > 0),
      (error: unknown) => console.warn('Whether there are passkeys is not known:', error),
    );
  }, [client]);
  const press = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const { ticket, options } = await client.security.beginPasskeyConfirm();
      await client.security.confirm({ ticket, passkey: await getPasskey(options) });
      onConfirmed();
    } catch (error) {
      setTrouble(wordsFor(error));
      setBusy(false);
    }
  };
  return { able, busy, trouble, press: () => void press() };
}
