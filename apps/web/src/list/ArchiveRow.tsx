import type { ConversationEntry } from '@kith/client';
import { Archive } from 'lucide-react';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';
import { isUnread } from './deeds.ts';

/** Leads to the archive; says how many there have something new, quietly. */
export function ArchiveRow({
  entries,
  tabStop,
}: {
  readonly entries: readonly ConversationEntry[];
  readonly tabStop: boolean;
}) {
  return (
    <button
      type="button"
      className="kith-row kith-row-archive"
      data-row="archive"
      tabIndex={tabStop ? 0 : -1}
      onClick={() => navigate({ archive: true })}
    >
      <span className="kith-row-glyph">
        <Archive size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="kith-row-name">{t('list.archive.title')}</span>
      <Badge
        count={entries.filter(isUnread).length}
        quiet
        label={(count) => t('list.archiveUnread', { count })}
      />
    </button>
  );
}
