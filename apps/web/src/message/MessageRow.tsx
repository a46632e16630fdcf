/** One message in the timeline: avatar, bubble, reactions, and the tools that appear beside it. */
import type { TimelineMessage } from '@kith/client';
import { Ban, Check, Ellipsis, Reply, SmilePlus } from 'lucide-react';
import {
  memo,
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { glyphOf, nameOf, useUser } from '../app/people.ts';
import { useStable } from '../app/useStable.ts';
import { useWatch } from '../app/watch.ts';
import { hasAlbum, isBare } from '../attachments/kinds.ts';
import { AttachmentView } from '../attachments/views.tsx';
import { useCustomEmoji } from '../emoji/custom.tsx';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { openCard } from '../profile/card.ts';
import { GuestSign } from '../profile/GuestSign.tsx';
import { StatusEmoji } from '../profile/StatusEmoji.tsx';
import { useAppearance } from '../theme/appearance.ts';
import { ThreadCount, ThreadFoot, ThreadLine } from '../threads/ThreadFoot.tsx';
import type { MessageRowData } from '../timeline/rows.ts';
import { Avatar, hueOf } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useMessageContext } from './context.tsx';
import { countEmojiOnly } from './emojiOnly.ts';
import { attachmentOf, textOf } from './excerpt.ts';
import { Forwarded } from './Forwarded.tsx';
import { LinkPreview } from './LinkPreview.tsx';
import { cutLong, isExpanded, setExpanded } from './long.ts';
import { Meta } from './Meta.tsx';
import { Markdown } from './markdown/Markdown.tsx';
import { UserName } from './names.tsx';
import { Quote } from './Quote.tsx';
import { Reactions } from './Reactions.tsx';
import { useSelected } from './selection.ts';
import { useLabel } from './useLabel.ts';
import { useLongPress } from './useLongPress.ts';
import './message.css';
import './flat.css';

export interface MessageRowProps {
  readonly row: MessageRowData;
  /** The one message of the list that Tab reaches, and whose inner buttons it reaches then. */
  readonly active: boolean;
  /** Has just come at the end. */
  readonly arriving: boolean;
  /** Something floats beside it: a menu, a picker. */
  readonly marked: boolean;
  /** Was jumped to: lights up once. The number tells one flash from the next. */
  readonly flash: number | undefined;
}

