import type { TimelineView } from '@kith/client';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';

/** Stands beyond the first and the last row: what is being loaded, or could not be. Always of one height. */
export function Edge({
  view,
  side,
  tried,
  onRetry,
}: {
  readonly view: TimelineView;
  readonly side: 'older' | 'newer';
  readonly tried: 'older' | 'newer';
  readonly onRetry: () => void;
}) {
  const failed = view.error !== undefined && view.loading === null && tried === side;
  return (
    <div className="kith-timeline-edge">
      {view.loading === side && <Spinner className="kith-timeline-wait" size={18} />}
      {failed && (
        <span role="alert">
          {t('timeline.loadFailed')}
          <Button kind="plain" onClick={onRetry}>
            {t('timeline.retry')}
          </Button>
        </span>
      )}
    </div>
  );
}
