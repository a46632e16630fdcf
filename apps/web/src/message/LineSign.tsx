/** What stands before one line of a message: its picture, as small as it came with the record; else the sign of its kind. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { Excerpt } from './excerpt.ts';

// A picture that cannot be fetched must not take the list with it.
const LineBlur = lazy(() => import('./LineBlur.tsx').catch(() => ({ default: Fallback })));

function Fallback({ fallback }: { readonly fallback: ReactNode }) {
  return fallback;
}

export function LineSign({ of: { icon: Icon, picture } }: { readonly of: Excerpt }) {
  const icon = Icon && <Icon className="kith-line-icon" size={14} strokeWidth={1.75} aria-hidden="true" />;
  if (picture?.placeholder === undefined) return icon;
  const isRound = picture.kind === 'round';
  return (
    // Its room is there before it is, so that no words move.
    <Suspense fallback={<span className="kith-line-picture" data-round={isRound || undefined} />}>
      <LineBlur placeholder={picture.placeholder} isRound={isRound} fallback={icon} />
    </Suspense>
  );
}
