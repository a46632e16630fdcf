import type { ConversationEntry } from '@kith/client';
import { limits } from '@kith/client';
import { Archive, ArchiveRestore, AtSign, BellOff, Ellipsis, Mail, MailOpen, Pin } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { useClient } from '../app/client.tsx';
import { useFace, usePresence, useUser } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { fullTime, rowTime } from '../app/time.ts';
import { useDraftText } from '../composer/drafts.ts';
import { focusComposer } from '../composer/intent.ts';
import { t } from '../i18n/index.ts';
import { useLongPress } from '../message/useLongPress.ts';
import { StatusEmoji } from '../profile/StatusEmoji.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Anchor } from '../ui/anchor.ts';
import { Badge } from '../ui/Badge.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { isUnread, toggleArchived, toggleRead } from './deeds.ts';
import { RowSummary } from './RowSummary.tsx';
import { type Side, useSwipe } from './useSwipe.ts';

export interface ConversationRowProps {
  readonly entry: ConversationEntry;
  readonly selected: boolean;
  readonly today: number;
  readonly tabStop: boolean;
  /** By the keyboard: whoever walked here goes on in the conversation. */
  readonly onOpened?: (() => void) | undefined;
  /** Its menu is open. */
  readonly marked: boolean;
  /** Stands so far from its place while the order changes, px. */
  readonly shift: number | undefined;
  readonly dragging: boolean;
  readonly onMenu: (id: string, anchor: Anchor) => void;
}

/** Sleeps until its entry, a name in it, or the day changes. */
export const ConversationRow = memo(function ConversationRow({
  entry,
  selected,
  today,
  tabStop,
  onOpened,
  marked,
  shift,
  dragging,
  onMenu,
}: ConversationRowProps) {
  const client = useClient();
  const face = useFace(entry);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  const peer = useUser(face.peerId);
  const draft = useDraftText(entry.id) ?? '';
  const longPress = useLongPress((point) => onMenu(entry.id, point));
  const swipe = useSwipe((to) => (to === 'end' ? toggleRead(client, entry) : toggleArchived(client, entry)));

  const open = (event: MouseEvent): void => {
    // Ctrl and middle clicks open another tab, as with any link.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (swipe.swiped() || longPress.fired()) return;
    openConversation(entry.id);
    if (event.detail > 0) return;
    // Where it is open already; a conversation that opens takes the focus by itself.
    focusComposer(entry.id);
    onOpened?.();
  };
  const menu = (event: MouseEvent): void => {
    event.preventDefault();
    if (longPress.fired()) return;
    // By keys there is no point: the menu stands at the row.
    const point = { x: event.clientX, y: event.clientY };
    onMenu(entry.id, point.x === 0 && point.y === 0 ? event.currentTarget : point);
  };

  return (
    <div
      className="kith-row-box"
      data-menu={marked || undefined}
      data-dragging={dragging || undefined}
      style={shift === undefined ? undefined : { translate: `0 ${shift}px` }}
    >
      {swipe.swiping && <Behind entry={entry} to={swipe.swiping.to} far={swipe.swiping.far} />}
      <a
        className="kith-row"
        href={`/c/${entry.id}`}
        aria-current={selected ? 'page' : undefined}
        aria-haspopup="menu"
        data-unread={isUnread(entry) || undefined}
        data-row={entry.id}
        tabIndex={tabStop ? 0 : -1}
        draggable={false}
        onClick={open}
        onContextMenu={menu}
        onTouchEnd={longPress.handlers.onTouchEnd}
        onPointerDown={(event) => {
          longPress.handlers.onPointerDown(event);
          swipe.handlers.onPointerDown(event);
        }}
        onPointerMove={(event) => {
          longPress.handlers.onPointerMove(event);
          if (!longPress.fired()) swipe.handlers.onPointerMove(event);
        }}
        onPointerUp={(event) => {
          longPress.handlers.onPointerUp();
          swipe.handlers.onPointerUp(event);
        }}
        onPointerCancel={(event) => {
          longPress.handlers.onPointerCancel();
          swipe.handlers.onPointerCancel(event);
        }}
      >
        <Avatar {...face.avatar} presence={presence?.state} />
        <span className="kith-row-lines">
          <span className="kith-row-line">
            <span className="kith-row-name" dir="auto">
              {face.name}
            </span>
            {!face.isSelf && <StatusEmoji user={peer} />}
            {presence?.state === 'online' && (
              <span className="kith-hidden">{`, ${t('presence.online')}, `}</span>
            )}
            {entry.activityAt > 0 && (
              <time
                className="kith-row-time"
                dateTime={new Date(entry.activityAt).toISOString()}
                title={fullTime(entry.activityAt)}
              >
                {rowTime(entry.activityAt, today)}
              </time>
            )}
          </span>
          <span className="kith-row-line">
            <span className="kith-row-summary">
              <RowSummary entry={entry} draft={selected ? '' : draft} />
            </span>
            <Signs entry={entry} />
          </span>
        </span>
      </a>
      <IconButton
        className="kith-row-more"
        icon={Ellipsis}
        label={t('list.menu', { name: face.name })}
        size="s"
        bare
        // The row itself opens the menu by keys.
        tabIndex={-1}
        onClick={(event) => onMenu(entry.id, event.currentTarget)}
      />
    </div>
  );
});

/** At the end of the second line: what asks to be read, and how the conversation is kept. */
function Signs({ entry }: { readonly entry: ConversationEntry }) {
  const { unread, mentions, preference, muted } = entry;
  const dot = unread === 0 && preference.markedUnread;
  return (
    <>
      {muted && <Sign icon={BellOff} label={t('list.muted')} />}
      {preference.pinned !== null && unread === 0 && !dot && <Sign icon={Pin} label={t('list.pinned')} />}
      {mentions > 0 && (
        <span className="kith-badge kith-badge-mention">
          <AtSign size={13} strokeWidth={2.5} aria-hidden="true" />
          <span className="kith-hidden">{t('list.mentioned')}</span>
        </span>
      )}
      {dot ? (
        <span className="kith-badge kith-badge-dot" data-quiet={muted || undefined}>
          <span className="kith-hidden">{t('list.markedUnread')}</span>
        </span>
      ) : (
        <Badge
          count={unread}
          cap={limits.unreadCap}
          quiet={muted || entry.archived}
          label={(count) => t('list.unread', { count })}
        />
      )}
    </>
  );
}

function Sign({ icon: Icon, label }: { readonly icon: typeof Pin; readonly label: string }) {
  return (
    <span className="kith-row-sign">
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-hidden">{label}</span>
    </span>
  );
}

/** What appears under a row that is drawn aside. */
function Behind({
  entry,
  to,
  far,
}: {
  readonly entry: ConversationEntry;
  readonly to: Side;
  readonly far: boolean;
}) {
  const reading = to === 'end';
  const Icon = reading ? (isUnread(entry) ? MailOpen : Mail) : entry.archived ? ArchiveRestore : Archive;
  return (
    <div className="kith-row-behind" data-to={to} data-far={far || undefined} aria-hidden="true">
      <Icon size={20} strokeWidth={1.75} />
    </div>
  );
}
