import type { ConversationEntry } from '@kith/client';
import { limits } from '@kith/client';
import { AtSign } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { useFace, usePresence } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { fullTime, rowTime } from '../app/time.ts';
import { useDraftText } from '../composer/drafts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Badge } from '../ui/Badge.tsx';
import { RowSummary } from './RowSummary.tsx';

export interface ConversationRowProps {
  readonly entry: ConversationEntry;
  readonly selected: boolean;
  readonly today: number;
  readonly tabStop: boolean;
}

/** Sleeps until its entry, a name in it, or the day changes. */
export const ConversationRow = memo(function ConversationRow({
  entry,
  selected,
  today,
  tabStop,
}: ConversationRowProps) {
  const face = useFace(entry);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  const draft = useDraftText(entry.id) ?? '';

  const open = (event: MouseEvent): void => {
    // Ctrl and middle clicks open another tab, as with any link.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openConversation(entry.id);
  };

  return (
    <a
      className="kith-row"
      href={`/c/${entry.id}`}
      aria-current={selected ? 'page' : undefined}
      data-unread={entry.unread > 0 || undefined}
      data-row={entry.id}
      tabIndex={tabStop ? 0 : -1}
      draggable={false}
      onClick={open}
    >
      <Avatar {...face.avatar} presence={presence?.state} />
      <span className="kith-row-lines">
        <span className="kith-row-line">
          <span className="kith-row-name">{face.name}</span>
          {presence?.state === 'online' && <span className="kith-hidden">, online, </span>}
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
          {entry.mentions > 0 && (
            <span className="kith-badge kith-badge-mention">
              <AtSign size={13} strokeWidth={2.5} aria-hidden="true" />
              <span className="kith-hidden">You are mentioned</span>
            </span>
          )}
          <Badge count={entry.unread} cap={limits.unreadCap} label="unread" />
        </span>
      </span>
    </a>
  );
});
