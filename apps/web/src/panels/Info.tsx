import type { ConversationEntry } from '@kith/client';
import { LogOut, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { closePanel } from '../app/panel.ts';
import { type Face, membersLine, useFace, usePresence, useUser } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { lastSeen } from '../app/time.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Members } from './Members.tsx';
import { mayOf } from './may.ts';
import { PaneFrame } from './PaneFrame.tsx';

export interface InfoProps {
  readonly entry: ConversationEntry;
  readonly onEdit: () => void;
  readonly onAdd: () => void;
}

export function Info({ entry, onEdit, onAdd }: InfoProps) {
  const face = useFace(entry);
  const may = mayOf(entry);
  const { conversation } = entry;
  const shared = conversation.kind !== 'direct';
  return (
    <PaneFrame
      title="Details"
      exit={{ kind: 'close', label: 'Close details', run: closePanel }}
      actions={may.edit && <IconButton icon={Pencil} label="Edit" onClick={onEdit} />}
    >
      <div className="kith-info-face">
        <Avatar {...face.avatar} size={72} />
        <h2>{face.name}</h2>
        {shared ? <p>{kindLine(entry)}</p> : <PersonLine face={face} />}
      </div>
      {conversation.topic && <p className="kith-info-topic">{conversation.topic}</p>}
      {shared && <Members entry={entry} may={may} onAdd={onAdd} />}
      {may.leave && <Leave entry={entry} />}
    </PaneFrame>
  );
}

function kindLine({ conversation }: ConversationEntry): string {
  const { kind, visibility, memberCount } = conversation;
  const what = kind === 'group' ? 'Group' : visibility === 'public' ? 'Public channel' : 'Private channel';
  return `${what} · ${membersLine(memberCount)}`;
}

function PersonLine({ face }: { readonly face: Face }) {
  const user = useUser(face.peerId);
  const presence = usePresence(face.isSelf ? null : face.peerId);
  if (face.isSelf) return <p>A place for yourself, on all your devices. Nobody else sees it.</p>;
  const seen = presence?.lastSeenAt && lastSeen(Date.parse(presence.lastSeenAt));
  return (
    <>
      <p>@{user?.username ?? '…'}</p>
      {presence && <p>{presence.state === 'offline' ? (seen ?? 'offline') : presence.state}</p>}
    </>
  );
}

function Leave({ entry }: { readonly entry: ConversationEntry }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const { conversation, membership } = entry;
  const what = conversation.kind === 'group' ? 'group' : 'channel';
  const mustHandOver = membership.role === 'owner' && conversation.memberCount > 1;
  const returns = conversation.kind === 'channel' && conversation.visibility === 'public';
  return (
    <div className="kith-section">
      {mustHandOver ? (
        <p className="kith-pane-note">To leave, hand the {what} over first: open the menu beside a member.</p>
      ) : (
        <Button kind="danger-quiet" wide onClick={() => setAsking(true)}>
          <LogOut size={18} strokeWidth={1.75} aria-hidden="true" />
          Leave {what}
        </Button>
      )}
      {asking && (
        <Confirm
          title={`Leave ${conversation.name}?`}
          text={
            returns
              ? 'You get no more messages from it. You can join again at any time.'
              : 'You get no more messages from it. To come back, somebody in it must add you.'
          }
          verb="Leave"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await client.conversations.leave(conversation.id);
            navigate({ conversationId: null, panel: null }, { replace: true });
          }}
        />
      )}
    </div>
  );
}
