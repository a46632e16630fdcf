import type { ConversationEntry } from '@kith/client';
import { ArrowLeft, PanelRight } from 'lucide-react';
import { closePanel, openPanel } from '../app/panel.ts';
import { type Face, membersLine, useFace, useNames, usePresence, useUser } from '../app/people.ts';
import { toList, useRoute } from '../app/route.ts';
import { lastSeen, useMinute } from '../app/time.ts';
import { typingLine } from '../list/RowSummary.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';

export function ConversationHeader({ entry }: { readonly entry: ConversationEntry }) {
  const face = useFace(entry);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  const { panel } = useRoute();
  const toggle = (): void => (panel ? closePanel() : openPanel());
  return (
    <header className="kith-head">
      <IconButton
        icon={ArrowLeft}
        label="Back to conversations"
        className="kith-head-back"
        bare
        onClick={toList}
      />
      <button type="button" className="kith-head-who" onClick={toggle} aria-expanded={panel !== null}>
        <Avatar {...face.avatar} size={36} presence={presence?.state} />
        <span className="kith-head-lines">
          <h1 className="kith-head-name">{face.name}</h1>
          <span className="kith-head-state">
            <StateLine entry={entry} face={face} />
          </span>
        </span>
      </button>
      <IconButton
        icon={PanelRight}
        label={panel ? 'Hide details' : 'Show details'}
        aria-pressed={panel !== null}
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
  if (face.isSelf) return 'Only you see what is here';
  if (face.peerId !== null) {
    if (!presence) return user ? `@${user.username}` : '';
    if (presence.state === 'online') return <span className="kith-head-online">online</span>;
    if (presence.state === 'away') return 'away';
    return presence.lastSeenAt
      ? lastSeen(Date.parse(presence.lastSeenAt), Math.max(minute, Date.now()))
      : 'offline';
  }
  const { memberCount, topic } = entry.conversation;
  return (
    <>
      {membersLine(memberCount)}
      {topic && ` · ${topic}`}
    </>
  );
}
