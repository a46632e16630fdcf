import { lazy, Suspense } from 'react';
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
          <AuthScreen {...(session.notice && { notice: session.notice })} />
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

/** Only ever seen on a first visit with a slow line: everybody else is let in from the cache. */
function Opening() {
  return (
    <main className="kith-splash">
      <div className="kith-splash-mark" role="status" aria-label="Opening Kith">
        <Mark size={56} />
      </div>
    </main>
  );
}
