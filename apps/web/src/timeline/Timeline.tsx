/** The messages of one conversation: opens at the first unread one or at the end, and keeps its place whatever arrives. */
import type { Timeline as SdkTimeline, TimelineView } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { openThread } from '../app/panel.ts';
import { useMyId } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { useWatch } from '../app/watch.ts';
import { focusComposer, onSent, provideLastOwn, setIntent } from '../composer/intent.ts';
import { EmojiPopover } from '../emoji/EmojiPopover.tsx';
import { rememberReaction } from '../emoji/recents.ts';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { textOf } from '../message/actions.ts';
import { type MessageActions, MessageContext } from '../message/context.tsx';
import { takeJumps } from '../message/jumps.ts';
import { MessageMenu, reactedWith } from '../message/MessageMenu.tsx';
import { SelectionBar } from '../message/SelectionBar.tsx';
import { toggleSelected } from '../message/selection.ts';
import type { Anchor } from '../ui/anchor.ts';
import { Button } from '../ui/Button.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { Announcer } from './Announcer.tsx';
import { List, type Target } from './List.tsx';
import { TimelineSkeleton } from './TimelineSkeleton.tsx';
import './timeline.css';

const ForwardDialog = lazy(() => import('../message/ForwardDialog.tsx'));
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
  | { readonly type: 'menu' | 'info' | 'history'; readonly key: string; readonly anchor: Anchor }
  | { readonly type: 'reaction'; readonly key: string; readonly anchor: Element }
  | { readonly type: 'forward'; readonly key: undefined; readonly messages: readonly MessageRecord[] };