export const MessageRow = memo(function MessageRow({
  row,
  active,
  arriving,
  marked,
  flash,
}: MessageRowProps) {
  const { place, threadId, people, actions } = useMessageContext();
  const { message, own, first, last } = row;
  const selected = useSelected(place, message.record.id);
  const flat = useAppearance().style === 'flat';
  const [hover, setHover] = useState(false);
  const [tools, setTools] = useState(false);
  // What was opened by one of them stands beside it: they stay until it closes, wherever the mouse is meanwhile.
  const wanted = hover || (tools && marked);
  if (tools !== wanted) setTools(wanted);
  const root = useRef<HTMLDivElement>(null);
  const bubble = useRef<HTMLDivElement>(null);
  const longPress = useLongPress((point) => actions.openMenu(message, bubble.current ?? point));
  const label = useLabel(row);
  const deleted = message.record.body.type === 'deleted';

  // The timeline is one stop for Tab: links and buttons inside are reached only from the message that has the focus.
  const setStops = useStable(() => {
    for (const inner of root.current?.querySelectorAll<HTMLElement>('a[href], button') ?? []) {
      inner.tabIndex = active ? 0 : -1;
    }
  });
  useLayoutEffect(setStops);
  // What it carries is drawn when its own code has come, and changes by itself.
  const carries = attachmentOf(message.record.body) !== undefined;
  useLayoutEffect(() => {
    if (!carries || !root.current) return;
    const observer = new MutationObserver(setStops);
    observer.observe(root.current, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [carries, setStops]);

  const withMouse = (on: boolean) => (event: ReactPointerEvent) =>
    event.pointerType === 'mouse' && setHover(on);

  return (
    <div
      ref={root}
      className="kith-message"
      role="article"
      aria-label={label}
      // Where it stands in the conversation; how long that is, nobody can tell while more of it comes.
      aria-posinset={message.record.seq || undefined}
      aria-setsize={message.record.seq ? -1 : undefined}
      tabIndex={active ? 0 : -1}
      data-message={message.key}
      data-own={own || undefined}
      data-arriving={arriving || undefined}
      data-menu={marked || undefined}
      data-first={first || undefined}
      data-last={last || undefined}
      data-gutter={(people && !own) || undefined}
      data-selected={selected}
      {...(selected !== undefined && { 'aria-selected': selected })}
      onPointerEnter={withMouse(true)}
      onPointerLeave={withMouse(false)}
      onContextMenu={(event) => {
        // Over a link or a selection the browser's own menu is what people want.
        if (
          deleted ||
          (event.target as Element).closest('.kith-bubble a[href]:not(.kith-place-card, .kith-file-main)') ||
          !getSelection()?.isCollapsed
        )
          return;
        event.preventDefault();
        if (!longPress.fired()) actions.openMenu(message, { x: event.clientX, y: event.clientY });
      }}
      {...(deleted ? {} : longPress.handlers)}
    >
      {selected !== undefined && !deleted && (
        <span className="kith-select-mark" data-on={selected || undefined} aria-hidden="true">
          {selected && <Check size={14} strokeWidth={3} />}
        </span>
      )}
      <div className="kith-message-body">
        <div className="kith-message-line">
          {(flat ? first : people && !own && last) && (
            <span className="kith-message-avatar">
              <AuthorAvatar id={message.record.authorId} />
            </span>
          )}
          <Bubble row={row} bubbleRef={bubble} flash={flash} />
          {tools &&
            selected === undefined &&
            !deleted &&
            message.state !== 'pending' &&
            message.state !== 'failed' && (
              <div className="kith-message-tools">
                <IconButton
                  icon={SmilePlus}
                  label={t('message.react')}
                  size="s"
                  bare
                  onClick={(event) => actions.pickReaction(message, event.currentTarget)}
                />
                <IconButton
                  icon={Reply}
                  label={t('message.reply')}
                  size="s"
                  bare
                  onClick={() => actions.reply(message)}
                />
                <IconButton
                  icon={Ellipsis}
                  label={t('message.moreActions')}
                  size="s"
                  bare
                  onClick={(event) => actions.openMenu(message, event.currentTarget)}
                />
              </div>
            )}
        </div>
        {!deleted && <Reactions message={message} />}
        {threadId === undefined && message.record.replies && <ThreadFoot record={message.record} />}
        {message.state === 'failed' && <Failed row={row} />}
        {message.waits && last && <Waits message={message} />}
      </div>
      {threadId === message.record.id && <ThreadCount record={message.record} />}
    </div>
  );
});

function Bubble({
  row,
  bubbleRef,
  flash,
}: {
  readonly row: MessageRowData;
  readonly bubbleRef: React.RefObject<HTMLDivElement | null>;
  readonly flash: number | undefined;
}) {
  const { threadId, people, meId } = useMessageContext();
  const { message, own, first } = row;
  const { record } = message;
  const flat = useAppearance().style === 'flat';
  const meta = <Meta message={message} own={own} />;
  const text = textOf(record.body);
  const attachment = attachmentOf(record.body);
  const custom = useCustomEmoji();
  const emoji =
    record.replyTo || record.forwarded || attachment ? 0 : countEmojiOnly(text, (name) => custom.has(name));
  const bare = !text && attachment && isBare(attachment);
  const client = useClient();
  const blocked = useReadable(client.own.get('block', record.authorId)) !== undefined;
  const [shown, setShown] = useState(false);
  if (people && blocked && !shown) {
    return (
      <div ref={bubbleRef} className="kith-bubble">
        <p className="kith-message-none">
          <Ban size={14} strokeWidth={2} aria-hidden="true" />
          {t('message.ofBlocked')}{' '}
          <button type="button" className="kith-link" onClick={() => setShown(true)}>
            {t('message.show')}
          </button>
          {meta}
        </p>
      </div>
    );
  }
  return (
    <div
      ref={bubbleRef}
      className="kith-bubble"
      data-emoji={emoji || undefined}
      data-bare={bare || undefined}
      data-album={(attachment && hasAlbum(attachment)) || undefined}
    >
      {/* Told apart by its key: a second jump to the same message lights it again. */}
      {flash !== undefined && <span key={flash} className="kith-flash" />}
      {first && (flat || (people && !own)) && <Sender id={record.authorId} />}
      {record.forwarded && record.body.type === 'content' && <Forwarded origin={record.forwarded} />}
      {threadId === undefined && record.thread && <ThreadLine record={record} />}
      {record.replyTo && record.body.type === 'content' && <Quote messageId={record.replyTo.messageId} />}
      {attachment && <AttachmentView attachment={attachment} message={message} end={!text && meta} />}
      {text ? (
        <Text messageId={record.id} text={text} meId={meId} end={meta} />
      ) : (
        !attachment && (
          <p className="kith-message-none">
            {record.body.type === 'deleted' && <Ban size={14} strokeWidth={2} aria-hidden="true" />}
            {record.body.type === 'deleted' ? t('message.deleted') : t('message.encryptedHere')}
            {meta}
          </p>
        )
      )}
      {record.linkPreview && <LinkPreview preview={record.linkPreview} />}
    </div>
  );
}

function Text({
  messageId,
  text,
  meId,
  end,
}: {
  readonly messageId: string;
  readonly text: string;
  readonly meId: string | undefined;
  readonly end: ReactNode;
}) {
  const [open, setOpen] = useState(() => isExpanded(messageId));
  const beginning = cutLong(text);
  if (beginning === undefined) return <Markdown text={text} meId={meId} end={end} />;
  return (
    <>
      <Markdown text={open ? text : `${beginning} …`} meId={meId} />
      <div className="kith-md-end">
        <button
          type="button"
          className="kith-show-more"
          aria-expanded={open}
          onClick={() => {
            setExpanded(messageId, !open);
            setOpen(!open);
          }}
        >
          {open ? t('message.showLess') : t('message.showMore')}
        </button>
        {end}
      </div>
    </>
  );
}

function Sender({ id }: { readonly id: string }) {
  const user = useUser(id);
  return (
    <button
      type="button"
      className="kith-sender"
      dir="auto"
      style={{ color: `var(--kith-hue-${hueOf(id)})` }}
      onClick={() => openCard(id)}
    >
      <UserName id={id} />
      <StatusEmoji user={user} />
      <GuestSign user={user} />
    </button>
  );
}

function AuthorAvatar({ id }: { readonly id: string }) {
  const user = useUser(id);
  // Whose words are on screen is seen as they are now.
  useWatch([], [id]);
  return (
    <button type="button" onClick={() => openCard(id)}>
      <span className="kith-hidden">{t('profile.of', { name: nameOf(user) ?? '' })}</span>
      <Avatar
        id={id}
        name={nameOf(user) ?? ''}
        image={user?.avatar?.blobId}
        glyph={glyphOf(user)}
        size={32}
      />
    </button>
  );
}

/** Small files are through by then, and nobody need read about them, ms. */
const PATIENCE_MS = 2_000;

/** Why the last words are not sent yet, and the way for them past the files. */
function Waits({ message: { record } }: { readonly message: TimelineMessage }) {
  const { messages } = useClient();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!long) return null;
  return (
    <div className="kith-unsent" role="group" aria-label={t('message.waits')}>
      <span>{t('message.waits')}</span>
      <button type="button" onClick={() => messages.letPass(record.conversationId)}>
        {t('message.letPass')}
      </button>
    </div>
  );
}

/** What went wrong and what can be done, under the message that did not leave. */
function Failed({ row }: { readonly row: MessageRowData }) {
  const { messages } = useClient();
  const { message } = row;
  return (
    <div className="kith-unsent" data-failed role="group" aria-label={t('message.notSent')}>
      <span>
        {message.error
          ? t('message.notSentWhy', { error: errorText(message.error) })
          : t('message.notSentEnd')}
      </span>
      <button type="button" onClick={() => messages.retry(message.record.id)}>
        {t('common.tryAgain')}
      </button>
      <button type="button" onClick={() => messages.discard(message.record.id)}>
        {t('message.discard')}
      </button>
    </div>
  );
}
