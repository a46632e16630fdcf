import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import { Toaster } from '../ui/Toaster.tsx';
import { TooltipHost } from '../ui/Tooltip.tsx';
import { ClientProvider } from './client.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { MyIdContext } from './people.ts';
import { Shell } from './Shell.tsx';
import { useSession } from './session.ts';

const AuthScreen = lazy(async () => ({ default: (await import('../auth/AuthScreen.tsx')).AuthScreen }));

export function App() {
  return (
    <ErrorBoundary>
      <Screen />
      <Toaster />
      <TooltipHost />
    </ErrorBoundary>
  );
}

function Screen() {
  const session = useSession();
  switch (session.type) {
    case 'opening':
      return <Opening />;
    case 'signedOut':
      return (
        <Suspense fallback={null}>
          <AuthScreen key={session.notice} notice={session.notice} hasAccounts={session.hasAccounts} />
        </Suspense>
      );
    case 'outdated':
      return (
        <main className="kith-splash">
          <div className="kith-notice" role="alert">
            <Mark size={40} />
            <p>There is a newer version of Kith. Reload to go on.</p>
            <Button kind="primary" onClick={() => location.reload()}>
              Reload
            </Button>
          </div>
        </main>
      );
    case 'signedIn':
      return (
        <ClientProvider client={session.client}>
          <MyIdContext value={session.userId}>
            <Shell />
          </MyIdContext>
        </ClientProvider>
      );
  }
}

/** After so long, whoever waits should be told for what. */
const PATIENCE_MS = 4_000;

/** Only ever seen with an empty cache and a slow line: everybody else is let in at once. */
function Opening() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setSlow, PATIENCE_MS, true);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="kith-splash">
      <div className="kith-splash-mark" role="status" aria-label={slow ? undefined : 'Opening Kith'}>
        <Mark size={56} />
        {slow && <p>The server cannot be reached. Kith opens as soon as it can.</p>}
      </div>
    </main>
  );
}
