/** What another app handed over: to which conversation? It becomes its draft and its tray; whether it is sent is for the person to say. */
import type { KithClient } from '@kith/client';
import { File } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useEverywhere } from '../app/everywhere.ts';
import { forgetShared, shared } from '../app/launch.ts';
import { useFace, useMyId } from '../app/people.ts';
import { navigate, openConversation } from '../app/route.ts';
import { takeSharedFiles } from '../app/sharedFiles.ts';
import { getDraft, setDraft } from '../composer/drafts.ts';
import { below } from '../composer/text.ts';
import { t } from '../i18n/index.ts';
import { allItems, type Item, searchItems } from '../list/items.ts';
import { addFiles } from '../media/tray/tray.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { PaneFrame } from './PaneFrame.tsx';
import { SearchField } from './SearchField.tsx';

/** Who looks for one further down writes its name. */
const SHOWN = 50;
const NOTHING_ELSE = { users: [], channels: [] };

type Conversation = Extract<Item, { type: 'conversation' }>;

export function Share() {
  const client = useClient();
  const myId = useMyId();
  const [query, setQuery] = useState('');
  const entries = useEverywhere();
  const { text, files } = shared();
  const count = typeof files === 'number' ? files : 0;
  const items = useMemo(() => {
    const words = query.trim();
    const found =
      words === ''
        ? allItems(entries)
        : searchItems(entries, words, NOTHING_ELSE, myId, (id) => client.users.get(id).get());
    return found.filter((item): item is Conversation => item.type === 'conversation').slice(0, SHOWN);
  }, [client, entries, query, myId]);

  const leave = (): void => {
    forgetShared();
    navigate({ conversationId: null, left: 'chats' }, { replace: true });
  };
  const choose = (id: string): void => {
    if (text !== '') setDraft(id, below(getDraft(id), { text, mentions: [] }));
    openConversation(id, null, { replace: true });
    takeFiles(client, id, count).catch(toastError).finally(forgetShared);
  };

  return (
    <PaneFrame title={t('share.title')} exit={{ kind: 'close', label: t('common.cancel'), run: leave }}>
      {typeof files === 'string' && (
        <p className="kith-pane-note" role="alert">
          {t(files === 'noRoom' ? 'share.noRoom' : 'share.lost')}
        </p>
      )}
      {text === '' && count === 0 ? (
        files === 0 && <p className="kith-pane-note">{t('share.nothing')}</p>
      ) : (
        <>
          <blockquote className="kith-share-text" dir="auto">
            {count > 0 && (
              <span className="kith-share-files">
                <File className="kith-line-icon" size={14} strokeWidth={1.75} aria-hidden="true" />
                {t('attachment.files', { count })}
              </span>
            )}
            {text}
          </blockquote>
          <SearchField label={t('share.find')} value={query} onChange={setQuery} first />
          {items.length === 0 && <p className="kith-pane-note">{t('share.none')}</p>}
          <ul>
            {items.map(({ entry }) => (
              <li key={entry.id} className="kith-person-item">
                <Row entry={entry} onPress={() => choose(entry.id)} />
              </li>
            ))}
          </ul>
        </>
      )}
    </PaneFrame>
  );
}

/** Into the tray of a conversation. */
async function takeFiles(client: KithClient, id: string, count: number): Promise<void> {
  if (count === 0) return;
  const files = await takeSharedFiles();
  addFiles(client, id, id, files);
  // Another window has taken them, or the browser made room.
  if (files.length < count) toast(t('share.lost'), { tone: 'error' });
}

function Row({ entry, onPress }: { readonly entry: Conversation['entry']; readonly onPress: () => void }) {
  const face = useFace(entry);
  return (
    <button type="button" className="kith-person" data-row={entry.id} onClick={onPress}>
      <Avatar {...face.avatar} size={36} />
      <bdi>{face.name}</bdi>
    </button>
  );
}
