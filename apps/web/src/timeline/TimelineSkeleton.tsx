import { t } from '../i18n/index.ts';
import { Skeleton } from '../ui/Skeleton.tsx';

/** Widths of bubbles to come, percent; own ones to the right. */
const BUBBLES = [
  { own: false, width: 42, height: 36 },
  { own: false, width: 58, height: 56 },
  { own: true, width: 36, height: 36 },
  { own: false, width: 30, height: 36 },
  { own: true, width: 52, height: 76 },
  { own: true, width: 24, height: 36 },
  { own: false, width: 46, height: 56 },
] as const;

/** Looks like what is coming; the pieces themselves wait 200 ms before they show. */
export function TimelineSkeleton() {
  return (
    <div className="kith-timeline-skeleton" role="status" aria-label={t('timeline.loading')}>
      {BUBBLES.map(({ own, width, height }) => (
        <div key={width} data-own={own || undefined}>
          <Skeleton width={`${width}%`} height={height} />
        </div>
      ))}
    </div>
  );
}
