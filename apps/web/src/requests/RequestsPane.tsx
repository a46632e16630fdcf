/** What strangers wrote and one has not answered. Nobody is told that it was looked at. */
import type { ConversationEntry } from '@kith/client';
import { Inbox } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { onePane } from '../app/media.ts';
import { useFace } from '../app/people.ts';
import { back, currentRoute, navigate, useRoute } from '../app/route.ts';
import { ago, fullTime, useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { RowSummary } from '../list/RowSummary.tsx';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { Avatar } from '../ui/Avatar.tsx';

export default function RequestsPane() {
  const requests = useReadable(useClient().conversations.requests);
  return (
    <PaneFrame title={t('requests.title')} exit={{ kind: 'back', label: t('common.back'), run: leave }}>
      {requests.length === 0 ? (
        <div className="kith-notice">
          <Inbox size={32} strokeWidth={1.5} aria-hidden="true" />
          <p>{t('requests.none')}</p>
        </div>
      ) : (
        <>
          <p className="kith-pane-note">{t('requests.hint')}</p>
          <ul aria-label={t('requests.title')}>
            {requests.map((entry) => (
              <li key={entry.id}>
                <Row entry={entry} />
              </li>
            ))}
          </ul>
        </>
      )}
    </PaneFrame>
  );
}

/** The request that was opened from here stays open, where there is room for it. */
function leave(): void {
  if (onePane.get()) back({ left: 'chats' });
  else navigate({ left: 'chats', messageId: currentRoute().messageId }, { replace: true });
}

/** The inbox stays where there is room for both. */
const open = (conversationId: string): void =>
  navigate({ conversationId, messageId: null, panel: null, ...(onePane.get() && { left: 'chats' }) });

function Row({ entry }: { readonly entry: ConversationEntry }) {
  const face = useFace(entry);
  const { conversationId } = useRoute();
  const minute = useMinute();
  const { activityAt } = entry;
  return (
    <button
      type="button"
      className="kith-row"
      data-row={entry.id}
      aria-current={conversationId === entry.id ? 'page' : undefined}
      onClick={() => open(entry.id)}
    >
      <Avatar {...face.avatar} />
      <span className="kith-row-lines">
        <span className="kith-row-line">
          <span className="kith-row-name" dir="auto">
            {face.name}
          </span>
          <time
            className="kith-row-time"
            dateTime={new Date(activityAt).toISOString()}
            title={fullTime(activityAt)}
          >
            {ago(activityAt, Math.max(minute, activityAt))}
          </time>
        </span>
        <span className="kith-row-line">
          <RowSummary entry={entry} draft="" />
        </span>
      </span>
    </button>
  );
}
