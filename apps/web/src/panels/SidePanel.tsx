/** Beside (or over) the conversation: who and what it is, who is in it, and what may be changed. */
import { type ReactNode, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { onDemand } from '../app/onDemand.tsx';
import { t } from '../i18n/index.ts';
import { AddPeople } from './AddPeople.tsx';
import { EditConversation } from './EditConversation.tsx';
import { Info } from './Info.tsx';
import './panels.css';

const SharedPanel = onDemand(() => import('../media/shared/SharedPanel.tsx'));

type View = 'info' | 'edit' | 'add';

export function SidePanel({
  conversationId,
  panel,
}: {
  readonly conversationId: string;
  /** `shared` has an entry of the history of its own: one comes to it from elsewhere too. */
  readonly panel: 'info' | 'shared';
}) {
  const client = useClient();
  const entry = useReadable(client.conversations.get(conversationId));
  const [view, setView] = useState<View>('info');
  if (!entry) return null;
  const toInfo = () => setView('info');
  const views: Record<View, () => ReactNode> = {
    info: () => <Info entry={entry} onEdit={() => setView('edit')} onAdd={() => setView('add')} />,
    edit: () => <EditConversation entry={entry} onDone={toInfo} />,
    add: () => <AddPeople entry={entry} onDone={toInfo} />,
  };
  return (
    <aside className="kith-side" aria-label={panel === 'shared' ? t('shared.title') : t('app.details')}>
      {/* A stranger's links lead nowhere yet. */}
      {panel === 'shared' && !entry.request ? <SharedPanel entry={entry} /> : views[view]()}
    </aside>
  );
}