/** Also of a thread (threads/ThreadPanel.tsx). */
export function Opened({
  timeline,
  threadId,
  jumpTo,
}: {
  readonly timeline: SdkTimeline;
  /** The root, when it is a thread. */
  readonly threadId?: string;
  readonly jumpTo: string | undefined;
}) {
  const { conversationId } = timeline;
  const place = threadId ?? conversationId;
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
      timeline.jumpTo({ messageId }).then(
        ({ threadId: elsewhere }) => {
          if (elsewhere === undefined) return;
          setTarget((before) => ({ type: 'message', messageId: elsewhere, turn: before.turn + 1 }));
          openThread(conversationId, elsewhere, messageId);
        },
        // What a reply in a thread quotes may stand outside of it.
        () =>
          threadId === undefined ? toast(t('timeline.noJump')) : openConversation(conversationId, messageId),
      );
    };
    return {
      jump,
      openMenu: (message, anchor) => setFloating({ type: 'menu', key: message.key, anchor }),
      info: (message, anchor) => setFloating({ type: 'info', key: message.key, anchor }),
      history: (message, anchor) => setFloating({ type: 'history', key: message.key, anchor }),
      pickReaction: (message, anchor) => setFloating({ type: 'reaction', key: message.key, anchor }),
      react: (message, emoji, on) => {
        if (on) rememberReaction(emoji);
        client.messages
          .react(conversationId, message.record.id, emoji, on)
          .catch((error) => toastError(error));
      },
      reply: (message) => setIntent(place, { type: 'reply', messageId: message.record.id }),
      edit: (message) => setIntent(place, { type: 'edit', messageId: message.record.id }),
      forward: (messages) => setFloating({ type: 'forward', key: undefined, messages }),
      select: ({ record }) => toggleSelected(place, record.id),
    };
  }, [client, conversationId, threadId, place, timeline]);

  useEffect(() => {
    if (jumpTo) actions.jump(jumpTo);
  }, [jumpTo, actions]);

  useEffect(() => takeJumps(place, actions.jump), [place, actions]);

  const toEnd = useMemo(
    () => () => {
      setTarget((before) => ({ type: 'end', turn: before.turn + 1 }));
      // Where it cannot be reached it goes on trying by itself, and says so.
      if (!latest.current.atEnd) timeline.jumpToEnd().catch(() => undefined);
    },
    [timeline],
  );
  const toUnread = useMemo(
    () => () => {
      const { firstUnreadSeq: seq, messages } = latest.current;
      if (seq === undefined) return;
      setTarget((before) => ({ type: 'unread', turn: before.turn + 1 }));
      if (!messages.some(({ record }) => record.seq === seq))
        timeline.jumpTo({ seq }).catch(() => toast(t('timeline.noJump')));
    },
    [timeline],
  );
  useEffect(() => onSent((sentTo) => sentTo === place && toEnd()), [place, toEnd]);
  useEffect(
    () =>
      provideLastOwn(place, () => {
        const last = latest.current.messages.findLast(
          (message) =>
            message.record.authorId === meId && message.state !== 'failed' && textOf(message) !== '',
        );
        // Never the one before instead: whoever has just written means that one, and it cannot be edited yet.
        return last?.state === 'pending' ? undefined : last?.record.id;
      }),
    [place, meId],
  );

  const markRead = useMemo(
    () => (seq: number) => {
      if (threadId !== undefined) return client.threads.markRead(conversationId, threadId, seq);
      const { atEnd, messages } = latest.current;
      const last = client.conversations.get(conversationId).get()?.lastSeq ?? seq;
      // Behind the last that is shown there is nothing to be read here, whatever is said in threads.
      const isLast = atEnd && messages.findLast(({ record }) => record.seq > 0)?.record.seq === seq;
      client.conversations.markRead(conversationId, isLast ? last : seq);
    },
    [client, conversationId, threadId],
  );
  const people = kind !== undefined && kind !== 'direct';
  const context = useMemo(
    () => ({ conversationId, threadId, place, markRead, meId, people, actions }),
    [conversationId, threadId, place, markRead, meId, people, actions],
  );
  const close = () => setFloating(undefined);
  const floatingMessage = floating && view.messages.find((message) => message.key === floating.key);

  return (
    <MessageContext value={context}>
      <div className="kith-timeline">
        <Body
          view={view}
          timeline={timeline}
          target={target}
          floatingKey={floating?.key}
          onEnd={toEnd}
          onUnread={toUnread}
        />
        <SelectionBar />
        <Announcer conversationId={conversationId} threadId={threadId} />
      </div>
      {floating?.type === 'menu' && floatingMessage && (
        <MessageMenu
          message={floatingMessage}
          anchor={floating.anchor}
          meId={meId}
          actions={actions}
          inThread={threadId !== undefined}
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
      {floating?.type === 'forward' && (
        <Suspense fallback={null}>
          <ForwardDialog messages={floating.messages} onClose={close} />
        </Suspense>
      )}
      {(floating?.type === 'info' || floating?.type === 'history') && floatingMessage && (
        <Suspense fallback={null}>
          <MessageInfo
            message={floatingMessage}
            anchor={floating.anchor}
            meId={meId}
            historyOnly={floating.type === 'history'}
            onClose={close}
          />
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
  readonly onUnread: () => void;
}

function Body({ view, timeline, target, floatingKey, onEnd, onUnread }: BodyProps) {
  if (view.status === 'loading' && view.messages.length === 0) return <TimelineSkeleton />;
  if (view.status === 'failed') {
    return (
      <div className="kith-timeline-empty" role="alert">
        <p>
          {t('timeline.failed')}
          {view.error && ` ${errorText(view.error)}`}
        </p>
        <Button onClick={() => void timeline.reload()}>{t('common.tryAgain')}</Button>
      </div>
    );
  }
  if (view.messages.length === 0 && view.atStart && view.atEnd) {
    return (
      <div className="kith-timeline-empty">
        <p>{t('timeline.empty')}</p>
        <Button kind="plain" onClick={() => focusComposer(timeline.conversationId)}>
          {t('timeline.writeFirst')}
        </Button>
      </div>
    );
  }
  return (
    <List
      view={view}
      timeline={timeline}
      target={target}
      floatingKey={floatingKey}
      onEnd={onEnd}
      onUnread={onUnread}
    />
  );
}
