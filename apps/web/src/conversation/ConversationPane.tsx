/** The middle pane: the header of a conversation, its timeline and its composer; or what to do when none is open. */
import { lazy, Suspense, useEffect, useRef } from 'react';
import { foundChannel } from '../app/channels.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { modKey, pointerFine } from '../app/media.ts';
import { peerOf, useMyId } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { useWatch } from '../app/watch.ts';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { ChannelPreview } from './ChannelPreview.tsx';
import { ConversationHeader } from './ConversationHeader.tsx';
import './conversation.css';

// The list can be drawn while the timeline's code is still on its way.
const load = () => import('./Talk.tsx');
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
  useWatch([conversationId], peerId && peerId !== myId ? [peerId] : []);

  const ready = entry !== undefined;
  useEffect(() => {
    // A finger that opens a conversation wants to read it: the keyboard would cover half. Then the pane itself takes the focus.
    if (ready && !pointerFine.get()) pane.current?.focus({ preventScroll: true });
  }, [ready]);

  if (!entry) {
    if (status === 'loading') return <Ghost />;
    const channel = foundChannel(conversationId);
    return channel ? <ChannelPreview channel={channel} /> : <Gone />;
  }
  return (
    <section ref={pane} className="kith-conversation" tabIndex={-1} aria-label="Conversation">
      <ConversationHeader entry={entry} />
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
      <p>Choose a conversation, or start one.</p>
      <Button kind="plain" onClick={() => navigate({ left: 'new' })}>
        New conversation
      </Button>
      <p className="kith-none-open-keys">
        <kbd>{modKey}</kbd> <kbd>K</kbd> to search
      </p>
    </div>
  );
}

/** A link to a conversation one is not in, or has left. */
function Gone() {
  return (
    <div className="kith-notice" role="alert">
      <p>This conversation is not yours to see, or you are no longer in it.</p>
      <Button
        onClick={() => navigate({ conversationId: null, panel: null, left: 'chats' }, { replace: true })}
      >
        Back to conversations
      </Button>
    </div>
  );
}

function Ghost() {
  return (
    <div className="kith-conversation" role="status" aria-label="Loading the conversation">
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
