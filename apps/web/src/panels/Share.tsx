/** Words that another app handed over: to which conversation? They become its draft; whether they are sent is for the person to say. */
import { useMemo, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useEverywhere } from '../app/everywhere.ts';
import { setShared, sharedText } from '../app/launch.ts';
import { useFace, useMyId } from '../app/people.ts';
import { navigate, openConversation } from '../app/route.ts';
import { getDraft, setDraft } from '../composer/drafts.ts';
import { below } from '../composer/text.ts';
import { t } from '../i18n/index.ts';
import { allItems, type Item, searchItems } from '../list/items.ts';
import { Avatar } from '../ui/Avatar.tsx';
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
  const text = sharedText();
  const items = useMemo(() => {
    const words = query.trim();
    const found =
      words === ''
        ? allItems(entries)
        : searchItems(entries, words, NOTHING_ELSE, myId, (id) => client.users.get(id).get());
    return found.filter((item): item is Conversation => item.type === 'conversation').slice(0, SHOWN);
  }, [client, entries, query, myId]);

  const leave = (): void => {
    setShared('');
    navigate({ conversationId: null, left: 'chats' }, { replace: true });
  };
  const choose = (id: string): void => {
    setDraft(id, below(getDraft(id), { text, mentions: [] }));
    setShared('');
    openConversation(id, null, { replace: true });
  };

  return (
    <PaneFrame title={t('share.title')} exit={{ kind: 'close', label: t('common.cancel'), run: leave }}>
      {text === '' ? (
        <p className="kith-pane-note">{t('share.nothing')}</p>
      ) : (
        <>
          <blockquote className="kith-share-text" dir="auto">
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

function Row({ entry, onPress }: { readonly entry: Conversation['entry']; readonly onPress: () => void }) {
  const face = useFace(entry);
  return (
    <button type="button" className="kith-person" data-row={entry.id} onClick={onPress}>
      <Avatar {...face.avatar} size={36} />
      <bdi>{face.name}</bdi>
    </button>
  );
}
