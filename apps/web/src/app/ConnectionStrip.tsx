/** One slim strip when the server is not there: what is wrong, what still works. Nothing while a connection is young. */
import type { ConnectionState } from '@kith/client';
import { CloudOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { rich, t } from '../i18n/index.ts';
import { Spinner } from '../ui/Spinner.tsx';
import { useClient, useReadable } from './client.tsx';

/** Most connections are back before anybody should be told. */
const PATIENCE_MS = 2_000;

const isDown = (state: ConnectionState): boolean => state.type !== 'live' && state.type !== 'ended';

export function ConnectionStrip() {
  const client = useClient();
  const connection = useReadable(client.connection);
  const down = isDown(connection);
  const [patient, setPatient] = useState(true);

  useEffect(() => {
    setPatient(true);
    if (!down) return;
    const timer = setTimeout(setPatient, PATIENCE_MS, false);
    return () => clearTimeout(timer);
  }, [down]);

  const told = down && (connection.type === 'offline' || !patient);
  return (
    <div className="kith-connection" role="status" aria-live="polite" data-shown={told || undefined}>
      {told && <Words connection={connection} retry={() => client.retryNow()} />}
    </div>
  );
}

const bold = (parts: ReactNode[]) => <b>{parts}</b>;

function Words({ connection, retry }: { readonly connection: ConnectionState; readonly retry: () => void }) {
  if (connection.type === 'offline')
    return (
      <p>
        <CloudOff size={16} strokeWidth={1.75} aria-hidden="true" />
        <span>{rich('app.offline', { b: bold })}</span>
      </p>
    );
  return (
    <p>
      <Spinner size={14} />
      <span>{rich('app.connecting', { b: bold })}</span>
      {connection.type === 'waiting' && (
        <button type="button" onClick={retry}>
          {t('app.tryNow')}
        </button>
      )}
    </p>
  );
}
