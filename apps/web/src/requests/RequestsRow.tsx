/** The way to what strangers wrote, over the conversations: quiet, and only while there is any. */
import { ChevronRight, Inbox } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';

export function RequestsRow() {
  const { length } = useReadable(useClient().conversations.requests);
  if (length === 0) return null;
  return (
    <button type="button" className="kith-threads-row" onClick={() => navigate({ left: 'requests' })}>
      <Inbox size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-threads-name">{t('requests.title')}</span>
      <Badge count={length} quiet label={(count) => t('requests.count', { count })} />
      <ChevronRight size={16} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
