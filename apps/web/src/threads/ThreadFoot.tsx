/** What the main line tells of threads: under a root its replies, over a reply that was sent there too what it answers. */
import type { MessageRecord } from '@kith/protocol';
import { MessagesSquare } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { openThread } from '../app/panel.ts';
import { useUser } from '../app/people.ts';
import { ago, useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { useExcerpt, useName } from '../message/names.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import './threads.css';

/** As many as are told apart at a glance. */
const FACES = 3;

export function ThreadFoot({ record }: { readonly record: MessageRecord }) {
  const mark = useReadable(useClient().threads.mark(record.id));
  const minute = useMinute();
  const { replies } = record;
  if (!replies) return null;
  const unread = mark?.unread ?? 0;
  const at = Date.parse(replies.lastAt);
  return (
    <button
      type="button"
      className="kith-thread-foot"
      data-unread={unread > 0 || undefined}
      onClick={() => openThread(record.conversationId, record.id)}
    >
      <span className="kith-thread-faces" aria-hidden="true">
        {replies.userIds.slice(0, FACES).map((id) => (
          <Face key={id} id={id} />
        ))}
      </span>
      <span className="kith-thread-count">{t('thread.replies', { count: replies.count })}</span>
      <time className="kith-thread-time" dateTime={replies.lastAt}>
        {ago(at, Math.max(minute, at))}
      </time>
      {unread > 0 && (
        <span className="kith-thread-dot">
          <span className="kith-hidden">{t('thread.unread', { count: unread })}</span>
        </span>
      )}
    </button>
  );
}

function Face({ id }: { readonly id: string }) {
  return <Avatar id={id} name={useName(id) ?? ''} image={useUser(id)?.avatar?.blobId} size={20} />;
}

export function ThreadLine({ record }: { readonly record: MessageRecord }) {
  const { thread, conversationId, id } = record;
  const rootId = thread?.rootId ?? id;
  const root = useReadable(useClient().messages.get(conversationId, rootId));
  return (
    <button
      type="button"
      className="kith-thread-line"
      aria-disabled={root === null || undefined}
      onClick={() => root !== null && openThread(conversationId, rootId, id)}
    >
      <MessagesSquare size={14} strokeWidth={2} aria-hidden="true" />
      <span>
        {root ? <RepliedTo record={root} /> : t(root === null ? 'thread.repliedNone' : 'thread.replied')}
      </span>
    </button>
  );
}

function RepliedTo({ record }: { readonly record: MessageRecord }) {
  return t('thread.repliedTo', { text: useExcerpt(record.body).text });
}

/** In the thread itself, between the root and what follows. */
export function ThreadCount({ record }: { readonly record: MessageRecord }) {
  return (
    <div className="kith-thread-divider">
      {record.replies ? t('thread.replies', { count: record.replies.count }) : t('thread.none')}
    </div>
  );
}
