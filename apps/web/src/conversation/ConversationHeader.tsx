import type { ConversationEntry } from '@kith/client';
import { ArrowLeft, PanelRight, Search } from 'lucide-react';
import { closePanel, openPanel } from '../app/panel.ts';
import { type Face, membersLine, useFace, useNames, usePresence, useUser } from '../app/people.ts';
import { toList, useRoute } from '../app/route.ts';
import { shortcutSign } from '../app/shortcuts.ts';
import { lastSeen, useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { typingLine } from '../list/RowSummary.tsx';
import { GuestSign } from '../profile/GuestSign.tsx';
import { StatusEmoji } from '../profile/StatusEmoji.tsx';
import { closeBar, openBar, useOpenings } from '../search/openings.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';

export function ConversationHeader({ entry }: { readonly entry: ConversationEntry }) {
  const face = useFace(entry);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  const peer = useUser(face.peerId);
  const { panel } = useRoute();
  const { bar } = useOpenings();
  const toggle = (): void => (panel === 'info' ? closePanel() : openPanel());
  return (
    <header className="kith-head">
      <IconButton
        icon={ArrowLeft}
        label={t('conversation.backToList')}
        className="kith-head-back"
        bare
        onClick={toList}
      />
      <button type="button" className="kith-head-who" onClick={toggle} aria-expanded={panel === 'info'}>
        <Avatar {...face.avatar} size={36} presence={presence?.state} />
        <span className="kith-head-lines">
          <h1 className="kith-head-name" dir="auto">
            {face.name}
            {!face.isSelf && (
              <>
                <StatusEmoji user={peer} />
                <GuestSign user={peer} />
              </>
            )}
          </h1>
          <span className="kith-head-state">
            <StateLine entry={entry} face={face} />
          </span>
        </span>
      </button>
      <IconButton
        icon={Search}
        label={t('search.here')}
        shortcut={shortcutSign('searchHere')}
        aria-pressed={bar === entry.id}
        onClick={() => (bar === entry.id ? closeBar() : openBar(entry.id))}
      />
      <IconButton
        icon={PanelRight}
        label={panel === 'info' ? t('conversation.hideDetails') : t('conversation.showDetails')}
        shortcut={shortcutSign('details')}
        aria-pressed={panel === 'info'}
        onClick={toggle}
      />
    </header>
  );
}

/** One line: who is writing, else whether they are there, else how many they are. */
function StateLine({ entry, face }: { readonly entry: ConversationEntry; readonly face: Face }) {
  const names = useNames(entry.typing);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  const user = useUser(face.peerId);
  const minute = useMinute();
  if (entry.typing.length > 0)
    return <span className="kith-row-live">{typingLine(names, entry.conversation.kind === 'direct')}</span>;
  if (face.isSelf) return t('conversation.onlyYou');
  if (face.peerId !== null) {
    if (user?.deleted) return null;
    if (!presence) return user ? handleText(user.username) : '';
    if (presence.state === 'online') return <span className="kith-head-online">{t('presence.online')}</span>;
    if (presence.state === 'away') return t('presence.away');
    return presence.lastSeenAt
      ? lastSeen(Date.parse(presence.lastSeenAt), Math.max(minute, Date.now()))
      : t('presence.offline');
  }
  const { memberCount, topic } = entry.conversation;
  return (
    <>
      <span>{membersLine(memberCount)}</span>
      {topic && (
        <>
          <span>{' · '}</span>
          <span className="kith-head-topic" dir="auto">
            {topic}
          </span>
        </>
      )}
    </>
  );
}
