/** People found, as rows to press. */
import type { User } from '@kith/protocol';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMyId } from '../app/people.ts';
import type { PeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { GuestSign } from '../profile/GuestSign.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { LoadMore } from './LoadMore.tsx';

export interface PeopleRowsProps {
  readonly search: PeopleSearch;
  /** Left out. */
  readonly except?: ReadonlySet<string>;
  readonly children: (user: User) => ReactNode;
}

export function PeopleRows({ search, except, children }: PeopleRowsProps) {
  const users = except ? search.users.filter((user) => !except.has(user.id)) : search.users;
  if (search.status === 'failed') return <p className="kith-pane-note">{t('people.unreachable')}</p>;
  if (users.length === 0 && search.status === 'loading') return <GhostRows />;
  if (users.length === 0 && !search.more) return <p className="kith-pane-note">{t('people.nobody')}</p>;
  return (
    <>
      <ul>
        {users.map((user) => (
          <li key={user.id} className="kith-person-item">
            {children(user)}
          </li>
        ))}
      </ul>
      <LoadMore more={search.more} onMore={search.loadMore} />
    </>
  );
}

export function GhostRows() {
  return [0, 1, 2, 3, 4].map((row) => (
    <div key={row} className="kith-person" aria-hidden="true">
      <Skeleton width={36} height={36} round />
      <Skeleton width={`${36 + ((row * 19) % 30)}%`} height={13} />
    </div>
  ));
}

export interface PersonButtonProps {
  readonly user: User;
  readonly onPress: () => void;
  /** Given: a check box. */
  readonly checked?: boolean;
  /** Oneself stands for one's notes. */
  readonly asNotes?: boolean;
}

export function PersonButton({ user, onPress, checked, asNotes }: PersonButtonProps) {
  const self = useMyId() === user.id;
  const notes = self && asNotes;
  return (
    <button
      type="button"
      className="kith-person"
      data-row={user.id}
      onClick={onPress}
      {...(checked !== undefined && { role: 'checkbox', 'aria-checked': checked })}
    >
      <Avatar
        id={user.id}
        name={user.displayName}
        image={user.avatar?.blobId}
        size={36}
        glyph={notes ? 'self' : undefined}
      />
      <span className="kith-person-lines">
        <span>
          {notes ? t('names.notes') : user.displayName}
          {!self && <GuestSign user={user} />}
          {self && !notes && <small> {t('people.you')}</small>}
        </span>
        <small>{handleText(user.username)}</small>
      </span>
      {checked !== undefined && (
        <span className="kith-person-check" data-checked={checked || undefined}>
          {checked && <Check size={14} strokeWidth={3} aria-hidden="true" />}
        </span>
      )}
    </button>
  );
}
