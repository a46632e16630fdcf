import { useEffect, useRef } from 'react';
import { t } from '../i18n/index.ts';
import { Spinner } from '../ui/Spinner.tsx';

/** Stands at the end of a paged list, and asks for the next page shortly before it comes into sight. */
export function LoadMore({ more, onMore }: { readonly more: boolean; readonly onMore: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const ask = useRef(onMore);
  useEffect(() => {
    ask.current = onMore;
  });
  useEffect(() => {
    if (!more || !mark.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && ask.current(), {
      rootMargin: '400px',
    });
    observer.observe(mark.current);
    // A page may be shorter than the screen: as long as the mark is in sight, ask again.
    const again = setInterval(() => {
      if (mark.current && mark.current.getBoundingClientRect().top < window.innerHeight) ask.current();
    }, 1_000);
    return () => {
      observer.disconnect();
      clearInterval(again);
    };
  }, [more]);
  if (!more) return null;
  return (
    <div ref={mark} className="kith-more" role="status" aria-label={t('common.loadingMore')}>
      <Spinner />
    </div>
  );
}
