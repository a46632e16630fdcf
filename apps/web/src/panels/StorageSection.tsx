/** How much of the server's room one's files take, and how large pictures go out from this device. */
import type { UploadLimits } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';
import { percent } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { sizeText } from '../media/files/words.ts';
import { usual, usualManners } from '../media/tray/usual.ts';
import { Choice, Section } from '../ui/Choice.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import './storage.css';

const mannerNames = { standard: 'tray.standard', high: 'tray.high', original: 'tray.original' } as const;

export function StorageSection() {
  const manner = usual.use();
  return (
    <Section title={t('settings.storage')}>
      <div className="kith-storage">
        <Room />
      </div>
      <Choice
        legend={t('settings.quality')}
        value={manner}
        onChange={usual.set}
        options={usualManners.map((value) => ({ value, label: t(mannerNames[value]) }))}
      />
      <p className="kith-pane-note">{t('settings.quality.hint')}</p>
    </Section>
  );
}

type State =
  | { readonly type: 'loading' }
  | { readonly type: 'away' }
  | { readonly type: 'known'; readonly limits: UploadLimits };

/** Beyond it the bar warns. */
const SCARCE = 0.9;

function Room() {
  const client = useClient();
  const away = useOutOfReach();
  const [state, setState] = useState<State>({ type: 'loading' });
  useEffect(() => {
    let over = false;
    // What was known is true enough until the server is back.
    const missed = (): void => setState((before) => (before.type === 'known' ? before : { type: 'away' }));
    if (away) return missed();
    client.files.limits().then(
      (limits) => over || setState({ type: 'known', limits }),
      (error: unknown) => {
        console.warn('How much room is used is not known:', error);
        if (!over) missed();
      },
    );
    return () => {
      over = true;
    };
  }, [client, away]);
  if (state.type === 'loading') return <Skeleton width={220} height={16} />;
  if (state.type === 'away') return <p>{t('settings.storage.away')}</p>;
  const { usedBytes, quotaBytes } = state.limits;
  const used = sizeText(usedBytes);
  if (quotaBytes === undefined) return <p>{t('settings.storage.used', { used })}</p>;
  const share = quotaBytes === 0 ? 1 : Math.min(1, usedBytes / quotaBytes);
  return (
    <>
      {/* Not the element of that name: each browser draws its own, and lets little of it be changed. */}
      <div
        className="kith-storage-bar"
        role="meter"
        aria-label={t('settings.storage.room')}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={share}
        aria-valuetext={percent(share)}
      >
        <span data-scarce={share > SCARCE || undefined} style={{ inlineSize: `${share * 100}%` }} />
      </div>
      <p>{t('settings.storage.usedOf', { used, room: sizeText(quotaBytes) })}</p>
    </>
  );
}
