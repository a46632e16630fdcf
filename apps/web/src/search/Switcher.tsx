/** Goes anywhere by a few letters: conversations, people, and what one does often. For the keyboard first. */
import { Dialog } from '@base-ui/react/dialog';
import { Hash, MessageSquarePlus, Search, Settings, Users } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useEverywhere } from '../app/everywhere.ts';
import { useIsGuest, useMyId } from '../app/people.ts';
import { currentRoute, navigate, openConversation } from '../app/route.ts';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Badge } from '../ui/Badge.tsx';
import { useRun } from '../ui/useRun.ts';
import { closeSwitcher } from './openings.ts';
import { type Action, type Target, targetsFor } from './targets.ts';
import { takeLetters } from './typeahead.ts';
import './switcher.css';

export default function Switcher() {
  const client = useClient();
  const myId = useMyId();
  const isGuest = useIsGuest();
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const [, run] = useRun();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = useEverywhere();
  const people = usePeopleSearch(typed.trim() === '' ? null : typed.trim());
  const [here] = useState(() => currentRoute().conversationId);
  const targets = useMemo(
    () =>
      targetsFor(typed, {
        entries,
        users: people.users,
        actions: actionsNow(isGuest),
        myId,
        here,
        userOf: (userId) => client.users.get(userId).get(),
      }),
    [client, typed, entries, people.users, myId, here, isGuest],
  );
  const at = Math.min(index, targets.length - 1);
  const active = targets[at];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const go = (target: Target): void => {
    closeSwitcher();
    switch (target.type) {
      case 'conversation':
        return openConversation(target.entry.id);
      case 'person':
        return run(async () => openConversation(await client.conversations.openDirect(target.user.id)));
      case 'action':
        return target.action.run();
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && targets.length > 0) setIndex((at + by + targets.length) % targets.length);
    else if (event.key === 'Enter' && active) go(active);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => open || closeSwitcher()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="kith-scrim" />
        <Dialog.Popup className="kith-dialog kith-switcher" initialFocus={field}>
          <Dialog.Title className="kith-hidden">{t('switcher.title')}</Dialog.Title>
          <div className="kith-switcher-field">
            <Search size={18} strokeWidth={2} aria-hidden="true" />
            <input
              ref={field}
              type="text"
              role="combobox"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={active && `${id}-${at}`}
              aria-label={t('switcher.field')}
              placeholder={t('switcher.field')}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setIndex(0);
              }}
              onKeyDown={onKeyDown}
              onFocus={() => {
                const letters = takeLetters();
                if (letters) setTyped((before) => before + letters);
              }}
              autoComplete="off"
              spellCheck={false}
              enterKeyHint="go"
            />
          </div>
          <div
            ref={list}
            id={`${id}-list`}
            className="kith-switcher-list"
            role="listbox"
            aria-label={t('switcher.title')}
          >
            {targets.map((target, place) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, as of any combobox.
              <div
                key={target.key}
                id={`${id}-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === at}
                className="kith-switcher-item"
                onPointerMove={() => place !== at && setIndex(place)}
                onClick={() => go(target)}
              >
                <Item target={target} />
              </div>
            ))}
          </div>
          {targets.length === 0 && (
            <p className="kith-switcher-none" role="status">
              {t('switcher.none')}
            </p>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Item({ target }: { readonly target: Target }): ReactNode {
  switch (target.type) {
    case 'conversation': {
      const { entry, face, username } = target;
      return (
        <>
          <Avatar {...face.avatar} size={28} />
          <span className="kith-switcher-name" data-unread={entry.unread > 0 || undefined}>
            {face.name}
          </span>
          {username !== null && !face.isSelf && <span className="kith-switcher-more">@{username}</span>}
          <Badge count={entry.unread} label={(count) => t('list.unread', { count })} />
        </>
      );
    }
    case 'person':
      return (
        <>
          <Avatar id={target.user.id} name={target.user.displayName} size={28} />
          <span className="kith-switcher-name">{target.user.displayName}</span>
          <span className="kith-switcher-more">@{target.user.username}</span>
        </>
      );
    case 'action':
      return (
        <>
          <span className="kith-switcher-icon">{icons[target.action.id]}</span>
          <span className="kith-switcher-name">{target.action.label}</span>
        </>
      );
  }
}

const icons: Readonly<Record<string, ReactNode>> = {
  new: <MessageSquarePlus size={18} strokeWidth={1.75} aria-hidden="true" />,
  'new-group': <Users size={18} strokeWidth={1.75} aria-hidden="true" />,
  channels: <Hash size={18} strokeWidth={1.75} aria-hidden="true" />,
  settings: <Settings size={18} strokeWidth={1.75} aria-hidden="true" />,
};

const forMembers = (): readonly Action[] => [
  { id: 'new-group', label: t('switcher.newGroup'), run: () => navigate({ left: 'new-group' }) },
  { id: 'channels', label: t('channels.find'), run: () => navigate({ left: 'channels' }) },
];

const actionsNow = (isGuest: boolean): readonly Action[] => [
  { id: 'new', label: t('conversation.new'), run: () => navigate({ left: 'new' }) },
  ...(isGuest ? [] : forMembers()),
  { id: 'settings', label: t('settings.title'), run: () => navigate({ left: 'settings' }) },
];
