/** A thread beside its conversation: its root and replies as a timeline, its own composer, and the bell. */
import type { ThreadTimeline } from '@kith/client';
import { Bell, BellOff, X } from 'lucide-react';
import { useLayoutEffect, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { closePanel } from '../app/panel.ts';
import { useFace } from '../app/people.ts';
import { Composer } from '../composer/index.ts';
import { t } from '../i18n/index.ts';
import { ScheduledBar } from '../later/ScheduledBar.tsx';
import { Opened } from '../timeline/Timeline.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toastError } from '../ui/toast.ts';
import '../panels/panels.css';
import './threads.css';

export interface ThreadPanelProps {
  readonly conversationId: string;
  readonly rootId: string;
  /** A reply to bring into view. */
  readonly messageId: string | undefined;
}

export default function ThreadPanel({ conversationId, rootId, messageId }: ThreadPanelProps) {
  const client = useClient();
  const entry = useReadable(client.conversations.get(conversationId));
  const [timeline, setTimeline] = useState<ThreadTimeline>();
  const [alsoSend, setAlsoSend] = useState(false);
  useLayoutEffect(() => {
    const opened = client.threads.open(conversationId, rootId, { at: 'unread' });
    setTimeline(opened);
    return () => opened.dispose();
  }, [client, conversationId, rootId]);
  if (!entry) return null;
  return (
    <aside
      className="kith-side kith-thread"
      aria-label={t('thread.title')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // What a dialog or menu of its composer hears is theirs, wherever they are drawn.
        if (!event.currentTarget.contains(event.target as Node)) return;
        event.stopPropagation();
        closePanel();
      }}
    >
      <header className="kith-pane-head">
        <div className="kith-thread-title">
          <h1>{t('thread.title')}</h1>
          <Place conversationId={conversationId} />
        </div>
        <Follow conversationId={conversationId} rootId={rootId} />
        <IconButton icon={X} label={t('thread.close')} onClick={closePanel} />
      </header>
      {timeline?.rootId === rootId ? (
        <Opened key={rootId} timeline={timeline} threadId={rootId} jumpTo={messageId} />
      ) : (
        <div className="kith-timeline" />
      )}
      <ScheduledBar conversationId={conversationId} threadId={rootId} />
      <Composer
        conversationId={conversationId}
        thread={{ rootId, alsoSend, onSent: () => setAlsoSend(false) }}
      />
      <label className="kith-thread-also">
        <input type="checkbox" checked={alsoSend} onChange={(event) => setAlsoSend(event.target.checked)} />
        <AlsoSend conversationId={conversationId} />
      </label>
    </aside>
  );
}

function Place({ conversationId }: { readonly conversationId: string }) {
  const entry = useReadable(useClient().conversations.get(conversationId));
  return entry ? <Named entry={entry} /> : null;
}

function Named({ entry }: { readonly entry: Parameters<typeof useFace>[0] }) {
  return (
    <span className="kith-thread-place" dir="auto">
      {useFace(entry).name}
    </span>
  );
}

function AlsoSend({ conversationId }: { readonly conversationId: string }) {
  const entry = useReadable(useClient().conversations.get(conversationId));
  return entry ? <AlsoNamed entry={entry} /> : null;
}

function AlsoNamed({ entry }: { readonly entry: Parameters<typeof useFace>[0] }) {
  return <span>{t('thread.alsoSend', { name: useFace(entry).name })}</span>;
}

function Follow({ conversationId, rootId }: { readonly conversationId: string; readonly rootId: string }) {
  const client = useClient();
  const following = useReadable(client.threads.mark(rootId))?.following ?? false;
  return (
    <IconButton
      icon={following ? Bell : BellOff}
      label={following ? t('thread.unfollow') : t('thread.follow')}
      aria-pressed={following}
      onClick={() => client.threads.follow(conversationId, rootId, !following).catch(toastError)}
    />
  );
}
