/** The way to one's reminders and scheduled messages, over the conversations; there is none where nothing waits. */
import { ChevronRight, Clock } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';

export function LaterRow() {
  const { own } = useClient();
  const reminders = useReadable(own.all('reminder'));
  const scheduled = useReadable(own.all('scheduled'));
  if (reminders.size + scheduled.size === 0) return null;
  const due = [...reminders.values()].filter((reminder) => reminder.due).length;
  return (
    <button
      type="button"
      className="kith-threads-row"
      data-unread={due > 0 || undefined}
      onClick={() => navigate({ left: 'later' })}
    >
      <Clock size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-threads-name">{t('later.list')}</span>
      <Badge count={due} label={(count) => t('later.dueCount', { count })} />
      <ChevronRight size={16} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
