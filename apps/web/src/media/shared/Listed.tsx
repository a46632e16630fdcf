/** What surrounds every such list: that it comes, that there is nothing, that it cannot be had, and more of it while one scrolls. */
import type { ConversationEntry } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { FileText, Images, Link, type LucideIcon, Mic } from 'lucide-react';
import type { ComponentType } from 'react';
import { errorText } from '../../i18n/errors.ts';
import { type Key, t } from '../../i18n/index.ts';
import { LoadMore } from '../../panels/LoadMore.tsx';
import { Button } from '../../ui/Button.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { type Kind, type Shared, useShared } from './useShared.ts';
import './shared.css';

export interface ViewProps {
  /** Newest first. */
  readonly records: readonly MessageRecord[];
}

interface Nothing {
  readonly icon: LucideIcon;
  readonly title: Key;
  readonly text: Key;
}

const nothing: Readonly<Record<Kind, Nothing>> = {
  media: { icon: Images, title: 'shared.noMedia', text: 'shared.noMediaText' },
  files: { icon: FileText, title: 'shared.noFiles', text: 'shared.noFilesText' },
  links: { icon: Link, title: 'shared.noLinks', text: 'shared.noLinksText' },
  voice: { icon: Mic, title: 'shared.noVoice', text: 'shared.noVoiceText' },
};

export function Listed({
  entry,
  kind,
  View,
}: {
  readonly entry: ConversationEntry;
  readonly kind: Kind;
  readonly View: ComponentType<ViewProps>;
}) {
  const shared = useShared(entry, kind);
  const { status, records, older } = shared;
  if (status === 'loading') return <Skeletons kind={kind} />;
  if (status === 'away') {
    return (
      <div className="kith-shared-notice" role="status">
        <p>{t('shared.away')}</p>
      </div>
    );
  }
  if (status === 'failed') {
    return (
      <div className="kith-shared-notice" role="alert">
        <p>{errorText(shared.error)}</p>
        <Button onClick={shared.retry}>{t('common.tryAgain')}</Button>
      </div>
    );
  }
  return (
    <>
      {records.length > 0 && <View records={records} />}
      {records.length === 0 && older === 'none' && <Empty {...nothing[kind]} />}
      <Older shared={shared} />
    </>
  );
}

function Empty({ icon: Icon, title, text }: Nothing) {
  return (
    <div className="kith-shared-notice" role="status">
      <Icon size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>
        <b>{t(title)}</b>
        <span>{t(text)}</span>
      </p>
    </div>
  );
}

function Older({ shared: { older, loadOlder } }: { readonly shared: Shared }) {
  if (older === 'cut') return <p className="kith-shared-end">{t('shared.cut')}</p>;
  if (older === 'failed') {
    return (
      <p className="kith-shared-end" role="alert">
        {t('shared.olderFailed')}
        <Button kind="plain" onClick={loadOlder}>
          {t('common.tryAgain')}
        </Button>
      </p>
    );
  }
  return <LoadMore more={older === 'there'} onMore={loadOlder} />;
}

const TILES = Array.from({ length: 12 }, (_, at) => at);
const ROWS = TILES.slice(0, 6);

function Skeletons({ kind }: { readonly kind: Kind }) {
  if (kind === 'media') {
    return (
      <div className="kith-shared-grid" data-coming role="status" aria-label={t('common.loadingMore')}>
        {TILES.map((at) => (
          <span key={at} className="kith-skeleton" />
        ))}
      </div>
    );
  }
  return (
    <div className="kith-shared-coming" role="status" aria-label={t('common.loadingMore')}>
      {ROWS.map((at) => (
        <div key={at}>
          <Skeleton width={44} height={44} />
          <div>
            <Skeleton width={at % 2 ? 150 : 190} height={14} />
            <Skeleton width={90} height={12} />
          </div>
        </div>
      ))}
    </div>
  );
}
