import { Hash, type LucideIcon, Telescope, UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useIsGuest } from '../app/people.ts';
import { back, navigate, openConversation } from '../app/route.ts';
import { bestOf, usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { openInvite } from '../invites/inviting.ts';
import { useMayInvite } from '../invites/useMayInvite.ts';
import { useRun } from '../ui/useRun.ts';
import { PaneFrame } from './PaneFrame.tsx';
import { PeopleRows, PersonButton } from './PeopleRows.tsx';
import { SearchField } from './SearchField.tsx';

export function NewConversation() {
  const client = useClient();
  const [query, setQuery] = useState('');
  const search = usePeopleSearch(query.trim());
  const [, run] = useRun();
  const mayInvite = useMayInvite();
  const isGuest = useIsGuest();
  const open = (userId: string) =>
    run(async () => openConversation(await client.conversations.openDirect(userId), null, { replace: true }));
  return (
    <PaneFrame
      title={t('conversation.new')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'chats' }) }}
    >
      <SearchField
        label={t('people.find')}
        value={query}
        onChange={setQuery}
        onEnter={() => {
          const best = query.trim() === '' ? undefined : bestOf(search);
          if (best) open(best.id);
        }}
        first
      />
      {query.trim() === '' && !isGuest && (
        <div className="kith-actions">
          <Action icon={Users} label={t('form.newGroup')} onPress={() => navigate({ left: 'new-group' })} />
          <Action
            icon={Hash}
            label={t('form.newChannel')}
            onPress={() => navigate({ left: 'new-channel' })}
          />
          <Action
            icon={Telescope}
            label={t('new.browseChannels')}
            onPress={() => navigate({ left: 'channels' })}
          />
          {mayInvite && (
            <Action
              icon={UserPlus}
              label={t('invites.invitePeople')}
              onPress={() => openInvite({ conversationId: null })}
            />
          )}
        </div>
      )}
      <PeopleRows search={search}>
        {(user) => <PersonButton user={user} asNotes onPress={() => open(user.id)} />}
      </PeopleRows>
    </PaneFrame>
  );
}

function Action({
  icon: Icon,
  label,
  onPress,
}: {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly onPress: () => void;
}) {
  return (
    <button type="button" className="kith-person" data-row={label} onClick={onPress}>
      <span className="kith-action-icon">
        <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      {label}
    </button>
  );
}
