/** For whoever must have a second factor and has none: nothing else is to be had before. */
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { leave, reenter } from '../app/session.ts';
import { DoorFrame } from '../auth/DoorFrame.tsx';
import '../auth/auth.css';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import ConfirmIdentity from './ConfirmIdentity.tsx';
import { useAsking } from './confirmed.ts';
import { FactorSections } from './FactorSections.tsx';

export function FactorDemanded({ userId }: { readonly userId: string }) {
  const client = useClient();
  const asking = useAsking();
  const [isSetUp, setSetUp] = useState(false);
  return (
    <DoorFrame title={t('factors.demandTitle')} text={t('factors.demandText')}>
      <div className="kith-factor-demanded">
        <FactorSections onChange={() => setSetUp(true)} onCodesKept={() => void reenter(client, userId)} />
      </div>
      {isSetUp && (
        <Button kind="primary" wide onClick={() => void reenter(client, userId)}>
          {t('auth.toKith')}
        </Button>
      )}
      <Button kind="plain" wide onClick={() => void leave(client)}>
        {t('settings.signOut')}
      </Button>
      {asking && <ConfirmIdentity asking={asking} />}
    </DoorFrame>
  );
}
