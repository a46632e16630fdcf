import { lazy, Suspense, useEffect, useState } from 'react';
import type { Entry } from '../auth/steps.ts';
import { t, useLanguage } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import { Toaster } from '../ui/Toaster.tsx';
import { TooltipHost } from '../ui/Tooltip.tsx';
import { ClientProvider } from './client.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { MyIdContext } from './people.ts';
import { Shell } from './Shell.tsx';
import { useSession } from './session.ts';
import { renew } from './update.ts';

const AuthScreen = lazy(async () => ({ default: (await import('../auth/AuthScreen.tsx')).AuthScreen }));
const DeletionPending = lazy(async () => ({
  default: (await import('../security/DeletionPending.tsx')).DeletionPending,
}));
const FactorDemanded = lazy(async () => ({
  default: (await import('../security/FactorDemanded.tsx')).FactorDemanded,
}));

export function App() {
  const language = useLanguage();
  return (
    // Another language, another tree: what was drawn in the former one does not stay.
    <ErrorBoundary key={language}>
      <Screen />
      <Toaster />
      <TooltipHost />
    </ErrorBoundary>
  );
}

/** Another way in is another door. */
const keyOf = (entry: Entry | undefined): string | undefined =>
  entry && 'token' in entry ? entry.token : entry?.type;

function Screen() {
  const session = useSession();
  switch (session.type) {
    case 'opening':
      return <Opening />;
    case 'signedOut':
      return (
        <Suspense fallback={null}>
          <AuthScreen
            key={keyOf(session.entry) ?? session.notice}
            notice={session.notice}
            options={session.options}
            entry={session.entry}
          />
        </Suspense>
      );
    case 'factorDemanded':
      return (
        <ClientProvider client={session.client}>
          <Suspense fallback={null}>
            <FactorDemanded userId={session.userId} />
          </Suspense>
        </ClientProvider>
      );
    case 'deletionPending':
      return (
        <ClientProvider client={session.client}>
          <Suspense fallback={null}>
            <DeletionPending userId={session.userId} />
          </Suspense>
        </ClientProvider>
      );
    case 'outdated':
      return (
        <main className="kith-splash">
          <div className="kith-notice" role="alert">
            <Mark size={40} />
            <p>{t('app.outdated')}</p>
            <Button kind="primary" onClick={() => void renew()}>
              {t('app.reload')}
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
      <div className="kith-splash-mark" role="status" aria-label={slow ? undefined : t('app.opening')}>
        <Mark size={56} />
        {slow && <p>{t('app.unreachable')}</p>}
      </div>
    </main>
  );
}
