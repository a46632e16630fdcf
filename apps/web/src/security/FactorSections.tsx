/** What is shown besides the password: an authenticator app, passkeys, and codes on paper for when both are lost. */
import { lazy, Suspense, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { confirmed } from './confirmed.ts';
import { Passkeys } from './Passkeys.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { useFactors } from './useFactors.ts';
import { useFocusBack } from './useFocusBack.ts';
import './factors.css';

// Its drawing of squares is for the one time that somebody sets one up.
const TotpSetup = lazy(async () => ({ default: (await import('./TotpSetup.tsx')).TotpSetup }));

export interface FactorSectionsProps {
  /** One was added, changed or removed. */
  readonly onChange: () => void;
  /** The recovery codes were shown, and kept. */
  readonly onCodesKept?: () => void;
}

export function FactorSections({ onChange, onCodesKept }: FactorSectionsProps) {
  const [state, reload] = useFactors();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const handleChange = (fresh: readonly string[] | null): void => {
    if (fresh) setCodes(fresh);
    reload();
    onChange();
  };
  if (state.type !== 'known')
    return (
      <Section title={t('factors.title')}>
        {state.type === 'loading' ? (
          <div className="kith-security-body">
            <Skeleton width={200} height={16} />
          </div>
        ) : (
          <p className="kith-pane-note">
            {t('factors.unreachable')}{' '}
            <button type="button" className="kith-link" onClick={reload}>
              {t('common.tryAgain')}
            </button>
          </p>
        )}
      </Section>
    );
  const { totp, passkeys, recoveryCodes } = state.factors;
  return (
    <>
      <App isOn={totp !== null} onChange={handleChange} />
      <Passkeys passkeys={passkeys} onChange={handleChange} />
      {(totp !== null || passkeys.length > 0) && <Codes left={recoveryCodes} onChange={handleChange} />}
      {codes && (
        <RecoveryCodes
          codes={codes}
          onClose={() => {
            setCodes(null);
            onCodesKept?.();
          }}
        />
      )}
    </>
  );
}

interface PartProps {
  /** With recovery codes that are to be shown now. */
  readonly onChange: (codes: readonly string[] | null) => void;
}

function App({ isOn, onChange }: PartProps & { readonly isOn: boolean }) {
  const client = useClient();
  const [stage, setStage] = useState<'shown' | 'setup' | 'removing'>('shown');
  const button = useFocusBack(stage !== 'setup');
  const remove = async (): Promise<void> => {
    if (!(await confirmed(() => client.security.removeTotp()))) return;
    toast(t('factors.totpRemoved'));
    onChange(null);
  };
  return (
    <Section title={t('factors.totp')}>
      {stage === 'setup' ? (
        <Suspense fallback={null}>
          <TotpSetup
            onDone={(codes) => {
              setStage('shown');
              toast(t('factors.totpOn'));
              onChange(codes);
            }}
            onLeave={() => setStage('shown')}
          />
        </Suspense>
      ) : (
        <div className="kith-security-body">
          <p className="kith-security-text">{t(isOn ? 'factors.totpIsOn' : 'factors.totpText')}</p>
          <div className="kith-security-ways">
            {isOn ? (
              <Button ref={button} kind="danger-quiet" onClick={() => setStage('removing')}>
                {t('factors.remove')}
              </Button>
            ) : (
              <Button ref={button} onClick={() => setStage('setup')}>
                {t('factors.setUp')}
              </Button>
            )}
          </div>
        </div>
      )}
      {stage === 'removing' && (
        <Confirm
          title={t('factors.totpRemoveTitle')}
          text={t('factors.totpRemoveText')}
          verb={t('factors.remove')}
          onConfirm={remove}
          onClose={() => setStage('shown')}
        />
      )}
    </Section>
  );
}

function Codes({ left, onChange }: PartProps & { readonly left: number }) {
  const client = useClient();
  const [busy, run] = useRun();
  const renew = (): void =>
    run(async () => {
      let codes: readonly string[] | null = null;
      await confirmed(async () => {
        codes = await client.security.renewRecoveryCodes();
      });
      if (codes) onChange(codes);
    });
  return (
    <Section title={t('factors.codes')}>
      <div className="kith-security-body">
        <p className="kith-security-text" data-alert={left < 3 || undefined}>
          {t('factors.codesLeft', { count: left })}
        </p>
        <div className="kith-security-ways">
          <Button busy={busy} onClick={renew}>
            {t('factors.codesRenew')}
          </Button>
        </div>
      </div>
    </Section>
  );
}
