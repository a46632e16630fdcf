/** An authenticator app gets the secret, by camera or by hand, and shows that it has it. */
import type { Output } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { encode } from 'uqr';
import { useClient } from '../app/client.tsx';
import { CodeEntry } from '../auth/CodeEntry.tsx';
import { type Trouble, TroubleLine, troubleOf } from '../auth/Trouble.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { copyToClipboard } from '../ui/copy.ts';
import { Skeleton } from '../ui/Skeleton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { confirmed } from './confirmed.ts';

export interface TotpSetupProps {
  readonly onDone: (recoveryCodes: readonly string[] | null) => void;
  readonly onLeave: () => void;
}

type State =
  | { readonly type: 'beginning' }
  | { readonly type: 'failed'; readonly trouble: Trouble }
  | { readonly type: 'begun'; readonly begun: Output<'beginTotp'> };

export function TotpSetup({ onDone, onLeave }: TotpSetupProps) {
  const client = useClient();
  const [state, setState] = useState<State>({ type: 'beginning' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each begin makes another secret; one setup has one.
  useEffect(() => {
    let over = false;
    const begin = async (): Promise<void> => {
      const begun = await client.security.beginTotp();
      if (!over) setState({ type: 'begun', begun });
    };
    confirmed(begin).then(
      (isBegun) => isBegun || over || onLeave(),
      (error: unknown) => over || setState({ type: 'failed', trouble: troubleOf(error) }),
    );
    return () => {
      over = true;
    };
  }, [client]);

  const cancel = (
    <Button kind="plain" onClick={onLeave}>
      {t('common.cancel')}
    </Button>
  );
  if (state.type === 'beginning')
    return (
      <div className="kith-security-body">
        <Skeleton width={200} height={200} />
      </div>
    );
  if (state.type === 'failed')
    return (
      <div className="kith-security-body">
        <TroubleLine trouble={state.trouble} />
        <div className="kith-security-ways">{cancel}</div>
      </div>
    );
  const { secret, uri } = state.begun;
  const copy = (): void => void copyToClipboard(secret).then(() => toast(t('app.copied')), toastError);
  return (
    <div className="kith-security-body">
      <p className="kith-security-text">{t('factors.totpScan')}</p>
      <QrCode text={uri} />
      <p className="kith-security-text">{t('factors.totpType')}</p>
      <div className="kith-totp-secret">
        <code dir="ltr">{secret.match(/.{1,4}/g)?.join(' ')}</code>
        <Button kind="plain" onClick={copy}>
          {t('common.copy')}
        </Button>
      </div>
      <p className="kith-security-text">{t('factors.totpConfirm')}</p>
      <CodeEntry
        words={{ code: 'auth.totpWrong' }}
        onCode={async (code) => {
          let codes: readonly string[] | null = null;
          const done = await confirmed(async () => {
            codes = (await client.security.confirmTotp(code)).recoveryCodes;
          });
          if (done) onDone(codes);
          else onLeave();
        }}
        onOver={onLeave}
      >
        {cancel}
      </CodeEntry>
    </div>
  );
}

/** White on any theme, or a camera does not see it. */
function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 3 });
  return (
    <svg
      className="kith-qr"
      role="img"
      aria-label={t('factors.qr')}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      {data.flatMap((row, y) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: a square is its place.
        row.map((isDark, x) => isDark && <rect key={`${x} ${y}`} x={x} y={y} width={1} height={1} />),
      )}
    </svg>
  );
}
