/** The way to one's threads, over the conversations; there is none where nothing is followed. */
import { AtSign, ChevronRight, MessagesSquare } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';

export function ThreadsRow() {
  const { threads, unread, mentions } = useReadable(useClient().threads.list);
  if (threads.length === 0) return null;
  return (
    <button
      type="button"
      className="kith-threads-row"
      data-unread={unread > 0 || undefined}
      onClick={() => navigate({ left: 'threads' })}
    >
      <MessagesSquare size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-threads-name">{t('thread.list')}</span>
      {mentions > 0 && (
        <span className="kith-badge kith-badge-mention">
          <AtSign size={13} strokeWidth={2.5} aria-hidden="true" />
          <span className="kith-hidden">{t('list.mentioned')}</span>
        </span>
      )}
      <Badge count={unread} label={(count) => t('list.unread', { count })} />
      <ChevronRight size={16} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
