/** The threads one follows, those with the newest replies first. */
import type { Thread } from '@kith/protocol';
import { AtSign, MessagesSquare } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { onePane } from '../app/media.ts';
import { openThread } from '../app/panel.ts';
import { useFace } from '../app/people.ts';
import { back, currentRoute, navigate, useRoute } from '../app/route.ts';
import { ago, fullTime, useMinute } from '../app/time.ts';
import { useDraftText } from '../composer/drafts.ts';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { DraftLine } from '../list/RowSummary.tsx';
import { useExcerpt, useName } from '../message/names.tsx';
import { LoadMore } from '../panels/LoadMore.tsx';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import './threads.css';

export function Threads() {
  const client = useClient();
  const { status, threads, atEnd, loading, error } = useReadable(client.threads.list);
  return (
    <PaneFrame title={t('thread.list')} exit={{ kind: 'back', label: t('common.back'), run: leave }}>
      {threads.length === 0 && status === 'ready' ? (
        <div className="kith-notice">
          <MessagesSquare size={32} strokeWidth={1.5} aria-hidden="true" />
          <p>{t('thread.empty')}</p>
        </div>
      ) : (
        <ul>
          {threads.map((thread) => (
            <li key={thread.root.id}>
              <Row thread={thread} />
            </li>
          ))}
        </ul>
      )}
      {error && !loading ? (
        <div className="kith-notice" role="alert">
          <p>{errorText(error)}</p>
          <Button onClick={() => void client.threads.loadMore()}>{t('common.tryAgain')}</Button>
        </div>
      ) : (
        <LoadMore more={!atEnd} onMore={() => void client.threads.loadMore()} />
      )}
    </PaneFrame>
  );
}

/** The thread that was opened from here stays open, where there is room for it. */
function leave(): void {
  if (onePane.get()) back({ left: 'chats' });
  else navigate({ left: 'chats', messageId: currentRoute().messageId }, { replace: true });
}

function Row({ thread: { root, last, mark } }: { readonly thread: Thread }) {
  const entry = useReadable(useClient().conversations.get(root.conversationId));
  const { thread: open } = useRoute();
  const begun = useDraftText(root.id) ?? '';
  // What one is writing there is seen there.
  const draft = open?.rootId === root.id ? '' : begun;
  const minute = useMinute();
  const rootText = useExcerpt(root.body).text;
  const at = Date.parse(root.replies?.lastAt ?? root.createdAt);
  const author = useName(root.authorId) ?? t('names.someone');
  if (!entry) return null;
  return (
    <button
      type="button"
      className="kith-threads-item"
      data-row
      data-unread={mark.unread > 0 || undefined}
      aria-current={open?.rootId === root.id ? 'page' : undefined}
      onClick={() => openThread(root.conversationId, root.id)}
    >
      <span className="kith-threads-head">
        <Named entry={entry} />
        <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
          {ago(at, Math.max(minute, at))}
        </time>
      </span>
      <span className="kith-threads-root" dir="auto">
        <b>{author}</b> {rootText || t('message.deleted')}
      </span>
      <span className="kith-threads-last">
        {draft ? (
          <DraftLine text={draft} />
        ) : last ? (
          <Last message={last} />
        ) : (
          <span className="kith-threads-text" />
        )}
        {mark.mentions > 0 && (
          <span className="kith-badge kith-badge-mention">
            <AtSign size={13} strokeWidth={2.5} aria-hidden="true" />
            <span className="kith-hidden">{t('list.mentioned')}</span>
          </span>
        )}
        <Badge count={mark.unread} label={(count) => t('list.unread', { count })} />
      </span>
    </button>
  );
}

function Named({ entry }: { readonly entry: Parameters<typeof useFace>[0] }) {
  return (
    <span className="kith-threads-place" dir="auto">
      {useFace(entry).name}
    </span>
  );
}

function Last({ message }: { readonly message: NonNullable<Thread['last']> }) {
  const { text } = useExcerpt(message.body);
  const name = useName(message.authorId) ?? '';
  return (
    <>
      <Avatar id={message.authorId} name={name} size={20} />
      <span className="kith-threads-text" dir="auto">
        {t('list.sender', { name })} {text}
      </span>
    </>
  );
}
