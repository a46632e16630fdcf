/** One slim strip when the server is not there: what is wrong, what still works. Nothing while a connection is young. */
import type { ConnectionState } from '@kith/client';
import { CloudOff } from 'lucide-react';
import { useEffect, useState } from 'react';
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

function Words({ connection, retry }: { readonly connection: ConnectionState; readonly retry: () => void }) {
  if (connection.type === 'offline')
    return (
      <p>
        <CloudOff size={16} strokeWidth={1.75} aria-hidden="true" />
        <span>
          <b>You are offline.</b> Read on and write on: it is sent once you are back.
        </span>
      </p>
    );
  return (
    <p>
      <Spinner size={14} />
      <span>
        <b>Connecting…</b> What you write is kept and sent.
      </span>
      {connection.type === 'waiting' && (
        <button type="button" onClick={retry}>
          Try now
        </button>
      )}
    </p>
  );
}
