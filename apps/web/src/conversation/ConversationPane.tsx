/** The middle pane: the header of a conversation, its timeline and its composer; or what to do when none is open. */
import { lazy, Suspense, useEffect, useRef } from 'react';
import { foundChannel } from '../app/channels.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { modKey, pointerFine } from '../app/media.ts';
import { onDemand } from '../app/onDemand.tsx';
import { peerOf, useMyId } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { useShortcut } from '../app/useShortcuts.ts';
import { useWatch } from '../app/watch.ts';
import { rich, t } from '../i18n/index.ts';
import { closeBar, closeCalendar, openBar, useOpenings } from '../search/openings.ts';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { toastError } from '../ui/toast.ts';
import { ConversationHeader } from './ConversationHeader.tsx';
import './conversation.css';

// The list can be drawn while the timeline's code is still on its way.
const load = () => import('./Talk.tsx');
const ChannelPreview = onDemand(async () => ({
  default: (await import('./ChannelPreview.tsx')).ChannelPreview,
}));
const SearchBar = lazy(() => import('../search/SearchBar.tsx'));
const Calendar = lazy(() => import('../search/Calendar.tsx'));
const Talk = lazy(async () => ({ default: (await load()).Talk }));
// Ahead of its need; when that fails, the need itself asks again and says so.
setTimeout(() => load().catch(() => undefined), 0);

export interface ConversationPaneProps {
  readonly conversationId: string | null;
  readonly messageId: string | null;
}

export function ConversationPane({ conversationId, messageId }: ConversationPaneProps) {
  if (conversationId === null) return <NoneOpen />;
  return <Open key={conversationId} conversationId={conversationId} messageId={messageId} />;
}

function Open({
  conversationId,
  messageId,
}: {
  readonly conversationId: string;
  readonly messageId: string | null;
}) {
  const client = useClient();
  const myId = useMyId();
  const entry = useReadable(client.conversations.get(conversationId));
  const status = useReadable(client.conversations.status);
  const peerId = entry ? peerOf(entry.conversation, myId) : null;
  const pane = useRef<HTMLElement>(null);
  const { bar, calendar } = useOpenings();
  useShortcut('searchHere', () => {
    openBar(conversationId);
    // Open already: on with the next words.
    pane.current?.querySelector<HTMLInputElement>('.kith-bar input')?.select();
  });
  useEffect(
    () => () => {
      closeBar();
      closeCalendar();
    },
    [],
  );
  useWatch([conversationId], peerId && peerId !== myId ? [peerId] : []);

  const ready = entry !== undefined;
  useEffect(() => {
    // A finger that opens a conversation wants to read it: the keyboard would cover half. Then the pane itself takes the focus.
    if (ready && !pointerFine.get()) pane.current?.focus({ preventScroll: true });
  }, [ready]);

  const marked = useRef(entry?.preference.markedUnread ?? false);
  useEffect(() => {
    // Opened: what it was marked for has happened. Marked again while it is open, it stays so until the next time.
    if (marked.current)
      client.conversations.setPreference(conversationId, { markedUnread: false }).catch(toastError);
    marked.current = false;
  }, [client, conversationId]);

  if (!entry) {
    if (status === 'loading') return <Ghost />;
    const channel = foundChannel(conversationId);
    return channel ? <ChannelPreview channel={channel} /> : <Gone />;
  }
  return (
    <section ref={pane} className="kith-conversation" tabIndex={-1} aria-label={t('conversation.label')}>
      <ConversationHeader entry={entry} />
      {bar === conversationId && (
        <Suspense fallback={null}>
          <SearchBar conversationId={conversationId} />
        </Suspense>
      )}
      {calendar === conversationId && (
        <Suspense fallback={null}>
          <Calendar conversationId={conversationId} />
        </Suspense>
      )}
      <Suspense fallback={<div className="kith-conversation-ghost" />}>
        <Talk conversationId={conversationId} messageId={messageId} />
      </Suspense>
    </section>
  );
}

function NoneOpen() {
  return (
    <div className="kith-none-open">
      <Mark size={44} />
      <p>{t('conversation.choose')}</p>
      <Button kind="plain" onClick={() => navigate({ left: 'new' })}>
        {t('conversation.new')}
      </Button>
      <p className="kith-none-open-keys">
        {rich('conversation.searchKeys', {
          keys: (
            <span dir="ltr">
              <kbd>{modKey}</kbd> <kbd>K</kbd>
            </span>
          ),
        })}
      </p>
    </div>
  );
}

/** A link to a conversation one is not in, or has left. */
function Gone() {
  return (
    <div className="kith-notice" role="alert">
      <p>{t('conversation.gone')}</p>
      <Button
        onClick={() => navigate({ conversationId: null, panel: null, left: 'chats' }, { replace: true })}
      >
        {t('conversation.backToList')}
      </Button>
    </div>
  );
}

function Ghost() {
  return (
    <div className="kith-conversation" role="status" aria-label={t('conversation.loading')}>
      <header className="kith-head">
        <Skeleton width={36} height={36} round />
        <span className="kith-head-lines">
          <Skeleton width={140} height={13} />
          <Skeleton width={80} height={11} />
        </span>
      </header>
    </div>
  );
}
