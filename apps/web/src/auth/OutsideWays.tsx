/** The other services one may sign in by, below the form. */
import type { SignInOptions } from '@kith/protocol';
import { useState } from 'react';
import { accountsHere } from '../app/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { toastError } from '../ui/toast.ts';
import { pendingInvite } from './invited.ts';
import { ServiceIcon } from './ServiceIcon.tsx';
import './outside.css';

export function OutsideWays({ providers }: Pick<SignInOptions, 'providers'>) {
  const [gone, setGone] = useState<string>();
  if (providers.length === 0) return null;
  return (
    <div className="kith-outside">
      <p className="kith-outside-or">
        <span>{t('auth.or')}</span>
      </p>
      {providers.map(({ id, name, preset }) => (
        <Button
          key={id}
          wide
          busy={gone === id}
          onClick={() => {
            setGone(id);
            // Whoever comes back by the browser's button may find this page as it was.
            addEventListener('pageshow', () => setGone(undefined), { once: true });
            const invite = pendingInvite();
            if (invite === null) location.assign(accountsHere().outsideUrl(id));
            else
              accountsHere()
                .departOutside(id, invite)
                .then(
                  (place) => location.assign(place),
                  (error: unknown) => {
                    setGone(undefined);
                    toastError(error);
                  },
                );
          }}
        >
          <ServiceIcon preset={preset} />
          {t('auth.continueWith', { service: name })}
        </Button>
      ))}
    </div>
  );
}
