/** One message in the timeline: avatar, bubble, reactions, and the tools that appear beside it. */
import { Ban, Ellipsis, Reply, SmilePlus } from 'lucide-react';
import {
  memo,
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useClient } from '../app/client.tsx';
import type { MessageRowData } from '../timeline/rows.ts';
import { Avatar, hueOf } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useMessageContext } from './context.tsx';
import { countEmojiOnly } from './emojiOnly.ts';
import { cutLong, isExpanded, setExpanded } from './long.ts';
import { Meta } from './Meta.tsx';
import { Markdown } from './markdown/Markdown.tsx';
import { UNKNOWN_NAME, UserName, useName, usePlainPreview } from './names.tsx';
import { Quote } from './Quote.tsx';
import { Reactions } from './Reactions.tsx';
import { formatTime } from './time.ts';
import { useLongPress } from './useLongPress.ts';
import './message.css';

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
  const { people, actions } = useMessageContext();
  const { message, own, first, last } = row;
  const [hover, setHover] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const bubble = useRef<HTMLDivElement>(null);
  const longPress = useLongPress((point) => actions.openMenu(message, bubble.current ?? point));
  const label = useLabel(row);
  const deleted = message.record.body.type === 'deleted';

  // The timeline is one stop for Tab: links and buttons inside are reached only from the message that has the focus.
  useLayoutEffect(() => {
    for (const inner of root.current?.querySelectorAll<HTMLElement>('a[href], button') ?? []) {
      inner.tabIndex = active ? 0 : -1;
    }
  });

  const withMouse = (on: boolean) => (event: ReactPointerEvent) =>
    event.pointerType === 'mouse' && setHover(on);

  return (
    <div
      ref={root}
      className="kith-message"
      role="article"
      aria-label={label}
      tabIndex={active ? 0 : -1}
      data-message={message.key}
      data-own={own || undefined}
      data-arriving={arriving || undefined}
      data-menu={marked || undefined}
      data-first={first || undefined}
      data-last={last || undefined}
      data-gutter={(people && !own) || undefined}
      onPointerEnter={withMouse(true)}
      onPointerLeave={withMouse(false)}
      onContextMenu={(event) => {
        // Over a link or a selection the browser's own menu is what people want.
        if (deleted || (event.target as Element).closest('a[href]') || !getSelection()?.isCollapsed) return;
        event.preventDefault();
        if (!longPress.fired()) actions.openMenu(message, { x: event.clientX, y: event.clientY });
      }}
      {...(deleted ? {} : longPress.handlers)}
    >
      <div className="kith-message-body">
        <div className="kith-message-line">
          {people && !own && last && (
            <span className="kith-message-avatar">
              <AuthorAvatar id={message.record.authorId} />
            </span>
          )}
          <Bubble row={row} bubbleRef={bubble} flash={flash} />
          {hover && !deleted && message.state !== 'pending' && message.state !== 'failed' && (
            <div className="kith-message-tools">
              <IconButton
                icon={SmilePlus}
                label="React"
                size="s"
                bare
                onClick={(event) => actions.pickReaction(message, event.currentTarget)}
              />
              <IconButton icon={Reply} label="Reply" size="s" bare onClick={() => actions.reply(message)} />
              <IconButton
                icon={Ellipsis}
                label="More actions"
                size="s"
                bare
                onClick={(event) => actions.openMenu(message, event.currentTarget)}
              />
            </div>
          )}
        </div>
        {!deleted && <Reactions message={message} />}
        {message.state === 'failed' && <Failed row={row} />}
      </div>
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
  const { people, meId } = useMessageContext();
  const { message, own, first } = row;
  const { record } = message;
  const meta = <Meta message={message} own={own} />;
  const text =
    record.body.type === 'content' && record.body.content.type === 'plain' ? record.body.content.text : '';
  const emoji = record.replyTo ? 0 : countEmojiOnly(text);
  return (
    <div ref={bubbleRef} className="kith-bubble" data-emoji={emoji || undefined}>
      {/* Told apart by its key: a second jump to the same message lights it again. */}
      {flash !== undefined && <span key={flash} className="kith-flash" />}
      {people && !own && first && <Sender id={record.authorId} />}
      {record.replyTo && record.body.type === 'content' && <Quote messageId={record.replyTo.messageId} />}
      {text ? (
        <Text messageId={record.id} text={text} meId={meId} end={meta} />
      ) : (
        <p className="kith-message-none">
          {record.body.type === 'deleted' && <Ban size={14} strokeWidth={2} aria-hidden="true" />}
          {record.body.type === 'deleted'
            ? 'Message deleted'
            : 'Encrypted message. This app cannot read it yet.'}
          {meta}
        </p>
      )}
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
          {open ? 'Show less' : 'Show more'}
        </button>
        {end}
      </div>
    </>
  );
}

function Sender({ id }: { readonly id: string }) {
  return (
    <div className="kith-sender" style={{ color: `var(--kith-hue-${hueOf(id)})` }}>
      <UserName id={id} />
    </div>
  );
}

function AuthorAvatar({ id }: { readonly id: string }) {
  return <Avatar id={id} name={useName(id) ?? ''} size={32} />;
}

/** What went wrong and what can be done, under the message that did not leave. */
function Failed({ row }: { readonly row: MessageRowData }) {
  const { messages } = useClient();
  const { message } = row;
  return (
    <div className="kith-failed" role="group" aria-label="Not sent">
      <span>Not sent{message.error ? `: ${message.error.message}` : '.'}</span>
      <button type="button" onClick={() => messages.retry(message.record.id)}>
        Try again
      </button>
      <button type="button" onClick={() => messages.discard(message.record.id)}>
        Discard
      </button>
    </div>
  );
}

/** What a screen reader says for the whole message. */
function useLabel({ message, own }: MessageRowData): string {
  const { record } = message;
  const author = useName(record.authorId) ?? UNKNOWN_NAME;
  const text = usePlainPreview(
    record.body.type === 'content' && record.body.content.type === 'plain' ? record.body.content.text : '',
  );
  const what = record.body.type === 'deleted' ? 'Message deleted' : text || 'Encrypted message';
  return `${own ? 'You' : author}, ${formatTime(record.createdAt)}: ${what}`;
}
