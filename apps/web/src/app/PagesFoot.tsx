/** The end of a list that comes in pages: more of it, that there is none, or that it could not be loaded. */
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import type { Pages } from './usePages.ts';

export function PagesFoot<T>({ pages, none }: { readonly pages: Pages<T>; readonly none: string }) {
  if (pages.status === 'loading') return <Spinner className="kith-info-spinner" />;
  if (pages.status === 'failed') {
    return (
      <Button kind="plain" onClick={pages.load}>
        {t('message.loadFailed')}
      </Button>
    );
  }
  if (pages.items.length === 0) return <p className="kith-info-note">{none}</p>;
  return pages.more ? (
    <Button kind="plain" onClick={pages.load}>
      {t('message.showMore')}
    </Button>
  ) : null;
}
