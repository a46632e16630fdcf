/** The messages of one conversation: opens at the first unread one or at the end, and keeps its place whatever arrives. */
import type { Timeline as SdkTimeline, TimelineView } from '@kith/client';
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { useWatch } from '../app/watch.ts';
import { focusComposer, onSent, provideLastOwn, setIntent } from '../composer/intent.ts';
import { EmojiPopover } from '../emoji/EmojiPopover.tsx';
import { type Anchor, type MessageActions, MessageContext } from '../message/context.tsx';
import { MessageMenu, reactedWith, textOf } from '../message/MessageMenu.tsx';
import { Button } from '../ui/Button.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { Announcer } from './Announcer.tsx';
import { List, type Target } from './List.tsx';
import { TimelineSkeleton } from './TimelineSkeleton.tsx';
import './timeline.css';

const MessageInfo = lazy(() => import('../message/MessageInfo.tsx'));

export interface TimelineProps {
  readonly conversationId: string;
  /** A message to bring into view, for example from a link. */
  readonly jumpTo?: string | null | undefined;
}

export function Timeline({ conversationId, jumpTo }: TimelineProps) {
  const client = useClient();
  const [timeline, setTimeline] = useState<SdkTimeline>();
  // In a layout effect, so that what the cache holds is there with the first paint.
  useLayoutEffect(() => {
    const opened = client.timeline(conversationId, { at: 'unread' });
    setTimeline(opened);
    return () => opened.dispose();
  }, [client, conversationId]);
  if (timeline?.conversationId !== conversationId) return <div className="kith-timeline" />;
  return <Opened key={conversationId} timeline={timeline} jumpTo={jumpTo ?? undefined} />;
}

/** What floats beside a message now. */
type Floating =
  | { readonly type: 'menu' | 'info'; readonly key: string; readonly anchor: Anchor }
  | { readonly type: 'reaction'; readonly key: string; readonly anchor: Element };

function Opened({
  timeline,
  jumpTo,
}: {
  readonly timeline: SdkTimeline;
  readonly jumpTo: string | undefined;
}) {
  const { conversationId } = timeline;
  const client = useClient();
  const meId = useMyId();
  const view = useReadable(timeline.view);
  const kind = useReadable(client.conversations.get(conversationId))?.conversation.kind;
  const [floating, setFloating] = useState<Floating>();
  const [target, setTarget] = useState<Target>({ type: 'unread', turn: 0 });
  useWatch([conversationId], []);

  const latest = useRef(view);
  latest.current = view;

  const actions = useMemo<MessageActions>(() => {
    const jump = (messageId: string) => {
      setTarget((before) => ({ type: 'message', messageId, turn: before.turn + 1 }));
      if (latest.current.messages.some(({ record }) => record.id === messageId)) return;
      timeline
        .jumpTo({ messageId })
        .catch(() => toast('That message is not there, or from before your time here.'));
    };
    return {
      jump,
      openMenu: (message, anchor) => setFloating({ type: 'menu', key: message.key, anchor }),
      pickReaction: (message, anchor) => setFloating({ type: 'reaction', key: message.key, anchor }),
      react: (message, emoji, on) => {
        client.messages
          .react(conversationId, message.record.id, emoji, on)
          .catch((error) => toastError(error));
      },
      reply: (message) => setIntent(conversationId, { type: 'reply', messageId: message.record.id }),
    };
  }, [client, conversationId, timeline]);

  useEffect(() => {
    if (jumpTo) actions.jump(jumpTo);
  }, [jumpTo, actions]);

  const toEnd = useMemo(
    () => () => {
      setTarget((before) => ({ type: 'end', turn: before.turn + 1 }));
      // Where it cannot be reached it goes on trying by itself, and says so.
      if (!latest.current.atEnd) timeline.jumpToEnd().catch(() => undefined);
    },
    [timeline],
  );
  useEffect(() => onSent((sentTo) => sentTo === conversationId && toEnd()), [conversationId, toEnd]);
  useEffect(
    () =>
      provideLastOwn(conversationId, () => {
        const last = latest.current.messages.findLast(
          (message) =>
            message.record.authorId === meId && message.state !== 'failed' && textOf(message) !== '',
        );
        // Never the one before instead: whoever has just written means that one, and it cannot be edited yet.
        return last?.state === 'pending' ? undefined : last?.record.id;
      }),
    [conversationId, meId],
  );

  const context = useMemo(
    () => ({ conversationId, meId, people: kind !== undefined && kind !== 'direct', actions }),
    [conversationId, meId, kind, actions],
  );
  const close = () => setFloating(undefined);
  const floatingMessage = floating && view.messages.find((message) => message.key === floating.key);

  return (
    <MessageContext value={context}>
      <div className="kith-timeline">
        <Body view={view} timeline={timeline} target={target} floatingKey={floating?.key} onEnd={toEnd} />
        <Announcer conversationId={conversationId} />
      </div>
      {floating?.type === 'menu' && floatingMessage && (
        <MessageMenu
          message={floatingMessage}
          anchor={floating.anchor}
          meId={meId}
          actions={actions}
          onInfo={() => setFloating({ type: 'info', key: floating.key, anchor: floating.anchor })}
          // Choosing an item closes the menu and may open something else in its place.
          onClose={() => setFloating((now) => (now === floating ? undefined : now))}
        />
      )}
      {floating?.type === 'reaction' && floatingMessage && (
        <EmojiPopover
          open
          anchor={floating.anchor}
          onClose={close}
          onPick={(emoji) =>
            actions.react(floatingMessage, emoji, !reactedWith(floatingMessage, emoji, meId))
          }
        />
      )}
      {floating?.type === 'info' && floatingMessage && (
        <Suspense fallback={null}>
          <MessageInfo message={floatingMessage} anchor={floating.anchor} meId={meId} onClose={close} />
        </Suspense>
      )}
    </MessageContext>
  );
}

interface BodyProps {
  readonly view: TimelineView;
  readonly timeline: SdkTimeline;
  readonly target: Target;
  readonly floatingKey: string | undefined;
  readonly onEnd: () => void;
}

function Body({ view, timeline, target, floatingKey, onEnd }: BodyProps) {
  if (view.status === 'loading' && view.messages.length === 0) return <TimelineSkeleton />;
  if (view.status === 'failed') {
    return (
      <div className="kith-timeline-empty" role="alert">
        <p>The messages could not be loaded.{view.error && ` ${view.error.message}`}</p>
        <Button onClick={() => void timeline.reload()}>Try again</Button>
      </div>
    );
  }
  if (view.messages.length === 0 && view.atStart && view.atEnd) {
    return (
      <div className="kith-timeline-empty">
        <p>No messages here yet.</p>
        <Button kind="plain" onClick={() => focusComposer(timeline.conversationId)}>
          Write the first one
        </Button>
      </div>
    );
  }
  return <List view={view} timeline={timeline} target={target} floatingKey={floatingKey} onEnd={onEnd} />;
}
