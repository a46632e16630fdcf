import type { ConversationEntry } from '@kith/client';
import { Flag, LogOut, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { closePanel } from '../app/panel.ts';
import { type Face, membersLine, useFace, useIsGuest, useUser } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { SharedRow } from '../media/shared/SharedRow.tsx';
import { AboutPerson } from '../profile/AboutPerson.tsx';
import { CommonGroups } from '../profile/CommonGroups.tsx';
import { PersonActions } from '../profile/PersonActions.tsx';
import { openReport } from '../profile/report.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Disappearing } from './Disappearing.tsx';
import { Members } from './Members.tsx';
import { mayOf } from './may.ts';
import { PaneFrame } from './PaneFrame.tsx';
import { Pins } from './Pins.tsx';
import { Silence } from './Silence.tsx';

export interface InfoProps {
  readonly entry: ConversationEntry;
  readonly onEdit: () => void;
  readonly onAdd: () => void;
}

export function Info({ entry, onEdit, onAdd }: InfoProps) {
  const face = useFace(entry);
  const may = mayOf(entry, useIsGuest());
  const { conversation } = entry;
  const shared = conversation.kind !== 'direct';
  return (
    <PaneFrame
      title={t('details.title')}
      exit={{ kind: 'close', label: t('details.close'), run: closePanel }}
      actions={may.edit && <IconButton icon={Pencil} label={t('details.edit')} onClick={onEdit} />}
    >
      <div className="kith-info-face">
        <Avatar {...face.avatar} size={72} />
        <h2>{face.name}</h2>
        {shared ? <p>{kindLine(entry)}</p> : <PersonLine face={face} />}
      </div>
      {conversation.topic && <p className="kith-info-topic">{conversation.topic}</p>}
      {!entry.request && <SharedRow conversationId={entry.id} />}
      <Pins entry={entry} />
      {!face.isSelf && <Silence entry={entry} />}
      <Disappearing entry={entry} />
      {shared && <Members entry={entry} may={may} onAdd={onAdd} />}
      {shared && (
        <div className="kith-section">
          <Button
            kind="danger-quiet"
            wide
            onClick={() => openReport({ type: 'conversation', conversationId: entry.id })}
          >
            <Flag size={18} strokeWidth={1.75} aria-hidden="true" />
            {t('report.verb')}
          </Button>
        </div>
      )}
      {face.peerId !== null && !face.isSelf && (
        <>
          <CommonGroups userId={face.peerId} />
          <div className="kith-section">
            <PersonActions userId={face.peerId} />
          </div>
        </>
      )}
      {may.leave && <Leave entry={entry} />}
    </PaneFrame>
  );
}

function kindLine({ conversation }: ConversationEntry): string {
  const { kind, visibility, memberCount } = conversation;
  const members = membersLine(memberCount);
  if (kind === 'group') return t('details.group', { members });
  return visibility === 'public'
    ? t('conversation.publicChannel', { members })
    : t('details.privateChannel', { members });
}

function PersonLine({ face }: { readonly face: Face }) {
  const user = useUser(face.peerId);
  if (face.isSelf) return <p>{t('details.notes')}</p>;
  return (
    <>
      <p>{handleText(user?.username ?? '…')}</p>
      <AboutPerson userId={face.peerId} />
    </>
  );
}

function Leave({ entry }: { readonly entry: ConversationEntry }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const { conversation, membership } = entry;
  const kind = conversation.kind === 'group' ? 'group' : 'channel';
  const mustHandOver = membership.role === 'owner' && conversation.memberCount > 1;
  const returns = conversation.kind === 'channel' && conversation.visibility === 'public';
  return (
    <div className="kith-section">
      {mustHandOver ? (
        <p className="kith-pane-note">{t(`details.handFirst.${kind}`)}</p>
      ) : (
        <Button kind="danger-quiet" wide onClick={() => setAsking(true)}>
          <LogOut size={18} strokeWidth={1.75} aria-hidden="true" />
          {t(`details.leave.${kind}`)}
        </Button>
      )}
      {asking && (
        <Confirm
          title={t('details.leaveAsk', { name: conversation.name })}
          text={returns ? t('details.leaveReturn') : t('details.leaveForGood')}
          verb={t('details.leave')}
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
